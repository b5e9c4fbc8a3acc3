"""Files that nobody needs go; those that somebody has stay, whatever crashed in between."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.comments.file_actions import expect_file, remove_leftovers
from pivotal_server.comments.models import file_key
from pivotal_server.core.ids import new_id
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import Directory
from tests.comments.support import PNG, create_comment, download, upload
from tests.harness import World
from tests.support import SteeredClock, body_of, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 24 * 3600


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def storage(tmp_path: Path) -> Directory:
    return Directory(tmp_path / "files")


def kept(tmp_path: Path) -> set[str]:
    """Return the names of the files in the storage."""
    return {path.name for path in (tmp_path / "files").rglob("*") if path.is_file()}


async def content(text: bytes = PNG) -> AsyncIterator[bytes]:
    yield text


async def clean_up(connection: "Connection", storage: Directory, clock: SteeredClock) -> int:
    return await remove_leftovers(connection, storage, clock.now(), lambda: False, batch=2)


async def test_a_file_that_no_comment_took_goes_after_a_day(
    api: httpx.AsyncClient, connection: "Connection", storage: Directory, clock: SteeredClock, tmp_path: Path
) -> None:
    free = [await upload(api) for _ in range(5)]
    taken = await upload(api)
    await create_comment(api, attachment_ids=[taken["id"]])
    clock.advance(DAY - 1)
    assert await clean_up(connection, storage, clock) == 0
    clock.advance(2)
    assert await clean_up(connection, storage, clock) == 5
    assert await clean_up(connection, storage, clock) == 0
    assert kept(tmp_path) == {taken["id"]}
    for file in free:
        assert error_of(await api.get(f"/attachments/{file['id']}"), 404)["code"] == "attachment_not_found"
    assert body_of(await api.get(f"/attachments/{taken['id']}"))["comment_id"]


async def test_what_was_deleted_goes_at_the_next_clean_up(
    api: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    connection: "Connection",
    storage: Directory,
    clock: SteeredClock,
    tmp_path: Path,
) -> None:
    with_comment, alone, stays = await upload(api), await upload(api), await upload(api)
    comment = await create_comment(api, attachment_ids=[with_comment["id"]])
    body_of(await api.delete(f"/comments/{comment['id']}"))
    body_of(await api.delete(f"/attachments/{alone['id']}"))
    clock.advance(1)
    assert await clean_up(connection, storage, clock) == 2
    assert kept(tmp_path) == {stays["id"]}
    assert (await download(anonymous, stays)).content == PNG


async def test_what_a_crash_left_behind_goes_after_a_day(
    connection: "Connection", storage: Directory, clock: SteeredClock, world: World, tmp_path: Path
) -> None:
    """A process that dies while bytes come in leaves a part, one that dies before its commit a whole file."""
    part, whole, nothing = new_id(), new_id(), new_id()
    for id_ in (part, whole, nothing):
        await expect_file(connection, world.northwind.id, id_, clock.now())
    await storage.put(file_key(world.northwind.id, whole), content())
    left = tmp_path / "files" / f"{file_key(world.northwind.id, part)}.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(PNG)
    clock.advance(DAY - 1)
    assert await clean_up(connection, storage, clock) == 0
    clock.advance(1)
    assert await clean_up(connection, storage, clock) == 3
    assert kept(tmp_path) == set()


async def test_a_clean_up_ends_early_when_the_worker_is_to_stop(
    api: httpx.AsyncClient, connection: "Connection", storage: Directory, clock: SteeredClock
) -> None:
    for _ in range(3):
        file = await upload(api)
        body_of(await api.delete(f"/attachments/{file['id']}"))
    clock.advance(1)
    asked = iter([False, False, True, True])
    assert await remove_leftovers(connection, storage, clock.now(), lambda: next(asked)) == 1
    assert await clean_up(connection, storage, clock) == 2
