"""Folding: what changed about contacts is added to the tallies that totals are the sums of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pivotal_server.core.db import Connection

BATCH = 20_000

TRAITS = (
    *("assignee_id", "lead_source", "source", "owner_id", "status", "pipeline_id", "stage", "last_message_status"),
)
"""What tallies tell apart, in the order of their key."""

_OF_LEADS = ("owner_id", "status", "pipeline_id", "stage")
SETS: dict[str, tuple[str, ...]] = {
    "all": (*_OF_LEADS, "last_message_status"),
    "source": ("source", *_OF_LEADS, "last_message_status"),
    "assignee": ("assignee_id", *_OF_LEADS),
    "lead_source": ("lead_source", "owner_id", "status"),
}
"""Traits that are counted together. Of lead sources and assignees there may be many, so less is counted with them."""


def _spread(name: str, traits: tuple[str, ...]) -> str:
    """Return the select that finds what a contact counts for in a set; one that lacks its first trait does not."""
    values = ", ".join(_VALUES.get(trait, f"t.{trait}") if trait in traits else "NULL::text" for trait in TRAITS)
    return f"SELECT '{name}', {values}{_PRESENT.get(traits[0], '')}"


_VALUES = {"assignee_id": "a.person"}
_PRESENT = {
    "assignee_id": " FROM (SELECT DISTINCT unnest(t.assignee_ids)) a (person)",
    "source": " WHERE t.source IS NOT NULL",
    "lead_source": " WHERE t.lead_source IS NOT NULL",
}
_TRAITS = ", ".join(TRAITS)
_SUMMED = ", ".join(f"s.{trait}" for trait in TRAITS)
_SPREAD = " UNION ALL ".join(_spread(name, traits) for name, traits in SETS.items())

# Reads see the changes or the tallies with them, never both or neither: it is one statement. Of two who fold at once
# the second one waits for the first to remove its rows, and takes none of them.
_FOLD = f"""
WITH taken AS (
    -- By their places: a join could read the whole table for every batch.
    DELETE FROM contact_tally_changes c
    WHERE c.ctid = ANY (ARRAY(SELECT n.ctid FROM contact_tally_changes n LIMIT $1)) RETURNING c.*
), spread AS (
    SELECT t.workspace_id, s.*, t.contacts FROM taken t CROSS JOIN LATERAL (
        {_SPREAD}
    ) s (traits, {_TRAITS})
), written AS (
    INSERT INTO contact_tallies AS t (workspace_id, traits, {_TRAITS}, contacts)
    SELECT s.workspace_id, s.traits, {_SUMMED}, sum(s.contacts) FROM spread s
    GROUP BY s.workspace_id, s.traits, {_SUMMED} HAVING sum(s.contacts) <> 0
    ORDER BY s.workspace_id, s.traits, {_SUMMED}
    ON CONFLICT (workspace_id, traits, {_TRAITS}) DO UPDATE SET contacts = t.contacts + excluded.contacts
    RETURNING t.ctid, t.contacts
)
SELECT (SELECT count(*) FROM taken) AS taken, ARRAY(SELECT w.ctid FROM written w WHERE w.contacts = 0) AS empty
"""
# Locked by the fold's transaction, so that they are still where they were.
_REMOVE_EMPTY = "DELETE FROM contact_tallies t WHERE t.ctid = ANY ($1::tid[]) AND t.contacts = 0"


async def fold_tallies(connection: Connection, stopping: Callable[[], bool]) -> int:
    """Add all changes there are to the tallies, some thousands at a time, and return how many there were.

    Args:
        connection: outside of a transaction.
        stopping: whether to end early.
    """
    folded = 0
    while not stopping():
        async with connection.transaction():
            taken, empty = await connection.fetchrow(_FOLD, BATCH) or (0, [])
            if empty:
                await connection.execute(_REMOVE_EMPTY, empty)
        folded += taken
        if taken < BATCH:
            break
    return folded
