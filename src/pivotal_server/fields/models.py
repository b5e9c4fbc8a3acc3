"""The shapes of custom fields and of tags."""

from datetime import datetime
from typing import Literal, NamedTuple

Resource = Literal["customer", "onboarding"]
FieldType = Literal["string", "number", "date", "select"]
RESOURCES: tuple[Resource, ...] = ("customer", "onboarding")
TYPES: tuple[FieldType, ...] = ("string", "number", "date", "select")


class FieldRow(NamedTuple):
    """A custom field as stored.

    Attributes:
        key: names the value in ``custom_fields``.
        options: what a ``select`` may hold; the others have none.
        position: where it stands among the fields of its resource.
        archived_at: since when new values are not held to it.
    """

    id: str
    display_id: int
    resource: Resource
    key: str
    name: str
    type: FieldType
    options: list[str]
    position: int
    description: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None


class TagRow(NamedTuple):
    """A tag, and how many customers or onboardings have it."""

    tag: str
    uses: int
