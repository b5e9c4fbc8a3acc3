"""Removes rows that are older than they need to be, a bounded batch at a time, so that nobody waits behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from pivotal_server.core.db import Connection

BATCH = 5_000

# The old rows are found once, by the index on their age; finding them anew for each batch would read again, every time,
# past all that is deleted already. A held cursor outlives the statement without keeping a transaction open.
_FIND = "DECLARE old_rows CURSOR WITH HOLD FOR SELECT ctid FROM {table} WHERE {column} < $1{only}"
_NEXT = f"FETCH {BATCH} FROM old_rows"
_FORGET = "CLOSE old_rows"
# The place of a row that has gone meanwhile may hold a new one.
_DELETE = "DELETE FROM {table} WHERE ctid = ANY ($1::tid[]) AND {column} < $2{only}"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long the rows of a table are kept.

    Attributes:
        table: safe to place in SQL, as everything here.
        kept_for: the age up to which its rows stay.
        plural: what they are, for the log, such as ``events``.
        column: when a row began to age; indexed, or the table is small.
        only: a condition that rows must meet to go.
    """

    table: str
    kept_for: timedelta
    plural: str
    column: str = "created_at"
    only: str | None = None

    def fill(self, statement: str) -> str:
        """Return the statement with the rule's names and condition in it."""
        only = f" AND {self.only}" if self.only else ""
        return statement.format(table=self.table, column=self.column, only=only)


async def remove_old(connection: Connection, rule: Rule, now: datetime, stopping: Callable[[], bool]) -> int:
    """Delete what the rule does not keep and return how many rows that were.

    Args:
        connection: outside a transaction; every batch is one of its own.
        rule: which rows go.
        now: the present.
        stopping: asked after every batch whether to leave the rest for another time.
    """
    oldest, removed = now - rule.kept_for, 0
    await connection.execute(rule.fill(_FIND), oldest)
    try:
        while found := await connection.fetch(_NEXT):
            tag = await connection.execute(rule.fill(_DELETE), [row["ctid"] for row in found], oldest)
            removed += int(tag.rpartition(" ")[2])
            if stopping():
                break
    finally:
        await connection.execute(_FORGET)
    return removed
