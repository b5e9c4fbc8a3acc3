"""Moves and launch date shifts over the API (documentation: Onboardings, moves)."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import EXAMPLE_KEYWORD, UNSENT, RequestModel, Timestamp, shown_as
from pivotal_server.onboardings.models import LaunchDateShiftRow
from pivotal_server.onboardings.schemas import PhaseKey, Reason
from pivotal_server.timeline.schemas import TimelineActor

WhyMoved = Annotated[Reason | None, Field(description="Why; kept with the phase transition and the timeline entry.")]

_EXAMPLE_SEND_BACK = {"to": "program_design", "reason": "The customer wants other tiers"}
EXAMPLE_SHIFT: dict[str, Any] = {
    "object": "launch_date_shift",
    "id": "cmg8x0k4t000aa1b2c3d4e5f6",
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "from_date": "2026-07-15T00:00:00.000Z",
    "to_date": "2026-07-22T00:00:00.000Z",
    "days": 7,
    "reason": "The store's new theme goes live a week later",
    "actor": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "created_at": "2026-06-24T10:02:51.730Z",
}


class Advance(RequestModel):
    """Body of advance-onboarding."""

    model_config = shown_as({"reason": "Requirements are signed off"})

    reason: WhyMoved = None


class SendBack(RequestModel):
    """Body of send-back-onboarding."""

    # A missing reason is told by a code of its own, which validation could not.
    model_config = ConfigDict(
        json_schema_extra={EXAMPLE_KEYWORD: orjson.dumps(_EXAMPLE_SEND_BACK).decode(), "required": ["reason"]}
    )

    to: Annotated[PhaseKey | None, Field(description="An earlier phase; the one before unless it is sent.")] = None
    reason: Annotated[Reason, Field(pattern=r"\S", description="Why; kept with the phase transition.")] = UNSENT


class Skip(RequestModel):
    """Body of skip-onboarding."""

    model_config = shown_as({"to": "launch", "reason": "Migrated from another program: nothing to build"})

    to: Annotated[PhaseKey, Field(description="A phase beyond the next one.")]
    reason: WhyMoved = None


class LaunchDateShift(TypedDict):
    """A change of an onboarding's target launch date."""

    __pydantic_config__ = shown_as(EXAMPLE_SHIFT)  # type: ignore[misc]

    object: Literal["launch_date_shift"]
    id: str
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    from_date: Annotated[Timestamp | None, Field(description="`null` where there was no target.")]
    to_date: Annotated[Timestamp | None, Field(description="`null` where the target was cleared.")]
    days: Annotated[
        int | None,
        Field(description="Later by so many calendar days, earlier where negative; `null` unless both dates are set."),
    ]
    reason: Annotated[str | None, Field(description="Why, where somebody said so.")]
    actor: Annotated[TimelineActor, Field(description="Who changed it.")]
    created_at: Timestamp


class LaunchDateShiftList(TypedDict):
    """A page of launch date shifts, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_SHIFT))  # type: ignore[misc]

    object: Literal["list"]
    data: list[LaunchDateShift]
    has_more: bool
    next_cursor: str | None


def present_shift(row: LaunchDateShiftRow) -> dict[str, Any]:
    """Return the launch date shift as the API shows it."""
    return {
        "object": "launch_date_shift",
        "id": row.id,
        "onboarding_id": row.onboarding_id,
        "from_date": to_iso_or_none(row.from_date),
        "to_date": to_iso_or_none(row.to_date),
        "days": row.days,
        "reason": row.reason,
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "created_at": to_iso(row.created_at),
    }
