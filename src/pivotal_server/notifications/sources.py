"""What the workers were told of, read from where it is kept, and what has to be known to say whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from pivotal_server.core.db import columns, fetch_all
from pivotal_server.onboardings.models import TEAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.core.reactions import Fact

_EVENTS = "SELECT e.id, e.created_at, e.payload FROM events e WHERE e.workspace_id = $1 AND e.id = ANY ($2)"
_ENTRIES = """
SELECT a.id, a.created_at, a.subject_id, a.summary FROM activity a WHERE a.workspace_id = $1 AND a.id = ANY ($2)
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact, and what is told of it.

    Attributes:
        at: when it happened.
        resource: of an event, the whole resource after it; of an entry, its ``subject_id`` and ``summary``.
        previous: of an event, the former values of what changed.
    """

    fact: Fact
    at: datetime
    resource: dict[str, Any]
    previous: dict[str, Any]


class Place(NamedTuple):
    """An onboarding as notifications name it, and its team; ``phase_name`` is that of the phase it is in by now."""

    id: str
    name: str
    customer_id: str
    customer_name: str
    phase_name: str
    csm_id: str | None
    se_id: str | None
    designer_id: str | None
    product_ops_id: str | None

    @property
    def title(self) -> str:
        """What a person knows it by."""
        return self.name if self.name == self.customer_name else f"{self.customer_name}: {self.name}"

    @property
    def team(self) -> list[str]:
        """The teammates who work on it, each once."""
        people = (getattr(self, field) for field in TEAM)
        return list(dict.fromkeys(person for person in people if person is not None))

    def assignee_of(self, task: dict[str, Any]) -> str | None:
        """Return the teammate who is to do a task of it: by name, or by a role; None where nobody of us is."""
        role = task["assignee_role"]
        person: str | None = task["assignee_id"] or (getattr(self, f"{role}_id") if role else None)
        return person


class CommentSource(NamedTuple):
    """A comment that is there, the task that it is on, if any, and who is mentioned in it."""

    id: str
    body: str
    onboarding_id: str
    task_id: str | None
    task_title: str | None
    assignee_id: str | None
    assignee_role: str | None
    mentioned: list[str]


_PLACES = f"""
SELECT {columns(Place, "o", customer_name="c.name", phase_name="p.name")}
FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
JOIN phases p ON p.workspace_id = o.workspace_id AND p.key = o.phase
WHERE o.workspace_id = $1 AND o.id = ANY ($2) AND o.deleted_at IS NULL AND c.deleted_at IS NULL
"""
_MENTIONED = """
ARRAY(SELECT m.person_id FROM comment_mentions m
    WHERE m.workspace_id = c.workspace_id AND m.comment_id = c.id ORDER BY m.created_at, m.person_id)
"""
_COMMENT = columns(
    CommentSource,
    "c",
    task_title="t.title",
    assignee_id="t.assignee_id",
    assignee_role="t.assignee_role",
    mentioned=_MENTIONED,
)
_COMMENTS = f"""
SELECT {_COMMENT} FROM comments c LEFT JOIN tasks t ON t.workspace_id = c.workspace_id AND t.id = c.task_id
WHERE c.workspace_id = $1 AND c.id = ANY ($2) AND c.deleted_at IS NULL AND t.deleted_at IS NULL
"""


async def find_happenings(connection: Connection, workspace_id: str, facts: Sequence[Fact]) -> list[Happening]:
    """Return what is kept of some facts, in their order; what has been removed by age is left out."""
    ids = [fact.id for fact in facts]
    found: dict[str, tuple[datetime, dict[str, Any], dict[str, Any]]] = {}
    for record in await connection.fetch(_EVENTS, workspace_id, ids):
        data = orjson.loads(record["payload"])["data"]
        found[record["id"]] = record["created_at"], data["object"], data["previous_attributes"] or {}
    for record in await connection.fetch(_ENTRIES, workspace_id, ids):
        told = {"subject_id": record["subject_id"], "summary": record["summary"]}
        found[record["id"]] = record["created_at"], told, {}
    return [Happening(fact, *found[fact.id]) for fact in facts if fact.id in found]


async def find_comments(connection: Connection, workspace_id: str, ids: Iterable[str]) -> dict[str, CommentSource]:
    """Return those of the comments that are there, by id."""
    rows = await fetch_all(connection, CommentSource, _COMMENTS, workspace_id, list(ids))
    return {row.id: row for row in rows}


async def find_places(connection: Connection, workspace_id: str, ids: Iterable[str]) -> dict[str, Place]:
    """Return those of the onboardings that are there, by id."""
    rows = await fetch_all(connection, Place, _PLACES, workspace_id, list(ids))
    return {row.id: row for row in rows}
