"""Invitations: one or fifty at once, sent again, taken back, accepted (documentation: The team)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError, invalid_field, not_found
from pivotal_server.core.ids import new_id
from pivotal_server.core.jobs import enqueue
from pivotal_server.identity.rights import require
from pivotal_server.people.emails import read_email
from pivotal_server.people.mails import INVITATION_MAIL
from pivotal_server.people.models import Invitation, InvitedRole
from pivotal_server.people.queries import INVITATION_COLUMNS
from pivotal_server.timeline.change import Change, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

LIFETIME = timedelta(days=14)
MAX_AT_ONCE = 50
# So that nobody has a server write to half the world.
MAX_PENDING = 200

# Addresses as mail programs paste them: by lines, commas or semicolons, with a name before <…> or without.
_SEPARATOR = re.compile(r"[\n\r,;]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>\s*$")

# One inviter at a time, so that two cannot both have the last place.
_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_COUNT_PENDING = """
SELECT count(*) FROM invitations i
WHERE i.workspace_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
"""
_MEMBERS_AMONG = """
SELECT p.email FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.workspace_id = $1 AND m.removed_at IS NULL AND p.email = ANY ($2::text[])
"""
# One that has expired is renewed under its id.
_INVITE = """
INSERT INTO invitations AS i (workspace_id, id, email, role, invited_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (workspace_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL DO UPDATE
    SET role = $4, invited_by = $5, created_at = $6, expires_at = $7, token_hash = NULL
    WHERE i.expires_at <= $6
RETURNING i.id
"""
_RENEW = f"""
UPDATE invitations i SET token_hash = NULL, expires_at = $3
WHERE i.workspace_id = $1 AND i.id = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
RETURNING {INVITATION_COLUMNS}
"""
_REVOKE = f"""
UPDATE invitations i SET revoked_at = $3
WHERE i.workspace_id = $1 AND i.id = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL
RETURNING {INVITATION_COLUMNS}
"""

Outcome = Literal["invited", "already_member", "already_invited", "invalid"]


class Line(NamedTuple):
    """What became of one address of a list, as it was written."""

    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Invitees:
    """Addresses as somebody pasted them.

    Attributes:
        lines: each as it was written, with its e-mail, or None where it holds none; every e-mail once.
    """

    lines: list[tuple[str, str | None]]

    @classmethod
    def read(cls, text: str) -> Invitees:
        """Return the addresses in ``text``.

        Raises:
            ApiError: 400 ``invalid_field`` for none, or more than fifty.
        """
        found: dict[str, tuple[str, str | None]] = {}
        for part in _parts(text):
            email = _email_in(part)
            found.setdefault(email or part, (part, email))
        if not found:
            raise invalid_field("emails", "Write at least one e-mail address.")
        if len(found) > MAX_AT_ONCE:
            raise invalid_field("emails", f"At most {MAX_AT_ONCE} at once; these are {len(found)}.")
        return cls(list(found.values()))


async def invite(change: Change, invitees: Invitees, role: InvitedRole) -> list[Line]:
    """Invite everybody who is neither a teammate nor invited already, and say of each address what became of it.

    Raises:
        ApiError: 403 ``insufficient_role``: only the owner invites admins; 409 ``invitation_limit_reached``.
    """
    require(change.actor, "owner" if role == "admin" else "admin")
    workspace_id = change.actor.workspace_id
    emails = [email for _, email in invitees.lines if email is not None]
    await change.connection.execute(_WAIT_FOR_TURN, workspace_id)
    members = {row[0] for row in await change.connection.fetch(_MEMBERS_AMONG, workspace_id, emails)}
    lines = [Line(text, await _invite(change, email, role, members)) for text, email in invitees.lines]
    if await change.connection.fetchval(_COUNT_PENDING, workspace_id, change.now) > MAX_PENDING:
        message = f"At most {MAX_PENDING} invitations wait for an answer at a time. Revoke some first."
        raise ApiError(409, "invitation_limit_reached", message)
    return lines


async def resend_invitation(change: Change, id_: str) -> Invitation:
    """Send an invitation anew, with a link and a term of its own; the former link is worth nothing any more.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``invitation_not_found``.
    """
    row = await _take(change, _RENEW, id_, change.now + LIFETIME)
    change.note("invitation.sent", f"Sent {row.email} the invitation again", _subject(row.id))
    await _mail(change, row.id)
    return row


async def revoke_invitation(change: Change, id_: str) -> Invitation:
    """Take an invitation back.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``invitation_not_found``, also where it was accepted meanwhile.
    """
    row = await _take(change, _REVOKE, id_, change.now)
    change.note("invitation.revoked", f"Took back the invitation of {row.email}", _subject(row.id))
    return row


async def _invite(change: Change, email: str | None, role: InvitedRole, members: set[str]) -> Outcome:
    if email is None:
        return "invalid"
    if email in members:
        return "already_member"
    actor, now = change.actor, change.now
    id_ = await change.connection.fetchval(
        _INVITE, actor.workspace_id, new_id(), email, role, actor.id, now, now + LIFETIME
    )
    if id_ is None:
        return "already_invited"
    change.note("invitation.sent", f"Invited {email} as {role}", _subject(id_), {"email": email, "role": role})
    await _mail(change, id_)
    return "invited"


async def _take(change: Change, statement: str, id_: str, *arguments: object) -> Invitation:
    """Change a pending invitation and return it; what the owner alone may grant, only the owner changes."""
    require(change.actor, "admin")
    row = await fetch_one(change.connection, Invitation, statement, change.actor.workspace_id, id_, *arguments)
    if row is None:
        raise not_found("invitation")
    if row.role == "admin":
        require(change.actor, "owner")
    return row


async def _mail(change: Change, id_: str) -> None:
    payload = {"workspace_id": change.actor.workspace_id, "invitation_id": id_}
    await enqueue(change.connection, INVITATION_MAIL, payload)


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in _SEPARATOR.split(text) if part.strip())


def _email_in(part: str) -> str | None:
    in_brackets = _IN_BRACKETS.search(part)
    return read_email(in_brackets[1].strip() if in_brackets else part)


def _subject(id_: str) -> Subject:
    return Subject("invitation", id_)
