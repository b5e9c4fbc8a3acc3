"""The real command in a process of its own: one that ends, or one that stays."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pivotal_server.core.processes import spawn, terminate
from tests.harness import client_of, free_port
from tests.support import eventually

PIVOTAL = str(Path(sys.executable).with_name("pivotal"))
# Nothing listens there.
NOWHERE = "postgresql://pivotal:s3cret-word@127.0.0.1:1/pivotal"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What an expected failure says: one line, and no traceback."""
        assert self.status == 1, self
        assert self.out == "", self
        lines = self.err.splitlines()
        assert len(lines) == 1, self
        assert lines[0].startswith("pivotal: "), self
        return lines[0]


def environment(**variables: object) -> dict[str, str]:
    return {**os.environ, **{name: str(value) for name, value in variables.items()}}


async def pivotal(*arguments: str, **variables: object) -> Outcome:
    """Run the command with these environment variables beside those of the tests, and return how it ended."""
    process = await asyncio.create_subprocess_exec(
        PIVOTAL, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**variables)
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Outcome(process.returncode, out.decode(), err.decode())


class Running:
    """A command that stays, such as ``pivotal run``, and everything below it.

    Args:
        directory: gets what the command says.
        arguments: of the command.
        variables: of its environment; it gets a port of its own.
    """

    def __init__(self, directory: Path, *arguments: str, **variables: object) -> None:
        self.port = int(str(variables.setdefault("PORT", free_port())))
        self.url = f"http://127.0.0.1:{self.port}"
        self._out, self._err = directory / "stdout", directory / "stderr"
        self.began = time.monotonic()
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = spawn([PIVOTAL, *arguments], env=environment(**variables), stdout=out, stderr=err)

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    async def says(self, text: str, timeout: float = 60) -> None:  # noqa: ASYNC109
        """Wait until the command has said that."""

        def said() -> bool:
            assert text in self.out + self.err or self.process.poll() is None, self.out + self.err
            return text in self.out + self.err

        await eventually(said, timeout)

    async def answers(self, timeout: float = 60) -> float:  # noqa: ASYNC109
        """Wait until the server answers, and return how many seconds after the start that was."""

        async def healthy() -> bool:
            assert self.process.poll() is None, self.err
            with suppress(httpx.TransportError):
                return (await client.get("/api/v1/health")).is_success
            return False

        async with client_of(self.url, None) as client:
            await eventually(healthy, timeout)
        return time.monotonic() - self.began

    def client(self, key: str) -> httpx.AsyncClient:
        return client_of(f"{self.url}/api/v1", key)

    def descendants(self) -> dict[int, str]:
        """Return the processes below the command, with their command lines."""
        return _below(self.process.pid)

    def child(self, module: str) -> int | None:
        """Return the process that runs one of our modules for the command, once it does."""
        return next((pid for pid in _children(self.process.pid) if f"-m {module}" in _command_line(pid)), None)

    async def ends(self, number: signal.Signals = signal.SIGINT, timeout: float = 15) -> int:  # noqa: ASYNC109
        """Send the signal and return the exit status; whatever was below the command has to be gone by then."""
        left = self.descendants()
        self.process.send_signal(number)
        await eventually(lambda: self.process.poll() is not None, timeout)
        # Whoever is killed cannot wait for its children.
        await eventually(lambda: not [pid for pid in left if is_alive(pid)], 5)
        return self.process.returncode

    def stop(self) -> None:
        terminate(self.process, 15)


def demo_keys(data: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads((data / "demo-keys.json").read_text())


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _below(pid: int) -> dict[int, str]:
    found = {}
    for child in _children(pid):
        found[child] = _command_line(child)
        found |= _below(child)
    return found


def _children(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                children += map(int, (thread / "children").read_text().split())
    return children


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
