"""Reading the file that a backup is, every byte of which is what was written."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import lzma
import os
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Self

from pydantic import BaseModel, ValidationError

from pivotal_server.backups.archive import DIGEST, FILE_LIST, FILES, MANIFEST, PIECE, TABLES
from pivotal_server.backups.models import FORMAT, BackupError, Format, Manifest

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from pivotal_server.backups.models import Progress

_LARGEST_MANIFEST = 16 * 1024 * 1024
# What reading a ZIP may raise that somebody made or mended by hand: it is damaged, points to where nothing is, is
# packed in a way that Python does not know, or is encrypted.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)


class Content:
    """A member that is read.

    Args:
        entry: its bytes.
        path: of the backup.
        name: of the member.
    """

    def __init__(self, entry: IO[bytes], path: Path, name: str) -> None:
        self._entry, self._path, self._name = entry, path, name

    def read(self, size: int = -1) -> bytes:
        """Return so many more bytes, or fewer at the end.

        Raises:
            BackupError: they cannot be read.
        """
        return self._guarded(self._entry.read, size)

    def readline(self, size: int) -> bytes:
        """Return the next line, cut after so many bytes.

        Raises:
            BackupError: it cannot be read.
        """
        return self._guarded(self._entry.readline, size)

    def _guarded(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except _UNREADABLE as error:
            raise _unreadable(self._path, self._name, error) from error


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
        except (*_UNREADABLE, KeyError) as error:
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

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Content]:
        """Open a member for as long as the context lasts.

        Raises:
            BackupError: it is not there, or cannot be read.
        """
        try:
            entry = self._zip.open(name)
        except KeyError as error:
            raise BackupError(f"{self._path} lacks {name}, which its manifest tells of.") from error
        except _UNREADABLE as error:
            raise _unreadable(self._path, name, error) from error
        with entry:
            yield Content(entry, self._path, name)

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


def _unreadable(path: Path, name: str, error: Exception) -> BackupError:
    return BackupError(f"{name} in {path} cannot be read ({error}). Use another backup.")


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
        left = os.fstat(file.fileno()).st_size - DIGEST
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
