"""How an entry of a customer's activity reads: its icon, and what changed from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from pivotal_server.timeline.models import Activity

# What the activity may be narrowed to: the beginning of the entries' types, and the words for it.
GROUPS = {
    "customer": "The customer",
    "contact": "Contacts",
    "lead": "As a lead",
    "message": "Messages",
    "onboarding": "Onboardings",
    "task": "Tasks",
    "comment": "Comments",
    "attachment": "Files",
}
_ICONS = {
    "customer": "building-2",
    "contact": "user",
    "lead": "user",
    "message": "mail",
    "onboarding": "rocket",
    "task": "square-check",
    "comment": "message-square",
    "attachment": "paperclip",
}
# Fields of leads that say nothing to people: ids, and what follows from others.
_SILENT = frozenset({"owner", "assignees", "first_name", "last_name", "stage_entered_at", "closed_at"})
# Entries that say in their sentence what changed.
_PLAIN = frozenset({"lead.stage_changed"})
_LONGEST = 120


class Entry(NamedTuple):
    """An entry as the activity shows it; ``changes`` are names of fields with their values before and after."""

    row: Activity
    icon: str
    reason: str | None
    changes: list[tuple[str, str, str]]


def describe(row: Activity) -> Entry:
    """Return an entry as the activity shows it."""
    data = orjson.loads(row.data)
    changes = [
        (name.replace("_", " ").capitalize(), _words(name, before), _words(name, after))
        for name, (before, after) in (data.get("changes") or {}).items()
        if row.type not in _PLAIN
        and name not in _SILENT
        and (not name.endswith("_id") or name.startswith(("hubspot", "stripe", "intercom", "slack")))
    ]
    return Entry(row, _ICONS.get(row.type.partition(".")[0], "history"), data.get("reason"), changes)


def _words(name: str, value: object) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))[:_LONGEST]
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())[:_LONGEST]
    if name in {"mrr", "arr"} and isinstance(value, int):
        return f"{value / 100:,.0f}"
    return str(value)[:_LONGEST]
