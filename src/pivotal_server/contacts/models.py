"""The shape of a contact."""

from datetime import datetime
from typing import NamedTuple


class ContactRow(NamedTuple):
    """A contact as stored. ``customer_id`` is a cuid; ``metadata`` is JSON text."""

    id: str
    display_id: int
    customer_id: str
    name: str
    email: str
    title: str | None
    phone: str | None
    linkedin_url: str | None
    location: str | None
    is_primary: bool
    labels: list[str]
    metadata: str
    last_message_at: datetime | None
    last_message_status: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None


class ListedContact(NamedTuple):
    """A contact as lists of everybody show it, with a customer or not yet.

    Attributes:
        company: the customer's name, where there is one.
        first_name: as it was given; it may not be the beginning of the name any more.
    """

    id: str
    display_id: int
    name: str
    first_name: str | None
    email: str | None
    phone: str | None
    title: str | None
    company: str | None
    linkedin_url: str | None
    location: str | None
    status: str
    pipeline_id: str | None
    stage: str | None
    owner_id: str | None
    created_by: str | None
    assignee_ids: list[str]
    created_at: datetime
    updated_at: datetime
