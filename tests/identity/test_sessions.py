"""Who is signed in: found by a token, in the workspace entered last, for thirty days after the last use."""

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.identity.people import add_member
from pivotal_server.identity.sessions import (
    Visitor,
    enter_workspace,
    find_visitor,
    list_sessions,
    revoke_other_sessions,
    revoke_session,
    start_session,
)
from tests.harness import World
from tests.support import SteeredClock, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 24 * 3600
WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database()
"""


@pytest.fixture
async def token(connection: "Connection", world: World, clock: SteeredClock) -> str:
    """A session of Maya's."""
    return await sign_in(connection, world.maya.id, clock)


async def sign_in(connection: "Connection", person_id: str, clock: SteeredClock, agent: str = "Firefox") -> str:
    return await start_session(connection, person_id, ip="192.0.2.7", user_agent=agent, now=clock.now())


async def find(connection: "Connection", token: str, clock: SteeredClock) -> Visitor:
    visitor = await find_visitor(connection, token, clock.now())
    assert visitor is not None
    return visitor


async def test_a_token_tells_who_and_where(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    visitor = await find(connection, token, clock)
    assert visitor[1:8] == (
        *(world.maya.id, "Maya", "maya@northwind.example", "owner"),
        *(world.northwind.id, "northwind", "Northwind"),
    )
    assert len(visitor.csrf_secret) == 32


async def test_nothing_else_is_a_token(connection: "Connection", clock: SteeredClock, token: str) -> None:
    session_id = (await find(connection, token, clock)).session_id
    for wrong in ("", "x", token[:-1], token + "x", token.upper(), session_id, "\0", "\udc80", "é" * 5000):
        assert await find_visitor(connection, wrong, clock.now()) is None


async def test_the_database_does_not_know_the_token(connection: "Connection", token: str) -> None:
    row = await connection.fetchrow("SELECT * FROM sessions")
    assert row is not None
    assert token not in str(dict(row))
    assert token.encode() not in bytes(row["token_hash"])


async def test_every_session_has_a_secret_of_its_own(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    other = await sign_in(connection, world.maya.id, clock)
    assert (await find(connection, token, clock)).csrf_secret != (await find(connection, other, clock)).csrf_secret


async def test_a_session_ends_thirty_days_after_its_last_use(
    connection: "Connection", clock: SteeredClock, token: str
) -> None:
    for _ in range(3):
        clock.advance(29 * DAY)
        assert await find(connection, token, clock)
    clock.advance(30 * DAY)
    assert await find_visitor(connection, token, clock.now()) is None


async def test_its_last_use_is_written_once_a_minute(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    start = clock.now()
    seen = []
    for seconds in (0, 59, 1, 59):
        clock.advance(seconds)
        await find(connection, token, clock)
        (session,) = await list_sessions(connection, world.maya.id, clock.now())
        seen.append((session.last_seen_at - start).total_seconds())
    assert seen == [0, 0, 60, 60]


async def test_a_revoked_session_is_none_at_once(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    session_id = (await find(connection, token, clock)).session_id
    assert not await revoke_session(connection, world.tomas.id, session_id, clock.now())
    assert await find(connection, token, clock)
    assert await revoke_session(connection, world.maya.id, session_id, clock.now())
    assert await find_visitor(connection, token, clock.now()) is None
    assert not await revoke_session(connection, world.maya.id, session_id, clock.now())


async def test_a_use_at_the_same_moment_does_not_bring_a_revoked_session_back(
    dsn: str, connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    session_id = (await find(connection, token, clock)).session_id
    clock.advance(120)
    other = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            assert await revoke_session(connection, world.maya.id, session_id, clock.now())
            use = asyncio.create_task(find_visitor(other, token, clock.now()))
            await eventually(lambda: connection.fetchval(WAITING))
        await use
        assert await find_visitor(other, token, clock.now()) is None
    finally:
        await other.close()


async def test_all_other_sessions_are_revoked_together(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    others = [await sign_in(connection, world.maya.id, clock) for _ in range(3)]
    stranger = await sign_in(connection, world.tomas.id, clock)
    session_id = (await find(connection, token, clock)).session_id
    assert await revoke_other_sessions(connection, world.maya.id, session_id, clock.now()) == 3
    assert [await find_visitor(connection, other, clock.now()) for other in others] == [None] * 3
    assert await find(connection, token, clock)
    assert await find(connection, stranger, clock)


async def test_sessions_are_listed_with_where_they_are(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    clock.advance(60)
    await sign_in(connection, world.maya.id, clock, agent="Chrome" * 100)
    await sign_in(connection, world.tomas.id, clock)
    listed = await list_sessions(connection, world.maya.id, clock.now())
    assert [(session.ip, session.user_agent[:7], len(session.user_agent)) for session in listed] == [
        ("192.0.2.7", "ChromeC", 400),
        ("192.0.2.7", "Firefox", 7),
    ]
    assert token not in str(listed)


async def test_a_session_goes_on_in_the_workspace_that_was_entered(
    connection: "Connection", world: World, clock: SteeredClock, token: str
) -> None:
    await add_member(connection, world.fabrikam.id, email=world.maya.email, name="Maya", role="member", now=clock.now())
    visitor = await find(connection, token, clock)
    assert visitor.workspace_slug == "northwind"
    await enter_workspace(connection, visitor.session_id, world.fabrikam.id)
    there = await find(connection, token, clock)
    assert (there.workspace_slug, there.role) == ("fabrikam", "member")
    # Signing in again leads back to it.
    clock.advance(1)
    assert (await find(connection, await sign_in(connection, world.maya.id, clock), clock)).workspace_id == (
        world.fabrikam.id
    )


async def test_a_first_session_begins_in_the_workspace_that_the_person_came_to_first(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await sign_in(connection, world.maya.id, clock)
    assert await connection.fetchval("SELECT current_workspace_id FROM sessions") == world.northwind.id


async def test_whoever_belongs_to_no_workspace_is_in_none(
    connection: "Connection", clock: SteeredClock, world: World
) -> None:
    await connection.execute("INSERT INTO people VALUES ('clone', 'lone@nowhere.example', 'Lone', now())")
    token = await sign_in(connection, "clone", clock)
    visitor = await find(connection, token, clock)
    assert (visitor.person_name, visitor.role, visitor.workspace_id, visitor.workspace_name) == ("Lone",) + (None,) * 3
    await enter_workspace(connection, visitor.session_id, world.northwind.id)
    assert (await find(connection, token, clock)).workspace_id is None
