"""The file that a takeout is: a ZIP of JSON lines, one file a table, with the attached files and a manifest.

It is put together on the worker's own disk, in a file without a name, which is gone with the process that made it: so
no connection to the storage is waited for while the snapshot is read.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
import zipfile
from typing import IO, TYPE_CHECKING, Any

import orjson

from pivotal_server import __version__
from pivotal_server.core.migrations import known_migrations
from pivotal_server.transfer.tables import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

FORMAT = 1
"""Of the manifest and what it tells of; a reader that knows another one stops."""

_PIECE = 256 * 1024
_UNSAFE = re.compile(r"[^\w.() +-]|^\.+", re.ASCII)
_LONGEST_NAME = 120


class Archive:
    """A ZIP file that grows.

    Args:
        directory: where there is room for it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed by close()
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._tables: dict[str, dict[str, Any]] = {}
        self._files = {"count": 0, "bytes": 0, "missing": 0}

    async def add_table(
        self,
        name: str,
        names: list[str],
        left_out: tuple[str, ...],
        batches: AsyncIterator[list[str]],
        step: Callable[[int], Awaitable[None]],
    ) -> None:
        """Write a table, and say how many rows each batch had once it is written."""
        count = 0
        with self._zip.open(f"data/{name}.jsonl", "w", force_zip64=True) as entry:
            async for lines in batches:
                await asyncio.to_thread(entry.write, ("\n".join(lines) + "\n").encode())
                count += len(lines)
                await step(len(lines))
        self._tables[name] = {"rows": count, "columns": names, "left_out": list(left_out)}

    async def add_lines(self, name: str, lines: list[str]) -> None:
        """Write a few lines that are no table of the workspace."""
        await asyncio.to_thread(self._zip.writestr, f"data/{name}.jsonl", "".join(f"{line}\n" for line in lines))
        self._tables[name] = {"rows": len(lines), "columns": [*orjson.loads(lines[0])] if lines else [], "left_out": []}

    async def add_file(self, id_: str, name: str, pieces: AsyncIterator[bytes] | None) -> None:
        """Write an attached file, under its id and what of its name any system takes; None is one that is gone."""
        if pieces is None:
            self._files["missing"] += 1
            return
        info = zipfile.ZipInfo(f"files/{id_}/{safe_name(name)}")  # stored as it is: most files are compressed already
        with self._zip.open(info, "w", force_zip64=True) as entry:
            async for piece in pieces:
                await asyncio.to_thread(entry.write, piece)
                self._files["bytes"] += len(piece)
        self._files["count"] += 1

    async def finish(self, workspace: str, taken_at: datetime) -> tuple[int, bytes]:
        """Write the manifest and return the size of the whole and its SHA-256."""
        manifest = {
            "format": FORMAT,
            "product": f"Pivotal {__version__}",
            "schema_version": known_migrations()[-1].version,
            "taken_at": taken_at.isoformat(),
            "workspace": orjson.loads(workspace),
            "tables": self._tables,
            "tables_left_out": LEFT_OUT,
            "files": self._files,
        }
        self._zip.writestr("manifest.json", orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        self._zip.close()
        return await asyncio.to_thread(self._measure)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the whole."""
        self._file.seek(0)
        while piece := await asyncio.to_thread(self._file.read, _PIECE):
            yield piece

    def close(self) -> None:
        """Let go of the file, and so of its room; what is written no further is no ZIP that anybody gets."""
        self._zip.close()
        self._file.close()

    def _measure(self) -> tuple[int, bytes]:
        self._file.seek(0)
        digest = hashlib.sha256()
        while piece := self._file.read(_PIECE):
            digest.update(piece)
        return self._file.tell(), digest.digest()


def safe_name(name: str) -> str:
    """Return a file's name without what leads elsewhere or means something to a system."""
    return _UNSAFE.sub("_", name.strip())[-_LONGEST_NAME:] or "file"
