"""Phases and phase transitions over the API (documentation: Onboarding phases)."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, Count, Name, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.onboardings.models import TransitionRow
from pivotal_server.onboardings.phases import Phase, PhaseKind
from pivotal_server.onboardings.schemas import PhaseKey
from pivotal_server.timeline.schemas import TimelineActor

EXAMPLE_PHASE = {
    "object": "phase",
    "key": "program_design",
    "name": "Program design",
    "position": 2,
    "target_days": 14,
    "kind": "normal",
    "retired_at": None,
    "moved_to": None,
}
EXAMPLE_TRANSITION: dict[str, Any] = {
    "object": "phase_transition",
    "id": "cmg8x0k4t0008a1b2c3d4e5f6",
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "from_phase": "before_getting_started",
    "to_phase": "program_design",
    "actor": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "reason": "Requirements are signed off",
    "time_in_phase_seconds": 345600,
    "time_waiting_seconds": 0,
    "created_at": "2026-05-24T17:21:09.412Z",
}


TargetDays = Annotated[
    Count,
    Field(le=3650, description="Days that the phase should take; 0 where it has no target."),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 3650}),
]
Position = Annotated[
    Count,
    Field(ge=1, description="Its place in the order, from 1; the terminal phase is always the last."),
    WithJsonSchema({"type": "integer", "minimum": 1}),
]
Kind = Annotated[
    PhaseKind,
    OneOf(get_args(PhaseKind)),
    Field(description="There is exactly one `terminal` phase and at most one `launch` phase."),
]


class PhaseCreate(RequestModel):
    """Body of create-phase."""

    model_config = shown_as({"name": "Security review", "target_days": 5, "position": 3})

    key: Annotated[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")] | None,
        Field(description="Made of the name unless it is sent. It never changes, and no later phase gets it."),
    ] = None
    name: Name
    target_days: TargetDays
    kind: Kind = "normal"
    position: Annotated[Position | None, Field(description="Before the terminal phase unless it is sent.")] = None


class PhaseUpdate(RequestModel):
    """Body of update-phase: only what is sent changes."""

    model_config = shown_as({"name": "Customer sign-off", "position": 2})

    name: Name = UNSENT
    target_days: TargetDays = UNSENT
    kind: Kind = UNSENT
    position: Position = UNSENT


class PhaseListQuery(RequestModel):
    """Query of list-phases."""

    retired: Annotated[
        str, OneOf(("true", "false")), Field(description="`true` lists the retired phases instead, the last one first.")
    ] = "false"


class PhaseRetireQuery(RequestModel):
    """Query of retire-phase."""

    move_to: Annotated[
        PhaseKey | None,
        Field(
            description="Where its onboardings go: the phase before it unless given, or after it if it is the first."
        ),
    ] = None


class PhaseResource(TypedDict):
    """A phase of the workspace."""

    __pydantic_config__ = shown_as(EXAMPLE_PHASE)  # type: ignore[misc]

    object: Literal["phase"]
    key: Annotated[str, Field(description="What `phase` of an onboarding holds.")]
    name: Annotated[str, Field(description="For people.")]
    position: Annotated[
        int, Field(description="Its place in the order, from 1; the terminal phase is always the last.")
    ]
    target_days: Annotated[int, Field(description="Days that the phase should take; 0 where it has no target.")]
    kind: Annotated[
        PhaseKind, Field(description="Entering `launch` launches an onboarding, entering `terminal` completes it.")
    ]
    retired_at: Annotated[Timestamp | None, Field(description="Since when no onboarding can be in it.")]
    moved_to: Annotated[str | None, Field(description="Of a retired phase: where its onboardings went.")]


class PhaseList(TypedDict):
    """All phases of the workspace, in order."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_PHASE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[PhaseResource]
    has_more: bool
    next_cursor: str | None


class PhaseTransition(TypedDict):
    """An onboarding's step into a phase, and what the phase before it took."""

    __pydantic_config__ = shown_as(EXAMPLE_TRANSITION)  # type: ignore[misc]

    object: Literal["phase_transition"]
    id: str
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    from_phase: Annotated[str | None, Field(description="`null` where the onboarding began.")]
    to_phase: Annotated[str, Field(description="Key of the phase that it entered.")]
    actor: Annotated[TimelineActor, Field(description="Who moved it.")]
    reason: Annotated[str | None, Field(description="Why, where somebody said so.")]
    time_in_phase_seconds: Annotated[
        int | None,
        Field(
            description="What the SLA clock showed when `from_phase` was left: seconds without waits. `null` where the "
            "onboarding began, or the clock went on because the phase only got another name."
        ),
    ]
    time_waiting_seconds: Annotated[
        int | None, Field(description="Seconds in `from_phase` in which the onboarding waited on the customer.")
    ]
    created_at: Timestamp


class PhaseTransitionList(TypedDict):
    """A page of phase transitions, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_TRANSITION))  # type: ignore[misc]

    object: Literal["list"]
    data: list[PhaseTransition]
    has_more: bool
    next_cursor: str | None


def present_phase(phase: Phase) -> dict[str, Any]:
    """Return the phase as the API shows it."""
    return {
        "object": "phase",
        "key": phase.key,
        "name": phase.name,
        "position": phase.position,
        "target_days": phase.target_days,
        "kind": phase.kind,
        "retired_at": to_iso_or_none(phase.retired_at),
        "moved_to": phase.moved_to,
    }


def present_transition(row: TransitionRow) -> dict[str, Any]:
    """Return the phase transition as the API shows it."""
    return {
        "object": "phase_transition",
        "id": row.id,
        "onboarding_id": row.onboarding_id,
        "from_phase": row.from_phase,
        "to_phase": row.to_phase,
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "reason": row.reason,
        "time_in_phase_seconds": row.seconds_in_phase,
        "time_waiting_seconds": row.seconds_waiting,
        "created_at": to_iso(row.created_at),
    }
