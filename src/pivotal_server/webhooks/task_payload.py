"""A task as its events carry it; subscribers can prepare for it before there are tasks."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.validation import OneOf, Timestamp, shown_as

EXAMPLE: dict[str, Any] = {
    "object": "task",
    "id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "display_id": 312,
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "customer_id": "cmg8x0k4t0000a1b2c3d4e5f6",
    "title": "Send us your brand assets",
    "description": "Logo as SVG, colours and fonts.",
    "phase": "program_design",
    "status": "open",
    "assignee_email": "mira@aurora.example",
    "due_date": "2026-06-02T00:00:00.000Z",
    "completed_at": None,
    "completed_by": None,
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}


class Task(TypedDict):
    """Something to be done in an onboarding."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["task"]
    id: str
    display_id: int
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    customer_id: Annotated[str, Field(description="The customer's cuid.")]
    title: str
    description: str | None
    phase: Annotated[str | None, Field(description="Key of the phase that it belongs to.")]
    status: Annotated[str, OneOf(("open", "completed"), extensible=True)]
    assignee_email: Annotated[str | None, Field(description="Of the teammate or contact who is to do it.")]
    due_date: Timestamp | None
    completed_at: Timestamp | None
    completed_by: Annotated[
        str | None,
        Field(description="A teammate's e-mail, `portal:contact_…` for a contact, or the automation's name."),
    ]
    created_at: Timestamp
    updated_at: Timestamp
