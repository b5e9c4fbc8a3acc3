"""What the resources of the API have in common: a diff, JSON that is text already, the answer of a DELETE."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.validation import shown_as

_MICROSECOND = timedelta(microseconds=1)
# Moves with every change, so it is never the change itself.
_NEVER_A_CHANGE = frozenset({"updated_at"})

NEXT_NUMBER = """
INSERT INTO counters AS n (workspace_id, resource, value, last_at) VALUES ($1, '{resource}', 1, $2)
ON CONFLICT (workspace_id, resource) DO UPDATE
    SET value = n.value + 1, last_at = greatest(excluded.last_at, n.last_at + interval '1 microsecond')
RETURNING n.value AS display_id, n.last_at AS created_at
"""
"""Draws the next display_id and a created_at that no other row of the resource has; formatted with ``resource``.

$1 is the workspace and $2 the present. The counter's row stays locked until the commit, so ids leave no gaps.
"""


class Deleted(TypedDict):
    """Answer of every DELETE, the first and any later one (documentation: Introduction, soft deletes)."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]  # pydantic's documented hook on a TypedDict
        {"object": "deleted", "id": "cmg8x0k4t0000a1b2c3d4e5f6", "display_id": 42, "deleted": True}
    )

    object: Literal["deleted"]
    id: str
    display_id: int
    deleted: Annotated[bool, Field(description="It is gone, by this request or an earlier one.")]


def present_deleted(row: Any) -> dict[str, Any]:  # noqa: ANN401 - any row with an id and a display_id
    """Return the answer of a DELETE of ``row``."""
    return {"object": "deleted", "id": row.id, "display_id": row.display_id, "deleted": True}


def moment_of_change(at: datetime, updated_at: datetime) -> datetime:
    """Return when a change to a row that was last updated at ``updated_at`` takes effect.

    Whoever had the row's lock before may have begun later: the times of one row never run backwards all the same.
    """
    return max(at, updated_at + _MICROSECOND)


def json_text(value: dict[str, Any] | None) -> str:
    """Return a JSON object as the text to store; None clears it."""
    return orjson.dumps(value or {}).decode()


def previous_attributes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the former values of the fields that differ between two presentations of a resource."""
    return {
        name: value
        for name, value in before.items()
        if name not in _NEVER_A_CHANGE and _comparable(value) != _comparable(after[name])
    }


def changes(previous: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return an activity entry's data for an update: each changed field with its value before and after."""
    return {"changes": {name: [value, after[name]] for name, value in previous.items()}}


def _comparable(value: object) -> object:
    return orjson.dumps(value) if isinstance(value, orjson.Fragment) else value
