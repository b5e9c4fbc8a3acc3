"""The shapes of sign-in links and invitations."""

from datetime import datetime
from typing import Literal, NamedTuple

from pivotal_server.identity.models import Role

InvitedRole = Literal["admin", "member"]
# An owner is made by handing over.
INVITED_ROLES: tuple[InvitedRole, ...] = ("member", "admin")


class SignInLink(NamedTuple):
    """A link by mail, or one that an operator made; ``browser_hash`` tells who may use it, None is anybody."""

    id: str
    email: str
    browser_hash: bytes | None
    next_path: str
    expires_at: datetime
    used_at: datetime | None


class Invitation(NamedTuple):
    """An invitation that waits for an answer.

    Attributes:
        token_hash: None until its mail was written.
        inviter: name of the teammate who invited.
    """

    id: str
    email: str
    role: InvitedRole
    token_hash: bytes | None
    created_at: datetime
    expires_at: datetime
    inviter: str


class Offer(NamedTuple):
    """An invitation as whoever has its link may see it.

    Attributes:
        inviter: name of the teammate who invited.
        person_id: of the person with this e-mail, if there is one already.
    """

    workspace_id: str
    workspace_name: str
    id: str
    email: str
    role: InvitedRole
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    inviter: str
    person_id: str | None


class Member(NamedTuple):
    """A teammate, as the team's page lists them; ``last_seen_at`` is exact to a minute."""

    id: str
    email: str
    name: str
    role: Role
    joined_at: datetime
    last_seen_at: datetime | None
