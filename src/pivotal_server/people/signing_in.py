"""Signing in and out, and what that leaves in the audit log of the workspace that somebody comes to or leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import Actor
from pivotal_server.identity.sessions import (
    Visitor,
    find_visitor,
    revoke_other_sessions,
    revoke_session,
    start_session,
)
from pivotal_server.people.links import Looked, look_at_link, use_link
from pivotal_server.timeline.change import Change, Subject

if TYPE_CHECKING:
    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection


class Browser(NamedTuple):
    """The browser that somebody signs in with.

    Attributes:
        secret: tells it from other browsers, also before anybody has signed in.
        before: who is signed in there so far; that session ends with the new one.
    """

    secret: str
    ip: str
    user_agent: str
    request_id: str
    before: Visitor | None = None


class SignedIn(NamedTuple):
    """A new session: the token for the browser's cookie, whose it is, and where to go on."""

    token: str
    visitor: Visitor
    next_path: str


async def sign_in_by_link(connection: Connection, clock: Clock, token: str, browser: Browser) -> SignedIn | Looked:
    """Use a link up and start a session; where it cannot be used, return what it is good for.

    Args:
        connection: in a transaction.
        clock: the source of time.
        token: the link's.
        browser: where it was opened.
    """
    now = clock.now()
    looked = await look_at_link(connection, token, browser.secret, now)
    if looked.state != "ready" or looked.link is None:
        return looked
    person_id = await use_link(connection, looked.link, now)
    if person_id is None:
        return Looked("used", looked.link)
    return await sign_in(connection, clock, person_id, browser, next_path=looked.link.next_path)


async def sign_in(
    connection: Connection,
    clock: Clock,
    person_id: str,
    browser: Browser,
    *,
    next_path: str = "/",
    workspace_id: str | None = None,
) -> SignedIn:
    """Start a session of a person who has proved who they are; the browser's former session ends.

    Args:
        connection: in a transaction.
        clock: the source of time.
        person_id: who signs in.
        browser: where.
        next_path: where to go on.
        workspace_id: the workspace to begin in; else the one that the person was in last.
    """
    now = clock.now()
    if browser.before is not None:
        await revoke_session(connection, browser.before.person_id, browser.before.session_id, now)
    token = await start_session(
        connection, person_id, ip=browser.ip, user_agent=browser.user_agent, now=now, workspace_id=workspace_id
    )
    visitor = await find_visitor(connection, token, now)
    assert visitor is not None  # noqa: S101 - it has just been made
    await _note(connection, clock, visitor, browser, "session.started", "Signed in")
    return SignedIn(token, visitor, next_path)


async def sign_out(connection: Connection, clock: Clock, visitor: Visitor, browser: Browser) -> None:
    """End the session that somebody is in."""
    await revoke_session(connection, visitor.person_id, visitor.session_id, clock.now())
    await _note(connection, clock, visitor, browser, "session.ended", "Signed out")


async def end_session(
    connection: Connection, clock: Clock, visitor: Visitor, browser: Browser, session_id: str
) -> None:
    """End another session of the same person.

    Raises:
        ApiError: 404 ``session_not_found``, also where it has ended already.
    """
    if not await revoke_session(connection, visitor.person_id, session_id, clock.now()):
        raise ApiError(404, "session_not_found", "This session has ended already.")
    await _note(connection, clock, visitor, browser, "session.revoked", "Signed out of another browser")


async def end_other_sessions(connection: Connection, clock: Clock, visitor: Visitor, browser: Browser) -> int:
    """End all sessions of a person but the one that they are in, and return how many that were."""
    count = await revoke_other_sessions(connection, visitor.person_id, visitor.session_id, clock.now())
    if count:
        summary = f"Signed out of {count} other browser{'s'[: count > 1]}"
        await _note(connection, clock, visitor, browser, "session.revoked", summary)
    return count


async def _note(
    connection: Connection, clock: Clock, visitor: Visitor, browser: Browser, type_: str, summary: str
) -> None:
    """Leave a line in the workspace that the person is in; where they are in none, there is nobody to read it."""
    if visitor.workspace_id is None or visitor.role is None:
        return
    actor = Actor(
        visitor.workspace_id,
        "person",
        visitor.person_id,
        visitor.person_name,
        request_id=browser.request_id,
        ip=browser.ip,
        role=visitor.role,
    )
    change = Change(connection, actor, clock)
    change.note(type_, summary, Subject("person", visitor.person_id), {"user_agent": browser.user_agent[:400]})
    await change.write_records()
