"""The file that a backup is: a ZIP whose comment is the SHA-256 of all bytes before it.

It grows under another name beside its own and gets its own when it is whole and on the disk. Writing it streams, as
reading it does.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import zipfile
from typing import IO, TYPE_CHECKING, Self

from pivotal_server.backups.models import BackupError, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType


TABLES, FILES, FILE_LIST, MANIFEST = "tables/", "files", "files.jsonl", "manifest.json"

PIECE = 1024 * 1024
DIGEST = 64


class _Sealed:
    """Takes what the ZIP writes, and hashes it; the last bytes are held back, for the seal to take their place."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._held = b""
        self._hash = hashlib.sha256()
        self.given_up = False

    def write(self, data: bytes) -> int:
        if not self.given_up:  # a ZIP that is let go of ends itself all the same
            ready = self._held + data
            self._held = ready[-DIGEST:]
            self._put(ready[:-DIGEST])
        return len(data)

    def flush(self) -> None:
        """Nothing is kept for long."""

    def close(self) -> None:
        """Whoever opened the file closes it."""

    def seal(self) -> None:
        self._file.write(self._hash.hexdigest().encode())

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)


class Writer:
    """A backup that grows; ``finish`` makes a file of it, and anything else leaves nothing behind.

    Args:
        path: of the file.
        overwrite: whether there may be one already, which stays until the new one is whole.

    Raises:
        BackupError: there is one, or another process is writing it.
        OSError: it cannot be made.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        if path.exists() and not (overwrite and path.is_file()):
            raise BackupError(f"{path} exists already. Name another file, or replace it with --overwrite.")
        self._path = path
        self.directory = path.parent
        self._part = path.with_name(f"{path.name}.part")
        self._file = _open_alone(self._part)
        self._sealed = _Sealed(self._file)
        self._zip = zipfile.ZipFile(self._sealed, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._done = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._done:
            self._sealed.given_up = True
            self._part.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # what could not be written will not be written now
                self._zip.close()
        with contextlib.suppress(OSError):
            self._file.close()

    @contextlib.contextmanager
    def member(self, name: str, *, compressed: bool = True) -> Iterator[Member]:
        """Begin a member, and end it with the context."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as entry:
            yield Member(entry)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the seal, wait for the disk, and give the file its name."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        self._zip.comment = b"0" * DIGEST
        self._zip.close()
        self._sealed.seal()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._part.replace(self._path)
        self._done = True
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


class Member:
    """A member that grows."""

    def __init__(self, entry: IO[bytes]) -> None:
        self._entry = entry
        self._hash = hashlib.sha256()
        self.size = 0
        self.lines = 0

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._hash.hexdigest()

    async def write(self, data: bytes) -> None:
        """Write more, in a thread, as it is compressed there."""
        await asyncio.to_thread(self._write, data)

    def _write(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        self.lines += data.count(b"\n")
        self._entry.write(data)


def _open_alone(part: Path) -> IO[bytes]:
    """Return the file to write to; what a killed process left of one is written over.

    Raises:
        BackupError: another process has it.
    """
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
    except BlockingIOError:
        os.close(descriptor)
        raise BackupError(f"Another process is writing {part}.") from None
    return os.fdopen(descriptor, "wb")
