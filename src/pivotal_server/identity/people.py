"""People and memberships: who belongs to a workspace, and in which role."""

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import invalid_field, not_found
from pivotal_server.core.ids import new_id
from pivotal_server.identity.models import Actor, Person, Role, Teammate

_PERSON = columns(Person, "p", role="m.role")
_TEAMMATE = columns(Teammate, "p", role="m.role", created_at="m.created_at")
_BELONG = """
FROM memberships m JOIN people p ON p.id = m.person_id WHERE m.workspace_id = $1 AND m.removed_at IS NULL
"""
_MEMBERS = f"SELECT {_PERSON} {_BELONG}"
_TEAMMATES = f"SELECT {_TEAMMATE} {_BELONG}"
_ADD_PERSON = """
INSERT INTO people (id, email, name, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id
"""
# Somebody who comes back is a new teammate under their old name.
_ADD_MEMBERSHIP = """
INSERT INTO memberships AS m (workspace_id, person_id, role, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, person_id) DO UPDATE SET role = $3, created_at = $4, removed_at = NULL
    WHERE m.removed_at IS NOT NULL
"""
_KNOWN = """
SELECT m.person_id FROM memberships m
WHERE m.workspace_id = $1 AND m.person_id = ANY ($2::text[]) AND m.removed_at IS NULL
"""


class MembershipError(Exception):
    """The person cannot be added; the message says why."""


async def find_member(
    connection: Connection, actor: Actor, *, email: str | None = None, person_id: str | None = None
) -> Person | None:
    """Return the teammate with this e-mail or id, or None where the workspace has none such."""
    column, value = ("email", email) if person_id is None else ("id", person_id)
    return await fetch_one(connection, Person, f"{_MEMBERS} AND p.{column} = $2", actor.workspace_id, value)


async def list_members(connection: Connection, workspace_id: str) -> list[Person]:
    """Return the workspace's teammates in the order in which they came."""
    return await fetch_all(connection, Person, f"{_MEMBERS} ORDER BY m.created_at, p.id", workspace_id)


async def list_teammates(connection: Connection, actor: Actor) -> list[Teammate]:
    """Return the teammates of the actor's workspace in the order in which they came."""
    return await fetch_all(connection, Teammate, f"{_TEAMMATES} ORDER BY m.created_at, p.id", actor.workspace_id)


async def get_teammate(connection: Connection, actor: Actor, id_: str) -> Teammate:
    """Return a teammate of the actor's workspace.

    Raises:
        ApiError: 404 ``person_not_found``.
    """
    row = await fetch_one(connection, Teammate, f"{_TEAMMATES} AND p.id = $2", actor.workspace_id, id_)
    if row is None:
        raise not_found("person")
    return row


async def add_member(
    connection: Connection, workspace_id: str, *, email: str, name: str, role: Role, now: datetime
) -> str:
    """Make a person a teammate and return the person's id; somebody known by e-mail keeps their name.

    Raises:
        MembershipError: the person is a teammate already, or the workspace has an owner already.
    """
    person_id = str(await connection.fetchval(_ADD_PERSON, new_id(), email.lower(), name, now))
    try:
        tag = await connection.execute(_ADD_MEMBERSHIP, workspace_id, person_id, role, now)
    except asyncpg.UniqueViolationError:
        raise MembershipError("The workspace has an owner already; there is one.") from None
    if not tag.endswith(" 1"):
        raise MembershipError(f"{email} belongs to the workspace already.")
    return person_id


async def require_members(connection: Connection, actor: Actor, ids: Mapping[str, str]) -> None:
    """Refuse ids that are no teammate's of the workspace, or of somebody who has left.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        ids: ids of people by the field that names each.

    Raises:
        ApiError: 400 ``invalid_field`` with the first field at fault.
    """
    if not ids:
        return
    known = {row[0] for row in await connection.fetch(_KNOWN, actor.workspace_id, list(ids.values()))}
    for field, id_ in ids.items():
        if id_ not in known:
            raise invalid_field(field, "No teammate of this workspace has this id.")
