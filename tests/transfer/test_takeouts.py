"""Takeouts: everything of one moment and one workspace, no secret, one at a time, gone in the end, whoever dies."""

import asyncio
import hashlib
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.comments.file_actions import remove_leftovers
from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import Directory
from pivotal_server.transfer import making
from pivotal_server.transfer.archive import safe_name
from pivotal_server.transfer.tables import TABLES
from tests.branding.images import png
from tests.comments.support import PNG, create_comment, upload
from tests.harness import World
from tests.support import SteeredClock, create_contact, create_customer, create_onboarding
from tests.visitors import Visitor
from tests.webhooks.support import create_endpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/data"
NOT_WANTED = """
CREATE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER not_wanted BEFORE UPDATE ON takeouts FOR EACH ROW WHEN (new.total > 0) EXECUTE FUNCTION pass_over();
"""
WEEK = 7 * 24 * 3600
Run = Callable[..., Awaitable[None]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    opened = Pool(dsn, 2)
    yield opened
    await opened.close()


@pytest.fixture
def run(pool: Pool, settings: Settings, clock: SteeredClock, connection: "Connection") -> Run:
    """Does what a worker would, with the newest job."""

    async def run_job(attempt: int = 1) -> None:
        payload = await connection.fetchval(
            "SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'take_out' ORDER BY id DESC LIMIT 1"
        )
        context = JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), attempt)
        await making.take_out(context, json.loads(payload))

    return run_job


async def statuses(connection: "Connection") -> list[str]:
    return [row[0] for row in await connection.fetch("SELECT status FROM takeouts ORDER BY created_at, id")]


async def link_of(visitor: Visitor) -> str:
    found = re.search(r'value="http://[^/]+(/takeouts/[^"]+)"', (await visitor.get(PATH)).text)
    assert found
    return found.group(1)


async def content(visitor: Visitor) -> zipfile.ZipFile:
    """Follow the button to the file."""
    takeout = re.search(rf"{PATH}/takeouts/(\w+)/download", (await visitor.get(PATH)).text)
    assert takeout
    link = (await visitor.get(f"{PATH}/takeouts/{takeout.group(1)}/download")).headers["location"]
    answer = await visitor.client.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="pivotal-2026-03-02.zip"')
    assert "sandbox" in answer.headers["content-security-policy"]
    opened = zipfile.ZipFile(io.BytesIO(answer.content))
    assert opened.testzip() is None
    return opened


def lines(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"data/{table}.jsonl").splitlines()]


async def test_everything_of_the_workspace_is_in_it_and_nothing_of_others(
    maya: Visitor, api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, world: World, run: Run,
    connection: "Connection",
) -> None:  # fmt: skip
    contact = await create_contact(api, (await create_customer(api, name="Aurora"))["id"])
    onboarding = await create_onboarding(api, contact["customer_id"])
    attachment = await upload(api, filename="..plan.png")
    await create_comment(api, onboarding["id"], attachment_ids=[attachment["id"]])
    endpoint = await create_endpoint(api)
    await create_customer(fabrikam_api, name="Somebody else's")
    await maya.submit("/settings/branding/images/logo", files={"image": ("logo.png", png(), "image/png")})
    assert (await maya.submit(f"{PATH}/takeouts")).headers["location"] == PATH
    assert "Waiting" in (await maya.get(PATH)).text
    await run()
    archive = await content(maya)

    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["format"] == 1
    assert manifest["workspace"]["slug"] == "northwind"
    assert manifest["schema_version"] == await connection.fetchval("SELECT max(version) FROM schema_migrations")
    assert set(manifest["tables"]) == {"people", *(table.name for table in TABLES)}
    for name, told in manifest["tables"].items():
        rows = lines(archive, name)
        assert len(rows) == told["rows"], name
        assert all([*row] == told["columns"] for row in rows), name
        assert all(row.get("workspace_id", world.northwind.id) == world.northwind.id for row in rows), name
    assert [row["name"] for row in lines(archive, "customers")] == ["Aurora"]
    assert {row["email"] for row in lines(archive, "people")} == {world.maya.email, world.tomas.email}
    assert manifest["files"] == {"count": 2, "bytes": len(PNG) + len(png()), "missing": 0}
    files = {name.partition("/")[2].partition("/")[0]: name for name in archive.namelist() if name.startswith("files/")}
    assert archive.read(files[attachment["id"]]) == PNG
    assert files[attachment["id"]].endswith("/_plan.png")

    text = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    assert "Somebody else" not in text
    assert endpoint["secret"] not in text
    for key in (world.live_key, world.test_key, world.fabrikam_key):
        assert key not in text
    hashes = await connection.fetch("SELECT encode(hash, 'hex') FROM api_keys")
    assert not [row for row in hashes if row[0] in text]


async def test_whoever_asked_hears_of_it_and_the_audit_log_knows(
    maya: Visitor, run: Run, connection: "Connection", world: World
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    await run()
    rows = await connection.fetch("SELECT type, actor_name FROM activity WHERE type LIKE 'takeout.%' ORDER BY id")
    assert [tuple(row) for row in rows] == [("takeout.requested", "Maya"), ("takeout.finished", "Pivotal")]
    mail = json.loads(
        await connection.fetchval("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'mail'")
    )
    assert mail["to"] == world.maya.email
    assert mail["subject"] == "Your takeout is ready"
    assert "/settings/data" in mail["text"]
    assert "/takeouts/" not in mail["text"]


async def test_there_is_one_at_a_time(maya: Visitor, run: Run, connection: "Connection", clock: SteeredClock) -> None:
    await maya.submit(f"{PATH}/takeouts")
    answer = await maya.submit(f"{PATH}/takeouts")
    assert answer.status_code == 409
    assert "A takeout is being made already" in answer.text
    assert "Make a takeout" not in answer.text
    # One that no worker has given a sign of for an hour holds nobody up.
    clock.advance(3601)
    assert "Failed" in (await maya.get(PATH)).text
    assert (await maya.submit(f"{PATH}/takeouts")).status_code == 303
    assert await statuses(connection) == ["failed", "waiting"]
    await run()
    assert await statuses(connection) == ["failed", "done"]


async def test_a_takeout_is_gone_after_a_week(
    maya: Visitor, run: Run, connection: "Connection", clock: SteeredClock, tmp_path: Path
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    await run()
    link, storage = await link_of(maya), Directory(tmp_path / "files")
    clock.advance(WEEK - 60)
    assert await remove_leftovers(connection, storage, clock.now(), lambda: False) == 0
    assert (await maya.client.get(link)).status_code == 200
    clock.advance(61)
    assert (await maya.client.get(link)).status_code == 404
    assert await remove_leftovers(connection, storage, clock.now(), lambda: False) == 1
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert "Removed" in (await maya.get(PATH)).text


async def test_a_link_is_the_permission_and_nothing_else_is(
    maya: Visitor, fabian: Visitor, run: Run, connection: "Connection"
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    await run()
    link = await link_of(maya)
    takeout = await connection.fetchval("SELECT id FROM takeouts")
    assert (await fabian.get(f"{PATH}/takeouts/{takeout}/download")).status_code == 404
    assert (await fabian.submit(f"{PATH}/takeouts/{takeout}/delete")).status_code == 404
    fabian.client.cookies.clear()
    whole = await fabian.client.get(link)
    assert whole.status_code == 200
    sha256 = await connection.fetchval("SELECT sha256 FROM takeouts")
    assert hashlib.sha256(whole.content).digest() == sha256
    part = await fabian.client.get(link, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    for wrong in (link[:-1], f"{link[:-1]}x", "/takeouts/x", link.replace(takeout, "c" + "0" * 24)):
        assert (await fabian.client.get(wrong)).status_code == 404
    # A takeout's link is none to an attachment.
    assert (await fabian.client.get(link.replace("/takeouts/", "/api/v1/files/"))).status_code == 404


async def test_a_deleted_takeout_is_gone_at_once(
    maya: Visitor, run: Run, connection: "Connection", clock: SteeredClock, tmp_path: Path
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    await run()
    link = await link_of(maya)
    takeout = await connection.fetchval("SELECT id FROM takeouts")
    assert (await maya.submit(f"{PATH}/takeouts/{takeout}/delete")).status_code == 303
    assert (await maya.client.get(link)).status_code == 404
    assert (await maya.get(f"{PATH}/takeouts/{takeout}/download")).status_code == 404
    assert await remove_leftovers(connection, Directory(tmp_path / "files"), clock.now(), lambda: False) == 1


async def test_a_cancelled_takeout_stops_and_leaves_nothing(
    maya: Visitor, run: Run, connection: "Connection", tmp_path: Path
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    takeout = await connection.fetchval("SELECT id FROM takeouts")
    await maya.submit(f"{PATH}/takeouts/{takeout}/cancel")
    await run()
    assert await statuses(connection) == ["cancelled"]
    assert not (tmp_path / "files").exists()


async def test_a_takeout_that_is_not_wanted_any_more_ends_on_its_way(
    maya: Visitor, run: Run, connection: "Connection", tmp_path: Path
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    # Whatever the worker says of its progress finds no takeout of its own any more.
    await connection.execute(NOT_WANTED)
    await run()
    assert not (tmp_path / "files").exists()
    assert not list((tmp_path / "tmp").iterdir())


async def test_begun_again_it_begins_anew(
    maya: Visitor, run: Run, connection: "Connection", clock: SteeredClock, tmp_path: Path
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    # A worker was killed once it had announced its file.
    await connection.execute("UPDATE takeouts SET status = 'running', file_id = 'cold', done = 5")
    await connection.execute(
        "INSERT INTO leftover_files SELECT workspace_id, 'cold', $1 FROM takeouts", clock.ahead(24 * 3600)
    )
    await run()
    assert await statuses(connection) == ["done"]
    assert (await content(maya)).testzip() is None
    clock.advance(24 * 3600 + 1)
    await remove_leftovers(connection, Directory(tmp_path / "files"), clock.now(), lambda: False)
    left = [row[0] for row in await connection.fetch("SELECT id FROM leftover_files")]
    assert left == [await connection.fetchval("SELECT file_id FROM takeouts")]
    assert (await content(maya)).testzip() is None


async def test_what_fails_for_good_is_told(
    maya: Visitor, run: Run, connection: "Connection", settings: Settings
) -> None:
    await maya.submit(f"{PATH}/takeouts")
    (settings.data / "files").write_text("in the way of the storage")
    with pytest.raises(OSError, match="files"):
        await run()
    assert await statuses(connection) == ["running"]
    with pytest.raises(OSError, match="files"):
        await run(attempt=4)
    assert await statuses(connection) == ["failed"]
    page = (await maya.get(PATH)).text
    assert "Nothing of it was kept" in page
    assert "Make a takeout" in page
    mails = await connection.fetch("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'mail'")
    assert [json.loads(row[0])["subject"] for row in mails] == ["Your takeout could not be made"]


async def test_a_file_that_is_gone_holds_nothing_up(
    maya: Visitor, api: httpx.AsyncClient, run: Run, tmp_path: Path
) -> None:
    attachment = await upload(api)
    next(path for path in (tmp_path / "files").rglob("*") if path.name == attachment["id"]).unlink()
    await maya.submit(f"{PATH}/takeouts")
    await run()
    assert json.loads((await content(maya)).read("manifest.json"))["files"]["missing"] == 1


async def test_the_page_tells_how_far_it_is(maya: Visitor, connection: "Connection", clock: SteeredClock) -> None:
    await maya.submit(f"{PATH}/takeouts")
    await connection.execute(
        "UPDATE takeouts SET status = 'running', started_at = $1, seen_at = $1, done = 1200, total = 5000", clock.now()
    )
    clock.advance(10)
    page = await maya.get(PATH, fragment=True)
    assert page.text.lstrip().startswith('<div class="form" id="takeouts"')
    assert "1,200 of 5,000 rows and files, 120 a second" in page.text


async def test_members_take_nothing_out(tomas: Visitor, maya: Visitor, connection: "Connection") -> None:
    assert (await tomas.submit(f"{PATH}/takeouts")).status_code == 403
    await maya.submit(f"{PATH}/takeouts")
    takeout = await connection.fetchval("SELECT id FROM takeouts")
    for path in ("cancel", "delete"):
        assert (await tomas.submit(f"{PATH}/takeouts/{takeout}/{path}")).status_code == 403
    for path in (PATH, f"{PATH}/contacts.csv", f"{PATH}/takeouts/{takeout}/download"):
        assert (await tomas.get(path)).status_code == 403
    assert await statuses(connection) == ["waiting"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "__.._etc_passwd"),
        ("a\\b:c\n.exe", "a_b_c_.exe"),
        ("  ", "file"),
        ("..", "_"),
        ("Grüße.txt", "Gr__e.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
    ],
)
def test_names_of_files_lead_nowhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe
