"""Contacts by UUID, in and out (documentation: API reference, Contacts by UUID)."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.contacts.models import ListedContact
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import cuid_to_uuid
from pivotal_server.core.pagination import DEFAULT_LIMIT, Limit, PageNumber
from pivotal_server.core.validation import RequestModel, Timestamp, shown_as

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
    if error.field is None:
        return {"error": message}
    if message == "Required":
        return {"error": f"{error.field} is required"}
    return {"error": f"{error.field} is not valid: {message[0].lower()}{message[1:]}"}


def present_listed(row: ListedContact) -> dict[str, Any]:
    """Return the contact as lists show it: a ``ContactByUuidListed``."""
    first, last = _names(row.name, row.first_name)
    return {
        "id": cuid_to_uuid(row.id),
        "first_name": first,
        "last_name": last,
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


def to_seconds(instant: datetime) -> str:
    """Return an instant as this dialect writes it: in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _names(name: str, first_name: str | None) -> tuple[str, str | None]:
    """Return the first name, as it was given as long as the name begins with it, and what follows it."""
    begins = first_name and (name == first_name or name.startswith(f"{first_name} "))
    first = first_name if first_name and begins else name.strip().partition(" ")[0] or name
    return first, name.strip().removeprefix(first).strip() or None
