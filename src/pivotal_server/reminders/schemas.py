"""Reminders over the API, in and out (documentation: Reminders)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.reminders.models import ORIGINS, STATUSES, ReminderRow
from pivotal_server.timeline.schemas import TimelineActor

EXAMPLE: dict[str, Any] = {
    "object": "reminder",
    "id": "cmg8x0k4t000ca1b2c3d4e5f6",
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "contact_id": "cmg8x0k4t0005a1b2c3d4e5f6",
    "email": "mira@aurora.example",
    "subject": "Aurora loyalty programme: 1 task waiting for you",
    "body": "Hi Mira,\n\nwe are looking forward to your part in Aurora loyalty programme. "
    "This is past its due date:\n\n- Send us your brand assets (was due on 2 June 2026)\n",
    "task_ids": ["cmg8x0k4t0009a1b2c3d4e5f6"],
    "origin": "schedule",
    "status": "sent",
    "sent_on": "2026-06-05",
    "actor": {"type": "system", "id": "reminders", "name": "Pivotal"},
    "created_at": "2026-06-05T07:00:02.118Z",
}
EXAMPLE_SEND = {"contact_id": "12", "dry_run": True}


class ReminderSend(RequestModel):
    """Body of send-reminders."""

    model_config = shown_as(EXAMPLE_SEND)

    contact_id: Annotated[
        str | None,
        Field(
            description="`id` or `display_id` of the only contact to remind; everybody who is late unless it is sent."
        ),
    ] = None
    dry_run: Annotated[bool, Field(description="`true`: answers what would be sent, and sends nothing.")] = False


class Reminder(TypedDict):
    """A mail to a contact about overdue tasks."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["reminder"]
    id: str
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    contact_id: Annotated[str, Field(description="Cuid of the contact who was reminded.")]
    email: Annotated[str, Field(json_schema_extra={"format": "email"}, description="Where it went.")]
    subject: Annotated[str, Field(description="The mail's subject.")]
    body: Annotated[str, Field(description="The mail's text.")]
    task_ids: Annotated[list[str], Field(description="What it is about, the longest overdue first.")]
    origin: Annotated[
        str, OneOf(ORIGINS), Field(description="Whether it came round by itself, or somebody asked for it.")
    ]
    status: Annotated[
        str, OneOf(STATUSES), Field(description="`suppressed`: a test key was at work, no mail was sent.")
    ]
    sent_on: Annotated[
        str, Field(json_schema_extra={"format": "date"}, description="The day by the customer's calendar.")
    ]
    actor: Annotated[TimelineActor, Field(description="Who asked for it, or Pivotal itself.")]
    created_at: Timestamp


class ReminderList(TypedDict):
    """Reminders, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Reminder]
    has_more: bool
    next_cursor: str | None


def present(row: ReminderRow) -> dict[str, Any]:
    """Return the reminder as the API shows it."""
    return {
        "object": "reminder",
        "id": row.id,
        "onboarding_id": row.onboarding_id,
        "contact_id": row.contact_id,
        "email": row.email,
        "subject": row.subject,
        "body": row.body,
        "task_ids": row.task_ids,
        "origin": row.origin,
        "status": row.status,
        "sent_on": row.sent_on.isoformat(),
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "created_at": to_iso(row.created_at),
    }
