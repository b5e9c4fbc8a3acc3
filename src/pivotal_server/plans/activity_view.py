"""How an entry of the activity reads: what changed from what to what, and which icon stands before it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from pivotal_server.timeline.models import Activity

# What the activity may be narrowed to: the beginning of the entries' types, and the words for it.
GROUPS = {
    "onboarding": "The onboarding",
    "onboarding.phase_changed": "Phases",
    "onboarding.launch_date_shifted": "Target launch",
    "task": "Tasks",
    "task.completed": "Completed tasks",
    "task.rescheduled": "Moved dates",
    "comment": "Comments",
    "attachment": "Files",
}
_ICONS = {
    "onboarding.created": ("rocket", ""),
    "onboarding.phase_changed": ("arrow-right", "accent"),
    "onboarding.state_changed": ("flag", "watch"),
    "onboarding.launch_date_shifted": ("target", "info"),
    "onboarding.deleted": ("trash-2", "risk"),
    "task.created": ("plus", ""),
    "task.completed": ("check", "good"),
    "task.reopened": ("rotate-ccw", ""),
    "task.rescheduled": ("calendar", "info"),
    "task.deleted": ("trash-2", ""),
    "task.restored": ("undo-2", ""),
    "comment.created": ("message-square", ""),
    "attachment.created": ("paperclip", ""),
}
_SHOWN_MOVES = 10
_LONGEST = 120
# Fields whose values say nothing to people: ids, and what follows from others.
_SILENT = frozenset({
    "csm_id", "se_id", "designer_id", "product_ops_id", "assignee_id", "assignee_contact_id", "due", "depends_on",
    "waiting_on_customer", "waiting_on_customer_since", "position", "parent_id",
})  # fmt: skip


class Entry(NamedTuple):
    """An entry as the activity shows it.

    Attributes:
        changes: of each field that says something: its name, and its values before and after.
        moves: tasks that moved: title, from when, to when.
    """

    row: Activity
    icon: str
    meaning: str
    reason: str | None
    changes: list[tuple[str, str, str]]
    moves: list[tuple[str, str, str]]


def describe(row: Activity) -> Entry:
    """Return an entry as the activity shows it."""
    data = orjson.loads(row.data)
    icon, meaning = _ICONS.get(row.type, ("pencil", ""))
    changes = [
        (_name(field), _value(before), _value(after))
        for field, (before, after) in (data.get("changes") or {}).items()
        if field not in _SILENT
    ]
    moves = [_move(move) for move in (data.get("moves") or [])[:_SHOWN_MOVES]]
    return Entry(row, icon, meaning, data.get("reason") or data.get("cause"), changes, moves)


def _move(move: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(move["title"]), _value(move["from"]), _value(move["to"])


def _name(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        midnight = value.endswith("T00:00:00.000Z")
        return value[:10] if midnight else value[:_LONGEST]
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_value(part)}" for key, part in value.items())[:_LONGEST] or "nothing"
    if isinstance(value, list):
        return ", ".join(_value(part) for part in value)[:_LONGEST] or "nothing"
    return str(value)
