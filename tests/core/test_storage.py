"""The storage, as a directory and as a bucket of a server that speaks S3 (moto): the same promises."""

import asyncio
import contextlib
import os
import socket
import sys
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import DEVNULL

import httpx
import pytest
import pytest_asyncio
from pydantic import ValidationError

from pivotal_server.core.bucket import Bucket
from pivotal_server.core.processes import spawn, terminate
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import BucketStorage, Directory, Storage, storage_of
from tests.harness import free_port
from tests.support import eventually

MIB = 1024 * 1024


@pytest_asyncio.fixture(scope="module")
async def s3() -> AsyncIterator[str]:
    """The URL of a server with the bucket ``files``."""
    port = free_port()
    process = spawn([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stderr=DEVNULL)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ACCESS_KEY_ID", "pivotal")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
            url = f"http://127.0.0.1:{port}"
            await eventually(lambda: _answers(port), timeout=60)
            async with httpx.AsyncClient(trust_env=False) as client:
                (await client.put(f"{url}/files")).raise_for_status()
            yield url
    finally:
        terminate(process, grace_seconds=5)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.fixture(params=["directory", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "directory":
        return storage_of(Settings(data=tmp_path))
    url = request.getfixturevalue("s3")
    return BucketStorage(Bucket("files", tmp_path.name.lower().replace("[", "-"), url, "us-east-1"))


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def failing() -> AsyncIterator[bytes]:
    yield bytes(6 * MIB)
    raise ValueError("no more")


async def read(storage: Storage, key: str, start: int, length: int) -> bytes:
    return b"".join([piece async for piece in await storage.open(key, start, length)])


async def test_what_was_put_can_be_read_whole_and_in_part(storage: Storage) -> None:
    content = os.urandom(7 * MIB)
    await storage.put("org_a/b1/file", pieces(content[: 3 * MIB], content[3 * MIB :]))
    assert await read(storage, "org_a/b1/file", 0, len(content)) == content
    assert await read(storage, "org_a/b1/file", 5, 10) == content[5:15]
    assert await read(storage, "org_a/b1/file", len(content) - 3, 3) == content[-3:]
    with pytest.raises(FileNotFoundError):
        await storage.open("org_a/b1/other", 0, 1)


async def test_a_failed_put_leaves_no_file(storage: Storage) -> None:
    with pytest.raises(ValueError, match="no more"):
        await storage.put("org_a/b1/file", failing())
    with pytest.raises(FileNotFoundError):
        await storage.open("org_a/b1/file", 0, 1)


async def test_a_failed_put_leaves_no_parts_in_a_bucket(s3: str) -> None:
    storage = BucketStorage(Bucket("files", "", s3, "us-east-1"))
    with pytest.raises(ValueError, match="no more"):
        await storage.put("org_a/b1/file", failing())
    async with httpx.AsyncClient(trust_env=False) as client:
        unfinished = (await client.get(f"{s3}/files?uploads")).text
    assert "ListMultipartUploadsResult" in unfinished
    assert "<Upload>" not in unfinished


async def test_a_put_that_is_cancelled_leaves_no_file(storage: Storage) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024)
            begun.set()
            await asyncio.sleep(0)

    putting = asyncio.create_task(storage.put("org_a/b1/file", endless()))
    await begun.wait()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    with pytest.raises(FileNotFoundError):
        await storage.open("org_a/b1/file", 0, 1)


async def test_deleting_is_thorough_and_may_be_repeated(storage: Storage) -> None:
    await storage.put("org_a/b1/file", pieces(b"x"))
    for _ in range(2):
        await storage.delete("org_a/b1/file")
    with pytest.raises(FileNotFoundError):
        await storage.open("org_a/b1/file", 0, 1)


async def test_no_file_is_held_in_memory(storage: Storage) -> None:
    async def many() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(256 * 1024)

    tracemalloc.start()
    try:
        await storage.put("org_a/b1/file", many())
        size = 0
        async for piece in await storage.open("org_a/b1/file", 0, 25 * MIB):
            size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 25 * MIB
    assert peak < 16 * MIB


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "A", "a.b", "a/"])
async def test_a_key_leads_nowhere_else(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="is no key"):
        await storage.put(key, pieces(b"x"))
    with pytest.raises(ValueError, match="is no key"):
        await storage.delete(key)


async def test_only_the_server_may_read_a_directory(tmp_path: Path) -> None:
    storage = Directory(tmp_path / "data" / "files")
    await storage.put("org_a/b1/file", pieces(b"x"))
    assert (tmp_path / "data" / "files").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / "files" / "org_a/b1/file").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("s3://files", Bucket("files", "", None, None)),
        ("s3://files/pivotal/prod/?region=eu-central-1", Bucket("files", "pivotal/prod", None, "eu-central-1")),
        (
            "s3://files?endpoint=https://minio.example:9000&region=x",
            Bucket("files", "", "https://minio.example:9000", "x"),
        ),
    ],
)
def test_a_setting_names_a_bucket(monkeypatch: pytest.MonkeyPatch, text: str, bucket: Bucket) -> None:
    monkeypatch.setenv("PIVOTAL_STORAGE", text)
    assert Settings().storage == bucket


@pytest.mark.parametrize(
    "text",
    ["files", "s3://", "https://files", "s3://key:secret@files", "s3://files?acl=public", "s3://files?endpoint=x"],
)
def test_what_names_no_bucket_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PIVOTAL_STORAGE", text)
    with pytest.raises(ValidationError):
        Settings()
