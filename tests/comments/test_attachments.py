"""Files: uploaded in a stream, attached, served by links that end, taken back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.comments.models import MAX_FILE_BYTES
from tests.comments.support import PNG, create_comment, download, post_file, upload
from tests.harness import NewKeyOf, Serve, World
from tests.support import SteeredClock, body_of, create_onboarding, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 24 * 3600


async def test_a_file_comes_back_as_it_went(api: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    content = bytes(range(256)) * 4000
    response = await post_file(api, content, "räum\u00e9.bin")
    made = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/attachments/{made['id']}"
    assert (made["size"], made["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (made["filename"], made["content_type"], made["scan"]) == (
        "räum\u00e9.bin",
        "application/octet-stream",
        "off",
    )
    assert made["uploader"]["name"] == "API: northwind-live"
    assert body_of(await api.get(f"/attachments/{made['display_id']}")) == made

    answer = await download(anonymous, made)
    assert answer.status_code == 200
    assert answer.content == content


async def test_a_link_ends_after_five_minutes(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, clock: SteeredClock
) -> None:
    made = await upload(api)
    clock.advance(299)
    assert (await download(anonymous, made)).status_code == 200
    clock.advance(1)
    assert error_of(await download(anonymous, made), 404)["code"] == "file_not_found"
    fresh = body_of(await api.get(f"/attachments/{made['id']}"))
    assert (await download(anonymous, fresh)).content == PNG


async def test_a_link_that_was_changed_leads_nowhere(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, world: World
) -> None:
    made, theirs = await upload(api), await upload(fabrikam_api)
    token = made["download_url"].rpartition("/")[2]
    workspace, file, expires, signature = token.split(".")
    for other in (
        f"{workspace}.{theirs['id']}.{expires}.{signature}",
        f"{world.fabrikam.id}.{theirs['id']}.{expires}.{signature}",
        f"{workspace}.{file}.{int(expires) + 1}.{signature}",
        f"{workspace}.{file}.{expires}.{signature[:-1]}",
        f"{workspace}.{file}.{expires}.",
        f"{workspace}.{file}.{expires}",
        f"{token}.x",
        "x" * 5000,
        "...",
        "%E2%82%AC.a.b.c",
    ):
        error = error_of(await anonymous.get(f"/files/{other}"), 404)
        assert (error["type"], error["code"]) == ("not_found", "file_not_found")


@pytest.mark.parametrize(
    ("content", "filename", "known", "served"),
    [
        (PNG, "a.txt", "image/png", "image/png"),
        (b"%PDF-1.7\n1 0 obj", "plan.pdf", "application/pdf", "application/pdf"),
        (b"name,arr\nAurora,12\n", "list.csv", "text/plain", "text/plain; charset=utf-8"),
        ("Grüße".encode(), "a.png", "text/plain", "text/plain; charset=utf-8"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "a.png", "text/html", "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "image/svg+xml", "application/octet-stream"),
        (b"PK\x03\x04\x14\0" + bytes(60), "a", "application/zip", "application/zip"),
        (b"\x00\x01\x02\x03 nothing known", "a.html", "application/octet-stream", "application/octet-stream"),
    ],
)
async def test_a_file_is_what_its_bytes_are_and_always_saved(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, content: bytes, filename: str, known: str, served: str
) -> None:
    made = body_of(
        await api.post(
            "/attachments", params={"filename": filename}, content=content, headers={"Content-Type": "text/html"}
        ),
        201,
    )
    assert made["content_type"] == known
    headers = (await download(anonymous, made)).headers
    assert headers["content-type"] == served
    assert headers["content-disposition"] == f'attachment; filename="{filename}"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["cache-control"] == "no-store"


async def test_a_name_goes_out_by_the_book(api: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    made = await upload(api, filename='Pläne "neu"; 100%.png')
    told = (await download(anonymous, made)).headers["content-disposition"]
    assert told == (
        "attachment; filename=\"Pl_ne _neu_; 100_.png\"; filename*=UTF-8''Pl%C3%A4ne%20%22neu%22%3B%20100%25.png"
    )


@pytest.mark.parametrize("filename", ["", "../../etc/passwd", "a\\b", "a\nb", "a\0b", "x" * 256])
async def test_what_is_no_name_is_refused(api: httpx.AsyncClient, filename: str) -> None:
    assert error_of(await post_file(api, PNG, filename), 400)["field"] == "filename"
    assert error_of(await api.post("/attachments", content=PNG), 400)["message"] == "Required"


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=-99999", 206, slice(None)),
        ("bytes=3-99999", 206, slice(3, None)),
        ("bytes=4-3", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("bytes=99999-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
async def test_a_part_of_a_file_can_be_asked_for(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, asked: str, status: int, part: slice | None
) -> None:
    made = await upload(api)
    answer = await download(anonymous, made, range=asked)
    assert answer.status_code == status
    if part is None:
        assert error_of(answer, 416)["code"] == "http_exception"
        assert answer.headers["content-range"] == f"bytes */{len(PNG)}"
        return
    assert answer.content == PNG[part]
    if status == 206:
        start = (
            PNG.index(PNG[part])
            if part.start and part.start > 0
            else len(PNG) - len(PNG[part])
            if part.stop is None
            else 0
        )
        told = f"bytes {start}-{start + len(PNG[part]) - 1}/{len(PNG)}"
        assert answer.headers["content-range"] == told
    changed = await download(anonymous, made, range=asked, if_range='"another"')
    assert (changed.status_code, changed.content) == (200, PNG)
    same = await download(anonymous, made, range=asked, if_range=answer.headers["etag"])
    assert same.status_code == status


async def test_the_head_of_a_file_has_its_length(api: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    answer = await download(anonymous, await upload(api), "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(PNG))


async def test_a_file_that_is_too_large_leaves_nothing(
    api: httpx.AsyncClient, connection: "Connection", data: Path, world: World
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024 * 1024)

    assert "26214400 bytes" in error_of(await post_file(api, bytes(MAX_FILE_BYTES + 1)), 413)["message"]
    response = await api.post("/attachments", params={"filename": "a"}, content=endless())
    assert error_of(response, 413)["code"] == "http_exception"
    assert error_of(await post_file(api, b""), 400)["code"] == "too_small"
    assert await connection.fetchval("SELECT count(*) FROM attachments") == 0
    ids = [row[0] for row in await connection.fetch("SELECT id FROM leftover_files")]
    assert len(ids) == 3
    left = {path.name for path in (data / "files" / world.northwind.id).rglob("*") if path.is_file()}
    assert not [name for name in left for id_ in ids if name.startswith(id_)]


async def test_the_largest_file_fits(api: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    content = bytes(MAX_FILE_BYTES)
    made = await upload(api, content, "zeros.bin")
    assert (await download(anonymous, made)).content == content


async def test_a_repeated_upload_makes_one_attachment(api: httpx.AsyncClient, connection: "Connection") -> None:
    first = await post_file(api, key="one")
    again = await post_file(api, key="one")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replay"] == "true"
    assert await connection.fetchval("SELECT count(*) FROM attachments") == 1
    for other in (post_file(api, PNG + b"x", key="one"), post_file(api, PNG, "other.png", key="one")):
        assert error_of(await other, 409)["code"] == "idempotency_key_reused"
    assert error_of(await post_file(api, key="x" * 256), 400)["field"] == "Idempotency-Key"


async def test_a_file_is_attached_once_and_by_its_uploader(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    onboarding = await create_onboarding(api)
    path = f"/onboardings/{onboarding['id']}/comments"
    mine, other, foreign = await upload(api), await upload(test_api), await upload(fabrikam_api)
    for file in (other, foreign):
        error = error_of(await api.post(path, json={"body": "x", "attachment_ids": [mine["id"], file["id"]]}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "attachment_ids.1")

    comment = await create_comment(api, onboarding["id"], attachment_ids=[str(mine["display_id"])])
    assert comment["attachments"] == [
        {"id": mine["id"], "filename": "screen.png", "size": len(PNG), "content_type": "image/png", "scan": "off"}
    ]
    assert body_of(await api.get(f"/attachments/{mine['id']}"))["comment_id"] == comment["id"]
    error_of(await api.post(path, json={"body": "x", "attachment_ids": [mine["id"]]}), 400)


async def test_its_uploader_takes_a_file_back_for_a_day(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, anonymous: httpx.AsyncClient, clock: SteeredClock
) -> None:
    made = await upload(api)
    onboarding = await create_onboarding(api)
    comment = await create_comment(api, onboarding["id"], attachment_ids=[made["id"]])
    assert error_of(await test_api.delete(f"/attachments/{made['id']}"), 403)["code"] == "not_the_author"
    answer = body_of(await api.delete(f"/attachments/{made['id']}"))
    assert answer == {"object": "deleted", "id": made["id"], "display_id": made["display_id"], "deleted": True}
    assert body_of(await api.delete(f"/attachments/{made['id']}")) == answer
    assert body_of(await api.get(f"/comments/{comment['id']}"))["attachments"] == []
    assert error_of(await download(anonymous, made), 404)["code"] == "file_not_found"
    activity = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"]
    assert activity[0]["summary"] == "Deleted the file screen.png"

    late = await upload(api)
    clock.advance(DAY + 1)
    assert error_of(await api.delete(f"/attachments/{late['id']}"), 409)["code"] == "edit_window_closed"


async def test_a_narrow_key_may_not_upload(api: httpx.AsyncClient, new_key: NewKeyOf) -> None:
    key = await new_key(scopes=("onboardings:read",))
    response = await api.post(
        "/attachments", params={"filename": "a"}, content=PNG, headers={"Authorization": f"Bearer {key}"}
    )
    assert error_of(response, 403)["code"] == "insufficient_scope"


async def test_slow_uploads_hold_no_connections(serve: Serve, world: World) -> None:
    """Twice as many as there are connections are under way, and everybody else is served as ever."""
    server = await serve(PIVOTAL_DATABASE_CONNECTIONS="2")
    go = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PNG
        await go.wait()
        yield b"end"

    async with server.client(world.live_key) as api:
        uploads = [
            asyncio.create_task(api.post("/attachments", params={"filename": f"{number}.png"}, content=slowly()))
            for number in range(4)
        ]
        for _ in range(20):
            body_of(await asyncio.wait_for(api.get("/customers"), 10))
        assert not any(task.done() for task in uploads)
        go.set()
        for answer in await asyncio.gather(*uploads):
            made = body_of(answer, 201)
            assert made["size"] == len(PNG) + 3
            found = await api.get(made["download_url"])
            assert found.content == PNG + b"end"


async def test_a_missing_file_is_our_failure_and_not_half_an_answer(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, data: Path, world: World
) -> None:
    made = await upload(api)
    (path,) = (data / "files" / world.northwind.id).rglob(made["id"])
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    assert error_of(await download(anonymous, made), 500)["type"] == "internal_error"
