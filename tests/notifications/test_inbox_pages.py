"""The inbox: what the person was told of, marked as read by opening it, by hand, or all at once and taken back."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.comments.support import create_comment
from tests.harness import World
from tests.notifications.conftest import Told
from tests.support import Json, SteeredClock, body_of, create_onboarding, create_task
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = '"><img src=x onerror=alert(1)>'
_ID = re.compile(r'id="notification-(\w+)"')
Tell = Callable[..., Awaitable[Json]]


@pytest.fixture
async def tell(api: httpx.AsyncClient, world: World, told: Told, clock: SteeredClock) -> Tell:
    """Has Maya told of as many comments as are named: ``await tell("One", "Two")``; returns the onboarding."""
    onboarding = await create_onboarding(api, csm_id=world.maya.id, name=f"Aurora {PROBE}")

    async def comment(*bodies: str) -> Json:
        for body in bodies:
            await create_comment(api, onboarding["id"], body=body)
            clock.advance(60)
        await told(world.maya)
        return onboarding

    return comment


def ids(page: httpx.Response) -> list[str]:
    return _ID.findall(page.text)


def badge(text: str) -> str:
    """Return what the sidebar's entry says."""
    found = re.search(r'id="waiting-sidebar"[^>]*>([^<]*)', text)
    assert found
    return found.group(1)


async def test_an_empty_inbox_says_what_will_stand_there(maya: Visitor) -> None:
    page = await maya.get("/inbox")
    assert "Nothing yet" in page.text
    assert badge(page.text) == ""
    assert "You have read everything" in (await maya.get("/inbox?show=unread")).text


async def test_what_came_today_stands_apart_and_is_counted_on_every_page(
    maya: Visitor, tomas: Visitor, tell: Tell, clock: SteeredClock
) -> None:
    await tell("Yesterday")
    clock.advance(86_400)
    await tell(f"Today {PROBE}")
    page = await maya.get("/inbox")
    places = [page.text.index(words) for words in ("Today</h2>", "Today &#34;&gt;", "Earlier</h2>", "Yesterday")]
    assert places == sorted(places)
    assert "<img" not in page.text
    assert badge(page.text) == "2"
    assert badge((await maya.get("/customers")).text) == "2"
    assert badge((await maya.get("/nowhere")).text) == "2"
    assert badge((await tomas.get("/customers")).text) == ""
    fragment = (await maya.get("/inbox", fragment=True)).text
    assert "<html" not in fragment
    assert fragment.count('hx-swap-oob="true"') == 2
    small = (await maya.get("/inbox/badge", fragment=True)).text
    assert badge(small) == "2"


async def test_opening_leads_to_the_thing_and_reads_it(
    maya: Visitor, api: httpx.AsyncClient, tell: Tell, told: Told, world: World
) -> None:
    onboarding = await tell("Ready?")
    task = await create_task(api, onboarding["id"], title=f"Sign {PROBE}", assignee_id=world.maya.id)
    body_of(await api.post(f"/tasks/{task['id']}/comments", json={"body": "On the task"}), 201)
    await api.patch(f"/onboardings/{onboarding['id']}", json={"state": "at_risk"})
    await told(world.maya)
    places = []
    for id_ in ids(await maya.get("/inbox")):
        answer = await maya.submit(f"/inbox/{id_}/open")
        assert answer.status_code == 303
        places.append(answer.headers["location"])
        page = await maya.client.get(places[-1].partition("#")[0], follow_redirects=True)
        assert page.status_code == 200
    risk, on_task, assigned, said = places
    assert risk == f"/onboardings/{onboarding['id']}"
    assert on_task.startswith(f"/tasks/{task['id']}#comment-")
    assert assigned == f"/tasks/{task['id']}"
    assert said.startswith(f"/onboardings/{onboarding['id']}/comments#comment-")
    assert badge((await maya.get("/inbox")).text) == ""


async def test_a_deleted_comment_leads_to_where_it_was(maya: Visitor, api: httpx.AsyncClient, tell: Tell) -> None:
    onboarding = await tell("Gone soon")
    (comment,) = (await api.get(f"/onboardings/{onboarding['id']}/comments")).json()["data"]
    assert (await api.delete(f"/comments/{comment['id']}")).status_code == 200
    (id_,) = ids(await maya.get("/inbox"))
    assert (await maya.submit(f"/inbox/{id_}/open")).headers["location"] == f"/onboardings/{onboarding['id']}"


async def test_one_is_marked_by_hand(maya: Visitor, tell: Tell) -> None:
    await tell("One", "Two")
    newest, oldest = ids(await maya.get("/inbox"))
    done = await maya.submit(f"/inbox/{newest}/read", {"back": "/inbox?show=unread"})
    assert done.headers["location"] == "/inbox?show=unread"
    assert ids(await maya.get("/inbox?show=unread")) == [oldest]
    assert f'action="/inbox/{newest}/unread"' in (await maya.get("/inbox")).text
    fragment = await maya.submit(f"/inbox/{newest}/unread", fragment=True)
    assert fragment.status_code == 204
    assert f"/inbox/{newest}/read" in fragment.headers["hx-trigger"]
    assert ids(await maya.get("/inbox?show=unread")) == [newest, oldest]
    assert (await maya.submit(f"/inbox/{newest}/unread")).status_code == 303


async def test_all_are_marked_and_only_those_come_back(
    maya: Visitor, tell: Tell, clock: SteeredClock, connection: "Connection"
) -> None:
    await tell("One", "Two", "Three")
    read_before = ids(await maya.get("/inbox"))[2]
    await maya.submit(f"/inbox/{read_before}/read")
    clock.advance(60)
    answer = await maya.submit("/inbox/read-all", fragment=True)
    assert "Marked 2 notifications as read" in answer.headers["hx-trigger"]
    assert badge((await maya.get("/inbox")).text) == ""
    undo = re.search(r'"undo": "([^"]+)"', answer.headers["hx-trigger"])
    assert undo
    assert (await maya.submit(undo.group(1))).status_code == 303
    assert badge((await maya.get("/inbox")).text) == "2"
    assert await connection.fetchval("SELECT id FROM notifications WHERE read_at IS NOT NULL") == read_before
    # Where there was nothing to do there is nothing to take back.
    await maya.submit("/inbox/read-all")
    nothing = await maya.submit("/inbox/read-all", fragment=True)
    assert '"undo": null' in nothing.headers["hx-trigger"]
    assert (await maya.submit("/inbox/unread-again?at=now")).status_code == 400
    assert (await maya.submit("/inbox/unread-again")).status_code == 400


async def test_the_inbox_comes_in_pages(maya: Visitor, tell: Tell, connection: "Connection") -> None:
    await tell("First")
    await connection.execute("""
        INSERT INTO notifications SELECT (jsonb_populate_record(n, jsonb_build_object(
            'id', 'c' || lpad(i::text, 24, '0'), 'cause_id', i::text, 'created_at', n.created_at - i * interval '1 s'
        ))).* FROM notifications n, generate_series(1, 119) i
    """)
    page = await maya.get("/inbox")
    found, sizes = ids(page), [len(ids(page))]
    assert badge(page.text) == "99+"
    assert "More than 99 unread" in page.text
    while older := re.search(r'href="(/inbox\?cursor=[^"]+)"', page.text):
        page = await maya.get(older.group(1))
        found += ids(page)
        sizes.append(len(ids(page)))
        assert 'data-live="own' not in page.text.partition('id="inbox"')[2].partition(">")[0]
    assert sizes == [50, 50, 20]
    assert len(set(found)) == 120
    assert (await maya.get("/inbox?cursor=x")).status_code == 400


async def test_an_inbox_is_its_owners_alone(maya: Visitor, tomas: Visitor, tell: Tell) -> None:
    await tell("For Maya")
    (id_,) = ids(await maya.get("/inbox"))
    for does in ("open", "read", "unread"):
        assert (await tomas.submit(f"/inbox/{id_}/{does}")).status_code == 404
    await tomas.submit("/inbox/read-all")
    assert badge((await maya.get("/inbox")).text) == "1"


async def test_what_is_hidden_from_somebody_does_not_count(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, told: Told, world: World, connection: "Connection"
) -> None:
    shown, hidden = [await create_onboarding(api) for _ in range(2)]
    for onboarding in (shown, hidden):
        await create_comment(api, onboarding["id"], body="@tomas@northwind.example")
    await told(world.tomas)
    assert badge((await tomas.get("/customers")).text) == "2"
    await connection.execute("UPDATE customers SET restricted = true WHERE id = $1", hidden["customer_id"])
    for path in ("/customers", "/inbox", "/nowhere"):
        assert badge((await tomas.get(path)).text) == "1"
    assert len(ids(await tomas.get("/inbox"))) == 1
    assert badge((await maya.get("/inbox")).text) == ""
