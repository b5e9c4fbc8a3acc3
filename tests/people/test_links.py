"""Sign-in links: asked for without telling who is known, sent by the worker, used once, in time, in one browser."""

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.sessions import find_visitor, start_session
from pivotal_server.people.links import (
    FIRST_LIFETIME,
    MAX_OF_EMAIL,
    MAX_OF_NETWORK,
    ask_for_link,
    look_at_link,
    make_link,
)
from pivotal_server.people.signing_in import SignedIn, sign_in_by_link
from tests.harness import World
from tests.people.support import HERE, PostOffice, browser
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

MAYA = "maya@northwind.example"
NOBODY = "nobody@northwind.example"


async def ask(connection: "Connection", clock: SteeredClock, email: str = MAYA, **fields: Any) -> None:  # noqa: ANN401
    given: dict[str, Any] = {"browser": HERE, "ip": "192.0.2.7", "next_path": "/customers", "now": clock.now()} | fields
    async with connection.transaction():
        await ask_for_link(connection, email, **given)


async def state(connection: "Connection", clock: SteeredClock, token: str, secret: str = HERE) -> str:
    return (await look_at_link(connection, token, secret, clock.now())).state


async def follow(connection: "Connection", clock: SteeredClock, token: str, **fields: Any) -> Any:  # noqa: ANN401
    return await in_transaction(connection, clock, lambda: sign_in_by_link(connection, clock, token, browser(**fields)))


async def test_a_link_is_sent_and_signs_in(
    connection: "Connection", world: World, clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    (mail,) = await post.write()
    assert mail.to == MAYA
    assert mail.subject == "Your link to sign in"
    assert urlsplit(mail.url).path == "/sign-in/link"
    assert parse_qs(urlsplit(mail.url).query) == {"token": [mail.token]}
    assert await state(connection, clock, mail.token) == "ready"
    done = await follow(connection, clock, mail.token)
    assert isinstance(done, SignedIn)
    assert (done.visitor.person_id, done.visitor.workspace_id) == (world.maya.id, world.northwind.id)
    assert done.next_path == "/customers"
    assert await find_visitor(connection, done.token, clock.now()) == done.visitor
    entry = await connection.fetchrow("SELECT type, summary, actor_id, ip, request_id FROM activity")
    assert entry is not None
    assert tuple(entry) == ("session.started", "Signed in", world.maya.id, "192.0.2.7", "req_1")


async def test_whoever_is_not_known_gets_no_mail(
    connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock, NOBODY)
    assert await post.write() == []
    assert await connection.fetchval("SELECT count(*) FROM sign_in_links WHERE token_hash IS NOT NULL") == 0


async def test_asking_does_the_same_for_everybody(dsn: str, clock: SteeredClock) -> None:
    """What runs, not how long it takes: the very same statements, whoever is asked for."""
    ran: dict[str, list[str]] = {}
    for email in (MAYA, NOBODY):
        statements: list[str] = []
        connection = await asyncpg.connect(dsn)
        with connection.query_logger(lambda record, to=statements: to.append(record.query)):
            await ask(connection, clock, email)
        await connection.close()
        ran[email] = statements
    assert ran[MAYA] == ran[NOBODY]
    assert len(ran[MAYA]) >= 4
    assert not any("people" in statement for statement in ran[MAYA])


async def test_a_link_works_once(connection: "Connection", clock: SteeredClock, post: PostOffice) -> None:
    await ask(connection, clock)
    (mail,) = await post.write()
    assert isinstance(await follow(connection, clock, mail.token), SignedIn)
    assert (await follow(connection, clock, mail.token)).state == "used"


async def test_of_ten_who_use_a_link_at_once_one_gets_in(
    dsn: str, connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    (mail,) = await post.write()
    rivals = [await asyncpg.connect(dsn) for _ in range(10)]
    try:
        outcomes = await asyncio.gather(*(follow(rival, clock, mail.token) for rival in rivals))
    finally:
        for rival in rivals:
            await rival.close()
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 1


async def test_a_link_works_for_fifteen_minutes(
    connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    (mail,) = await post.write()
    clock.advance(15 * 60 - 1)
    assert await state(connection, clock, mail.token) == "ready"
    clock.advance(1)
    assert (await follow(connection, clock, mail.token)).state == "expired"


async def test_a_link_works_in_the_browser_that_asked(
    connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    (mail,) = await post.write()
    assert (await follow(connection, clock, mail.token, secret="another")).state == "other_browser"
    assert await state(connection, clock, mail.token) == "ready"


@pytest.mark.parametrize("token", ["", "x", "\0", "\udc80", "A" * 43])
async def test_nothing_else_is_a_link(
    connection: "Connection", clock: SteeredClock, post: PostOffice, token: str
) -> None:
    await ask(connection, clock)
    await ask(connection, clock, NOBODY)  # its row has no token at all
    await post.write()
    assert await state(connection, clock, token) == "unknown"


async def test_the_database_does_not_know_the_token_once_the_mail_is_sent(
    connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    (mail,) = await post.write()
    row = await connection.fetchrow("SELECT * FROM sign_in_links")
    assert row is not None
    assert mail.token not in str(dict(row))


async def test_a_job_that_runs_twice_writes_one_mail(
    connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    await post.write(again=True)
    (mail,) = await post.write()
    assert await state(connection, clock, mail.token) == "ready"


async def test_a_mail_that_comes_too_late_is_not_written(
    connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await ask(connection, clock)
    clock.advance(16 * 60)
    assert await post.write() == []


@pytest.mark.parametrize("email", [MAYA, NOBODY])
async def test_five_links_an_hour_are_sent_to_an_e_mail(
    connection: "Connection", clock: SteeredClock, email: str
) -> None:
    for number in range(MAX_OF_EMAIL):
        await ask(connection, clock, email, ip=f"192.0.2.{number}")
        clock.advance(60)
    with pytest.raises(ApiError, match="55 minutes") as refusal:
        await ask(connection, clock, email, ip="198.51.100.1")
    assert (refusal.value.status, refusal.value.code) == (429, "too_many_sign_in_links")
    await ask(connection, clock, "another@northwind.example")
    clock.advance(55 * 60)
    await ask(connection, clock, email)


@pytest.mark.parametrize(
    ("first", "last", "counted_together"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("", "", True),
    ],
)
async def test_twenty_links_an_hour_are_sent_from_one_place(
    connection: "Connection", clock: SteeredClock, first: str, last: str, *, counted_together: bool
) -> None:
    for number in range(MAX_OF_NETWORK):
        await ask(connection, clock, f"p{number}@northwind.example", ip=first)
    if counted_together:
        with pytest.raises(ApiError, match="Too many"):
            await ask(connection, clock, ip=last)
    else:
        await ask(connection, clock, ip=last)


async def test_the_limit_is_exact_however_many_ask_at_once(
    dsn: str, connection: "Connection", clock: SteeredClock
) -> None:
    rivals = [await asyncpg.connect(dsn) for _ in range(12)]
    try:
        outcomes = await asyncio.gather(
            *(ask(rival, clock, ip=f"192.0.2.{number}") for number, rival in enumerate(rivals)),
            return_exceptions=True,
        )
    finally:
        for rival in rivals:
            await rival.close()
    assert outcomes.count(None) == MAX_OF_EMAIL
    assert all(isinstance(outcome, ApiError) for outcome in outcomes if outcome is not None)
    assert await connection.fetchval("SELECT count(*) FROM sign_in_links") == MAX_OF_EMAIL


async def test_an_operators_link_works_once_anywhere_and_counts_for_no_limit(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    urls = [await make_link(connection, MAYA, "https://pivotal.example", clock.now(), FIRST_LIFETIME) for _ in range(6)]
    await ask(connection, clock)
    assert urls[0].startswith("https://pivotal.example/sign-in/link?token=")
    token = urls[0].partition("=")[2]
    clock.advance(24 * 3600 - 1)
    done = await follow(connection, clock, token, secret="anybody's")
    assert isinstance(done, SignedIn)
    assert done.visitor.person_id == world.maya.id
    assert (await follow(connection, clock, token)).state == "used"
    clock.advance(1)
    assert await state(connection, clock, urls[1].partition("=")[2]) == "expired"


async def test_signing_in_ends_the_session_that_the_browser_had(
    connection: "Connection", world: World, clock: SteeredClock, post: PostOffice
) -> None:
    former = await start_session(connection, world.tomas.id, ip="", user_agent="", now=clock.now())
    before = await find_visitor(connection, former, clock.now())
    await ask(connection, clock)
    (mail,) = await post.write()
    done = await follow(connection, clock, mail.token, before=before)
    assert done.token != former
    assert await find_visitor(connection, former, clock.now()) is None
