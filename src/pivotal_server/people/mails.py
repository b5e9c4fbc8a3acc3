"""The mails that bring people in. A worker writes them, and it is the worker that draws the secrets in their links.

So a request that asks for a mail neither knows the secret nor tells, by what it does, whether there is anybody to write
to.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from pivotal_server.core.db import fetch_one
from pivotal_server.core.jobs import Job
from pivotal_server.core.mail import Message, send_mail
from pivotal_server.identity.tokens import hash_token, new_token

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.core.jobs import JobContext

logger = logging.getLogger(__name__)

# A job that runs a second time finds the token there, and writes no second mail.
_ISSUE_LINK = """
UPDATE sign_in_links l SET token_hash = $2 FROM people p
WHERE l.id = $1 AND p.email = l.email AND l.token_hash IS NULL AND l.expires_at > $3 RETURNING p.email, l.expires_at
"""
_ISSUE_INVITATION = """
UPDATE invitations i SET token_hash = $3 FROM workspaces w, people p
WHERE i.workspace_id = $1 AND i.id = $2 AND i.token_hash IS NULL AND i.accepted_at IS NULL AND i.revoked_at IS NULL
    AND i.expires_at > $4 AND w.id = i.workspace_id AND p.id = i.invited_by
RETURNING i.email, w.name AS workspace, p.name AS inviter, i.role, i.expires_at
"""

_SIGN_IN = """\
Somebody, we hope you, wants to sign in to Pivotal as {email}.

{url}

The link works once, until {until} UTC, in the browser that asked for it. If that was not you, leave this mail be:
without the link nobody gets in.
"""
_INVITATION = """\
{inviter} invites you to {workspace} on Pivotal, as {role}.

{url}

The link works until {until}. If you do not know what this is about, leave this mail be.
"""
_AS = {"admin": "an admin", "member": "a member"}


class _Link(NamedTuple):
    email: str
    expires_at: datetime


class _Invitation(NamedTuple):
    email: str
    workspace: str
    inviter: str
    role: str
    expires_at: datetime


def sign_in_url(base_url: str, token: str) -> str:
    """Return the URL of the page that a sign-in link leads to."""
    return f"{base_url}/sign-in/link?{urlencode({'token': token})}"


async def _mail_link(context: JobContext, payload: dict[str, Any]) -> None:
    token = new_token()
    async with context.pool.acquire() as connection, connection.transaction():
        arguments = payload["link_id"], hash_token(token), context.clock.now()
        link = await fetch_one(connection, _Link, _ISSUE_LINK, *arguments)
        if link is None:  # nobody is known by that e-mail, or it is too late
            return
        url = sign_in_url(context.settings.base_url, token)
        text = _SIGN_IN.format(email=link.email, url=url, until=f"{link.expires_at:%H:%M}")
        await _send(connection, link.email, "Your link to sign in", text)


async def _mail_invitation(context: JobContext, payload: dict[str, Any]) -> None:
    token = new_token()
    async with context.pool.acquire() as connection, connection.transaction():
        arguments = payload["workspace_id"], payload["invitation_id"], hash_token(token), context.clock.now()
        invitation = await fetch_one(connection, _Invitation, _ISSUE_INVITATION, *arguments)
        if invitation is None:  # revoked meanwhile, say
            return
        inviter, workspace = _one_line(invitation.inviter), _one_line(invitation.workspace)
        text = _INVITATION.format(
            inviter=inviter,
            workspace=workspace,
            role=_AS[invitation.role],
            url=f"{context.settings.base_url}/invitations/{token}",
            until=f"{invitation.expires_at.day} {invitation.expires_at:%B %Y}",
        )
        await _send(connection, invitation.email, f"{inviter} invites you to {workspace}", text)


async def _send(connection: Connection, email: str, subject: str, text: str) -> None:
    try:
        message = Message(email, subject, text)
    except ValueError as error:  # an address that only an older release took
        logger.warning("No mail can be written to %r: %s", email, error)
        return
    await send_mail(connection, message)


def _one_line(name: str) -> str:
    """Return a name that people chose as a part of a subject: no line breaks or control characters."""
    return "".join(character if character.isprintable() else " " for character in name).strip()


SIGN_IN_MAIL = Job("sign_in_mail", _mail_link)
INVITATION_MAIL = Job("invitation_mail", _mail_invitation)
