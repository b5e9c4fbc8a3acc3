"""Reads of events in the order in which they became visible, which is not the order of their times.

A position is a snapshot of PostgreSQL's: the transactions that had been committed when somebody last looked. What is to
be told next are the events of transactions that have been committed since, so that nothing is missed however long one
of them took (decision 0022).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.db import columns, fetch_all
from pivotal_server.core.errors import invalid_field
from pivotal_server.events.queries import StoredEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

PAGE = 200
# Whoever comes back after longer hears nothing of a test event: it was for those who were there.
_TESTS_LAST = timedelta(seconds=30)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A snapshot in which nothing is visible.
_NOTHING = "1:1:"

_NOW = """
SELECT pg_current_snapshot()::text, EXISTS (SELECT FROM stream_tests t WHERE t.workspace_id = $1)
"""
# $2 is the position, $3 the snapshot up to which is read.
_NEW = """
transaction_id >= pg_snapshot_xmin($2::text::pg_snapshot)
AND NOT pg_visible_in_snapshot({0}.transaction_id, $2::text::pg_snapshot)
AND pg_visible_in_snapshot({0}.transaction_id, $3::text::pg_snapshot)
AND {0}.type = ANY ($4::text[])
"""
_EVENTS = f"""
SELECT {columns(StoredEvent, "e")} FROM events e
WHERE e.workspace_id = $1 AND e.created_at = ANY (ARRAY (
    SELECT n.created_at FROM (
        SELECT f.created_at FROM events f
        WHERE f.workspace_id = $1 AND f.{_NEW.format("f")} AND f.created_at > $5
            AND NOT (f.transaction_id = $6::text::xid8 AND f.created_at <= $7)
        {{fence}}
    ) n ORDER BY n.created_at LIMIT {PAGE}
))
ORDER BY e.created_at
"""
# The fence keeps PostgreSQL from reading all events by their time to find those few which are new. Where a page was not
# enough, nearly all that come later are, and the next pages are read by time.
_FIRST_PAGE, _NEXT_PAGE = _EVENTS.format(fence="OFFSET 0"), _EVENTS.format(fence="")
_TESTS = f"""
SELECT {columns(StoredEvent, "t")} FROM stream_tests t
WHERE t.workspace_id = $1 AND t.{_NEW.format("t")} AND t.created_at > $5 ORDER BY t.created_at
"""
# What whoever got this event may not have got: what was committed since it was written, and what comes after it in the
# order of a page, all of which is of no older transaction than this.
_AFTER = """
SELECT e.transaction_id::text, e.created_at, least(e.oldest_open, (
    SELECT min(l.transaction_id) FROM events l WHERE l.workspace_id = $1 AND l.created_at > e.created_at
))::text
FROM events e WHERE e.workspace_id = $1 AND e.id = $2
"""
# Events that came with a dump are of transactions of another server, which mean nothing here.
_ADOPT = """
UPDATE events SET transaction_id = '3', oldest_open = '3'
WHERE workspace_id = $1 AND transaction_id >= pg_snapshot_xmax(pg_current_snapshot())
"""


@dataclass(frozen=True, slots=True)
class Position:
    """How far somebody has read.

    Attributes:
        seen: the snapshot whose events were told.
        upto: the snapshot that is being read, where it takes several pages; the last of them ended ``at`` this time.
        skip_transaction: with ``skip_until``, the part of a transaction that was told.
    """

    seen: str
    upto: str | None = None
    at: datetime = _NEVER
    skip_transaction: str = "0"
    skip_until: datetime = _NEVER


@dataclass(frozen=True, slots=True)
class Read:
    """A page: the log's events, test events, and how far that is; ``more`` where it may be read on at once."""

    events: list[StoredEvent]
    tests: list[StoredEvent]
    position: Position
    more: bool


async def adopt_events(connection: Connection, actor: Actor) -> None:
    """Have events that were restored from another server be the oldest of this one."""
    await connection.execute(_ADOPT, actor.workspace_id)


async def from_now(connection: Connection, actor: Actor) -> Position:
    """Return the position behind everything that is there."""
    return Position(await connection.fetchval(_NOW, actor.workspace_id))


async def from_time(connection: Connection, actor: Actor, since: datetime) -> Position:
    """Return the position before events of this instant or later."""
    upto = await connection.fetchval(_NOW, actor.workspace_id)
    return Position(_NOTHING, upto, max(since, _NEVER + _MICROSECOND) - _MICROSECOND)


async def from_event(connection: Connection, actor: Actor, id_: str, field: str) -> Position:
    """Return the position of whoever got this event last; some that came before it may be told again.

    Args:
        connection: where to read.
        actor: in whose workspace.
        id_: of the event.
        field: of the request, to name where there is no such event.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    record = await connection.fetchrow(_AFTER, actor.workspace_id, id_) if "\0" not in id_ else None
    if record is None:
        raise invalid_field(field, "There is no event of this id (any more). Name a later one, or since when.")
    transaction_id, created_at, oldest = record
    return Position(f"{oldest}:{oldest}:", None, _NEVER, transaction_id, created_at)


async def read_on(
    connection: Connection, actor: Actor, position: Position, types: Sequence[str], now: datetime
) -> Read:
    """Return the next events, in the order of their times within what has become visible together.

    Args:
        connection: where to read, outside of a transaction.
        actor: in whose workspace.
        position: how far was read before.
        types: only events of these types.
        now: the present, by which test events are forgotten.
    """
    workspace_id, upto, has_tests = actor.workspace_id, position.upto, True
    if upto is None:
        upto, has_tests = await connection.fetchrow(_NOW, workspace_id)  # type: ignore[misc]  # always one row
    events = await fetch_all(
        connection,
        StoredEvent,
        _FIRST_PAGE if position.upto is None else _NEXT_PAGE,
        *(workspace_id, position.seen, upto, types, position.at),
        *(position.skip_transaction, position.skip_until),
    )
    if len(events) == PAGE:
        return Read(events, [], replace(position, upto=upto, at=events[-1].created_at), more=True)
    tests: list[StoredEvent] = []
    # Whoever asks for the past asks for what was, and not for what was made up.
    if has_tests and position.seen != _NOTHING:
        tests = await fetch_all(
            connection, StoredEvent, _TESTS, workspace_id, position.seen, upto, types, now - _TESTS_LAST
        )
    return Read(events, tests, Position(upto), more=False)
