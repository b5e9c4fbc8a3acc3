"""Workspaces and the people in them."""

from typing import TYPE_CHECKING

import pytest

from pivotal_server.identity.models import Actor
from pivotal_server.identity.people import MembershipError, add_member, find_member, list_members
from pivotal_server.identity.workspaces import WorkspaceError, create_workspace, find_workspace
from pivotal_server.onboardings.phases import DEFAULT_PHASES, list_phases
from pivotal_server.provisioning import provision_workspace
from tests.harness import World
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


def actor_of(workspace_id: str) -> Actor:
    return Actor(workspace_id, "system", "test", "Test", role="admin")


async def test_a_workspace_is_found_by_its_slug(connection: "Connection", world: World) -> None:
    assert await find_workspace(connection, "northwind") == world.northwind
    assert world.northwind.id.startswith("org_")
    with pytest.raises(WorkspaceError, match="contoso"):
        await find_workspace(connection, "contoso")


@pytest.mark.parametrize("slug", ["", "-a", "A", "a_b", "a b", "é", "a" * 64, "a\n", "a.b"])
async def test_a_malformed_slug_is_refused(connection: "Connection", clock: SteeredClock, slug: str) -> None:
    with pytest.raises(WorkspaceError, match="slug"):
        await create_workspace(connection, slug=slug, name="Name", now=clock.now())


async def test_a_taken_slug_is_refused(connection: "Connection", clock: SteeredClock) -> None:
    with pytest.raises(WorkspaceError, match="already"):
        await provision_workspace(
            connection, slug="northwind", name="Other", now=clock.now(), owner_email="a@b.example"
        )
    assert await connection.fetchval("SELECT count(*) FROM workspaces") == 2


async def test_a_new_workspace_has_its_phases_and_its_owner(connection: "Connection", clock: SteeredClock) -> None:
    made = await provision_workspace(
        connection, slug="contoso", name="Contoso", now=clock.now(), owner_email="Ada@Contoso.example"
    )
    assert await list_phases(connection, made.id) == list(DEFAULT_PHASES)
    members = await list_members(connection, made.id)
    assert [(person.email, person.role) for person in members] == [("ada@contoso.example", "owner")]


async def test_members_are_found_in_their_workspace_only(connection: "Connection", world: World) -> None:
    northwind, fabrikam = actor_of(world.northwind.id), actor_of(world.fabrikam.id)
    assert await find_member(connection, northwind, email=world.maya.email) == world.maya
    assert await find_member(connection, northwind, person_id=world.maya.id) == world.maya
    assert await find_member(connection, fabrikam, email=world.maya.email) is None
    assert await find_member(connection, fabrikam, person_id=world.maya.id) is None
    assert await list_members(connection, world.northwind.id) == [world.maya, world.tomas]


async def test_a_person_may_belong_to_two_workspaces(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    id_ = await add_member(
        connection, world.fabrikam.id, email="MAYA@northwind.example", name="Other", role="admin", now=clock.now()
    )
    assert id_ == world.maya.id
    found = await find_member(connection, actor_of(world.fabrikam.id), person_id=id_)
    assert found == world.maya._replace(role="admin")


async def test_nobody_joins_twice_and_there_is_one_owner(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    with pytest.raises(MembershipError, match="already"):
        await add_member(
            connection, world.northwind.id, email=world.tomas.email, name="T", role="admin", now=clock.now()
        )
    with pytest.raises(MembershipError, match="owner"):
        await add_member(
            connection, world.northwind.id, email="new@northwind.example", name="N", role="owner", now=clock.now()
        )
    assert await list_members(connection, world.northwind.id) == [world.maya, world.tomas]
