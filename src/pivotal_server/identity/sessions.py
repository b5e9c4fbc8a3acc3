"""Sessions of the app: who is signed in, in which browser and workspace (documentation: Signing in).

A session is known by a random token, of which only the hash is kept. Whatever takes access away acts on the next
request, because every request looks up session and membership.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import columns, fetch_all, fetch_one
from pivotal_server.core.ids import new_id
from pivotal_server.identity.models import Brand, Session
from pivotal_server.identity.tokens import hash_token, new_token

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Role

LIFETIME = timedelta(days=30)
# How exactly is known when a session was last used; it also moves its end that often.
_SEEN_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32
_LONGEST_IP, _LONGEST_USER_AGENT = 64, 400

_ALIVE = "s.revoked_at IS NULL AND s.expires_at > {now}"
# $1 hash of the token, $2 the present, $3 its new end, $4 what "just now" is. The workspace is the one that was entered
# last, or the first that the person came to where they do not belong to that one any more.
_FIND = f"""
WITH session AS (
    SELECT s.* FROM sessions s WHERE s.token_hash = $1 AND {_ALIVE.format(now="$2")}
), seen AS (
    UPDATE sessions s SET last_seen_at = $2, expires_at = $3
    FROM session WHERE s.id = session.id AND session.last_seen_at <= $4
)
SELECT session.id, p.id, p.name, p.email, place.role, place.id, place.slug, place.name, session.csrf_secret,
    place.role IS DISTINCT FROM 'member' OR NOT EXISTS (SELECT FROM hidden_customers(place.id, p.id)),
    place.accent, place.logo, place.dark_logo, place.favicon, place.sample
FROM session JOIN people p ON p.id = session.person_id LEFT JOIN LATERAL (
    SELECT m.role, w.id, w.slug, w.name, w.sample, b.accent, b.logo, b.dark_logo, b.favicon
    FROM memberships m JOIN workspaces w ON w.id = m.workspace_id LEFT JOIN brands b ON b.workspace_id = w.id
    WHERE m.person_id = session.person_id AND m.removed_at IS NULL
    ORDER BY m.workspace_id IS NOT DISTINCT FROM session.current_workspace_id DESC, m.created_at, w.id LIMIT 1
) place ON true
"""
# The last session's workspace, so that signing in leads back to where the person was, or the first that they came to.
_START = """
INSERT INTO sessions (id, person_id, token_hash, csrf_secret, current_workspace_id, ip, user_agent, created_at,
    last_seen_at, expires_at)
VALUES ($1, $2, $3, $4, coalesce($5, (
    SELECT s.current_workspace_id FROM sessions s WHERE s.person_id = $2 ORDER BY s.created_at DESC LIMIT 1
), (
    SELECT m.workspace_id FROM memberships m WHERE m.person_id = $2 AND m.removed_at IS NULL
    ORDER BY m.created_at, m.workspace_id LIMIT 1
)), $6, $7, $8, $8, $9)
"""
_LIST = f"""
SELECT {columns(Session, "s")} FROM sessions s
WHERE s.person_id = $1 AND {_ALIVE.format(now="$2")} ORDER BY s.last_seen_at DESC, s.id
"""
_REVOKE = f"""
UPDATE sessions s SET revoked_at = $2 WHERE s.person_id = $1 AND s.id = $3 AND {_ALIVE.format(now="$2")}
"""
_REVOKE_OTHERS = f"""
UPDATE sessions s SET revoked_at = $2 WHERE s.person_id = $1 AND s.id <> $3 AND {_ALIVE.format(now="$2")}
"""
_ENTER = "UPDATE sessions SET current_workspace_id = $2 WHERE id = $1"


class Visitor(NamedTuple):
    """Somebody who is signed in, as a page needs to know them.

    Attributes:
        role: in the workspace; None, as everything of the workspace, for a person who belongs to none.
        csrf_secret: what the session's forms are signed with.
        sees_all: whether no customer of the workspace is hidden from them.
        accent: as ``logo``, ``dark_logo`` and ``favicon``: of the workspace's ``brand``.
        in_sample: whether everything in the workspace is made up.
    """

    session_id: str
    person_id: str
    person_name: str
    person_email: str
    role: Role | None
    workspace_id: str | None
    workspace_slug: str | None
    workspace_name: str | None
    csrf_secret: bytes
    sees_all: bool
    accent: str | None = None
    logo: str | None = None
    dark_logo: str | None = None
    favicon: str | None = None
    in_sample: bool | None = None

    @property
    def brand(self) -> Brand | None:
        """How the workspace looks; None where there is no workspace."""
        if self.workspace_id is None:
            return None
        return Brand(self.workspace_id, self.accent, self.logo, self.dark_logo, self.favicon)


async def find_visitor(connection: Connection, token: str, now: datetime) -> Visitor | None:
    """Return whose session it is, or None where the token is of none that may be used; notes that it was used.

    Args:
        connection: where to look.
        token: what the browser's cookie holds.
        now: the present.
    """
    return await fetch_one(connection, Visitor, _FIND, hash_token(token), now, now + LIFETIME, now - _SEEN_EVERY)


async def start_session(
    connection: Connection,
    person_id: str,
    *,
    ip: str,
    user_agent: str,
    now: datetime,
    workspace_id: str | None = None,
) -> str:
    """Sign a person in and return the token for the browser's cookie, which cannot be had again.

    Args:
        connection: where to write.
        person_id: who signs in.
        ip: the browser's address.
        user_agent: what the browser says that it is.
        now: the present.
        workspace_id: the workspace to begin in; else the one that the person was in last.
    """
    token = new_token()
    await connection.execute(
        _START,
        *(new_id(), person_id, hash_token(token), secrets.token_bytes(_SECRET_BYTES), workspace_id),
        *(ip[:_LONGEST_IP], user_agent[:_LONGEST_USER_AGENT], now, now + LIFETIME),
    )
    return token


async def list_sessions(connection: Connection, person_id: str, now: datetime) -> list[Session]:
    """Return the sessions in which a person is signed in, the one used last first."""
    return await fetch_all(connection, Session, _LIST, person_id, now)


async def revoke_session(connection: Connection, person_id: str, session_id: str, now: datetime) -> bool:
    """End one of a person's sessions, from its next request on, and return whether it was there."""
    return await connection.execute(_REVOKE, person_id, now, session_id) != "UPDATE 0"


async def revoke_other_sessions(connection: Connection, person_id: str, session_id: str, now: datetime) -> int:
    """End all sessions of a person but this one and return how many that were."""
    tag: str = await connection.execute(_REVOKE_OTHERS, person_id, now, session_id)
    return int(tag.rpartition(" ")[2])


async def enter_workspace(connection: Connection, session_id: str, workspace_id: str) -> None:
    """Let a session go on in another workspace; the caller has seen that the person belongs there."""
    await connection.execute(_ENTER, session_id, workspace_id)
