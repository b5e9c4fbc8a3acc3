"""Files and the virus scanner: nobody gets one before a server that speaks clamd's INSTREAM has let it pass."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import ValidationError

from pivotal_server.comments.scanning import SCAN
from pivotal_server.core.clamd import Clamd, ScanError
from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from tests.comments.support import PNG, create_comment, download, post_file, upload
from tests.harness import World, free_port
from tests.support import SteeredClock, body_of, create_onboarding, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

BAD = b"X5O!P%@AP-made-up-virus"
PORT = free_port()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, clamd=Clamd("127.0.0.1", PORT))


@asynccontextmanager
async def clamd(reply: bytes | None = None) -> AsyncIterator[None]:
    """A scanner that finds ``BAD``; or one that says the same to everybody, and with ``b""`` nothing at all."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        found = b"stream: Made.Up FOUND\0" if BAD in content else b"stream: OK\0"
        writer.write(found if reply is None else reply)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", PORT)
    async with server:
        yield


async def scan(pool: Pool, settings: Settings, attachment_id: str, world: World) -> None:
    """Do what the job of an attachment does."""
    clock = SteeredClock()
    context = JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), 1)
    await SCAN.handler(context, {"workspace_id": world.northwind.id, "attachment_id": attachment_id})


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = Pool(dsn, 2)
    yield opened
    await opened.close()


async def test_a_file_is_served_once_it_is_clean(
    api: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    connection: "Connection",
    pool: Pool,
    settings: Settings,
    world: World,
) -> None:
    made = await upload(api, PNG * 5000)
    assert made["scan"] == "pending"
    assert error_of(await download(anonymous, made), 409)["code"] == "scan_pending"
    assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'scan_attachment'") == 1
    async with clamd():
        await scan(pool, settings, made["id"], world)
    assert body_of(await api.get(f"/attachments/{made['id']}"))["scan"] == "clean"
    assert (await download(anonymous, made)).content == PNG * 5000


async def test_an_infected_file_is_served_to_nobody(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, pool: Pool, settings: Settings, world: World
) -> None:
    onboarding = await create_onboarding(api)
    attached, free = await upload(api, BAD), await upload(api, PNG + BAD)
    comment = await create_comment(api, onboarding["id"], attachment_ids=[attached["id"]])
    async with clamd():
        for file in (attached, free):
            await scan(pool, settings, file["id"], world)
    assert error_of(await download(anonymous, attached), 404)["code"] == "file_infected"
    assert body_of(await api.get(f"/comments/{comment['id']}"))["attachments"][0]["scan"] == "infected"
    body = {"body": "x", "attachment_ids": [free["id"]]}
    assert error_of(await api.post(f"/onboardings/{onboarding['id']}/comments", json=body), 400)["field"]


@pytest.mark.parametrize("reply", [b"", b"stream: OK", b"INSTREAM size limit exceeded. ERROR\0", b"x" * 99_999])
async def test_what_the_scanner_does_not_say_leaves_a_file_pending(
    api: httpx.AsyncClient, pool: Pool, settings: Settings, world: World, reply: bytes
) -> None:
    made = await upload(api)
    async with clamd(reply):
        with pytest.raises(ScanError):
            await scan(pool, settings, made["id"], world)
    assert body_of(await api.get(f"/attachments/{made['id']}"))["scan"] == "pending"


async def test_a_file_waits_for_a_scanner_that_is_away(
    api: httpx.AsyncClient, pool: Pool, settings: Settings, world: World
) -> None:
    made = await upload(api)
    with pytest.raises(ScanError):
        await scan(pool, settings, made["id"], world)
    body_of(await api.delete(f"/attachments/{made['id']}"))
    await scan(pool, settings, made["id"], world)  # nobody has it any more


async def test_a_repeated_upload_is_looked_through_once(api: httpx.AsyncClient, connection: "Connection") -> None:
    for _ in range(2):
        body_of(await post_file(api, key="one"), 201)
    assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'scan_attachment'") == 1


@pytest.mark.parametrize(
    ("text", "daemon"),
    [("clamd", Clamd("clamd", 3310)), ("10.0.0.1:99", Clamd("10.0.0.1", 99)), ("[::1]:3310", Clamd("::1", 3310))],
)
def test_a_setting_names_the_scanner(monkeypatch: pytest.MonkeyPatch, text: str, daemon: Clamd) -> None:
    monkeypatch.setenv("PIVOTAL_CLAMD", text)
    assert Settings().clamd == daemon


@pytest.mark.parametrize("text", ["", "clamd:0", "clamd:99999", "http://clamd", "a b"])
def test_what_names_no_scanner_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PIVOTAL_CLAMD", text)
    with pytest.raises(ValidationError):
        Settings()
