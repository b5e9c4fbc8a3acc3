"""Leads over the API, in and out (documentation: Leads)."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.contacts.schemas import Labels, Metadata, Title
from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import UNSENT, Email, ExternalId, Name, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.leads.models import LeadRow, StageKind, first_name_of, last_name_of

STATUSES: tuple[str, ...] = get_args(StageKind)
UNASSIGNED = "unassigned"
# Moves as time passes: never a change of its own.
CLOCK_FIELDS = frozenset({"seconds_in_stage"})

# Together with the space between them they are no longer than a name.
FirstName = Annotated[str, Field(min_length=1, max_length=120)]
LastName = Annotated[str, Field(min_length=1, max_length=134)]
Phone = Annotated[str, Field(min_length=1, max_length=50)]
Line = Annotated[str, Field(min_length=1, max_length=255)]
Link = Annotated[str, Field(min_length=1, max_length=500)]
Source = Annotated[str, Field(min_length=1, max_length=100)]
Assignees = Annotated[
    list[ExternalId], Field(max_length=50, description="Ids of teammates who work on it, besides its owner.")
]
Reason = Annotated[str | None, Field(max_length=1000)]
PipelineReference = Annotated[str, Field(min_length=1, max_length=255)]
StageKey = Annotated[str, Field(min_length=1, max_length=50)]

EXAMPLE: dict[str, Any] = {
    "object": "lead",
    "id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "display_id": 31,
    "name": "Ines Moreau",
    "first_name": "Ines",
    "last_name": "Moreau",
    "email": "ines@saltgrass.example",
    "phone": "+33 1 99 00 12 34",
    "company": "Saltgrass Swim",
    "title": "Head of E-commerce",
    "linkedin_url": "https://www.linkedin.example/in/ines-moreau",
    "location": "Marseille",
    "owner": "cmg8x0k4t0003a1b2c3d4e5f6",
    "owner_email": "maya@northwind.example",
    "assignees": [],
    "source": "api",
    "lead_source": "trade fair",
    "status": "open",
    "pipeline_id": "cmg8x0k4t000aa1b2c3d4e5f6",
    "stage": "new",
    "stage_entered_at": "2026-05-24T17:21:09.412Z",
    "seconds_in_stage": 0,
    "closed_at": None,
    "lost_reason": None,
    "customer_id": None,
    "onboarding_id": None,
    "created_by": "cmg8x0k4t0003a1b2c3d4e5f6",
    "last_message_at": None,
    "last_message_status": None,
    "labels": ["north"],
    "metadata": {},
    "archived": False,
    "created_at": "2026-05-24T17:21:09.412Z",
    "updated_at": "2026-05-24T17:21:09.412Z",
}
EXAMPLE_CREATE = {
    "first_name": "Ines",
    "last_name": "Moreau",
    "email": "ines@saltgrass.example",
    "company": "Saltgrass Swim",
    "lead_source": "trade fair",
}
EXAMPLE_UPDATE = {"title": "COO", "owner_email": "maya@northwind.example"}
EXAMPLE_MOVE = {"stage": "qualified", "reason": "Has a budget for this year"}
_NAME = "The whole name; instead of it, `first_name` and `last_name` make one."
_OWNER = "Id of the teammate who looks after it."
_OWNER_EMAIL = "The owner's e-mail; in a request another way to say who that is."


class LeadCreate(RequestModel):
    """Body of create-lead; it takes a ``name`` or a ``first_name``, and nothing else is required."""

    # Either will do, which validation could not tell by the name of a field.
    model_config = shown_as(EXAMPLE_CREATE, {"anyOf": [{"required": ["name"]}, {"required": ["first_name"]}]})

    name: Annotated[Name | None, Field(description=_NAME)] = None
    first_name: FirstName | None = None
    last_name: LastName | None = None
    email: Email | None = None
    phone: Phone | None = None
    company: Line | None = None
    title: Title | None = None
    linkedin_url: Link | None = None
    location: Line | None = None
    owner: Annotated[ExternalId | None, Field(description=_OWNER)] = None
    owner_email: Annotated[Email | None, Field(description=_OWNER_EMAIL)] = None
    assignees: Assignees = Field(default_factory=list)
    source: Source | None = "api"
    lead_source: Source | None = None
    pipeline: Annotated[
        PipelineReference | None, Field(description="The pipeline's `id` or `display_id`; the first one unless sent.")
    ] = None
    stage: Annotated[StageKey | None, Field(description="Its first open stage unless sent.")] = None
    labels: Labels = Field(default_factory=list)
    metadata: Metadata = None


class LeadUpdate(RequestModel):
    """Body of update-lead: only what is sent changes; ``null`` clears."""

    model_config = shown_as(EXAMPLE_UPDATE)

    name: Annotated[Name, Field(description=_NAME)] = UNSENT
    first_name: FirstName = UNSENT
    last_name: LastName | None = None
    email: Email | None = None
    phone: Phone | None = None
    company: Line | None = None
    title: Title | None = None
    linkedin_url: Link | None = None
    location: Line | None = None
    owner: Annotated[ExternalId | None, Field(description=_OWNER)] = None
    owner_email: Annotated[Email | None, Field(description=_OWNER_EMAIL)] = None
    assignees: Assignees = UNSENT
    source: Source | None = None
    lead_source: Source | None = None
    labels: Labels = UNSENT
    metadata: Metadata = None
    archived: Annotated[bool, Field(description="Takes the lead out of default lists, or back in.")] = UNSENT


class LeadMove(RequestModel):
    """Body of move-lead."""

    model_config = shown_as(EXAMPLE_MOVE)

    stage: Annotated[StageKey, Field(description="Key of an open or a lost stage; a lead is won with `win`.")]
    pipeline: Annotated[
        PipelineReference | None, Field(description="The pipeline's `id` or `display_id`, where it is another one.")
    ] = None
    reason: Annotated[
        Reason, Field(description="Why; kept with the stage transition, and as `lost_reason` where the stage is lost.")
    ] = None


class LeadListQuery(PageQuery):
    """Query of list-leads."""

    pipeline: Annotated[PipelineReference | None, Field(description="A pipeline's `id` or `display_id`.")] = None
    stage: Annotated[StageKey | None, Field(description="Key of a stage.")] = None
    status: Annotated[Annotated[str, OneOf(STATUSES)] | None, Field(description="The kind of the stage.")] = None
    owner: Annotated[ExternalId | None, Field(description="Id of a teammate, or `unassigned`.")] = None
    assignee: Annotated[ExternalId | None, Field(description="Id of a teammate.")] = None
    source: Annotated[Source | None, Field(description="By which door it came.")] = None
    lead_source: Annotated[Source | None, Field(description="What made it come.")] = None
    email: Annotated[Email | None, Field(description="In upper or lower case.")] = None
    archived: Annotated[
        str, OneOf(("true", "false")), Field(description="`true` shows the archived leads instead.")
    ] = "false"


class Lead(TypedDict):
    """A person who is no customer yet, or became one from here."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["lead"]
    id: Annotated[str, Field(description="Its id, which never changes; once won, the contact's as well.")]
    display_id: int
    name: Annotated[str, Field(description="The person's name.")]
    first_name: Annotated[str, Field(description="As it was sent, or the first word of the name.")]
    last_name: Annotated[str | None, Field(description="What follows the first name.")]
    email: Annotated[
        str | None,
        Field(
            json_schema_extra={"format": "email"},
            description="Stored in lower case; several leads may have the same one.",
        ),
    ]
    phone: Annotated[str | None, Field(description="As it was sent.")]
    company: Annotated[str | None, Field(description="Where they work.")]
    title: Annotated[str | None, Field(description="What they do there.")]
    linkedin_url: Annotated[str | None, Field(description="Their profile.")]
    location: Annotated[str | None, Field(description="Where they are.")]
    owner: Annotated[str | None, Field(description=_OWNER)]
    owner_email: Annotated[str | None, Field(json_schema_extra={"format": "email"}, description=_OWNER_EMAIL)]
    assignees: Assignees
    source: Annotated[str | None, Field(description="By which door it came; `api` unless it says another.")]
    lead_source: Annotated[str | None, Field(description="What made it come, such as a fair or a friend.")]
    status: Annotated[str, OneOf(STATUSES), Field(description="The kind of its stage.")]
    pipeline_id: Annotated[str, Field(description="The pipeline's cuid.")]
    stage: Annotated[str, Field(description="Key of its stage in the pipeline.")]
    stage_entered_at: Annotated[Timestamp, Field(description="Since when it is in its stage.")]
    seconds_in_stage: Annotated[int, Field(description="For how many seconds it has been in its stage.")]
    closed_at: Annotated[Timestamp | None, Field(description="When it was won or lost.")]
    lost_reason: Annotated[str | None, Field(description="Why it was lost, where somebody said so.")]
    customer_id: Annotated[str | None, Field(description="Cuid of the customer that it was won as.")]
    onboarding_id: Annotated[str | None, Field(description="Cuid of the onboarding that its win started.")]
    created_by: Annotated[
        str | None, Field(description="Id of the teammate who added it, by hand or with an API key of theirs.")
    ]
    last_message_at: Annotated[Timestamp | None, Field(description="When the latest message went to or from it.")]
    last_message_status: Annotated[str | None, Field(description="What became of the latest message.")]
    labels: Annotated[list[str], Field(description="Words of your own to tell leads apart by.")]
    metadata: Annotated[dict[str, Any], Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")]
    archived: Annotated[bool, Field(description="Whether default lists leave it out.")]
    created_at: Timestamp
    updated_at: Timestamp


class LeadList(TypedDict):
    """A page of leads, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Lead]
    has_more: bool
    next_cursor: str | None


def present_lead(row: LeadRow, now: datetime) -> dict[str, Any]:
    """Return the lead as the API, events and the timeline show it: a ``Lead`` whose metadata is text.

    Args:
        row: the lead.
        now: the instant that ``seconds_in_stage`` is counted to.
    """
    return {
        "object": "lead",
        "id": row.id,
        "display_id": row.display_id,
        "name": row.name,
        "first_name": first_name_of(row.name, row.first_name),
        "last_name": last_name_of(row.name, row.first_name),
        "email": row.email,
        "phone": row.phone,
        "company": row.company,
        "title": row.title,
        "linkedin_url": row.linkedin_url,
        "location": row.location,
        "owner": row.owner_id,
        "owner_email": row.owner_email,
        "assignees": row.assignee_ids,
        "source": row.source,
        "lead_source": row.lead_source,
        "status": row.status,
        "pipeline_id": row.pipeline_id,
        "stage": row.stage,
        "stage_entered_at": to_iso(row.stage_entered_at),
        "seconds_in_stage": max(int((now - row.stage_entered_at).total_seconds()), 0),
        "closed_at": to_iso_or_none(row.closed_at),
        "lost_reason": row.lost_reason,
        "customer_id": row.customer_id,
        "onboarding_id": row.won_onboarding_id,
        "created_by": row.created_by,
        "last_message_at": to_iso_or_none(row.last_message_at),
        "last_message_status": row.last_message_status,
        "labels": row.labels,
        "metadata": orjson.Fragment(row.metadata),
        "archived": row.archived_at is not None,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }
