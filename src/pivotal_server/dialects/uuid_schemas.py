"""Contacts by UUID, in and out (documentation: API reference, Contacts by UUID)."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.contacts.models import ListedContact
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import cuid_to_uuid
from pivotal_server.core.pagination import DEFAULT_LIMIT, Limit, PageNumber
from pivotal_server.core.validation import Email, RequestModel, Timestamp, shown_as
from pivotal_server.leads.models import LeadRow, first_name_of, last_name_of
from pivotal_server.leads.schemas import FirstName, LeadCreate

SOURCE = "v1_contacts"
EXAMPLE_ID = "0199e3b4-7a2c-7c41-9d3e-5f60718293a4"
EXAMPLE_LISTED: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "first_name": "Mira",
    "last_name": "Chen",
    "email": "mira@aurora.example",
    "job_title": "Head of Ops",
    "company": "Aurora Coffee",
    "linkedin_url": "https://linkedin.com/in/mira-chen",
}
EXAMPLE: dict[str, Any] = EXAMPLE_LISTED | {
    "location": "Lisbon, Portugal",
    "phone": "+351 21 555 0142",
    "created_at": "2026-05-26T17:21:09Z",
    "updated_at": "2026-06-02T08:14:55Z",
}
EXAMPLE_CREATED: dict[str, Any] = EXAMPLE_LISTED | {"created_at": "2026-05-26T17:21:09Z"}
EXAMPLE_CREATE = {name: value for name, value in EXAMPLE_LISTED.items() if name != "id"}


def _take_blank_for_none(value: object) -> object:
    """Take what is sent for fields that are not known, by tools that send all of them, for no value."""
    return None if isinstance(value, str) and not value.strip() else value


def _require_words(value: object) -> object:
    if _take_blank_for_none(value) is None:
        raise PydanticCustomError("missing", "")  # told in the documented words
    return value


_Blank = BeforeValidator(_take_blank_for_none)
_EMAIL = {"type": "string", "format": "email", "maxLength": 254}
_EMAIL_OR_BLANK = WithJsonSchema({"anyOf": [_EMAIL, {"type": ["string", "null"], "pattern": "^ *$"}]})


class ContactByUuidCreate(RequestModel):
    """Body of create-contact-by-uuid; only ``first_name`` is required."""

    model_config = shown_as(EXAMPLE_CREATE)

    first_name: Annotated[FirstName, BeforeValidator(_require_words), Field(description="What they are called.")]
    last_name: Annotated[
        Annotated[str, Field(max_length=134)] | None, _Blank, Field(description="The rest of their name.")
    ] = None
    email: Annotated[
        Email | None, _Blank, _EMAIL_OR_BLANK, Field(description="An e-mail address; others may have the same one.")
    ] = None
    job_title: Annotated[Annotated[str, Field(max_length=255)] | None, _Blank] = None
    company: Annotated[Annotated[str, Field(max_length=255)] | None, _Blank, Field(description="Where they work.")] = (
        None
    )
    linkedin_url: Annotated[Annotated[str, Field(max_length=500)] | None, _Blank] = None
    location: Annotated[Annotated[str, Field(max_length=255)] | None, _Blank] = None
    phone: Annotated[Annotated[str, Field(max_length=50)] | None, _Blank] = None

    def as_lead(self, owner: str | None) -> LeadCreate:
        """Return the lead that it asks for, which belongs to the teammate with this id."""
        fields = self.model_dump(exclude={"job_title"})
        return LeadCreate(**fields, title=self.job_title, source=SOURCE, owner=owner)


class ContactByUuidQuery(RequestModel):
    """Query of list-contacts-by-uuid."""

    page: PageNumber = 1
    limit: Annotated[Limit | None, Field(description="Page size, 1 to 100.")] = None
    per_page: Annotated[Limit | None, Field(description="The same as `limit`, which wins where both are sent.")] = None

    @property
    def size(self) -> int:
        """How many contacts are on a page."""
        return self.limit or self.per_page or DEFAULT_LIMIT


class ContactByUuidListed(TypedDict):
    """A contact as a list shows it."""

    __pydantic_config__ = shown_as(EXAMPLE_LISTED)  # type: ignore[misc]

    id: Annotated[str, Field(description="Its UUID: the contact's `id` of `/api/v1` in another notation.")]
    first_name: Annotated[str, Field(description="As it was given; otherwise the first word of the name.")]
    last_name: Annotated[str | None, Field(description="What follows the first name; `null` where nothing does.")]
    email: Annotated[
        str | None, Field(json_schema_extra={"format": "email"}, description="`null` where nobody has told it yet.")
    ]
    job_title: Annotated[str | None, Field(description="What they do at the company.")]
    company: Annotated[str | None, Field(description="The customer's name, once they are under a customer.")]
    linkedin_url: Annotated[str | None, Field(description="Their profile on LinkedIn.")]


class ContactByUuid(ContactByUuidListed):
    """A contact, whether under a customer or still a lead."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    location: Annotated[str | None, Field(description="Where they are.")]
    phone: Annotated[str | None, Field(description="Their telephone number, as it was given.")]
    created_at: Timestamp
    updated_at: Timestamp


class ContactByUuidCreated(ContactByUuidListed):
    """A contact as the answer shows it that says that it was made."""

    __pydantic_config__ = shown_as(EXAMPLE_CREATED)  # type: ignore[misc]

    created_at: Timestamp


class PagePosition(TypedDict):
    """Which page of how many contacts it is."""

    page: Annotated[int, Field(description="The page that was asked for, from 1.")]
    limit: Annotated[int, Field(description="How many contacts are on a page.")]
    total: Annotated[int, Field(description="How many contacts are on all pages.")]


class ContactByUuidPage(TypedDict):
    """A page of contacts, the newest first."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {"data": [EXAMPLE_LISTED], "pagination": {"page": 1, "limit": DEFAULT_LIMIT, "total": 1}}
    )

    data: list[ContactByUuidListed]
    pagination: Annotated[PagePosition, Field(description="Where in the whole list this page is.")]


class PlainError(TypedDict):
    """The answer of a request that did not succeed, at the paths where contacts have UUIDs."""

    error: Annotated[str, Field(description="What is wrong, in a sentence for people.")]


def tell(error: ApiError) -> PlainError:
    """Return an error as a sentence that names the field, where it is about one."""
    message = error.message.removesuffix(".")
    if error.field is None or error.code == "invalid_field":  # whose words are a sentence of their own
        return {"error": message}
    if message == "Required":
        return {"error": f"{error.field} is required"}
    return {"error": f"{error.field} is not valid: {message[0].lower()}{message[1:]}"}


def present_listed(row: ListedContact | LeadRow) -> dict[str, Any]:
    """Return the contact as lists show it: a ``ContactByUuidListed``."""
    return {
        "id": cuid_to_uuid(row.id),
        "first_name": first_name_of(row.name, row.first_name),
        "last_name": last_name_of(row.name, row.first_name),
        "email": row.email,
        "job_title": row.title,
        "company": row.company,
        "linkedin_url": row.linkedin_url,
    }


def present(row: ListedContact) -> dict[str, Any]:
    """Return the whole contact: a ``ContactByUuid``."""
    return present_listed(row) | {
        "location": row.location,
        "phone": row.phone,
        "created_at": to_seconds(row.created_at),
        "updated_at": to_seconds(row.updated_at),
    }


def present_created(row: LeadRow) -> dict[str, Any]:
    """Return the contact that was made: a ``ContactByUuidCreated``."""
    return present_listed(row) | {"created_at": to_seconds(row.created_at)}


def to_seconds(instant: datetime) -> str:
    """Return an instant as this dialect writes it: in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
