"""Who sees a customer: everybody, or its owner and chosen people; admins and API keys always do.

That the others see nothing of it is seen to on their connection (``identity.sight``). Here is who they are, and that
nobody is given a part in what they cannot see.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from pydantic import Field

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.validation import RequestModel
from pivotal_server.customers.models import CustomerRow
from pivotal_server.customers.queries import get_customer
from pivotal_server.identity.models import Actor, Person
from pivotal_server.identity.people import require_members
from pivotal_server.identity.rights import has_role
from pivotal_server.timeline.change import Change, Subject

_RESTRICTED = "SELECT c.restricted FROM customers c WHERE c.workspace_id = $1 AND c.id = $2"
_PEOPLE = f"""
SELECT {columns(Person, "p", role="m.role")} FROM customer_access a
JOIN memberships m ON m.workspace_id = a.workspace_id AND m.person_id = a.person_id AND m.removed_at IS NULL
JOIN people p ON p.id = a.person_id
WHERE a.workspace_id = $1 AND a.customer_id = $2 ORDER BY lower(p.name), p.id
"""
_SEERS = f"""
SELECT {columns(Person, "p", role="m.role")} FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.workspace_id = $1 AND m.removed_at IS NULL AND NOT EXISTS (
    SELECT FROM customers c WHERE c.workspace_id = $1 AND c.id = $2 AND c.restricted AND m.role = 'member'
        AND c.owner_id IS DISTINCT FROM p.id AND NOT EXISTS (
            SELECT FROM customer_access a WHERE a.workspace_id = $1 AND a.customer_id = c.id AND a.person_id = p.id
        )
)
ORDER BY m.created_at, p.id
"""
_BLIND = """
SELECT w.customer_id, p.id, p.name, p.email FROM unnest($2::text[], $3::text[]) w (customer_id, person)
JOIN people p ON w.person IN (p.id, p.email)
JOIN memberships m ON m.workspace_id = $1 AND m.person_id = p.id AND m.role = 'member' AND m.removed_at IS NULL
JOIN customers c ON c.workspace_id = $1 AND c.id = w.customer_id AND c.restricted AND c.owner_id IS DISTINCT FROM p.id
WHERE NOT EXISTS (
    SELECT FROM customer_access a WHERE a.workspace_id = $1 AND a.customer_id = c.id AND a.person_id = p.id
)
"""
_PARTS = """
SELECT p.name, count(DISTINCT w.onboarding_id) AS onboardings, count(w.task_id) AS tasks FROM (
    SELECT o.id AS onboarding_id, NULL AS task_id, team.person_id
    FROM onboardings o, unnest(ARRAY[o.csm_id, o.se_id, o.designer_id, o.product_ops_id]) team (person_id)
    WHERE o.workspace_id = $1 AND o.customer_id = $2 AND o.completed_at IS NULL AND o.deleted_at IS NULL
    UNION ALL
    SELECT NULL, t.id, t.assignee_id FROM onboardings o
    JOIN tasks t ON t.workspace_id = $1 AND t.onboarding_id = o.id AND t.status = 'open' AND t.deleted_at IS NULL
    WHERE o.workspace_id = $1 AND o.customer_id = $2 AND o.deleted_at IS NULL
) w
JOIN memberships m ON m.workspace_id = $1 AND m.person_id = w.person_id AND m.role = 'member' AND m.removed_at IS NULL
JOIN people p ON p.id = w.person_id
WHERE p.id <> ALL ($3::text[]) GROUP BY p.id ORDER BY lower(p.name) LIMIT 1
"""
_RESTRICT = "UPDATE customers c SET restricted = $3 WHERE c.workspace_id = $1 AND c.id = $2"
_SHUT_OUT = """
DELETE FROM customer_access a WHERE a.workspace_id = $1 AND a.customer_id = $2 AND a.person_id <> ALL ($3::text[])
"""
_LET_IN = "INSERT INTO customer_access SELECT $1, $2, p.* FROM unnest($3::text[]) p ON CONFLICT DO NOTHING"
_LET_IN_TO_PARTS = """
INSERT INTO customer_access SELECT DISTINCT $1, c.id, $2 FROM customers c
JOIN onboardings o ON o.workspace_id = $1 AND o.customer_id = c.id AND o.deleted_at IS NULL
WHERE c.workspace_id = $1 AND c.restricted AND (
    (o.completed_at IS NULL AND $2 IN (o.csm_id, o.se_id, o.designer_id, o.product_ops_id))
    OR EXISTS (
        SELECT FROM tasks t WHERE t.workspace_id = $1 AND t.onboarding_id = o.id AND t.assignee_id = $2
            AND t.status = 'open' AND t.deleted_at IS NULL
    )
)
ON CONFLICT DO NOTHING
"""
_FORGET = "DELETE FROM customer_access a WHERE a.workspace_id = $1 AND a.person_id = $2"


class Access(NamedTuple):
    """Who sees a customer: everybody, or where it is restricted its owner, admins and these people."""

    restricted: bool
    people: list[Person]


class Blind(NamedTuple):
    """Somebody who does not see a customer."""

    customer_id: str
    person_id: str
    name: str
    email: str


class AccessUpdate(RequestModel):
    """Who is to see a customer; ``people`` are the ids of those who are let in where it is restricted."""

    restricted: bool = False
    people: list[str] = Field(default_factory=list, max_length=500)


async def read_access(connection: Connection, actor: Actor, customer_id: str) -> Access:
    """Return who sees the customer with this cuid."""
    restricted = await connection.fetchval(_RESTRICTED, actor.workspace_id, customer_id)
    return Access(bool(restricted), await fetch_all(connection, Person, _PEOPLE, actor.workspace_id, customer_id))


async def list_seers(connection: Connection, actor: Actor, customer_id: str) -> list[Person]:
    """Return the teammates who see the customer with this cuid, in the order in which they came."""
    return await fetch_all(connection, Person, _SEERS, actor.workspace_id, customer_id)


def may_change_access(actor: Actor, row: CustomerRow) -> bool:
    """Return whether somebody may say who sees a customer: an admin or its owner."""
    return has_role(actor.role, "admin") or (actor.type, actor.id) == ("person", row.owner_id)


async def find_blind(connection: Connection, workspace_id: str, pairs: Collection[tuple[str, str]]) -> list[Blind]:
    """Return those who do not see a customer, of pairs of a customer's cuid and a person's id or e-mail."""
    if not pairs:
        return []
    customers, people = zip(*pairs, strict=True)
    return await fetch_all(connection, Blind, _BLIND, workspace_id, customers, people)


async def require_sight(change: Change, customer_id: str, people: Collection[tuple[str, str]]) -> None:
    """Refuse people who do not see a customer, before they get a part in it.

    Args:
        change: what is under way.
        customer_id: the customer's cuid.
        people: fields, each with the id or e-mail of the teammate whom it names.

    Raises:
        ApiError: 400 ``invalid_field`` with the first field at fault.
    """
    pairs = [(customer_id, person) for _, person in people]
    blind = await find_blind(change.connection, change.actor.workspace_id, pairs)
    for field, person in people:
        for one in blind:
            if person in {one.person_id, one.email}:
                raise invalid_field(field, f"{one.name} does not see this customer. Let them in under Access first.")


async def set_access(change: Change, reference: str, body: AccessUpdate) -> Access:
    """Say who sees a customer; where nothing differs, nothing happens.

    Raises:
        ApiError: 404; 403 ``insufficient_role`` for whoever is neither an admin nor the customer's owner; 400
            ``invalid_field`` for somebody unknown, or where somebody is left out who has a part in it.
    """
    row = await get_customer(change.connection, change.actor, reference, lock=True)
    if not may_change_access(change.actor, row):
        raise ApiError(403, "insufficient_role", "Only admins and the customer's owner say who sees it.")
    before = await read_access(change.connection, change.actor, row.id)
    people = list(dict.fromkeys(body.people)) if body.restricted else []
    await require_members(change.connection, change.actor, {f"people.{place}": id_ for place, id_ in enumerate(people)})
    if (before.restricted, {one.id for one in before.people}) == (body.restricted, set(people)):
        return before
    if body.restricted:
        await _refuse_leaving_out(change, row, people)
    workspace_id = change.actor.workspace_id
    await change.connection.execute(_RESTRICT, workspace_id, row.id, body.restricted)
    await change.connection.execute(_SHUT_OUT, workspace_id, row.id, people)
    await change.connection.execute(_LET_IN, workspace_id, row.id, people)
    after = await read_access(change.connection, change.actor, row.id)
    names = [one.name for one in after.people]
    seers = ", ".join([*(["its owner"] if row.owner_id else []), *names]) or "admins"
    summary = f"Restricted access to {seers}" if after.restricted else "Opened access to everybody"
    data = {"restricted": after.restricted, "people": names}
    change.note("customer.access_changed", summary, Subject("customer", row.id, customer_id=row.id), data)
    return after


async def hand_over(change: Change, row: CustomerRow) -> None:
    """Take note that a customer gets another owner: of a restricted one, whoever owned it still sees it.

    Raises:
        ApiError: 403 ``insufficient_role`` where it is restricted and its owner is not the actor's to choose.
    """
    if not await change.connection.fetchval(_RESTRICTED, change.actor.workspace_id, row.id):
        return
    if not may_change_access(change.actor, row):
        message = "Only admins and its owner hand a restricted customer over."
        raise ApiError(403, "insufficient_role", message, field="owner_email")
    if row.owner_id is not None:
        await change.connection.execute(_LET_IN, change.actor.workspace_id, row.id, [row.owner_id])


async def keep_parts(change: Change, person_id: str) -> None:
    """Let somebody who is no admin any more in to the restricted customers that they have a part in."""
    await change.connection.execute(_LET_IN_TO_PARTS, change.actor.workspace_id, person_id)


async def forget_person(change: Change, person_id: str) -> None:
    """Take from somebody who leaves the team what they were let in to, so that coming back opens none of it."""
    await change.connection.execute(_FORGET, change.actor.workspace_id, person_id)


async def _refuse_leaving_out(change: Change, row: CustomerRow, people: Iterable[str]) -> None:
    kept = [*people, *([row.owner_id] if row.owner_id else [])]
    left_out = await change.connection.fetchrow(_PARTS, change.actor.workspace_id, row.id, kept)
    if left_out is not None:
        name, onboardings, tasks = left_out
        parts = [_counted(onboardings, "onboarding"), _counted(tasks, "open task")]
        what = " and ".join(part for part in parts if part)
        raise invalid_field("people", f"{name} has a part in {what} of it. Hand that over first, or let them in.")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""
