"""Teammates, and their notifications as lists: pages, what is unread, what is kept."""

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.retention import remove_old
from pivotal_server.core.settings import Settings
from pivotal_server.identity.models import Actor
from pivotal_server.notifications import actions, queries
from pivotal_server.worker import rules
from tests.comments.support import create_comment
from tests.harness import World
from tests.notifications.conftest import As, Told
from tests.support import Json, SteeredClock, body_of, create_onboarding, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOBODY = "c" + "0" * 24


@pytest.fixture
async def comments(api: httpx.AsyncClient, world: World, told: Told, clock: SteeredClock) -> list[Json]:
    """Five comments that Maya was told of, oldest first; Tomas of the last."""
    onboarding = await create_onboarding(api, csm_id=world.maya.id)
    made = []
    for number in range(5):
        mention = " @tomas@northwind.example" if number == 4 else ""
        made.append(await create_comment(api, onboarding["id"], body=f"Comment {number}{mention}"))
        clock.advance(60)
    assert len(await told(world.maya)) == 5
    return made


async def test_teammates_are_listed_as_they_came(api: httpx.AsyncClient, world: World) -> None:
    listed = body_of(await api.get("/people"))
    assert (listed["has_more"], listed["next_cursor"]) == (False, None)
    assert [(one["id"], one["name"], one["email"], one["role"]) for one in listed["data"]] == [
        tuple(world.maya[place] for place in (0, 2, 1, 3)),
        tuple(world.tomas[place] for place in (0, 2, 1, 3)),
    ]
    assert body_of(await api.get(f"/people/{world.maya.id}")) == listed["data"][0]
    for id_ in (world.fabian.id, NOBODY, "1"):
        assert error_of(await api.get(f"/people/{id_}"), 404)["code"] == "person_not_found"


async def test_notifications_come_newest_first_page_by_page(
    api: httpx.AsyncClient, world: World, comments: list[Json]
) -> None:
    path, found = f"/people/{world.maya.id}/notifications", []
    page = body_of(await api.get(path, params={"limit": "2"}))
    while True:
        found += page["data"]
        if not page["has_more"]:
            break
        page = body_of(await api.get(path, params={"limit": "2", "cursor": page["next_cursor"]}))
    assert [one["subject"]["id"] for one in found] == [comment["id"] for comment in comments[::-1]]
    assert page["next_cursor"] is None
    assert body_of(await api.get(f"/notifications/{found[0]['id']}")) == found[0]
    for query, field in ((("limit", "0"), "limit"), (("cursor", "x"), "cursor"), (("unread", "yes"), "unread")):
        assert error_of(await api.get(path, params=[query]), 400)["field"] == field


@pytest.mark.usefixtures("comments")
async def test_what_was_read_is_unread_no_more(api: httpx.AsyncClient, world: World, clock: SteeredClock) -> None:
    path = f"/people/{world.maya.id}/notifications"
    newest, *_ = body_of(await api.get(path))["data"]
    read = body_of(await api.post(f"/notifications/{newest['id']}/read"))
    assert read == newest | {"read_at": read["read_at"]}
    assert read["read_at"] is not None
    clock.advance(60)
    assert body_of(await api.post(f"/notifications/{newest['id']}/read")) == read
    assert body_of(await api.get(f"{path}/unread_count")) == {"object": "count", "count": 4}
    unread = body_of(await api.get(path, params={"unread": "true"}))["data"]
    assert len(unread) == 4
    assert newest["id"] not in [one["id"] for one in unread]

    answers = [
        body_of(await api.post(f"{path}/read_all", headers=headers))
        for headers in ({"Idempotency-Key": "all"}, {"Idempotency-Key": "all"}, {})
    ]
    assert [answer["count"] for answer in answers] == [4, 4, 0]
    assert body_of(await api.get(f"{path}/unread_count"))["count"] == 0
    assert body_of(await api.get(f"/people/{world.tomas.id}/notifications/unread_count"))["count"] == 1


@pytest.mark.usefixtures("comments")
async def test_a_teammate_sees_and_reads_their_own_alone(
    api: httpx.AsyncClient, connection: "Connection", world: World, as_person: As
) -> None:
    tomas = Actor(world.northwind.id, "person", world.tomas.id, "Tomas")
    (own,) = await queries.list_notifications(connection, tomas, world.tomas.id, PageQuery(), unread=True)
    theirs = body_of(await api.get(f"/people/{world.maya.id}/notifications"))["data"][0]
    assert await queries.count_unread(connection, tomas, world.tomas.id) == 1
    assert (await queries.get_notification(connection, tomas, own.id)) == own
    for refused, status in (
        (lambda change: queries.list_notifications(connection, change.actor, world.maya.id, PageQuery()), 403),
        (lambda change: queries.count_unread(connection, change.actor, world.maya.id), 403),
        (lambda change: actions.read_all_notifications(change, world.maya.id), 403),
        (lambda change: actions.read_notification(change, theirs["id"]), 404),
        (lambda change: queries.list_notifications(connection, change.actor, world.fabian.id, PageQuery()), 404),
    ):
        with pytest.raises(ApiError) as refusal:
            await as_person(world.tomas, refused)
        assert refusal.value.status == status


async def test_people_of_another_workspace_are_nobody(
    fabrikam_api: httpx.AsyncClient, api: httpx.AsyncClient, world: World, comments: list[Json]
) -> None:
    assert comments
    id_ = body_of(await api.get(f"/people/{world.maya.id}/notifications"))["data"][0]["id"]
    for path in (f"/people/{world.maya.id}/notifications", f"/people/{world.maya.id}/notification_preferences"):
        assert error_of(await fabrikam_api.get(path), 404)["code"] == "person_not_found"
    for response in (
        await fabrikam_api.get(f"/notifications/{id_}"),
        await fabrikam_api.post(f"/notifications/{id_}/read"),
    ):
        assert error_of(response, 404)["code"] == "notification_not_found"


@pytest.mark.usefixtures("comments")
async def test_what_was_read_ninety_days_ago_goes_and_what_was_not_stays(
    api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    newest, *_ = body_of(await api.get(f"/people/{world.maya.id}/notifications"))["data"]
    body_of(await api.post(f"/notifications/{newest['id']}/read"))
    (rule,) = [rule for rule in rules(Settings()) if rule.table == "notifications"]
    for later, removed in ((timedelta(days=89), 0), (timedelta(days=91), 1), (timedelta(days=900), 0)):
        assert await remove_old(connection, rule, clock.now() + later, lambda: False) == removed
    assert error_of(await api.get(f"/notifications/{newest['id']}"), 404)["code"] == "notification_not_found"
