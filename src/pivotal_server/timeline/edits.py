"""Edits of many things in one transaction, and the way back.

What the way back needs stands in the activity already: each thing's entry has the values before and after. An edit is
named by when it began and by its request, which finds its entries.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.timeline.change import Change

UNDO_DAYS = 30

# The entries of one transaction lie close to each other: they were written from one clock, in one go.
_ENTRIES = """
SELECT a.subject_id, a.data FROM activity a
WHERE a.workspace_id = $1 AND a.created_at >= $2 AND a.created_at < $2 + interval '5 minutes' AND a.request_id = $3
    AND a.type = ANY ($4::text[])
ORDER BY a.subject_id
"""


class Outcome(NamedTuple):
    """How many things an edit changed, and how many it left as they were."""

    changed: int
    same: int


def name_of(at: datetime, request_id: str) -> str:
    """Return the name of an edit, as its way back is asked for."""
    return f"{int(at.timestamp() * 1_000_000)}-{request_id}"


async def changes_of(
    change: Change, name: str, types: Collection[str], kept_as: str = "changes"
) -> list[tuple[str, dict[str, Any]]]:
    """Return what an edit changed: ids, and for each field the values before and after.

    Args:
        change: where it is to be undone.
        name: of the edit.
        types: of the entries that tell of it.
        kept_as: where the values stand in an entry's data.

    Raises:
        ApiError: 404 for no such edit; 409 ``undo_expired`` after thirty days.
    """
    micros, _, request_id = name.partition("-")
    if not (micros.isascii() and micros.isdigit()) or len(micros) > len("9999999999999999"):
        raise _unknown()
    at = datetime.fromtimestamp(0, change.now.tzinfo) + timedelta(microseconds=int(micros))
    entries = await change.connection.fetch(_ENTRIES, change.actor.workspace_id, at, request_id, list(types))
    if not entries:
        raise _unknown()
    if at + timedelta(days=UNDO_DAYS) < change.now:
        raise ApiError(409, "undo_expired", f"An edit can be undone for {UNDO_DAYS} days.")
    return [(id_, orjson.loads(data).get(kept_as) or {}) for id_, data in entries]


def _unknown() -> ApiError:
    return ApiError(404, "http_exception", "There is no such edit to undo.")
