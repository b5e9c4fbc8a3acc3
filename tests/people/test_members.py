"""Who belongs to a workspace and as what: changed by those who may, told in the audit log, effective at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import Person, Role
from pivotal_server.identity.people import add_member, find_member, list_members
from pivotal_server.identity.sessions import find_visitor, start_session
from pivotal_server.people.leaving import LeftBehind, what_is_left_behind
from pivotal_server.people.members import change_role, remove_member, rename_self, transfer_ownership
from pivotal_server.people.workspaces import go_to_workspace, make_workspace
from pivotal_server.timeline.change import Change
from tests.harness import World
from tests.leads.support import create_lead
from tests.people.support import browser
from tests.people.test_invitations import Desk, as_role, refused
from tests.support import (
    SteeredClock,
    body_of,
    create_customer,
    create_onboarding,
    create_task,
    error_of,
    events,
)

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
def desk(connection: "Connection", clock: SteeredClock, world: World) -> Desk:
    """The owner's."""
    return Desk(connection, clock, world.northwind.id, world.maya)


@pytest.fixture
async def ada(connection: "Connection", world: World, clock: SteeredClock) -> Person:
    """An admin of Northwind."""
    email = "ada@northwind.example"
    id_ = await add_member(connection, world.northwind.id, email=email, name="Ada", role="admin", now=clock.now())
    return Person(id_, email, "Ada", "admin")


def leaving(person_id: str) -> Callable[[Change], Awaitable[object]]:
    return lambda change: remove_member(change, person_id)


def handing_over(person_id: str) -> Callable[[Change], Awaitable[object]]:
    return lambda change: transfer_ownership(change, person_id, "Northwind")


async def roles(desk: Desk) -> dict[str, Role]:
    return {person.name: person.role for person in await list_members(desk.connection, desk.actor.workspace_id)}


async def noted(connection: "Connection") -> list[tuple[str, ...]]:
    rows = await connection.fetch("SELECT type, actor_name, summary FROM activity ORDER BY created_at")
    return [tuple(row) for row in rows]


async def test_the_owner_makes_admins_and_members(desk: Desk, connection: "Connection", world: World) -> None:
    await desk.do(lambda change: change_role(change, world.tomas.id, "admin"))
    assert await roles(desk) == {"Maya": "owner", "Tomas": "admin"}
    await desk.do(lambda change: change_role(change, world.tomas.id, "admin"))
    await desk.do(lambda change: change_role(change, world.tomas.id, "member"))
    assert await roles(desk) == {"Maya": "owner", "Tomas": "member"}
    assert await noted(connection) == [
        ("member.role_changed", "Maya", "Made Tomas an admin"),
        ("member.role_changed", "Maya", "Made Tomas a member"),
    ]


async def test_nobody_else_changes_roles_and_the_owners_stays(desk: Desk, world: World, ada: Person) -> None:
    for who in (as_role(desk, ada, "admin"), as_role(desk, world.tomas, "member")):
        assert await refused(who.do(lambda change: change_role(change, world.tomas.id, "admin"))) == (
            403,
            "insufficient_role",
        )
    assert await refused(desk.do(lambda change: change_role(change, world.maya.id, "member"))) == (409, "owner_stays")
    assert await refused(desk.do(lambda change: change_role(change, world.fabian.id, "admin"))) == (
        404,
        "member_not_found",
    )


@pytest.mark.parametrize(
    ("who", "whom", "answer"),
    [
        ("member", "ada", (403, "insufficient_role")),
        ("member", "maya", (403, "insufficient_role")),
        ("admin", "maya", (409, "owner_stays")),
        ("admin", "bo", (403, "insufficient_role")),
        ("owner", "maya", (409, "owner_stays")),
        ("owner", "fabian", (404, "member_not_found")),
    ],
)
async def test_who_may_not_remove_whom(
    desk: Desk,
    connection: "Connection",
    world: World,
    clock: SteeredClock,
    ada: Person,
    *,
    who: str,
    whom: str,
    answer: tuple[int, str],
) -> None:
    bo = await add_member(
        connection, world.northwind.id, email="bo@northwind.example", name="Bo", role="admin", now=clock.now()
    )
    desks = {"member": as_role(desk, world.tomas, "member"), "admin": as_role(desk, ada, "admin"), "owner": desk}
    ids = {"ada": ada.id, "maya": world.maya.id, "bo": bo, "fabian": world.fabian.id}
    assert await refused(desks[who].do(lambda change: remove_member(change, ids[whom]))) == answer
    assert len(await roles(desk)) == 4


async def test_a_removed_member_is_out_at_once(
    desk: Desk, connection: "Connection", world: World, clock: SteeredClock, ada: Person
) -> None:
    token = await start_session(connection, world.tomas.id, ip="", user_agent="", now=clock.now())
    await as_role(desk, ada, "admin").do(lambda change: remove_member(change, world.tomas.id))
    visitor = await find_visitor(connection, token, clock.now())
    assert visitor is not None
    assert visitor.workspace_id is None
    assert await roles(desk) == {"Maya": "owner", "Ada": "admin"}
    assert await find_member(connection, desk.actor, email=world.tomas.email) is None
    assert await noted(connection) == [("member.removed", "Ada", "Removed Tomas")]
    assert await refused(desk.do(lambda change: remove_member(change, world.tomas.id))) == (404, "member_not_found")


async def test_everybody_but_the_owner_may_leave(
    desk: Desk, connection: "Connection", world: World, ada: Person
) -> None:
    for who in (world.tomas, ada):
        await as_role(desk, who, who.role).do(leaving(who.id))
    assert await roles(desk) == {"Maya": "owner"}
    told = [("member.left", name, "Left the team") for name in ("Tomas", "Ada")]
    assert await noted(connection) == told


async def test_whoever_comes_back_is_a_member_again(
    desk: Desk, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await desk.do(lambda change: remove_member(change, world.tomas.id))
    id_ = await add_member(
        connection, world.northwind.id, email=world.tomas.email, name="New", role="admin", now=clock.now()
    )
    assert id_ == world.tomas.id
    assert await roles(desk) == {"Maya": "owner", "Tomas": "admin"}


async def test_open_tasks_lose_whoever_leaves_and_what_is_done_does_not(
    desk: Desk, api: httpx.AsyncClient, world: World, clock: SteeredClock, connection: "Connection"
) -> None:
    plan = await create_onboarding(api)
    tasks = [
        await create_task(api, plan["id"], title=f"Task {number}", assignee_id=world.tomas.id) for number in range(3)
    ]
    single = await create_task(api, assignee_id=world.tomas.id, title="Call them")
    await create_customer(api, owner_email=world.tomas.email)
    body_of(await api.post(f"/tasks/{tasks[2]['id']}/complete", json={}))
    owned = await create_lead(api, owner=world.tomas.id, assignees=[world.tomas.id, world.maya.id])
    helped = await create_lead(api, owner=world.maya.id, assignees=[world.tomas.id])
    lost = await create_lead(api, owner=world.tomas.id, stage="lost")
    assert await what_is_left_behind(connection, desk.actor, world.tomas.id, clock.now()) == LeftBehind(3, 2, 1, 0)

    await desk.do(lambda change: remove_member(change, world.tomas.id))

    shown = [body_of(await api.get(f"/tasks/{task['id']}")) for task in (*tasks, single)]
    assert [task["assignee_id"] for task in shown] == [None, None, world.tomas.id, None]
    told = [
        (event["data"]["object"]["id"], event["data"]["previous_attributes"]["assignee_id"])
        for event in (await events(api, "task.updated"))[-3:]
    ]
    leads = [body_of(await api.get(f"/leads/{lead['id']}")) for lead in (owned, helped, lost)]
    assert [(lead["owner"], lead["assignees"]) for lead in leads] == [
        (None, [world.maya.id]),
        (world.maya.id, []),
        (world.tomas.id, []),
    ]
    assert [event["data"]["previous_attributes"] for event in await events(api, "lead.updated")] == [
        {"owner": world.tomas.id, "owner_email": world.tomas.email, "assignees": [world.tomas.id, world.maya.id]},
        {"assignees": [world.tomas.id]},
    ]
    assert [row for row in await noted(connection) if row[0] == "lead.unassigned"] == [
        ("lead.unassigned", "Maya", "Took 2 leads from Tomas, who left the team"),
    ]
    assert sorted(told) == sorted((task["id"], world.tomas.id) for task in (tasks[0], tasks[1], single))
    assert [row for row in await noted(connection) if row[0] == "task.unassigned"] == [
        ("task.unassigned", "Maya", "Took 2 tasks from Tomas, who left the team"),
        ("task.unassigned", "Maya", "Took task Call them from Tomas, who left the team"),
    ]


async def test_nothing_new_is_given_to_whoever_has_left(
    desk: Desk, api: httpx.AsyncClient, world: World, connection: "Connection"
) -> None:
    plan = await create_onboarding(api, csm_id=world.tomas.id)
    task = await create_task(api, plan["id"])
    await desk.do(lambda change: remove_member(change, world.tomas.id))
    answers = {
        "se_id": await api.patch(f"/onboardings/{plan['id']}", json={"se_id": world.tomas.id}),
        "assignee_id": await api.patch(f"/tasks/{task['id']}", json={"assignee_id": world.tomas.id}),
        "owner_email": await api.patch(f"/customers/{plan['customer_id']}", json={"owner_email": world.tomas.email}),
    }
    for field, answer in answers.items():
        error = error_of(answer, 400)
        assert (error["code"], error["field"]) == ("invalid_field", field)
    # What was given before stays, and can be sent back as it was read.
    assert body_of(await api.patch(f"/onboardings/{plan['id']}", json={"csm_id": world.tomas.id}))["csm_id"] == (
        world.tomas.id
    )
    comment = {"body": f"@{world.tomas.email} look"}
    body_of(await api.post(f"/onboardings/{plan['id']}/comments", json=comment), 201)
    assert await connection.fetchval("SELECT count(*) FROM comment_mentions") == 0


async def test_a_workspace_is_handed_over(desk: Desk, connection: "Connection", world: World) -> None:
    await desk.do(lambda change: transfer_ownership(change, world.tomas.id, " Northwind "))
    assert await roles(desk) == {"Maya": "admin", "Tomas": "owner"}
    assert await noted(connection) == [("workspace.owner_changed", "Maya", "Handed the workspace over to Tomas")]
    # She still thinks that she is the owner.
    assert await refused(desk.do(lambda change: transfer_ownership(change, world.tomas.id, "Northwind"))) == (
        403,
        "insufficient_role",
    )


async def test_a_workspace_is_not_handed_over_by_mistake(desk: Desk, world: World, ada: Person) -> None:
    async def transfer(who: Desk, person_id: str, name: str = "Northwind") -> Any:  # noqa: ANN401
        return await refused(who.do(lambda change: transfer_ownership(change, person_id, name)))

    assert await transfer(as_role(desk, ada, "admin"), ada.id) == (403, "insufficient_role")
    assert await transfer(desk, world.tomas.id, "northwind") == (400, "invalid_field")
    assert await transfer(desk, world.maya.id) == (400, "invalid_field")
    assert await transfer(desk, world.fabian.id) == (404, "member_not_found")
    assert await roles(desk) == {"Maya": "owner", "Tomas": "member", "Ada": "admin"}


async def test_handed_over_twice_at_once_it_has_one_owner(desk: Desk, dsn: str, world: World, ada: Person) -> None:
    rivals = [await asyncpg.connect(dsn) for _ in range(2)]
    try:
        outcomes = await asyncio.gather(
            *(
                Desk(rival, desk.clock, desk.actor.workspace_id, world.maya).do(handing_over(id_))
                for rival, id_ in zip(rivals, (world.tomas.id, ada.id), strict=True)
            ),
            return_exceptions=True,
        )
    finally:
        for rival in rivals:
            await rival.close()
    assert [outcome.code for outcome in outcomes if isinstance(outcome, ApiError)] == ["insufficient_role"]
    by_name = await roles(desk)
    assert by_name["Maya"] == "admin"
    assert list(by_name.values()).count("owner") == 1


async def test_a_person_is_called_otherwise_everywhere(desk: Desk, connection: "Connection", world: World) -> None:
    await desk.do(lambda change: rename_self(change, "Maya"))
    await desk.do(lambda change: rename_self(change, "Maya Lind"))
    assert "Maya Lind" in await roles(desk)
    assert await noted(connection) == [("person.renamed", "Maya", "Changed their name to Maya Lind")]
    assert await find_member(connection, desk.actor, person_id=world.maya.id) == world.maya._replace(name="Maya Lind")


async def test_a_workspace_of_ones_own(connection: "Connection", world: World, clock: SteeredClock) -> None:
    token = await start_session(connection, world.tomas.id, ip="", user_agent="", now=clock.now())
    visitor = await find_visitor(connection, token, clock.now())
    assert visitor is not None
    slugs, workspace_id = [], ""
    for name in ("Zürich & Söhne", "Zurich Sohne", "東京", "Northwind"):
        async with connection.transaction():
            made = await make_workspace(connection, clock, visitor, browser(), name)
        slugs.append(made.slug)
        workspace_id = made.id
    assert slugs == ["zurich-sohne", "zurich-sohne-2", "workspace", "northwind-2"]
    there = await find_visitor(connection, token, clock.now())
    assert there is not None
    assert (there.workspace_name, there.role, there.person_name) == ("Northwind", "owner", "Tomas")
    assert await go_to_workspace(connection, visitor, "northwind") == world.northwind
    with pytest.raises(ApiError) as refusal:
        await go_to_workspace(connection, visitor, "fabrikam")
    assert refusal.value.code == "workspace_not_found"
    assert [person.role for person in await list_members(connection, workspace_id)] == ["owner"]
