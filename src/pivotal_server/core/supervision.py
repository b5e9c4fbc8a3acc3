"""Keeps programs of ours running as children of this process: restarted when they die, ended when it ends."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from pivotal_server.core.processes import spawn, terminate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

logger = logging.getLogger(__name__)

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A child that has run this long was well; its death does not count with those before.
_STEADY_SECONDS = 30.0
_MOST_QUICK_DEATHS = 5
_FIRST_PAUSE = 0.1


class SupervisionError(Exception):
    """A child cannot be kept running; the message says what to do."""


class Child:
    """One program: a module of ours that reads the address of its database from standard input.

    Args:
        name: what to call it in messages, such as ``web server``.
        module: run with ``python -m``.
    """

    def __init__(self, name: str, module: str) -> None:
        self._name = name
        self._module = module
        self._address: str | None = None
        self._quick_deaths = 0
        self._restart_at: float | None = None
        self._launch()

    def give_address(self, dsn: str) -> None:
        """Tell the program which database to work on; until then it only prepares itself."""
        self._address = dsn
        self._send_address()

    def look_after(self) -> float:
        """Start the program again if it has died and enough time has passed; return when to look again, in seconds.

        Raises:
            SupervisionError: it dies again and again.
        """
        now = time.monotonic()
        if self._restart_at is None and self.process.poll() is not None:
            steady = now - self._started > _STEADY_SECONDS
            self._quick_deaths = 1 if steady else self._quick_deaths + 1
            how = f"The {self._name} (process {self.process.pid}) has ended with status {self.process.returncode}"
            if self._quick_deaths >= _MOST_QUICK_DEATHS:
                raise SupervisionError(
                    f"{how}, the {_MOST_QUICK_DEATHS}th time in a row, and was given up. The lines above say why."
                )
            logger.warning("%s; it is started again", how)
            self._restart_at = now + _FIRST_PAUSE * 2 ** (self._quick_deaths - 1)
            self.release()
        if self._restart_at is None:
            return _STEADY_SECONDS
        if now >= self._restart_at:
            self._restart_at = None
            self._launch()
            return _STEADY_SECONDS
        return self._restart_at - now

    def release(self) -> None:
        """Close this end of the ended program's standard input."""
        if self.process.stdin is not None:
            self.process.stdin.close()

    def _launch(self) -> None:
        # -P: a file of the same name in the current directory must not stand in for a module.
        command = [sys.executable, "-P", "-m", self._module]
        self.process: subprocess.Popen[bytes] = spawn(command, stdin=subprocess.PIPE, death_signal=signal.SIGKILL)
        self._started = time.monotonic()
        if self._address is not None:
            self._send_address()

    def _send_address(self) -> None:
        assert self.process.stdin is not None  # noqa: S101 - a pipe was asked for
        with suppress(BrokenPipeError), self.process.stdin as pipe:
            pipe.write(f"{self._address}\n".encode())


class Supervisor:
    """Children of this process, from a ``with`` statement's start to its end; for the main thread.

    Meanwhile the first SIGINT, SIGTERM or SIGHUP raises ``KeyboardInterrupt`` in the main thread; later ones are
    ignored, because stopping has begun.

    Args:
        grace_seconds: what each child gets to end by itself before it is killed.
    """

    def __init__(self, grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._children: list[Child] = []
        self._afterwards: list[Callable[[], None]] = []
        self._stopping = False

    def __enter__(self) -> Self:
        self._wake, wake_up = os.pipe()
        for end in (self._wake, wake_up):
            os.set_blocking(end, False)
        self._former_wake_up = signal.set_wakeup_fd(wake_up, warn_on_full_buffer=False)
        self._wake_up = wake_up
        self._former = {number: signal.signal(number, self._stop) for number in _STOP_SIGNALS}
        # Nothing to do but to be woken: who has died is asked in pause().
        self._former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping = True
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        for child in self._children:
            terminate(child.process, self._grace_seconds)
            child.release()
        for step in reversed(self._afterwards):
            step()
        for number, former in self._former.items():
            signal.signal(number, former)
        signal.set_wakeup_fd(self._former_wake_up)
        os.close(self._wake)
        os.close(self._wake_up)

    def start(self, name: str, module: str) -> Child:
        """Start a program and keep it running.

        Args:
            name: what to call it in messages.
            module: run with ``python -m``.
        """
        child = Child(name, module)
        self._children.append(child)
        return child

    def afterwards(self, step: Callable[[], None]) -> None:
        """Do this in the end, when the children have gone; what was said last is done first."""
        self._afterwards.append(step)

    def pause(self, seconds: float) -> None:
        """Wait that long, or until something happens to a child, and look after the children.

        Raises:
            KeyboardInterrupt: this process is to stop.
            SupervisionError: a child dies again and again.
        """
        soonest = min([seconds, *(child.look_after() for child in self._children)])
        if select.select([self._wake], [], [], soonest)[0]:
            with suppress(BlockingIOError):
                os.read(self._wake, 4096)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise KeyboardInterrupt
