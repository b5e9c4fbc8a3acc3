"""Custom fields and tags over the API, in and out (documentation: Custom fields and tags)."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, Count, JsonObject, Name, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.fields.models import RESOURCES, TYPES, FieldRow, TagRow

MAX_FILTERS = 10
MAX_TAG = 100

Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=MAX_TAG)]], Field(max_length=50)]
CustomFields = Annotated[
    JsonObject | None,
    Field(
        description="Values by key, up to 16 KiB, replaced as a whole. Where the workspace has a custom field with the "
        "key the value has to fit it; others are kept as sent."
    ),
]


def _check_filters(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > MAX_FILTERS:
        raise PydanticCustomError("too_big", f"At most {MAX_FILTERS} custom fields can be asked for")
    return value


class FieldFilters(RequestModel):
    """Filters by tag and by custom fields, which several lists have."""

    tag: Annotated[str | None, Field(description="Only those that have this tag.")] = None
    custom_fields: Annotated[
        dict[str, str | dict[str, str]],
        Field(
            description="`custom_fields[key]=value`: only those whose field has this value. Numbers and dates can be "
            "compared as well: `custom_fields[key][gte]=value`, likewise `lte`, `gt` and `lt`. Where several are sent, "
            "all have to hold."
        ),
        AfterValidator(_check_filters),
        WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
    ] = Field(default_factory=dict)


EXAMPLE: dict[str, Any] = {
    "object": "custom_field",
    "id": "cmg8x0k4t0008a1b2c3d4e5f6",
    "display_id": 3,
    "resource": "customer",
    "key": "sales_region",
    "name": "Sales region",
    "type": "select",
    "options": ["EMEA", "North America", "APAC"],
    "position": 1,
    "description": "Whose quota the customer counts towards.",
    "archived": False,
    "created_at": "2026-05-12T08:30:00.120Z",
    "updated_at": "2026-05-12T08:30:00.120Z",
}
EXAMPLE_CREATE = {name: EXAMPLE[name] for name in ("resource", "key", "name", "type", "options")}
EXAMPLE_UPDATE = {"options": ["EMEA", "North America", "APAC", "LATAM"]}
EXAMPLE_TAG = {"object": "tag", "name": "retail", "count": 18}


def _check_options(value: list[str]) -> list[str]:
    if len(set(value)) < len(value):
        raise PydanticCustomError("invalid_field", "Every option can be there once")
    return value


FieldResource = Annotated[str, OneOf(RESOURCES)]
Options = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=100)]],
    Field(min_length=1, max_length=100, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_check_options),
]
Position = Annotated[
    Count, Field(ge=1, le=10_000), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 10_000})
]
Description = Annotated[str, Field(max_length=500)]


class CustomFieldCreate(RequestModel):
    """Body of create-custom-field; a ``select`` needs options."""

    model_config = shown_as(EXAMPLE_CREATE)

    resource: Annotated[FieldResource, Field(description="What has the field.")]
    key: Annotated[
        str,
        Field(min_length=1, max_length=50, pattern="^[a-z][a-z0-9_]*$", description="Its name in `custom_fields`."),
    ]
    name: Annotated[Name, Field(description="As people see it.")]
    type: Annotated[str, OneOf(TYPES), Field(description="Of the values; it never changes.")]
    options: Annotated[Options | None, Field(description="What a `select` may hold; no other type has options.")] = None
    position: Annotated[Position | None, Field(description="Behind all others unless it is sent.")] = None
    description: Description | None = None


class CustomFieldUpdate(RequestModel):
    """Body of update-custom-field: only what is sent changes; resource, key and type stay as they are."""

    model_config = shown_as(EXAMPLE_UPDATE)

    name: Name = UNSENT
    options: Annotated[Options, Field(description="All of them; one that is in use has to stay.")] = UNSENT
    position: Position = UNSENT
    description: Description | None = None
    archived: Annotated[
        bool, Field(description="`true`: new values are no longer held to the field; those that there are stay.")
    ] = UNSENT


class CustomFieldListQuery(RequestModel):
    """Query of list-custom-fields."""

    resource: Annotated[FieldResource | None, Field(description="Only the fields of this.")] = None
    archived: Annotated[
        str, OneOf(("true", "false")), Field(description="`true` shows the archived fields instead.")
    ] = "false"


class TagListQuery(RequestModel):
    """Query of list-tags."""

    resource: Annotated[FieldResource, Field(description="Whose tags: of customers unless it is sent.")] = "customer"
    prefix: Annotated[
        str, Field(max_length=MAX_TAG, description="What the tags begin with, in upper or lower case.")
    ] = ""


class CustomField(TypedDict):
    """A field that a workspace has given to its customers or onboardings."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["custom_field"]
    id: str
    display_id: int
    resource: Annotated[str, OneOf(RESOURCES), Field(description="What has the field.")]
    key: Annotated[str, Field(description="Its name in `custom_fields`.")]
    name: Annotated[str, Field(description="As people see it.")]
    type: Annotated[str, OneOf(TYPES), Field(description="Of the values; it never changes.")]
    options: Annotated[list[str], Field(description="What a `select` may hold; empty for every other type.")]
    position: Annotated[int, Field(description="Its place among the fields of its resource, from 1.")]
    description: Annotated[str | None, Field(description="Shown to people beside the field.")]
    archived: Annotated[bool, Field(description="Whether new values are no longer held to the field.")]
    created_at: Timestamp
    updated_at: Timestamp


class CustomFieldList(TypedDict):
    """All custom fields of the workspace or of one resource, in their order."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[CustomField]
    has_more: bool
    next_cursor: str | None


class Tag(TypedDict):
    """A tag that is in use."""

    object: Literal["tag"]
    name: Annotated[str, Field(description="The tag itself.")]
    count: Annotated[int, Field(description="How many have it, archived ones included.")]


class TagList(TypedDict):
    """Suggestions, most used first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_TAG))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Tag]
    has_more: bool
    next_cursor: str | None


def present(row: FieldRow) -> dict[str, Any]:
    """Return the field as the API and the timeline show it: a ``CustomField``."""
    return {
        "object": "custom_field",
        "id": row.id,
        "display_id": row.display_id,
        "resource": row.resource,
        "key": row.key,
        "name": row.name,
        "type": row.type,
        "options": row.options,
        "position": row.position,
        "description": row.description,
        "archived": row.archived_at is not None,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def present_tag(row: TagRow) -> dict[str, Any]:
    """Return the tag as the API shows it: a ``Tag``."""
    return {"object": "tag", "name": row.tag, "count": row.uses}
