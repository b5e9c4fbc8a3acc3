"""The file that a backup is: a ZIP whose comment is the SHA-256 of all bytes before it.

It grows under another name beside its own and gets its own when it is whole and on the disk. Both directions stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import zipfile
from typing import IO, TYPE_CHECKING, Self

from pydantic import BaseModel, ValidationError

from pivotal_server.backups.models import FORMAT, BackupError, Format, Manifest

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from pivotal_server.backups.models import Progress

TABLES, FILES, FILE_LIST, MANIFEST = "tables/", "files", "files.jsonl", "manifest.json"

PIECE = 1024 * 1024
_DIGEST = 64
_LARGEST_MANIFEST = 16 * 1024 * 1024


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
            self._held = ready[-_DIGEST:]
            self._put(ready[:-_DIGEST])
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
        self._zip.comment = b"0" * _DIGEST
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


class Reader:
    """A backup that is there, every byte of which is what was written.

    Args:
        path: of the file.
        progress: is told while the whole file is read once.

    Raises:
        BackupError: it is no backup, is damaged, or comes from a newer version.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path, progress: Progress) -> None:
        self._path = path
        _check_seal(path, progress)
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = self._read_manifest()
        except (zipfile.BadZipFile, KeyError, ValidationError) as error:
            raise BackupError(f"{path} is no backup of Pivotal.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def size(self) -> int:
        """Of everything that is in it, uncompressed, in bytes."""
        return sum(info.file_size for info in self._zip.infolist())

    def open(self, name: str) -> IO[bytes]:
        """Open a member.

        Raises:
            BackupError: it is not there.
        """
        try:
            return self._zip.open(name)
        except KeyError as error:
            raise BackupError(f"{self._path} lacks {name}, which its manifest tells of.") from error

    async def pieces(self, name: str, sha256: str, step: Callable[[int], None]) -> AsyncIterator[bytes]:
        """Yield the bytes of a member.

        Raises:
            BackupError: in the end, where they are not those that the manifest tells of.
        """
        digest = hashlib.sha256()
        with self.open(name) as entry:
            while piece := await asyncio.to_thread(entry.read, PIECE):
                digest.update(piece)
                yield piece
                step(len(piece))
        if digest.hexdigest() != sha256:
            raise BackupError(f"{name} in {self._path} is not what its manifest tells of. Use another backup.")

    def _read_manifest(self) -> Manifest:
        with self._zip.open(MANIFEST) as entry:
            text = entry.read(_LARGEST_MANIFEST)
        named = Format.model_validate_json(text)
        if named.format > FORMAT:
            raise BackupError(
                f"{self._path} was written by {named.product}, in a format that this version does not know. Use that "
                "version, or a newer one."
            )
        return Manifest.model_validate_json(text)


async def check_members(reader: Reader, progress: Progress) -> None:
    """Read everything that a backup has, as restoring it would.

    Raises:
        BackupError: something is not what the manifest tells of.
    """
    manifest = reader.manifest
    progress.begin("Reading", reader.size)
    for name, table in manifest.tables.items():
        rows = await _count_lines(reader.pieces(TABLES + name, table.sha256, progress.step))
        if rows != table.rows:
            raise BackupError(f"Table {name} has {rows} rows and not {table.rows} as told. Use another backup.")
    for name, sha256 in ((FILES, manifest.files.sha256), (FILE_LIST, manifest.files.list_sha256)):
        await _count_lines(reader.pieces(name, sha256, progress.step))


async def _count_lines(pieces: AsyncIterable[bytes]) -> int:
    count = 0
    async for piece in pieces:
        count += piece.count(b"\n")
    return count


def _check_seal(path: Path, progress: Progress) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size - _DIGEST
        progress.begin("Checking", max(left, 0))
        while left > 0 and (piece := file.read(min(left, PIECE))):
            digest.update(piece)
            left -= len(piece)
            progress.step(len(piece))
        if file.read() != digest.hexdigest().encode():
            raise BackupError(f"{path} is damaged, cut short, or no backup of Pivotal. Use another one.")


def read_line(text: bytes, model: type[BaseModel]) -> BaseModel:
    """Return a line of a list.

    Raises:
        BackupError: it is none.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise BackupError("The list of files in the backup cannot be read.") from error


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
