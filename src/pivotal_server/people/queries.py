"""Reads of the team, of invitations, and of the workspaces that somebody belongs to."""

from datetime import datetime, timedelta

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.identity.models import Actor, Workspace
from pivotal_server.identity.tokens import hash_token
from pivotal_server.people.models import Invitation, Member, Offer

INVITATION_COLUMNS = columns(Invitation, "i", inviter="(SELECT p.name FROM people p WHERE p.id = i.invited_by)")
_MEMBER = columns(
    Member,
    "p",
    role="m.role",
    joined_at="m.created_at",
    last_seen_at="""
(SELECT max(s.last_seen_at) FROM sessions s WHERE s.person_id = p.id AND s.current_workspace_id = m.workspace_id)
""",
)
_MEMBERS = f"""
SELECT {_MEMBER} FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.workspace_id = $1 AND m.removed_at IS NULL
"""
_PENDING = f"""
SELECT {INVITATION_COLUMNS} FROM invitations i
WHERE i.workspace_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.created_at > $2
ORDER BY i.created_at DESC, i.id DESC
"""
_OFFER = columns(
    Offer,
    "i",
    workspace_name="(SELECT w.name FROM workspaces w WHERE w.id = i.workspace_id)",
    inviter="(SELECT p.name FROM people p WHERE p.id = i.invited_by)",
    person_id="(SELECT p.id FROM people p WHERE p.email = i.email)",
)
_BY_TOKEN = f"SELECT {_OFFER} FROM invitations i WHERE i.token_hash = $1"
_BY_EMAIL = f"""
SELECT {_OFFER} FROM invitations i
WHERE i.email = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2 ORDER BY i.created_at, i.id
"""
_WORKSPACES = f"""
SELECT {columns(Workspace, "w")} FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
WHERE m.person_id = $1 AND m.removed_at IS NULL
"""
# What nobody has answered stays in view for so long after its end, to be sent again or forgotten.
_IN_VIEW = timedelta(days=90)


async def find_person_id(connection: Connection, email: str) -> str | None:
    """Return the id of the person with this e-mail, given in lower case, or None where there is none."""
    person_id: str | None = await connection.fetchval("SELECT id FROM people WHERE email = $1", email)
    return person_id


async def list_team(connection: Connection, actor: Actor) -> list[Member]:
    """Return everybody in the workspace, in the order in which they came."""
    return await fetch_all(connection, Member, f"{_MEMBERS} ORDER BY m.created_at, p.id", actor.workspace_id)


async def get_member(connection: Connection, actor: Actor, person_id: str, *, lock: bool = False) -> Member:
    """Return a teammate.

    Args:
        connection: where to read; in a transaction, if it locks.
        actor: whose workspace to look in.
        person_id: the person's.
        lock: whether nobody else may change the membership before the transaction ends.

    Raises:
        ApiError: 404 ``member_not_found``.
    """
    sql = f"{_MEMBERS} AND m.person_id = $2{' FOR NO KEY UPDATE OF m' * lock}"
    member = await fetch_one(connection, Member, sql, actor.workspace_id, person_id)
    if member is None:
        raise not_found("member")
    return member


async def list_pending_invitations(connection: Connection, actor: Actor, now: datetime) -> list[Invitation]:
    """Return the invitations that nobody has answered, those that have expired included, newest first."""
    return await fetch_all(connection, Invitation, _PENDING, actor.workspace_id, now - _IN_VIEW)


async def find_offer(connection: Connection, token: str) -> Offer | None:
    """Return the invitation that a link is of, whatever became of it; None where there never was such a link."""
    return await fetch_one(connection, Offer, _BY_TOKEN, hash_token(token))


async def list_offers(connection: Connection, email: str, now: datetime) -> list[Offer]:
    """Return the invitations of an e-mail that can be accepted, the oldest first."""
    return await fetch_all(connection, Offer, _BY_EMAIL, email, now)


async def list_workspaces(connection: Connection, person_id: str) -> list[Workspace]:
    """Return the workspaces that a person belongs to, by name."""
    return await fetch_all(connection, Workspace, f"{_WORKSPACES} ORDER BY lower(w.name), w.id", person_id)


async def find_own_workspace(connection: Connection, person_id: str, slug: str) -> Workspace | None:
    """Return the workspace with this slug, where the person belongs to it."""
    return await fetch_one(connection, Workspace, f"{_WORKSPACES} AND w.slug = $2", person_id, slug)
