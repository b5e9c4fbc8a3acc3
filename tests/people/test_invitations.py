"""Invitations: who may be invited by whom, one link that works, and what accepting makes of whom."""

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from pivotal_server.core.clock import Clock
from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import Actor, Person, Role
from pivotal_server.identity.people import add_member
from pivotal_server.identity.sessions import find_visitor, start_session
from pivotal_server.people import invitations
from pivotal_server.people.accepting import accept_as_new, accept_as_visitor, get_offer
from pivotal_server.people.invitations import Invitees, Line, invite, resend_invitation, revoke_invitation
from pivotal_server.people.models import InvitedRole
from pivotal_server.people.queries import list_pending_invitations, list_team
from pivotal_server.people.signing_in import SignedIn
from pivotal_server.timeline.change import Change
from tests.harness import World
from tests.people.support import PostOffice, browser
from tests.support import SteeredClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pivotal_server.core.db import Connection

ADA = "ada@northwind.example"


class Desk:
    """Where somebody of Northwind does things to its team."""

    def __init__(self, connection: "Connection", clock: Clock, workspace_id: str, person: Person) -> None:
        self.connection, self.clock = connection, clock
        self.actor = Actor(workspace_id, "person", person.id, person.name, role=person.role)

    async def do(self, work: "Callable[[Change], Awaitable[Any]]") -> Any:  # noqa: ANN401 - what the work returns
        async def run() -> Any:  # noqa: ANN401
            change = Change(self.connection, self.actor, self.clock)
            result = await work(change)
            await change.write_records()
            return result

        return await in_transaction(self.connection, self.clock, run)

    async def invite(self, text: str, role: InvitedRole = "member") -> list[Line]:
        lines: list[Line] = await self.do(lambda change: invite(change, Invitees.read(text), role))
        return lines

    async def pending(self) -> dict[str, str]:
        """Return the ids of pending invitations by e-mail."""
        rows = await list_pending_invitations(self.connection, self.actor, self.clock.now())
        return {row.email: row.id for row in rows}


@pytest.fixture
def desk(connection: "Connection", clock: SteeredClock, world: World) -> Desk:
    """The owner's."""
    return Desk(connection, clock, world.northwind.id, world.maya)


def as_role(desk: Desk, person: Person, role: Role) -> Desk:
    return Desk(desk.connection, desk.clock, desk.actor.workspace_id, person._replace(role=role))


def resending(id_: str) -> "Callable[[Change], Awaitable[object]]":
    return lambda change: resend_invitation(change, id_)


def revoking(id_: str) -> "Callable[[Change], Awaitable[object]]":
    return lambda change: revoke_invitation(change, id_)


async def team(desk: Desk) -> list[tuple[str, str, str]]:
    return [(row.email, row.name, row.role) for row in await list_team(desk.connection, desk.actor)]


async def join(connection: "Connection", clock: SteeredClock, token: str, name: str = "Ada") -> SignedIn:
    return await in_transaction(connection, clock, lambda: accept_as_new(connection, clock, token, name, browser()))


async def refused(work: "Awaitable[Any]") -> tuple[int, str]:
    with pytest.raises(ApiError) as refusal:
        await work
    return refusal.value.status, refusal.value.code


async def test_somebody_new_is_invited_joins_and_is_signed_in(
    desk: Desk, connection: "Connection", world: World, clock: SteeredClock, post: PostOffice
) -> None:
    assert await desk.invite(" Ada@Northwind.example ") == [Line("Ada@Northwind.example", "invited")]
    (mail,) = await post.write()
    assert (mail.to, mail.subject) == (ADA, "Maya invites you to Northwind")
    assert "as a member" in mail.text
    offer = await get_offer(connection, mail.token, clock.now())
    assert (offer.workspace_name, offer.email, offer.inviter, offer.person_id) == ("Northwind", ADA, "Maya", None)
    joined = await join(connection, clock, mail.token, "Ada Adler")
    assert (joined.visitor.person_email, joined.visitor.role) == (ADA, "member")
    assert joined.visitor.workspace_id == world.northwind.id
    assert (ADA, "Ada Adler", "member") in await team(desk)
    assert await desk.pending() == {}
    noted = await connection.fetch("SELECT type, actor_name, summary FROM activity ORDER BY created_at")
    assert [tuple(row) for row in noted] == [
        ("invitation.sent", "Maya", f"Invited {ADA} as member"),
        ("member.joined", "Ada Adler", "Ada Adler joined as member"),
        ("session.started", "Ada Adler", "Signed in"),
    ]


async def test_a_list_is_taken_as_mail_programs_paste_it(desk: Desk, world: World, post: PostOffice) -> None:
    await desk.invite("bo@northwind.example")
    lines = await desk.invite(
        f"Ada Adler <{ADA}>, cy@northwind.example;\n\n  ADA@northwind.example\nno address\n{world.tomas.email}\r\n"
        "bo@northwind.example\n<>\n"
    )
    assert lines == [
        (f"Ada Adler <{ADA}>", "invited"),
        ("cy@northwind.example", "invited"),
        ("no address", "invalid"),
        (world.tomas.email, "already_member"),
        ("bo@northwind.example", "already_invited"),
        ("<>", "invalid"),
    ]
    assert sorted(mail.to for mail in await post.write()) == [ADA, "bo@northwind.example", "cy@northwind.example"]


async def test_fifty_are_invited_at_once_and_no_more(desk: Desk) -> None:
    many = "\n".join(f"p{number}@northwind.example" for number in range(50))
    assert {line.outcome for line in await desk.invite(many)} == {"invited"}
    with pytest.raises(ApiError, match="these are 51"):
        Invitees.read(f"{many}\nlast@northwind.example")
    for nothing in ("", " \n,;\n"):
        with pytest.raises(ApiError, match="at least one"):
            Invitees.read(nothing)


async def test_two_hundred_wait_at_most(desk: Desk) -> None:
    for block in range(4):
        await desk.invite("\n".join(f"p{block}-{number}@northwind.example" for number in range(50)))
    assert await refused(desk.invite(ADA)) == (409, "invitation_limit_reached")
    assert len(await desk.pending()) == invitations.MAX_PENDING


async def test_who_may_invite_whom(desk: Desk, world: World, post: PostOffice) -> None:
    admin, member = as_role(desk, world.tomas, "admin"), as_role(desk, world.tomas, "member")
    assert await refused(member.invite(ADA)) == (403, "insufficient_role")
    assert await refused(admin.invite(ADA, "admin")) == (403, "insufficient_role")
    assert await admin.invite(ADA) == [(ADA, "invited")]
    await desk.invite("boss@northwind.example", "admin")
    pending = await desk.pending()
    for who, email in ((member, ADA), (admin, "boss@northwind.example")):
        id_ = pending[email]
        for work in (resending(id_), revoking(id_)):
            assert await refused(who.do(work)) == (403, "insufficient_role")
    assert len(await desk.pending()) == 2
    assert len(await post.write()) == 2


async def test_a_link_that_is_sent_again_is_another(
    desk: Desk, connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await desk.invite(ADA)
    (first,) = await post.write()
    clock.advance(13 * 24 * 3600)
    id_ = (await desk.pending())[ADA]
    await desk.do(resending(id_))
    assert await refused(get_offer(connection, first.token, clock.now())) == (404, "invitation_not_found")
    second = (await post.write())[-1]
    clock.advance(13 * 24 * 3600)
    assert (await join(connection, clock, second.token)).visitor.person_email == ADA


async def test_a_revoked_invitation_is_none(
    desk: Desk, connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await desk.invite(ADA)
    (mail,) = await post.write()
    id_ = (await desk.pending())[ADA]
    await desk.do(revoking(id_))
    assert await refused(join(connection, clock, mail.token)) == (404, "invitation_not_found")
    assert await refused(desk.do(revoking(id_))) == (404, "invitation_not_found")
    assert await refused(desk.do(resending(id_))) == (404, "invitation_not_found")
    assert await desk.invite(ADA) == [(ADA, "invited")]


async def test_a_mail_of_a_revoked_invitation_is_not_written(desk: Desk, post: PostOffice) -> None:
    await desk.invite(ADA)
    id_ = (await desk.pending())[ADA]
    await desk.do(revoking(id_))
    assert await post.write() == []


async def test_after_two_weeks_it_has_expired_and_can_be_made_anew(
    desk: Desk, connection: "Connection", clock: SteeredClock, post: PostOffice
) -> None:
    await desk.invite(ADA)
    (mail,) = await post.write()
    clock.advance(14 * 24 * 3600)
    assert await refused(join(connection, clock, mail.token)) == (409, "invitation_expired")
    assert await desk.invite(ADA) == [(ADA, "invited")]
    assert (await join(connection, clock, (await post.write())[-1].token)).visitor.role == "member"


async def test_of_ten_who_accept_at_once_one_joins(desk: Desk, dsn: str, clock: SteeredClock, post: PostOffice) -> None:
    await desk.invite(ADA)
    (mail,) = await post.write()
    rivals = [await asyncpg.connect(dsn) for _ in range(10)]
    try:
        outcomes = await asyncio.gather(*(join(rival, clock, mail.token) for rival in rivals), return_exceptions=True)
    finally:
        for rival in rivals:
            await rival.close()
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, ApiError)} <= {
        "invitation_accepted",
        "sign_in_first",
    }
    assert [row[0] for row in await team(desk)].count(ADA) == 1


async def test_whoever_is_known_joins_as_themselves_only(
    desk: Desk, connection: "Connection", world: World, clock: SteeredClock, post: PostOffice
) -> None:
    await desk.invite(world.fabian.email, "admin")
    (mail,) = await post.write()
    # The link alone does not make anybody Fabian.
    assert await refused(join(connection, clock, mail.token)) == (409, "sign_in_first")

    async def visit(person: Person) -> Any:  # noqa: ANN401
        token = await start_session(connection, person.id, ip="", user_agent="", now=clock.now())
        visitor = await find_visitor(connection, token, clock.now())
        assert visitor is not None
        await accept_as_visitor(connection, clock, mail.token, visitor, browser())
        return await find_visitor(connection, token, clock.now())

    assert await refused(visit(world.tomas)) == (409, "sign_in_first")
    there = await visit(world.fabian)
    assert (there.workspace_id, there.role, there.person_name) == (world.northwind.id, "admin", "Fabian")
    assert await refused(visit(world.fabian)) == (409, "invitation_accepted")


async def test_somebody_whom_an_operator_added_meanwhile_stays_what_they_are(
    desk: Desk, connection: "Connection", world: World, clock: SteeredClock, post: PostOffice
) -> None:
    await desk.invite(world.fabian.email)
    (mail,) = await post.write()
    email = world.fabian.email
    await add_member(connection, world.northwind.id, email=email, name="", role="admin", now=clock.now())
    token = await start_session(connection, world.fabian.id, ip="", user_agent="", now=clock.now())
    visitor = await find_visitor(connection, token, clock.now())
    assert visitor is not None
    await in_transaction(
        connection, clock, lambda: accept_as_visitor(connection, clock, mail.token, visitor, browser())
    )
    assert (email, "Fabian", "admin") in await team(desk)


async def test_names_with_line_breaks_break_no_header(
    desk: Desk, connection: "Connection", world: World, post: PostOffice
) -> None:
    await connection.execute("UPDATE people SET name = E'Maya\\nBcc: all' WHERE id = $1", world.maya.id)
    await desk.invite(ADA)
    (mail,) = await post.write()
    assert mail.subject == "Maya Bcc: all invites you to Northwind"
