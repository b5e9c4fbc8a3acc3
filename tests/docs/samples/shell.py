"""One reader's terminal: a bash in which the samples of a page are run one after the other."""

import asyncio
import contextlib
import os
import re
import signal
from functools import partial
from pathlib import Path
from typing import Self

from tests.docs.samples.fences import Fence, missing, values_in
from tests.support import eventually

ROOT = Path(__file__).parents[3]
RUNNERS = {"python": ("python3", ".py"), "ts": ("node", ".mjs"), "js": ("node", ".mjs")}
# curl ends well whatever it is answered; what it was answered is said on standard error, for here.
CURLRC = 'silent\nshow-error\nwrite-out = "%{stderr}answered %{http_code}\\n"\n'
_SECONDS = 180
_REFUSED = re.compile(r"^answered ([45]\d\d|000)$", re.MULTILINE)


class SampleError(Exception):
    """A sample does not do what its page says."""

    def __init__(self, fence: Fence, reason: str, said: str = "") -> None:
        super().__init__(f"{fence.place}: {reason}\n{said}".rstrip())


class Shell:
    """A bash that stays for a page.

    Args:
        directory: where it works.
        environment: its variables.
        receiver: the port that receivers of the page listen at.
    """

    def __init__(self, directory: Path, environment: dict[str, str], receiver: int) -> None:
        self._directory, self._environment, self._receiver = directory, environment, receiver
        self._bash: asyncio.subprocess.Process | None = None
        self._staying: list[tuple[Fence, Path, int]] = []

    async def __aenter__(self) -> Self:
        self._bash = await asyncio.create_subprocess_exec(
            *(ROOT / "tools" / "samples" / "run", "bash", "--norc", "-eo", "pipefail"),
            cwd=self._directory,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # so that it is ended with all that it has started
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._bash is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGKILL)
        await self._bash.wait()

    async def run(self, fence: Fence, file: Path) -> None:
        """Run a sample that is in a file, and hold what it says against its page.

        Raises:
            SampleError: it does not end well, or lacks what the page shows of its answer.
        """
        command = f"source {file}" if fence.language == "sh" else f"{RUNNERS[fence.language][0]} {file}"
        out, err = file.with_suffix(".out"), file.with_suffix(".err")
        if fence.stays:
            told = await self._tell(f"({command}) > {out} 2> {err} < /dev/null & echo $!")
            self._staying.append((fence, out, int(told or "0")))
            await self._wait_for_start(fence, out, err)
            return
        told = await self._tell(f"{command} > {out} 2> {err} < /dev/null; echo done")
        said = _read(out) + _read(err)
        if told != "done":
            raise SampleError(fence, "does not end well", said)
        refused = _REFUSED.search(_read(err))
        if refused and not (isinstance(fence.answer, dict) and "error" in fence.answer):
            raise SampleError(fence, f"is answered with {refused[1]}", said)
        if fence.answer is not None:
            values = values_in(_read(out))
            lacking = missing(fence.answer, values[-1]) if values else ["all of it"]
            if lacking:
                raise SampleError(fence, f"the answer lacks {', '.join(lacking)}", said)

    async def finish(self) -> None:
        """See that what stays in another terminal is still there, and has said something.

        Raises:
            SampleError: it has ended, or has been silent.
        """
        for fence, out, process in self._staying:
            try:
                await eventually(partial(_read, out), timeout=60)
            except AssertionError as error:
                raise SampleError(fence, "says nothing", _read(out.with_suffix(".err"))) from error
            if not _is_there(process):
                raise SampleError(fence, "has ended before its page", _read(out.with_suffix(".err")))

    async def hears(self, text: str) -> None:
        """Wait until something that stays in another terminal says this.

        Raises:
            AssertionError: nothing does.
        """
        await eventually(lambda: any(text in _read(out) for _, out, _ in self._staying), timeout=60)

    async def _tell(self, line: str) -> str:
        """Give bash a line and return the line that it says; nothing where it ends instead."""
        assert self._bash is not None
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f"{line}\n".encode())
        with contextlib.suppress(ConnectionError):
            await self._bash.stdin.drain()
        with contextlib.suppress(TimeoutError):
            return (await asyncio.wait_for(self._bash.stdout.readline(), _SECONDS)).decode().strip()
        return ""

    async def _wait_for_start(self, fence: Fence, out: Path, err: Path) -> None:
        """Wait until it listens at the receiver's port or says something."""

        async def started() -> bool:
            return bool(_read(out)) or bool(_read(err)) or await self._listens()

        try:
            await eventually(started, timeout=60)
        except AssertionError as error:
            raise SampleError(fence, "neither listens nor says anything") from error

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._receiver)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True


def _is_there(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""
