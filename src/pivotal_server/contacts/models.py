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
    is_primary: bool
    labels: list[str]
    metadata: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None
