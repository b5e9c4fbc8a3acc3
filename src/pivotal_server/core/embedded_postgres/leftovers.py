"""Ends what an earlier life of the server has left behind.

A supervisor that was killed takes its server with it, and a killed server leaves children that notice within moments.
The next start does not rely on moments: it looks for them in the process list, where each one carries the marker, and
waits for the lock that comes with the log.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pivotal_server.core.embedded_postgres.directory import DataDirectory
from pivotal_server.core.embedded_postgres.errors import DataDirectoryInUseError, EmbeddedPostgresError

_PATIENCE_SECONDS = 3.0
_INSISTENCE_SECONDS = 10.0
_POLL_INTERVAL = 0.01


def marker_of(cluster: Path) -> str:
    """Return the name by which the processes of this cluster are recognised.

    It follows the directory when it is renamed, and differs for every copy of it.
    """
    status = cluster.stat()
    return f"pivotal-{status.st_dev:x}-{status.st_ino:x}"


def clear_leftovers(directory: DataDirectory) -> None:
    """Return when nothing of an earlier server runs or is in the way any more.

    Raises:
        DataDirectoryInUseError: somebody has started a server on the cluster without the supervisor.
        EmbeddedPostgresError: some processes do not end.
    """
    if directory.cluster.exists():
        end_leftovers(marker_of(directory.cluster))
        clear_pid_file(directory.cluster)
    # A cluster in the making has no marker, but its makers have the log.
    os.close(directory.open_log())


def end_leftovers(marker: str) -> None:
    """End all processes of the cluster and return when they are gone.

    Raises:
        EmbeddedPostgresError: some do not go.
    """
    _signal_until_gone(marker, signal.SIGQUIT, _PATIENCE_SECONDS)
    survivors = _signal_until_gone(marker, signal.SIGKILL, _INSISTENCE_SECONDS)
    if survivors:
        raise EmbeddedPostgresError(
            f"Processes of an earlier run do not end although they were killed: {', '.join(map(str, survivors))}. They "
            "probably wait for a disk that does not answer. Check the disk, or restart the machine."
        )


def clear_pid_file(cluster: Path) -> None:
    """Remove the pid file of a server that no longer runs; its number may be that of another process by now.

    Call it only after ``end_leftovers``.

    Raises:
        DataDirectoryInUseError: somebody has started a server on the cluster without the supervisor.
    """
    pid_file = cluster / "postmaster.pid"
    with suppress(FileNotFoundError):
        first = pid_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        for pid, command in _processes():
            if str(pid) == first and os.fsencode(cluster) in command:
                raise DataDirectoryInUseError(
                    f"Process {pid} is a PostgreSQL server on {cluster} that Pivotal has not started. Stop it first."
                )
        pid_file.unlink()


def _signal_until_gone(marker: str, number: signal.Signals, seconds: float) -> list[int]:
    """Signal each of the cluster's processes once, and return those that are left after that time."""
    signalled: set[int] = set()
    deadline = time.monotonic() + seconds
    while True:
        left = [pid for pid in _marked(marker) if pid in signalled or _send(pid, number)]
        signalled.update(left)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(_POLL_INTERVAL)


def _marked(marker: str) -> Iterator[int]:
    title = f"postgres: {marker}: ".encode()
    option = f"cluster_name={marker}".encode()
    for pid, command in _processes():
        words = command.replace(b"\0", b" ").split(b" ")
        if command.startswith(title) or (option in words and words[0].endswith(b"postgres")):
            yield pid


def _send(pid: int, number: signal.Signals) -> bool:
    """Send a signal and return whether that concerns anybody: not a process that has gone or is somebody else's."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _processes() -> Iterator[tuple[int, bytes]]:
    """Yield the id and command line of every process but this one."""
    if sys.platform == "linux":
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    yield int(entry.name), (entry / "cmdline").read_bytes()
    else:
        listing = subprocess.run(["/bin/ps", "-axww", "-o", "pid=,command="], capture_output=True, check=True)
        for line in listing.stdout.splitlines():
            pid, _, command = line.strip().partition(b" ")
            yield int(pid), command.strip()
