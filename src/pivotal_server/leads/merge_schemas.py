"""Merging leads over the API, in and out (documentation: Leads, duplicates)."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import ExternalId, RequestModel, Timestamp, shown_as
from pivotal_server.leads.models import MergeRow

EXAMPLE_MERGE = {"duplicate": "33", "dry_run": True}
EXAMPLE: dict[str, Any] = {
    "object": "lead_merge",
    "id": "cmg8x0k4t000ca1b2c3d4e5f6",
    "display_id": 3,
    "lead_id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "duplicate_id": "cmg8x0k4t000ba1b2c3d4e5f6",
    "fields": [
        {"field": "phone", "before": None, "after": "+49 30 901820", "origin": "duplicate"},
        {"field": "company", "before": "Aurora Outfitters", "after": "Aurora Outfitters", "origin": "lead"},
        {"field": "labels", "before": ["retail"], "after": ["retail", "vip"], "origin": "both"},
    ],
    "message_count": 4,
    "created_at": "2026-05-26T17:21:09.412Z",
    "undone_at": None,
}


class LeadMergeCreate(RequestModel):
    """Body of merge-lead."""

    model_config = shown_as(EXAMPLE_MERGE)

    duplicate: Annotated[
        ExternalId, Field(description="The lead that becomes a part of this one, by id or display_id; it is deleted.")
    ]
    dry_run: Annotated[bool, Field(description="Show what would happen, and change nothing.")] = False


class MergedField(TypedDict):
    """What a merge made of one field of the lead that was kept."""

    field: Annotated[str, Field(description="The field of the lead.")]
    before: Annotated[Any, Field(description="What the lead had before.")]
    after: Annotated[Any, Field(description="What it had after the merge.")]
    origin: Annotated[
        Literal["lead", "duplicate", "both"], Field(description="Whose value it is; of lists it may be both.")
    ]


class LeadMerge(TypedDict):
    """A duplicate that became a part of another lead."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["lead_merge"]
    id: str
    display_id: int
    lead_id: Annotated[str, Field(description="Id of the lead that was kept.")]
    duplicate_id: Annotated[str, Field(description="Id of the lead that became a part of it.")]
    fields: Annotated[list[MergedField], Field(description="What the lead has, field by field, and whose it was.")]
    message_count: Annotated[int, Field(description="How many messages of the duplicate the lead has now.")]
    created_at: Timestamp
    undone_at: Annotated[Timestamp | None, Field(description="Since when they are two leads again, if they are.")]


class LeadMergeList(TypedDict):
    """The duplicates that became a part of a lead, the latest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[LeadMerge]
    has_more: bool
    next_cursor: str | None


def present_merge(row: MergeRow) -> dict[str, Any]:
    """Return the merge as the API shows it: a ``LeadMerge``."""
    taken = orjson.loads(row.taken)
    return {
        "object": "lead_merge",
        "id": row.id,
        "display_id": row.display_id,
        "lead_id": row.kept_id,
        "duplicate_id": row.merged_id,
        "fields": [_present_field(name, *values) for name, values in taken["fields"].items()],
        "message_count": len(taken["messages"]),
        "created_at": to_iso(row.created_at),
        "undone_at": to_iso_or_none(row.undone_at),
    }


def _present_field(name: str, before: Any, after: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    origin = "lead" if before == after else "both" if before else "duplicate"
    return {"field": name, "before": before, "after": after, "origin": origin}
