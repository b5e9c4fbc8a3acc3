"""The files of a customer, and the tags that are suggested while some are typed."""

import re
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.comments.support import create_comment, upload
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora")


@pytest.fixture
async def onboarding(api: httpx.AsyncClient, customer: Json) -> Json:
    return await create_onboarding(api, customer["id"], name="Rollout")


def place_of(customer: Json) -> str:
    return f"/customers/{customer['display_id']}-aurora/files"


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [unescape(name) for name in re.findall(r'class="item-title"[^>]*>([^<]*)<', response.text)]


async def attach(api: httpx.AsyncClient, onboarding: Json, *filenames: str, task: Json | None = None) -> Json:
    files = [(await upload(api, filename=name))["id"] for name in filenames]
    if task is None:
        return await create_comment(api, onboarding["id"], attachment_ids=files)
    said = {"body": "See this.", "attachment_ids": files}
    return body_of(await api.post(f"/tasks/{task['id']}/comments", json=said), 201)


async def test_files_of_onboardings_and_tasks_stand_together(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, onboarding: Json, clock: SteeredClock
) -> None:
    empty = await maya.get(place_of(customer))
    assert "No files yet" in empty.text
    assert 'aria-current="page">Files' in empty.text
    task = await create_task(api, onboarding["id"], title="Design")
    said = await attach(api, onboarding, "plan.png")
    clock.advance(60)
    on_task = await attach(api, onboarding, "look.png", task=task)
    other = await create_onboarding(api)
    await attach(api, other, "others.png")
    await upload(api, filename="nowhere.png")
    page = await maya.get(place_of(customer))
    assert names(page) == ["look.png", "plan.png"]
    for words in (
        f"/onboardings/{onboarding['display_id']}-rollout/comments#comment-{said['display_id']}",
        f"/tasks/{task['display_id']}-design#comment-{on_task['display_id']}",
        "API: ",
        "bytes",
    ):
        assert words in page.text, words
    link = re.search(r'href="(/attachments/[^"]+)" download', page.text)
    assert link
    assert (await maya.get(link[1])).status_code in {302, 303, 307}
    assert names(await maya.get(place_of(customer), q="PLAN")) == ["plan.png"]
    part = await maya.get(place_of(customer), fragment=True, q="look")
    assert "<html" not in part.text
    assert names(part) == ["look.png"]
    for none in ("%", "_", "\\", PROBE):
        nothing = await maya.get(place_of(customer), q=none)
        assert names(nothing) == []
        assert "No file is called that" in nothing.text
        assert PROBE not in nothing.text
    assert (await maya.get(f"/customers/{customer['display_id']}/files")).headers["location"] == place_of(customer)
    assert (await maya.get("/customers/999/files")).status_code == 404


async def test_what_is_gone_takes_its_files_along(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, onboarding: Json
) -> None:
    task = await create_task(api, onboarding["id"])
    said = await attach(api, onboarding, "a.png")
    await attach(api, onboarding, "b.png", task=task)
    await attach(api, onboarding, "c.png")
    assert names(await maya.get(place_of(customer))) == ["c.png", "b.png", "a.png"]
    await api.delete(f"/comments/{said['id']}")
    await api.delete(f"/tasks/{task['id']}")
    assert names(await maya.get(place_of(customer))) == ["c.png"]
    await api.delete(f"/onboardings/{onboarding['id']}")
    assert names(await maya.get(place_of(customer))) == []


async def test_pages_follow_each_other_without_a_gap(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", customer: Json, onboarding: Json
) -> None:
    await attach(api, onboarding, PROBE[:40].replace("/", ""))
    await connection.execute(
        """INSERT INTO attachments (workspace_id, id, display_id, comment_id, filename, size, content_type, sha256,
            scan, uploader_type, uploader_id, uploader_name, created_at)
        SELECT workspace_id, 'a' || n, 1000 + n, comment_id, 'file ' || n, size, content_type, sha256,
            CASE n WHEN 1 THEN 'infected' WHEN 2 THEN 'pending' ELSE scan END, uploader_type, uploader_id,
            uploader_name, created_at - n / 10 * interval '1 second'
        FROM attachments, generate_series(1, 119) n"""
    )
    seen = await maya.get(place_of(customer))
    assert "<script>x" not in seen.text
    assert "Infected: cannot be opened" in seen.text
    assert "Being scanned" in seen.text
    found = names(seen)
    while more := re.search(r'hx-get="([^"]+after=[^"]+)"', seen.text):
        seen = await maya.get(unescape(more[1]), fragment=True)
        assert "<html" not in seen.text
        found += names(seen)
    assert len(found) == 120
    assert len(set(found)) == 120
    for odd in ("x", "2026", "0001-01-01T00:00:00+14:00_x"):
        assert (await maya.get(place_of(customer), after=odd)).status_code in {200, 400}
    assert (await maya.get(place_of(customer), after="x")).status_code == 400


async def test_tags_are_suggested(maya: Visitor, fabian: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    await create_customer(api, tags=["retail", "Renewal"])
    await create_customer(api, tags=["retail"])
    await create_onboarding(api, customer["id"], tags=["return"])
    answer = await maya.get("/tags?of=customer&q=re", fragment=True)
    assert answer.text.strip() == (
        '<option value="retail" data-detail="2"></option><option value="Renewal" data-detail="1"></option>'
    )
    assert "return" in (await maya.get("/tags?of=onboarding&q=RE")).text
    assert (await fabian.get("/tags?of=customer&q=re")).text.strip() == ""
    for odd in (PROBE, "x" * 300, "%"):
        answer = await maya.get("/tags", q=odd)
        assert (answer.status_code, answer.text.strip()) == (200, "")
    page = await maya.get(f"/customers/{customer['display_id']}-aurora")
    assert 'data-suggest="/tags?of=customer"' in page.text
