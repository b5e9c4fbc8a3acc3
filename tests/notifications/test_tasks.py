"""What teammates are told of tasks."""

import httpx
import pytest

from pivotal_server.tasks.actions import update_task
from pivotal_server.tasks.completion import complete_task
from pivotal_server.tasks.request_schemas import TaskComplete, TaskUpdate
from tests.harness import World
from tests.notifications.conftest import As, Mails, Told, titles, types
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task
from tests.templates.support import apply, create_template


@pytest.fixture
async def onboarding(api: httpx.AsyncClient, world: World) -> Json:
    customer = await create_customer(api, name="Aurora")
    return await create_onboarding(api, customer["id"], csm_id=world.maya.id, name="Loyalty programme")


async def test_whoever_is_assigned_a_task_is_told_with_where_and_when(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails
) -> None:
    task = await create_task(
        api, onboarding["id"], title="Single\tsign-on", assignee_id=world.tomas.id, due_date="2026-03-04T00:00:00Z"
    )

    (notification,) = await told(world.tomas)

    key = body_of(await api.get("/me"))["api_key"]
    assert notification == {
        "object": "notification",
        "id": notification["id"],
        "person_id": world.tomas.id,
        "type": "task_assigned",
        "title": "API: northwind-live assigned you Single sign-on",
        "body": "Aurora: Loyalty programme\nDue on 4 March 2026.",
        "subject": {"type": "task", "id": task["id"]},
        "customer_id": onboarding["customer_id"],
        "onboarding_id": onboarding["id"],
        "actor": {"type": "api_key", "id": key["id"], "name": "API: northwind-live"},
        "livemode": True,
        "created_at": task["created_at"],
        "read_at": None,
    }
    assert await told(world.maya) == []
    assert await mails() == [("tomas@northwind.example", notification["title"])]


async def test_a_role_is_whoever_has_it_and_an_update_assigns_as_well(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told
) -> None:
    await create_task(api, onboarding["id"], title="Kick-off", assignee_role="csm")
    await create_task(api, onboarding["id"], title="Nobody's", assignee_role="se")
    task = await create_task(api, onboarding["id"], title="Cutover")
    body_of(await api.patch(f"/tasks/{task['id']}", json={"assignee_id": world.tomas.id}))
    body_of(await api.patch(f"/tasks/{task['id']}", json={"description": "With the bank."}))

    assert titles(await told(world.maya)) == ["API: northwind-live assigned you Kick-off"]
    assert titles(await told(world.tomas)) == ["API: northwind-live assigned you Cutover"]


async def test_a_template_assigns_its_tasks_in_one_notification_and_one_mail(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails
) -> None:
    tasks = [{"key": f"step_{n}", "title": f"Step {n}", "phase": "review", "assignee_role": "csm"} for n in range(1, 8)]
    await apply(api, onboarding, await create_template(api, name="Rollout", tasks=tasks))

    (notification,) = await told(world.maya)

    assert notification["title"] == "API: northwind-live assigned you 7 tasks"
    named = [f"- Step {n}" for n in range(1, 6)]
    assert notification["body"].split("\n") == ["Aurora: Loyalty programme", *named, "and 2 more"]
    assert notification["subject"] == {"type": "onboarding", "id": onboarding["id"]}
    assert len(await mails()) == 1


async def test_a_due_date_that_moves_is_told_with_the_reason(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, mails: Mails
) -> None:
    first = await create_task(api, onboarding["id"], title="Design", due_date="2026-03-04T00:00:00Z")
    await create_task(
        api, onboarding["id"], title="Build", assignee_id=world.tomas.id, depends_on=[{"task_id": first["id"]}]
    )
    body_of(await api.patch(f"/tasks/{first['id']}", json={"due_date": "2026-03-06T00:00:00Z"}))

    assigned, moved = await told(world.tomas)

    assert assigned["type"] == "task_assigned"
    assert moved["title"] == "Build is now due on 9 March 2026"
    where, was, reason = moved["body"].split("\n")
    assert (where, was) == ("Aurora: Loyalty programme", "It was due on 5 March 2026.")
    assert "Design" in reason
    assert len(await mails()) == 1  # moves are told in the app, unless somebody chose otherwise


async def test_several_moves_are_one_notification_and_a_date_may_go(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told
) -> None:
    mine = {"assignee_id": world.tomas.id}
    first = await create_task(api, onboarding["id"], title="A", due_date="2026-03-04T00:00:00Z", **mine)
    await create_task(api, onboarding["id"], title="B", depends_on=[{"task_id": first["id"]}], **mine)
    await told(world.tomas)
    body_of(await api.patch(f"/tasks/{first['id']}", json={"due_date": "2026-03-06T00:00:00Z"}))
    assert (await told(world.tomas))[-1]["body"].split("\n")[1:] == [
        "- A, due on 6 March 2026",
        "- B, due on 9 March 2026",
    ]
    assert (await told(world.tomas))[-1]["title"] == "2 of your tasks have new due dates"
    alone = await create_task(api, onboarding["id"], title="C", due_date="2026-03-04T00:00:00Z", **mine)
    body_of(await api.patch(f"/tasks/{alone['id']}", json={"due_date": None}))
    assert titles(await told(world.tomas))[-1] == "C no longer has a due date"


async def test_who_follows_a_task_is_told_of_its_end_and_never_who_did_it(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, as_person: As
) -> None:
    task = await create_task(api, onboarding["id"], title="Design", assignee_id=world.tomas.id)
    await told(world.tomas)

    await as_person(world.tomas, lambda change: complete_task(change, task["id"], TaskComplete()))
    body_of(await api.post(f"/tasks/{task['id']}/reopen", json={}))

    assert titles(await told(world.maya)) == ["Tomas completed Design", "API: northwind-live reopened Design"]
    assert types(await told(world.tomas)) == ["task_assigned", "task_reopened"]


async def test_who_assigns_a_task_to_themselves_is_not_told(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, as_person: As
) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    body = TaskUpdate(assignee_id=world.maya.id)
    await as_person(world.maya, lambda change: update_task(change, task["id"], body))
    assert await told(world.maya) == []


async def test_a_dry_run_and_a_refusal_tell_nobody(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told
) -> None:
    path, mine = f"/onboardings/{onboarding['id']}/tasks", {"assignee_id": world.tomas.id}
    body_of(await api.post(path, json={"title": "A", "dry_run": True} | mine))
    assert (await api.post(path, json={"title": "A", "phase": "nowhere"} | mine)).status_code == 400
    assert await told(world.tomas) == []


async def test_a_deleted_onboarding_has_nothing_more_to_tell(
    api: httpx.AsyncClient, onboarding: Json, world: World, told: Told, clock: SteeredClock
) -> None:
    await create_task(api, onboarding["id"], assignee_id=world.tomas.id)
    clock.advance(1)
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    assert await told(world.tomas) == []
