"""What a lead has once a duplicate became a part of it, and again once that was undone, field by field."""

from collections.abc import Collection
from typing import Any

import orjson

from pivotal_server.core.validation import MAX_METADATA_BYTES
from pivotal_server.leads.models import LeadRow

Taken = dict[str, list[Any]]
"""Fields by name, each with its value before and after, as JSON has it."""

# What a lead keeps, and takes where it has none.
_SINGLE = ("phone", "company", "title", "linkedin_url", "location", "owner", "source", "lead_source")
# What it keeps, and takes the rest of, up to as many as a lead may have.
_LISTS = ("assignees", "labels")
_MAX_LIST = 50
# Where a field's name is not its column's.
_COLUMNS = {"owner": "owner_id", "assignees": "assignee_ids"}


def merge_fields(kept: LeadRow, duplicate: LeadRow, blind: Collection[str]) -> Taken:
    """Return what each field of a lead is before a merge and after it.

    Args:
        kept: the lead that stays.
        duplicate: the one that becomes a part of it.
        blind: ids of people who are not to get a part in the lead that stays.
    """
    taken = {}
    for name in (*_SINGLE, *_LISTS, "metadata"):
        ours, theirs = value_of(kept, name), value_of(duplicate, name)
        if name in _LISTS:
            hidden = blind if name == "assignees" else ()
            more = [one for one in theirs if one not in ours and one not in hidden]
            taken[name] = [ours, [*ours, *more][:_MAX_LIST]]
        elif name == "metadata":
            both = ours | {key: value for key, value in theirs.items() if key not in ours}
            taken[name] = [ours, both if len(orjson.dumps(both)) <= MAX_METADATA_BYTES else ours]
        elif name == "owner" and theirs in blind:
            taken[name] = [ours, ours]
        else:
            taken[name] = [ours, ours or theirs]
    return taken


def after_merge(taken: Taken) -> dict[str, Any]:
    """Return the columns that a merge changes."""
    return _columns({name: after for name, (before, after) in taken.items() if after != before})


def after_undo(kept: LeadRow, taken: Taken) -> dict[str, Any]:
    """Return the columns that the undoing of a merge changes: those that nobody has changed since."""
    return _columns(
        {name: before for name, (before, after) in taken.items() if after != before and value_of(kept, name) == after}
    )


def value_of(row: LeadRow, name: str) -> Any:  # noqa: ANN401 - JSON
    """Return a field of a lead as JSON has it."""
    value = getattr(row, _COLUMNS.get(name, name))
    return orjson.loads(value) if name == "metadata" else value


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    if "metadata" in fields:
        fields["metadata"] = orjson.dumps(fields["metadata"]).decode()
    return {_COLUMNS.get(name, name): value for name, value in fields.items()}
