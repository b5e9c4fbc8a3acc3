import asyncio
from typing import TYPE_CHECKING

from pivotal_server.identity.people import list_members
from pivotal_server.identity.workspaces import find_workspace
from pivotal_server.onboardings.phases import list_phases
from tests.cli.command import pivotal
from tests.harness import World

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_a_workspace_comes_with_its_phases_and_its_owner(dsn: str, connection: "Connection") -> None:
    made = await pivotal(
        *(
            "workspaces",
            "create",
            "--slug",
            "tailspin",
            "--name",
            "Tailspin Toys",
            "--owner-email",
            "Ada@Tailspin.example",
        ),
        DATABASE_URL=dsn,
    )

    workspace = await find_workspace(connection, "tailspin")
    assert made.status == 0, made
    assert made.out == f"Created workspace tailspin ({workspace.id}), owned by ada@tailspin.example.\n"
    assert made.err == ""
    assert workspace.name == "Tailspin Toys"
    assert len(await list_phases(connection, workspace.id)) == 7
    assert [(p.email, p.role) for p in await list_members(connection, workspace.id)] == [
        ("ada@tailspin.example", "owner")
    ]


async def test_a_workspace_that_cannot_be_made_is_refused_in_one_line(dsn: str, world: World) -> None:
    taken, malformed, nameless = await asyncio.gather(
        pivotal("workspaces", "create", "--slug", world.northwind.slug, "--name", "X", DATABASE_URL=dsn),
        pivotal("workspaces", "create", "--slug", "No Slug", "--name", "X", DATABASE_URL=dsn),
        pivotal("workspaces", "create", "--slug", "fine", "--name", " ", DATABASE_URL=dsn),
    )

    assert taken.complaint == "pivotal: There is a workspace 'northwind' already."
    assert "lower-case letters, digits and hyphens" in malformed.complaint
    assert nameless.status == 2
    assert "A name has 1 to 255 characters." in nameless.err


async def test_people_are_added_once_and_in_one_role(dsn: str, connection: "Connection", world: World) -> None:
    async def add(email: str, role: str, workspace: str = "northwind") -> str:
        command = ["people", "add", "--workspace", workspace, "--email", email, "--name", "Ada Adler", "--role", role]
        outcome = await pivotal(*command, DATABASE_URL=dsn)
        return outcome.out if outcome.status == 0 else outcome.complaint

    assert (
        await add("ADA@northwind.example", "admin")
        == "Added Ada Adler (ada@northwind.example) to northwind as admin.\n"
    )
    assert "belongs to the workspace already" in await add("ada@northwind.example", "member")
    assert "has an owner already" in await add("second@northwind.example", "owner")
    assert await add("ada@northwind.example", "admin", "nowhere") == "pivotal: There is no workspace 'nowhere'."

    members = {person.email: person.role for person in await list_members(connection, world.northwind.id)}
    assert members["ada@northwind.example"] == "admin"
    # Who could not be added was not made a person either.
    assert await connection.fetchval("SELECT count(*) FROM people WHERE email = 'second@northwind.example'") == 0


async def test_an_email_that_is_none_is_refused_before_anything_happens(dsn: str) -> None:
    outcome = await pivotal(
        *("people", "add", "--workspace", "northwind", "--email", "ada", "--name", "Ada", "--role", "member"),
        DATABASE_URL=dsn,
    )

    assert outcome.status == 2
    assert "'ada' is not an e-mail address." in outcome.err
