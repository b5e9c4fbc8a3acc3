"""The shapes of workspaces, people and API keys, and the actor on whose behalf everything happens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Mode = Literal["live", "test"]
Role = Literal["owner", "admin", "member"]
ROLES: tuple[Role, ...] = ("owner", "admin", "member")

ALL_SCOPES = "*"
# What a key may be narrowed to; a key has all of it unless it was.
SCOPES = (
    ALL_SCOPES,
    "customers:read",
    "customers:write",
    "contacts:read",
    "contacts:write",
    "leads:read",
    "leads:write",
    "onboardings:read",
    "onboardings:write",
    "people:read",
    "people:write",
    "events:read",
    "webhooks:read",
    "webhooks:write",
    "settings:read",
    "settings:write",
)

# Requests a minute by tier (documentation: Rate limits). A key with a limit of its own has the tier ``custom``.
RATE_LIMITS: dict[str, int] = {"default": 60, "test": 30, "paid": 600}
CUSTOM_TIER = "custom"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in which workspace: every read and write goes through one.

    Attributes:
        workspace_id: the ``org_…`` that everything is looked up in.
        type: ``api_key``, ``person``, ``portal``, ``integration`` or ``system``.
        id: the actor's own id.
        name: as the timeline shows it, such as ``API: prod-server``.
        livemode: False for a test key: same data, no side effects outside.
        request_id: the request in which it acts, for the audit log.
        ip: the client's address, for the audit log.
        role: with whose rights it acts; API keys and the product itself have an admin's.
    """

    workspace_id: str
    type: str
    id: str
    name: str
    livemode: bool = True
    request_id: str | None = None
    ip: str | None = None
    role: Role = "member"


class Workspace(NamedTuple):
    """A company's container of customers, contacts and onboardings.

    Attributes:
        sample: whether everything in it is made up, for somebody to look around.
    """

    id: str
    slug: str
    name: str
    created_at: datetime
    sample: bool


class Brand(NamedTuple):
    """How a workspace looks; None is Pivotal's own.

    Attributes:
        accent: its colour, as ``#rrggbb``.
        logo: id of the image on light ground; ``dark_logo`` on dark, ``favicon`` in the browser's tab.
    """

    workspace_id: str
    accent: str | None
    logo: str | None
    dark_logo: str | None
    favicon: str | None


class Person(NamedTuple):
    """A teammate; people are global, memberships tie them to workspaces."""

    id: str
    email: str
    name: str
    role: Role


class Teammate(NamedTuple):
    """A teammate as everybody in the workspace may see them; ``created_at`` is when they came to it."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime


class Session(NamedTuple):
    """Where a person is signed in, as they see it; ``last_seen_at`` is exact to a minute."""

    id: str
    ip: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


class ApiKey(NamedTuple):
    """An API key as lists show it: everything but the secret."""

    id: str
    name: str
    mode: Mode
    prefix: str
    scopes: list[str]
    tier: str
    rate_limit: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_ip: str | None
    request_count: int
