"""The PostgreSQL that a run of the tests works on."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pivotal_server.core.embedded_postgres import EmbeddedPostgres

# No test needs its data after a crash of the machine.
_FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
# A cluster, a few databases and the log between two checkpoints.
_ROOM_BYTES = 3 * 1024**3
_PREFIX = "pivotal-tests-"
_ABANDONED_SECONDS = 3600


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a PostgreSQL: ``TEST_DATABASE_URL``, or an embedded one made for the occasion."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    base = _fast_directory()
    _remove_leftovers(base)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=base) as directory:
        Path(directory).chmod(0o711)  # as root the server has an account of its own, which has to get in
        with EmbeddedPostgres(Path(directory) / "data", settings=_FAST_SETTINGS) as server:
            yield server.dsn


def _fast_directory() -> Path:
    """Return a directory in memory if there is one with room: copying a database takes 10 ms there, on a disk 400."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes it safe
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES
    return memory if roomy and os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


def _remove_leftovers(base: Path) -> None:
    """Remove the clusters of runs that were killed; in memory they would stay until the machine is restarted."""
    for directory in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), (directory / "data" / "lock").open("rb") as lock:
            # A young one may be about to take its lock; an old one that nobody holds is nobody's.
            if time.time() - directory.stat().st_mtime > _ABANDONED_SECONDS:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)
