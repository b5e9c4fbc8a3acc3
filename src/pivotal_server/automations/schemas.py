"""Automations over the API, in and out (documentation: Launch automations)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.automations.models import AUTOMATIONS, STATES, RecapRow, RunRow, SettingsRow
from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, OneOf, RequestModel, Timestamp, shown_as

EXAMPLE: dict[str, Any] = {
    "object": "automations",
    "launch_message": True,
    "calendar_entry": False,
    "launch_recap": True,
    "updated_at": "2026-05-26T17:21:09.412Z",
}
EXAMPLE_RUN: dict[str, Any] = {
    "object": "automation_run",
    "id": "cmg8x0k4t000da1b2c3d4e5f6",
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "automation": "launch_message",
    "state": "done",
    "result": "Wrote to Maya Ruiz.",
    "event_id": "evt_mg8x0k4t000ea1b2c3d4e5f6",
    "launched_at": "2026-07-17T09:30:12.084Z",
    "created_at": "2026-07-17T09:30:12.402Z",
    "finished_at": "2026-07-17T09:30:12.518Z",
}
EXAMPLE_RECAP: dict[str, Any] = {
    "object": "launch_recap",
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "format": "markdown",
    "subject": "Aurora Cosmetics: from kickoff to launch",
    "body": "# Aurora loyalty programme is live\n\n"
    "Aurora Cosmetics started on 26 May 2026 and launched on 17 July 2026…",
    "launched_at": "2026-07-17T09:30:12.084Z",
    "created_at": "2026-07-17T09:30:12.518Z",
}


class AutomationsUpdate(RequestModel):
    """Body of update-automations: only what is sent changes."""

    model_config = shown_as({"calendar_entry": False})

    launch_message: bool = UNSENT
    calendar_entry: bool = UNSENT
    launch_recap: bool = UNSENT


class Automations(TypedDict):
    """Which of the things are on that happen when an onboarding launches."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["automations"]
    launch_message: Annotated[bool, Field(description="A mail to the CSM, in the words of the message template.")]
    calendar_entry: Annotated[bool, Field(description="An entry of the launch for the CSM's calendar, by mail.")]
    launch_recap: Annotated[bool, Field(description="The draft of a recap.")]
    updated_at: Annotated[Timestamp | None, Field(description="`null` as long as nobody has changed anything.")]


class AutomationRun(TypedDict):
    """What became of an automation after a launch."""

    __pydantic_config__ = shown_as(EXAMPLE_RUN)  # type: ignore[misc]

    object: Literal["automation_run"]
    id: str
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    automation: Annotated[str, OneOf(AUTOMATIONS), Field(description="Which of the automations ran.")]
    state: Annotated[
        str,
        OneOf(STATES),
        Field(description="`suppressed`: a test key launched it. `skipped`: `result` says who was missing."),
    ]
    result: Annotated[str | None, Field(description="What came of it, in a sentence; `null` while it is `queued`.")]
    event_id: Annotated[str, Field(description="The `onboarding.launched` that it follows.")]
    launched_at: Annotated[Timestamp, Field(description="When the onboarding launched.")]
    created_at: Timestamp
    finished_at: Annotated[Timestamp | None, Field(description="`null` while it is `queued`.")]


class AutomationRunList(TypedDict):
    """A page of runs, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_RUN))  # type: ignore[misc]

    object: Literal["list"]
    data: list[AutomationRun]
    has_more: bool
    next_cursor: str | None


class LaunchRecap(TypedDict):
    """The draft of a recap, for somebody to go over."""

    __pydantic_config__ = shown_as(EXAMPLE_RECAP)  # type: ignore[misc]

    object: Literal["launch_recap"]
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    format: Annotated[Literal["markdown"], Field(description="How `body` is written.")]
    subject: Annotated[str, Field(description="A line for the head of a mail.")]
    body: Annotated[str, Field(description="The recap itself.")]
    launched_at: Annotated[Timestamp, Field(description="When the onboarding launched.")]
    created_at: Timestamp


def present(row: SettingsRow | None) -> dict[str, Any]:
    """Return the switches as the API shows them; all are on as long as there is no row."""
    switches = dict.fromkeys(AUTOMATIONS, True) if row is None else {name: getattr(row, name) for name in AUTOMATIONS}
    return {"object": "automations", **switches, "updated_at": None if row is None else to_iso(row.updated_at)}


def present_run(row: RunRow) -> dict[str, Any]:
    """Return the run as the API shows it."""
    return {
        "object": "automation_run",
        "id": row.id,
        "onboarding_id": row.onboarding_id,
        "automation": row.automation,
        "state": row.state,
        "result": row.result,
        "event_id": row.event_id,
        "launched_at": to_iso(row.launched_at),
        "created_at": to_iso(row.created_at),
        "finished_at": to_iso_or_none(row.finished_at),
    }


def present_recap(row: RecapRow) -> dict[str, Any]:
    """Return the draft as the API shows it."""
    return {
        "object": "launch_recap",
        "onboarding_id": row.onboarding_id,
        "format": "markdown",
        "subject": row.subject,
        "body": row.body,
        "launched_at": to_iso(row.launched_at),
        "created_at": to_iso(row.created_at),
    }
