"""A change and what it leaves behind, all in one transaction.

An action gets a ``Change``, writes its rows over ``change.connection``, and says what happened with ``note`` and
``emit``. The notes, events and the idempotency record are written together, in one statement, before the commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.ids import new_id
from pivotal_server.core.outbox import Event, new_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """What an activity entry is about, and whose timeline it belongs on."""

    type: str
    id: str
    customer_id: str | None = None
    onboarding_id: str | None = None

    def topics(self) -> Iterator[str]:
        """Yield what open pages may show of it."""
        yield f"{self.type}:{self.id}"
        if self.customer_id is not None:
            yield f"customer:{self.customer_id}"
        if self.onboarding_id is not None:
            yield f"onboarding:{self.onboarding_id}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The stored answer of a write that carried an ``Idempotency-Key``."""

    method: str
    path: str
    key: str
    body_hash: bytes
    status: int
    location: str | None
    body: bytes


# $1 workspace, $2-$7 actor and request, $8-$16 entries, $17-$20 events, $21-$22 rows of the outbox, with the ids of
# those that are entries, $23-$30 idempotency record.
# An expired idempotency record is overwritten; a live one leaves no row, which the caller sees in the result.
WRITE_RECORDS = """
WITH entries AS (
    INSERT INTO activity (workspace_id, actor_type, actor_id, actor_name, livemode, request_id, ip,
        id, created_at, type, summary, subject_type, subject_id, customer_id, onboarding_id, data)
    SELECT $1, $2, $3, $4, $5, $6, $7, e.*
    FROM unnest($8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
        $15::text[], $16::json[]) e
), facts AS (
    INSERT INTO events (workspace_id, livemode, id, created_at, type, payload)
    SELECT $1, $5, f.* FROM unnest($17::text[], $18::timestamptz[], $19::text[], $20::text[]) f
), unsent AS (
    INSERT INTO outbox (workspace_id, actor_type, actor_id, actor_name, created_at, entry_id)
    SELECT $1, $2, $3, $4, u.* FROM unnest($21::timestamptz[], $22::text[]) u
), record AS (
    INSERT INTO idempotency_records AS r
        (workspace_id, method, path, key, body_hash, status, location, body, created_at)
    SELECT $1, $23, $24, $25::text, $26::bytea, $27::smallint, $28, $29::bytea, $30::timestamptz WHERE $25 IS NOT NULL
    ON CONFLICT (workspace_id, method, path, key) DO UPDATE
        SET body_hash = excluded.body_hash, status = excluded.status, location = excluded.location,
            body = excluded.body, created_at = excluded.created_at
        WHERE r.created_at <= $30 - interval '24 hours'
    RETURNING 1
)
SELECT $25 IS NULL OR EXISTS (SELECT FROM record)
"""


class Change:
    """A write in progress.

    Attributes:
        connection: the transaction's connection.
        actor: on whose behalf it happens.
        at: when it happens; every row it writes carries this or a later instant.
        topics: what it changes, as open pages are told of it: ``task:…`` and the customer and onboarding it is of.
    """

    __slots__ = ("_announced", "_clock", "_entries", "_events", "_work_is_due", "actor", "at", "connection", "topics")

    def __init__(self, connection: Connection, actor: Actor, clock: Clock) -> None:
        self.connection = connection
        self.actor = actor
        self.at = clock.stamp()
        self._clock = clock
        self._entries: list[tuple[str, datetime, str, str, str, str, str | None, str | None, str]] = []
        self._events: list[Event] = []
        self._announced: list[tuple[datetime, str]] = []
        self._work_is_due = False
        self.topics: set[str] = set()

    @property
    def now(self) -> datetime:
        """The present, of which ``at`` may be ahead so that no two changes share it."""
        return self._clock.now()

    @property
    def has_work(self) -> bool:
        """Whether the workers have something to do once this is committed."""
        return self._work_is_due or bool(self._events or self._announced)

    def wake_worker(self) -> None:
        """Have the workers look for work after the commit; events do so by themselves."""
        self._work_is_due = True

    def note(
        self, type_: str, summary: str, subject: Subject, data: dict[str, Any] | None = None, *, announce: bool = False
    ) -> None:
        """Add an activity entry: the line on the customer's timeline and in the audit log.

        Args:
            type_: dot-namespaced name of what happened.
            summary: one sentence for a person, without the actor.
            subject: what it happened to.
            data: details; ``{"changes": {field: [before, after]}}`` for an update.
            announce: whether there are reactions to it; events are told of in any case.
        """
        text, id_, at = orjson.dumps(data or {}).decode(), new_id(), self._clock.stamp()
        if announce:
            self._announced.append((at, id_))
        self.topics.update(subject.topics())
        self._entries.append(
            (
                id_,
                at,
                type_,
                summary,
                subject.type,
                subject.id,
                subject.customer_id,
                subject.onboarding_id,
                text,
            )
        )

    def emit(self, type_: str, resource: dict[str, Any], previous: dict[str, Any] | None = None) -> None:
        """Add an event to the outbox.

        Args:
            type_: dot-namespaced name of the event.
            resource: the whole resource as the API shows it after the change.
            previous: former values of the changed fields only.
        """
        self._events.append(
            new_event(
                type_,
                self.actor.workspace_id,
                livemode=self.actor.livemode,
                created_at=self._clock.stamp(),
                data=resource,
                previous=previous,
            )
        )

    async def write_records(self, answer: Answer | None = None) -> bool:
        """Write what was noted and emitted, and the idempotency record; return False where that key has one already."""
        if not (self._entries or self._events or answer):
            return True
        actor, entries, events = self.actor, list(zip(*self._entries, strict=True)) or [()] * 9, self._events
        kept = (
            (answer.method, answer.path, answer.key, answer.body_hash, answer.status, answer.location, answer.body)
            if answer
            else (None,) * 7
        )
        return bool(
            await self.connection.fetchval(
                WRITE_RECORDS,
                *(actor.workspace_id, actor.type, actor.id, actor.name, actor.livemode, actor.request_id, actor.ip),
                *entries,
                [event.id for event in events],
                [event.created_at for event in events],
                [event.type for event in events],
                [event.payload for event in events],
                [*(event.created_at for event in events), *(at for at, _ in self._announced)],
                [*[None] * len(events), *(id_ for _, id_ in self._announced)],
                *kept,
                self.at,
            )
        )
