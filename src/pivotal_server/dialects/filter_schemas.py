"""Contacts by filter, in and out (documentation: API reference, Contacts by filter)."""

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from pivotal_server.contacts.models import ListedContact
from pivotal_server.core.clock import to_iso
from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageNumber, parse_limit
from pivotal_server.core.validation import OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.leads.models import first_name_of, last_name_of
from pivotal_server.message_log.models import STATUSES

DEFAULT_SIZE, MAX_SIZE = 50, 200
MY, ALL, UNASSIGNED = "my", "all", "unassigned"
_STATUSES = ("open", "won", "lost", "customer")

EXAMPLE: dict[str, Any] = {
    "_id": "cmg8x0k4t000la1b2c3d4e5f6",
    "firstName": "Ines",
    "lastName": "Moreau",
    "phoneNumber": "+33 1 55 01 00 42",
    "email": "ines@harbour.example",
    "status": "open",
    "pipelineId": "cmg8x0k4t000pa1b2c3d4e5f6",
    "pipelineStage": "contacted",
    "organizationId": "org_8x0k4t0000a1b2c3d4e5f6g7",
    "userId": "cmg8x0k4t0001a1b2c3d4e5f6",
    "createdBy": "cmg8x0k4t0001a1b2c3d4e5f6",
    "assignees": ["cmg8x0k4t0002a1b2c3d4e5f6"],
    "createdAt": "2026-05-26T17:21:09.412Z",
    "updatedAt": "2026-06-02T08:14:55.031Z",
}

Text = Annotated[str, Field(min_length=1, max_length=255)]
PageSize = Annotated[
    int,
    Field(ge=1, le=MAX_SIZE, description="Page size, 1 to 200; 50 unless given."),
    BeforeValidator(parse_limit),
    WithJsonSchema({"type": "string", "pattern": "^([1-9][0-9]?|1[0-9][0-9]|200)$", "default": "50"}),
]
# What a range is, the server alone says; to programs it is a text.
_DAYS = '{"from": "2026-03-01", "to": "2026-03-31"}'
_HOURS = '{"from": "22:00", "to": "06:00"}'


class ContactByFilterQuery(RequestModel):
    """Query of list-contacts-by-filter."""

    page: PageNumber = 1
    size: PageSize = DEFAULT_SIZE
    source: Annotated[Text | None, Field(description="Only who came by this door, such as `api`.")] = None
    lead_source: Annotated[Text | None, Field(alias="leadSource", description="Only whom this made come.")] = None
    owner_filter: Annotated[
        str,
        OneOf((MY, ALL, UNASSIGNED)),
        Field(
            alias="ownerFilter",
            description="Whose contacts: of the teammate who made the key (`my`), everybody's, or those without an "
            "owner. Unless given, it is `my`, and where there is `owner`, `all`.",
        ),
    ] = MY
    status: Annotated[
        Annotated[str, OneOf(_STATUSES)] | None,
        Field(description="Only leads that are open, won or lost, or who was a customer's from the beginning."),
    ] = None
    pipeline_stage: Annotated[
        Text | None, Field(alias="pipelineStage", description="Only leads in the stage with this key.")
    ] = None
    pipeline_id: Annotated[
        Text | None, Field(alias="pipelineId", description="Only leads in this pipeline, by its `id` or `display_id`.")
    ] = None
    date_range: Annotated[
        Text | None,
        Field(
            alias="dateRange",
            description=f"Only who was added in this range: JSON such as `{_DAYS}`. Either end may be left out; "
            "a date is the whole day, in UTC.",
        ),
    ] = None
    owner: Annotated[Text | None, Field(description="Only contacts of this teammate, by id or e-mail.")] = None
    assignee: Annotated[
        Text | None, Field(description="Only who is assigned to this teammate, by id or e-mail; others may be as well.")
    ] = None
    message_status: Annotated[
        Annotated[str, OneOf(STATUSES)] | None,
        Field(alias="messageStatus", description="Only whose last message has this status."),
    ] = None
    last_message_time_range: Annotated[
        Text | None,
        Field(
            alias="lastMessageTimeRange",
            description=f"Only whose last message was sent at this time of the day, in UTC: JSON such as `{_HOURS}`, "
            "which is over midnight.",
        ),
    ] = None
    last_message_date_range: Annotated[
        Text | None,
        Field(
            alias="lastMessageDateRange",
            description="Only whose last message was sent in this range, written as in `dateRange`.",
        ),
    ] = None


class ContactByFilter(TypedDict):
    """A contact, whether under a customer or still a lead."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    _id: Annotated[str, Field(description="The contact's `id` of `/api/v1`.")]
    firstName: Annotated[str, Field(description="As it was given; otherwise the first word of the name.")]
    lastName: Annotated[str | None, Field(description="What follows the first name; `null` where nothing does.")]
    phoneNumber: Annotated[str | None, Field(description="Their telephone number, as it was given.")]
    email: Annotated[
        str | None, Field(json_schema_extra={"format": "email"}, description="`null` where nobody has told it yet.")
    ]
    status: Annotated[
        str,
        Field(
            description="Of a lead `open`, `won` or `lost`; `customer` for who was a customer's from the beginning.",
            json_schema_extra={"x-extensible-enum": [*_STATUSES]},
        ),
    ]
    pipelineId: Annotated[str | None, Field(description="The pipeline of a lead.")]
    pipelineStage: Annotated[str | None, Field(description="The key of the stage that a lead is in.")]
    organizationId: Annotated[str, Field(description="Your workspace.")]
    userId: Annotated[str | None, Field(description="The teammate who owns the contact.")]
    createdBy: Annotated[str | None, Field(description="The teammate who added them, by hand or with a key of theirs.")]
    assignees: Annotated[list[str], Field(description="The teammates whom they are assigned to.")]
    createdAt: Annotated[Timestamp, Field(description="When they were added.")]
    updatedAt: Annotated[Timestamp, Field(description="When they were last changed.")]


class ContactByFilterData(TypedDict):
    """A page of contacts, and how many there are."""

    contacts: Annotated[list[ContactByFilter], Field(description="The contacts of the page, the newest first.")]
    total: Annotated[int, Field(description="How many contacts are on all pages.")]
    page: Annotated[int, Field(description="The page that was asked for, from 1.")]
    size: Annotated[int, Field(description="How many contacts are on a page.")]


class ContactByFilterMeta(TypedDict):
    """Where in the whole list a page is."""

    page: Annotated[int, Field(description="The page that was asked for, from 1.")]
    size: Annotated[int, Field(description="How many contacts are on a page.")]
    pages: Annotated[int, Field(description="How many pages there are.")]
    hasMore: Annotated[bool, Field(description="Whether a page follows.")]


_META = {"page": 1, "size": DEFAULT_SIZE, "pages": 1, "hasMore": False}
_DATA = {"contacts": [EXAMPLE], "total": 1, "page": 1, "size": DEFAULT_SIZE}


class ContactByFilterPage(TypedDict):
    """A page of contacts, the newest first."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {"success": True, "data": _DATA, "meta": _META, "contacts": [EXAMPLE], "total": 1}
    )

    success: Annotated[Literal[True], Field(description="Whether the request succeeded.")]
    data: Annotated[ContactByFilterData, Field(description="What was asked for.")]
    meta: Annotated[ContactByFilterMeta, Field(description="Where in the whole list this page is.")]
    contacts: Annotated[list[ContactByFilter], Field(description="The same as `data.contacts`.")]
    total: Annotated[int, Field(description="The same as `data.total`.")]


class FilterErrorDetail(TypedDict):
    """A code for programs, and words for people."""

    code: Annotated[str, Field(description="What exactly it is; codes are those of `/api/v1`.")]
    message: Annotated[str, Field(description="For people. Its words may change.")]


class FilterError(TypedDict):
    """The answer of a request that did not succeed, at the path where contacts are filtered."""

    success: Annotated[Literal[False], Field(description="Whether the request succeeded.")]
    error: Annotated[FilterErrorDetail, Field(description="What is wrong.")]


def tell(error: ApiError) -> FilterError:
    """Return an error as this dialect tells it; the parameter that it is about stands before the words."""
    message = f"{error.field}: {error.message}" if error.field else error.message
    return {"success": False, "error": {"code": error.code, "message": message}}


def present_page(
    rows: list[ListedContact], total: int, organization_id: str, query: ContactByFilterQuery
) -> dict[str, Any]:
    """Return a page of contacts: a ``ContactByFilterPage``."""
    contacts = [_present(row, organization_id) for row in rows]
    pages = math.ceil(total / query.size)
    return {
        "success": True,
        "data": {"contacts": contacts, "total": total, "page": query.page, "size": query.size},
        "meta": {"page": query.page, "size": query.size, "pages": pages, "hasMore": query.page < pages},
        "contacts": contacts,
        "total": total,
    }


def _present(row: ListedContact, organization_id: str) -> dict[str, Any]:
    return {
        "_id": row.id,
        "firstName": first_name_of(row.name, row.first_name),
        "lastName": last_name_of(row.name, row.first_name),
        "phoneNumber": row.phone,
        "email": row.email,
        "status": row.status,
        "pipelineId": row.pipeline_id,
        "pipelineStage": row.stage,
        "organizationId": organization_id,
        "userId": row.owner_id,
        "createdBy": row.created_by,
        "assignees": row.assignee_ids,
        "createdAt": to_iso(row.created_at),
        "updatedAt": to_iso(row.updated_at),
    }
