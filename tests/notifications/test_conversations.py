"""What teammates are told of comments, onboardings and webhook endpoints."""

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.comments.actions import comment_on_onboarding, comment_on_task
from pivotal_server.comments.schemas import CommentCreate
from pivotal_server.webhooks.engine.record import Trouble
from pivotal_server.webhooks.engine.trouble import report
from tests.comments.support import create_comment
from tests.harness import World
from tests.notifications.conftest import As, Mails, Settle, Told, titles, types
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task
from tests.webhooks.support import create_endpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
async def onboarding(api: httpx.AsyncClient, world: World) -> Json:
    customer = await create_customer(api, name="Aurora")
    return await create_onboarding(api, customer["id"], csm_id=world.maya.id, se_id=world.maya.id, name="Aurora")


async def test_followers_are_told_of_a_comment_and_mentioned_people_that_they_are(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails
) -> None:
    comment = await create_comment(api, onboarding["id"], body="Signed!\n\n@tomas@northwind.example, please file it.")

    (followed,), (mentioned,) = await told(world.maya), await told(world.tomas)

    assert (followed["type"], followed["title"]) == ("comment_created", "API: northwind-live commented on Aurora")
    assert followed["body"] == comment["body"]
    assert followed["subject"] == {"type": "comment", "id": comment["id"]}
    assert mentioned["title"] == "API: northwind-live mentioned you in a comment on Aurora"
    assert {to for to, _ in await mails()} == {"maya@northwind.example", "tomas@northwind.example"}


async def test_on_a_task_its_assignee_follows_too_and_the_author_hears_nothing(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, as_person: As
) -> None:
    task = await create_task(api, onboarding["id"], title="Design", assignee_id=world.tomas.id)
    await told(world.tomas)
    body = CommentCreate(body="I, @maya@northwind.example, have an idea.")
    await as_person(world.maya, lambda change: comment_on_task(change, task["id"], body))

    assert titles(await told(world.tomas))[1:] == ["Maya commented on Design"]
    assert (await told(world.tomas))[1]["body"] == f"Aurora\n{body.body}"
    assert await told(world.maya) == []


async def test_an_edit_tells_those_who_are_mentioned_for_the_first_time(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, clock: SteeredClock
) -> None:
    comment = await create_comment(api, onboarding["id"], body="@maya@northwind.example, look.")
    assert types(await told(world.maya)) == ["mentioned"]
    for body in ("@maya@northwind.example and @tomas@northwind.example, look.", "@tomas@northwind.example, look."):
        clock.advance(60)
        body_of(await api.patch(f"/comments/{comment['id']}", json={"body": body}))

    assert types(await told(world.tomas)) == ["mentioned"]
    assert types(await told(world.maya)) == ["mentioned"]


async def test_a_comment_that_was_deleted_before_anybody_was_told_is_not_told(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told
) -> None:
    comment = await create_comment(api, onboarding["id"])
    body_of(await api.delete(f"/comments/{comment['id']}"))
    assert await told(world.maya) == []


async def test_the_team_is_told_how_an_onboarding_goes(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, clock: SteeredClock
) -> None:
    path = f"/onboardings/{onboarding['id']}"
    for body in (
        {"phase": "review"},
        {"state": "at_risk", "target_launch_date": "2026-06-02T00:00:00Z"},
        {"state": "waiting"},
        {"state": "blocked"},
        {"phase": "launch", "state": "active"},
        {"phase": "completed"},
    ):
        clock.advance(3600)
        body_of(await api.patch(path, json=body))
        await told(world.maya)

    found = await told(world.maya)

    assert [(one["type"], one["title"]) for one in found] == [
        ("onboarding_phase_changed", "Aurora moved to Review"),
        ("onboarding_at_risk", "Aurora is at risk"),
        ("onboarding_blocked", "Aurora is blocked"),
        ("onboarding_launched", "Aurora has launched"),
        ("onboarding_completed", "Aurora is completed"),
    ]
    assert found[1]["body"] == "By API: northwind-live.\nIts target launch date is 2 June 2026."
    assert await told(world.tomas) == []


async def test_the_owner_is_told_of_an_endpoint_that_was_disabled_for_its_failures_alone(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World, told: Told
) -> None:
    endpoint, other = await create_endpoint(api), await create_endpoint(api)
    body_of(await api.patch(f"/webhook_endpoints/{other['id']}", json={"status": "disabled"}))
    trouble = Trouble(world.northwind.id, endpoint["id"], tell=False, disabled=True)
    await report(connection, clock, "https://pivotal.example", trouble)

    (notification,) = await told(world.maya)

    assert notification["type"] == "webhook_endpoint_disabled"
    assert notification["subject"] == {"type": "webhook_endpoint", "id": endpoint["id"]}
    assert (notification["customer_id"], notification["onboarding_id"]) == (None, None)
    assert await told(world.tomas) == []


async def test_what_a_test_key_does_is_told_in_the_app_alone(
    test_api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails
) -> None:
    await create_comment(test_api, onboarding["id"], body="@tomas@northwind.example: a try.")
    (notification,) = await told(world.tomas)
    assert notification["livemode"] is False
    assert await mails() == []


async def test_what_happened_long_ago_is_told_in_the_app_alone(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails, clock: SteeredClock
) -> None:
    comment = await create_comment(api, onboarding["id"], body="@tomas@northwind.example: late.")
    clock.advance(25 * 3600)
    (notification,) = await told(world.tomas)
    assert notification["created_at"][:19] == comment["created_at"][:19]
    assert await mails() == []


async def test_repeats_about_the_same_are_mailed_once_in_ten_minutes(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails, clock: SteeredClock
) -> None:
    for number in range(3):
        await create_comment(api, onboarding["id"], body=f"Comment {number}")
        if number:
            assert len(await told(world.maya)) == number + 1
        clock.advance(60)
    other = await create_onboarding(api, csm_id=world.maya.id)
    await create_comment(api, other["id"])
    await create_comment(api, onboarding["id"], body="@maya@northwind.example!")
    assert len(await mails()) == 3  # one about each onboarding, and the mention
    clock.advance(600)
    await create_comment(api, onboarding["id"])
    assert len(await mails()) == 4
    assert len(await told(world.maya)) == 6


async def test_a_job_that_runs_twice_writes_and_mails_once(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails, settle: Settle
) -> None:
    await create_comment(api, onboarding["id"], body="@tomas@northwind.example: once.")
    await create_task(api, onboarding["id"], assignee_id=world.tomas.id)
    await settle(times=3)
    assert types(await told(world.tomas)) == ["mentioned", "task_assigned"]
    assert len(await mails()) == 3


async def test_words_of_others_neither_break_a_subject_nor_fill_a_mail(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails
) -> None:
    title = "Evil\r\nBcc: everybody@example.com\x1b[31m" + "x" * 200
    task = await create_task(api, onboarding["id"], title=title, assignee_id=world.tomas.id)
    body_of(await api.post(f"/tasks/{task['id']}/comments", json={"body": "long " * 2000}), 201)

    assigned, commented = await told(world.tomas)

    for notification in (assigned, commented):
        assert notification["title"].isprintable()
        assert len(notification["title"]) < 200
    assert len(commented["body"]) < 600
    assert [to for to, _ in await mails()].count("tomas@northwind.example") == 2


async def test_two_notifications_of_one_instant_are_told_an_instant_apart(
    connection: "Connection", onboarding: Json, world: World, told: Told, as_person: As
) -> None:
    """Two processes may draw the same microsecond for an event and an entry."""
    body = CommentCreate(body="@tomas@northwind.example")
    await as_person(world.maya, lambda change: comment_on_onboarding(change, onboarding["id"], body))
    (first,) = await told(world.tomas)
    await as_person(world.maya, lambda change: comment_on_onboarding(change, onboarding["id"], body))
    at = await connection.fetchval("SELECT created_at FROM notifications")
    moved = "UPDATE activity SET created_at = $1 WHERE id = (SELECT entry_id FROM outbox)"
    await connection.execute("DELETE FROM activity WHERE created_at = $1", at)
    await connection.execute(moved, at)

    assert len(await told(world.tomas)) == 2

    times = [row[0] for row in await connection.fetch("SELECT created_at FROM notifications ORDER BY created_at")]
    assert times == [at, at + timedelta(microseconds=1)]
    assert (await told(world.tomas))[0] == first
