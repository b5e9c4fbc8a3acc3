"""Where files are kept: a directory of this machine, or an S3-compatible bucket (decision 0013).

Both stream: no file is ever held in memory as a whole. A file is there completely or not at all, and never changes.
"""

from __future__ import annotations

import asyncio
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import BinaryIO

    from obstore.store import S3Config, S3Store
    from typing_extensions import Buffer

    from pivotal_server.core.bucket import Bucket
    from pivotal_server.core.settings import Settings

_CHUNK = 256 * 1024
# S3 takes no smaller parts than this, the last one excepted.
_PART = 5 * 1024 * 1024
_KEY = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*", re.ASCII)


class Storage(Protocol):
    """Files by key: lower-case letters, digits and ``_``, in segments with ``/`` between them."""

    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        """Store what the iterator yields; where it raises, nothing is stored."""

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """Return the bytes of a part of a file.

        Raises:
            FileNotFoundError: there is no such file.
        """

    async def delete(self, key: str) -> None:
        """Remove a file, and what an interrupted ``put`` left of one; that there is none is no error."""


def storage_of(settings: Settings) -> Storage:
    """Return the storage that the settings name; nothing is opened yet."""
    return Directory(settings.data / "files") if settings.storage is None else BucketStorage(settings.storage)


class Directory:
    """Files of this machine, readable by the server's account only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        """See ``Storage``. The bytes are on the disk before the file has its name."""
        path, part = self._places(key)
        file = await asyncio.to_thread(self._create, part)
        try:
            async for chunk in content:
                await asyncio.to_thread(file.write, chunk)
            await asyncio.to_thread(_finish, file, part, path)
        except BaseException:
            file.close()
            part.unlink(missing_ok=True)
            raise

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """See ``Storage``."""
        path, _ = self._places(key)
        await asyncio.to_thread(path.stat)  # opened by whoever reads it, so that nobody else has to close it
        return _pieces(path, start, length)

    async def delete(self, key: str) -> None:
        """See ``Storage``."""
        for path in self._places(key):
            await asyncio.to_thread(path.unlink, missing_ok=True)

    def _places(self, key: str) -> tuple[Path, Path]:
        path = self._root / _checked(key)
        return path, path.with_name(f"{path.name}.part")

    def _create(self, part: Path) -> BinaryIO:
        # The mode is that of the last directory alone: the others would get what the umask leaves.
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")


def _finish(file: BinaryIO, part: Path, path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    part.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


async def _pieces(path: Path, start: int, length: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, start)
        while length > 0 and (piece := await asyncio.to_thread(file.read, min(_CHUNK, length))):
            length -= len(piece)
            yield piece


class BucketStorage:
    """Files in an S3-compatible bucket; credentials come from the environment, as for every client of S3."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @cached_property
    def _store(self) -> S3Store:
        # Imported here, so that only who uses a bucket pays for the library: 7 MB in every process.
        from obstore.store import S3Store  # noqa: PLC0415

        bucket = self._bucket
        options: S3Config = {}
        if bucket.endpoint is not None:
            options["endpoint"] = bucket.endpoint
        if bucket.region is not None:
            options["region"] = bucket.region
        return S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            config=options,
            client_options={
                "allow_http": bool(bucket.endpoint and bucket.endpoint.startswith("http://")),
                "connect_timeout": "10s",
                "timeout": "10m",  # of a whole request: a client may be slow to take a file
            },
        )

    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        """See ``Storage``."""
        await self._store.put_async(_checked(key), content, use_multipart=True, chunk_size=_PART, max_concurrency=2)

    async def open(self, key: str, start: int, length: int) -> AsyncIterator[bytes]:
        """See ``Storage``."""
        result = await self._store.get_async(_checked(key), options={"range": (start, start + length)})
        return _plain(result.stream(min_chunk_size=_CHUNK))

    async def delete(self, key: str) -> None:
        """See ``Storage``; S3 does not mind where there is none."""
        await self._store.delete_async(_checked(key))


async def _plain(stream: AsyncIterator[Buffer]) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)


def _checked(key: str) -> str:
    """Return the key, of which nothing may lead out of the storage.

    Raises:
        ValueError: it is none.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a file")
    return key
