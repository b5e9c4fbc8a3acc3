"""Fixtures: the package as `npm install` lays it down, and Node to run it with."""

import asyncio
import os
import shutil
import subprocess
import tarfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "src" / "pivotal_server" / "site" / "packages"
_SECONDS = 120  # the first run on a machine installs what the package is built with

Node = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session")
def tarball() -> Path:
    """The package as the server hands it out."""
    subprocess.run([ROOT / "tools" / "sdk" / "build"], check=True, timeout=_SECONDS)
    [packed] = PACKAGES.glob("pivotal-api-*.tgz")
    return packed


@pytest.fixture(scope="session")
def project(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the package is installed, with the scripts of these tests."""
    directory = tmp_path_factory.mktemp("project")
    installed = directory / "node_modules" / "@pivotal" / "api"
    with tarfile.open(tarball) as opened:
        opened.extractall(directory, filter="data")
    installed.parent.mkdir(parents=True)
    (directory / "package").rename(installed)
    for script in Path(__file__).parent.glob("*.mjs"):
        shutil.copy(script, directory)
    return directory


@pytest.fixture
def node(project: Path) -> Node:
    """Runs Node in the project and returns what it prints: ``await node("walk.mjs", PIVOTAL_BASE_URL=server.url)``."""

    async def run(*arguments: str, text: str = "", **environment: str) -> str:
        process = await asyncio.create_subprocess_exec(
            ROOT / "tools" / "sdk" / "node",
            *arguments,
            cwd=project,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            output, problems = await asyncio.wait_for(process.communicate(text.encode()), _SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, f"{output.decode()}\n{problems.decode()}"
        return output.decode()

    return run
