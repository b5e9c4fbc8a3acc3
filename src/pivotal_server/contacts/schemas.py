"""Contacts over the API, in and out (documentation: API reference, Contacts)."""

import re
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.contacts.models import ContactRow
from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.validation import UNSENT, Email, JsonObject, Name, OneOf, RequestModel, Timestamp, shown_as


def _check_address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise PydanticCustomError("invalid_string", "Invalid url")
    return value


_ADDRESS = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#]\S*)?", re.IGNORECASE)
Title = Annotated[str, Field(max_length=255)]
Phone = Annotated[str, Field(max_length=50)]
ProfileUrl = Annotated[
    str,
    Field(max_length=2048, json_schema_extra={"format": "uri"}, description="It begins with `https://` or `http://`."),
    AfterValidator(_check_address),
]
Location = Annotated[str, Field(max_length=255)]
Labels = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=50)]
Metadata = Annotated[JsonObject | None, Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")]

EXAMPLE: dict[str, Any] = {
    "object": "contact",
    "id": "cmg8x0k4t0005a1b2c3d4e5f6",
    "display_id": 12,
    "customer_id": "cmg8x0k4t0000a1b2c3d4e5f6",
    "name": "Mira Chen",
    "email": "mira@aurora.example",
    "title": "Head of Ops",
    "phone": "+49 30 901820",
    "linkedin_url": "https://www.linkedin.com/in/mira-chen",
    "location": "Berlin",
    "is_primary": True,
    "labels": ["billing", "technical"],
    "metadata": {},
    "last_message_at": "2026-05-26T17:20:00.000Z",
    "last_message_status": "delivered",
    "archived": False,
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}
EXAMPLE_CREATE = {
    "name": "Mira Chen",
    "email": "mira@aurora.example",
    "title": "Head of Ops",
    "phone": "+49 30 901820",
    "is_primary": True,
    "labels": ["billing", "technical"],
}
EXAMPLE_UPDATE = {"title": "COO", "is_primary": True}


class ContactCreate(RequestModel):
    """Body of create-customer-contact; name and e-mail are required."""

    model_config = shown_as(EXAMPLE_CREATE)

    name: Name
    email: Annotated[Email, Field(description="Unique among the customer's contacts; stored in lower case.")]
    title: Title | None = None
    phone: Phone | None = None
    linkedin_url: ProfileUrl | None = None
    location: Location | None = None
    is_primary: Annotated[
        bool,
        Field(description="Unless it is sent, a customer's first contact becomes primary and any other does not."),
    ] = UNSENT
    labels: Labels = Field(default_factory=list)
    metadata: Metadata = None


class ContactUpdate(RequestModel):
    """Body of update-contact: only what is sent changes; ``null`` clears."""

    model_config = shown_as(EXAMPLE_UPDATE)

    name: Name = UNSENT
    email: Annotated[Email, Field(description="Unique among the customer's contacts; stored in lower case.")] = UNSENT
    title: Title | None = None
    phone: Phone | None = None
    linkedin_url: ProfileUrl | None = None
    location: Location | None = None
    is_primary: Annotated[
        bool, Field(description="`true` takes the place of the customer's primary contact until now.")
    ] = UNSENT
    labels: Labels = UNSENT
    metadata: Metadata = None
    archived: Annotated[bool, Field(description="Takes the contact out of default lists, or back in.")] = UNSENT


class ContactListQuery(RequestModel):
    """Query of list-customer-contacts."""

    archived: Annotated[
        str, OneOf(("true", "false")), Field(description="`true` shows the archived contacts instead.")
    ] = "false"


class Contact(TypedDict):
    """A person at a customer."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["contact"]
    id: str
    display_id: int
    customer_id: Annotated[str, Field(description="The customer's cuid.")]
    name: Annotated[str, Field(description="The person's name.")]
    email: Annotated[
        str,
        Field(
            json_schema_extra={"format": "email"},
            description="Unique among the customer's contacts; stored in lower case.",
        ),
    ]
    title: Annotated[str | None, Field(description="What they do at the customer.")]
    phone: Annotated[str | None, Field(description="Their telephone number, as it was given.")]
    linkedin_url: Annotated[
        str | None, Field(description="Their profile on LinkedIn, or another web address of theirs.")
    ]
    location: Annotated[str | None, Field(description="Where they are, such as a city.")]
    is_primary: Annotated[
        bool, Field(description="Whether this is the one to write to first; a customer has one such contact at most.")
    ]
    labels: Annotated[list[str], Field(description="Words of your own to tell contacts apart by, such as `billing`.")]
    metadata: Annotated[dict[str, Any], Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")]
    last_message_at: Annotated[
        Timestamp | None, Field(description="When the newest message to or from them was sent; `null` without one.")
    ]
    last_message_status: Annotated[
        str | None,
        Field(
            description="How far that message got: `queued`, `sent`, `delivered`, `read`, `replied` or `failed`; "
            "`replied` also where it came from them."
        ),
    ]
    archived: Annotated[bool, Field(description="Whether default lists leave it out.")]
    created_at: Timestamp
    updated_at: Timestamp


class ContactList(TypedDict):
    """All contacts of a customer: the primary one first, then the newest."""

    __pydantic_config__ = shown_as({"object": "list", "data": [EXAMPLE]})  # type: ignore[misc]

    object: Literal["list"]
    data: list[Contact]


def present(row: ContactRow) -> dict[str, Any]:
    """Return the contact as the API, events and the timeline show it: a ``Contact`` whose metadata is text."""
    return {
        "object": "contact",
        "id": row.id,
        "display_id": row.display_id,
        "customer_id": row.customer_id,
        "name": row.name,
        "email": row.email,
        "title": row.title,
        "phone": row.phone,
        "linkedin_url": row.linkedin_url,
        "location": row.location,
        "is_primary": row.is_primary,
        "labels": row.labels,
        "metadata": orjson.Fragment(row.metadata),
        "last_message_at": to_iso_or_none(row.last_message_at),
        "last_message_status": row.last_message_status,
        "archived": row.archived_at is not None,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }
