"""Removes rows that are older than they need to be, a bounded batch at a time, so that nobody waits behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from pivotal_server.core.db import Connection

BATCH = 5_000
_ADVISORY_LOCK = 7_483_648_102

# The old rows are found once, by the index on their age; finding them anew for each batch would read again, every time,
# past all that is deleted already. A held cursor outlives the statement without keeping a transaction open.
_FIND = "DECLARE old_rows CURSOR WITH HOLD FOR SELECT ctid FROM {table} WHERE created_at < $1"
_NEXT = f"FETCH {BATCH} FROM old_rows"
_FORGET = "CLOSE old_rows"
# The place of a row that has gone meanwhile may hold a new one.
_DELETE = "DELETE FROM {table} WHERE ctid = ANY ($1::tid[]) AND created_at < $2"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long the rows of a table are kept.

    Attributes:
        table: has an indexed ``created_at``; safe to place in SQL.
        kept_for: the age up to which its rows stay.
        plural: what they are, for the log, such as ``events``.
    """

    table: str
    kept_for: timedelta
    plural: str


async def take_turn(connection: Connection) -> bool:
    """Return whether this connection may clean up; until it closes, no other one may."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", _ADVISORY_LOCK))


async def remove_old(connection: Connection, rule: Rule, now: datetime, stopping: Callable[[], bool]) -> int:
    """Delete what the rule does not keep and return how many rows that were.

    Args:
        connection: outside a transaction; every batch is one of its own.
        rule: which rows go.
        now: the present.
        stopping: asked after every batch whether to leave the rest for another time.
    """
    oldest, removed = now - rule.kept_for, 0
    await connection.execute(_FIND.format(table=rule.table), oldest)
    try:
        while found := await connection.fetch(_NEXT):
            tag = await connection.execute(_DELETE.format(table=rule.table), [row["ctid"] for row in found], oldest)
            removed += int(tag.rpartition(" ")[2])
            if stopping():
                break
    finally:
        await connection.execute(_FORGET)
    return removed
