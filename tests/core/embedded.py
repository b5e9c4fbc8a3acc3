"""Helpers of the tests of the embedded server: clients, process listings, supervisors in processes of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from pivotal_server.core.embedded_postgres.installation import find_installation

# Nothing here has to survive a crash of the machine, and a small server starts sooner.
FAST = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}

# Prints the address, keeps the server until stdin is closed, then leaves without stop(), as a careless program would.
_SUPERVISOR = f"""
import sys
from pathlib import Path
from pivotal_server.core.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
server = EmbeddedPostgres(Path(sys.argv[1]), settings={FAST!r})
try:
    print(server.start(), flush=True)
except EmbeddedPostgresError as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
sys.stdin.read()
"""


def query(dsn: str, sql: str) -> str:
    """Run SQL with psql and return what it prints; CalledProcessError with its stderr if it fails."""
    command = [str(find_installation().psql), dsn, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.strip()


def can_query(dsn: str) -> bool:
    with suppress(subprocess.CalledProcessError):
        return query(dsn, "SELECT 1") == "1"
    return False


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(0.03)


def postmaster_of(directory: Path) -> int:
    return int((directory / "cluster" / "postmaster.pid").read_text().split()[0])


def postgres_processes(directory: Path) -> set[int]:
    """Return the processes of PostgreSQL's programs that work in the directory, or were told to."""
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and (entry / "exe").readlink().name in {"postgres", "initdb"}:
                inside = (entry / "cwd").readlink().is_relative_to(directory)
                if inside or os.fsencode(directory) in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
    return found


def status_of(pid: int) -> dict[str, str]:
    """Return what Linux says about a process, such as ``Uid`` and ``CapAmb``."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


class Supervisor:
    """A supervisor in a process of its own.

    Args:
        directory: the data directory.
        before: words to put before the command, such as ``setpriv`` and its options.
        python: the interpreter.
    """

    def __init__(self, directory: Path, *, before: Sequence[str] = (), python: str = sys.executable) -> None:
        self.process = subprocess.Popen(
            [*before, python, "-W", "error", "-c", _SUPERVISOR, str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def address(self) -> str:
        """Wait for the server's start and return its address."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, self.complaint()
        return line

    def complaint(self) -> str:
        """Wait for the end of the supervisor and return what it said on stderr."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def leave(self) -> int:
        """Let the supervisor come to its end, and return its exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


@contextmanager
def supervisor(directory: Path, *, before: Sequence[str] = (), python: str = sys.executable) -> Iterator[Supervisor]:
    """Start a supervisor, and see to it that it is gone at the end."""
    started = Supervisor(directory, before=before, python=python)
    try:
        yield started
    finally:
        started.kill()
