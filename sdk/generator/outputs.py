"""Compares what the emitters make with what is committed, and writes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sdk.generator.model import Api

ROOT = Path(__file__).parents[2]

# Ruff finds those nearest to a file.
_SETTINGS = ("pyproject.toml", "sdk/python/pyproject.toml")

# By path from the root of the checkout: the text of each file.
Files: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Emitter:
    """Makes files of the model.

    ``folders`` are those whose whole content it makes: a file in them that it no longer makes is removed.
    """

    emit: Callable[[Api], Files]
    folders: tuple[str, ...] = ()


def generate(api: Api, emitters: Iterable[Emitter]) -> tuple[dict[str, str], set[str]]:
    """Return the files that all emitters make of the model, formatted, and the committed ones that none makes."""
    files: dict[str, str] = {}
    stale: set[str] = set()
    for emitter in emitters:
        made = emitter.emit(api)
        files |= made
        for folder in emitter.folders:
            found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
            stale |= {path.relative_to(ROOT).as_posix() for path in found} - set(made)
    return _format_python(files), stale


def differences(files: Files, stale: Iterable[str]) -> list[str]:
    """Return the paths whose committed content is another, files that are missing or too many included."""
    changed = [path for path, text in files.items() if not (ROOT / path).is_file() or (ROOT / path).read_text() != text]
    return sorted([*changed, *stale])


def write(files: Files, stale: Iterable[str]) -> None:
    """Put the files where they belong, and remove those that are no longer made."""
    for path, text in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)
    for path in stale:
        (ROOT / path).unlink()


def _format_python(files: dict[str, str]) -> dict[str, str]:
    """Return the files with the Python among them as Ruff leaves it: emitters need not count imports and columns."""
    sources = {path: text for path, text in files.items() if path.endswith(".py")}
    if not sources:
        return files
    with tempfile.TemporaryDirectory(prefix="pivotal-sdk-") as directory:
        for settings in _SETTINGS:
            Path(directory, settings).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / settings, Path(directory, settings))
        for path, text in sources.items():
            target = Path(directory, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        ruff = Path(sys.executable).with_name("ruff")
        fix = ("check", "--fix-only", "--select", "F401,I001,RUF022")  # imports, and the order of __all__
        for step in (fix, ("format",)):
            subprocess.run([ruff, *step, "--quiet", "--no-cache", directory], check=True)
        return files | {path: Path(directory, path).read_text() for path in sources}
