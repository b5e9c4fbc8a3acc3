"""Message templates over the API, in and out (documentation: Messages)."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.messages.catalogue import KINDS, REMINDER
from pivotal_server.messages.models import MergeField, Template, Text
from pivotal_server.messages.rendering import MAX_SUBJECT, fill

MAX_BODY = 20_000
_FORMATS = ("text", "markdown")


def _check_subject(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("invalid_string", "A subject is one line, without control characters")
    return value


def present_field(field: MergeField) -> dict[str, str]:
    """Return the merge field as the API shows it."""
    return {"name": field.name, "description": field.description, "example": field.example}


def present(template: Template) -> dict[str, Any]:
    """Return the message template as the API shows it."""
    kind, row = template.kind, template.row
    return {
        "object": "message_template",
        "key": kind.key,
        "name": kind.name,
        "description": kind.description,
        "format": _FORMATS[kind.markdown],
        "subject": template.text.subject,
        "body": template.text.body,
        "customized": row is not None,
        "merge_fields": [present_field(field) for field in kind.fields],
        "updated_at": None if row is None else to_iso(row.updated_at),
    }


def present_preview(template: Template, text: Text) -> dict[str, Any]:
    """Return a text with the examples of its merge fields in it, as the API shows it."""
    filled = fill(template.kind, text, {field.name: field.example for field in template.kind.fields})
    return {
        "object": "message_preview",
        "key": template.kind.key,
        "format": _FORMATS[template.kind.markdown],
        "subject": filled.subject,
        "body": filled.body,
    }


_DEFAULT = Template(REMINDER, None)
EXAMPLE = present(_DEFAULT)
EXAMPLE_UPDATE = {"subject": "{{customer.name}}: {{task_count}} for you"}

Subject = Annotated[str, Field(min_length=1, max_length=MAX_SUBJECT, pattern=r"\S"), AfterValidator(_check_subject)]
Body = Annotated[str, Field(min_length=1, max_length=MAX_BODY, pattern=r"\S")]


class MessageTemplateUpdate(RequestModel):
    """Body of update-message-template: only what is sent changes."""

    model_config = shown_as(EXAMPLE_UPDATE)

    subject: Annotated[Subject, Field(description="One line, with merge fields.")] = UNSENT
    body: Annotated[Body, Field(description="Plain text or Markdown, as `format` says, with merge fields.")] = UNSENT


class MessagePreviewRequest(RequestModel):
    """Body of preview-message-template: what is left out is as it holds."""

    model_config = shown_as(EXAMPLE_UPDATE)

    subject: Annotated[Subject, Field(description="The subject to try; the one that holds unless it is sent.")] = UNSENT
    body: Annotated[Body, Field(description="The text to try; the one that holds unless it is sent.")] = UNSENT


class MergeFieldResource(TypedDict):
    """What a text may ask for by `{{name}}`."""

    name: Annotated[str, Field(description="What stands between the braces.")]
    description: Annotated[str, Field(description="What it becomes.")]
    example: Annotated[str, Field(description="What previews show in its place.")]


class MessageTemplate(TypedDict):
    """A text that Pivotal writes to people."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["message_template"]
    key: Annotated[str, OneOf(tuple(KINDS), extensible=True), Field(description="Names it in paths.")]
    name: Annotated[str, Field(description="For people.")]
    description: Annotated[str, Field(description="Who gets it, and when.")]
    format: Annotated[str, OneOf(_FORMATS), Field(description="How `body` is written.")]
    subject: Annotated[str, Field(description="One line, with merge fields.")]
    body: Annotated[str, Field(description="The text, with merge fields.")]
    customized: Annotated[bool, Field(description="Whether the workspace has changed it.")]
    merge_fields: Annotated[list[MergeFieldResource], Field(description="What subject and body may ask for.")]
    updated_at: Annotated[Timestamp | None, Field(description="When it was changed last; `null` for our text.")]


class MessageTemplateList(TypedDict):
    """All message templates, on one page."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[MessageTemplate]
    has_more: bool
    next_cursor: str | None


class MessagePreview(TypedDict):
    """A text with the examples of its merge fields in it."""

    __pydantic_config__ = shown_as(present_preview(_DEFAULT, _DEFAULT.text))  # type: ignore[misc]

    object: Literal["message_preview"]
    key: Annotated[str, OneOf(tuple(KINDS), extensible=True), Field(description="The template's key.")]
    format: Annotated[str, OneOf(_FORMATS), Field(description="How `body` is written.")]
    subject: Annotated[str, Field(description="The subject, filled in.")]
    body: Annotated[str, Field(description="The text, filled in.")]
