"""Stage transitions of leads over the API (documentation: Leads)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import Timestamp, shown_as
from pivotal_server.leads.models import TransitionRow
from pivotal_server.timeline.schemas import TimelineActor

EXAMPLE_TRANSITION: dict[str, Any] = {
    "object": "stage_transition",
    "id": "cmg8x0k4t000ba1b2c3d4e5f6",
    "lead_id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "from_pipeline_id": "cmg8x0k4t000aa1b2c3d4e5f6",
    "from_stage": "new",
    "from_name": "New",
    "to_pipeline_id": "cmg8x0k4t000aa1b2c3d4e5f6",
    "to_stage": "contacted",
    "to_name": "Contacted",
    "seconds_in_stage": 172800,
    "reason": None,
    "actor": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "created_at": "2026-05-26T17:21:09.412Z",
}


class StageTransition(TypedDict):
    """A lead's step into a stage, and how long it was in the one before."""

    __pydantic_config__ = shown_as(EXAMPLE_TRANSITION)  # type: ignore[misc]

    object: Literal["stage_transition"]
    id: str
    lead_id: Annotated[str, Field(description="The lead's cuid.")]
    from_pipeline_id: Annotated[str | None, Field(description="The pipeline that it left; `null` where it began.")]
    from_stage: Annotated[str | None, Field(description="Key of the stage that it left; `null` where it began.")]
    from_name: Annotated[str | None, Field(description="What that stage was called then.")]
    to_pipeline_id: Annotated[str, Field(description="The pipeline that it is in from then on.")]
    to_stage: Annotated[str, Field(description="Key of the stage that it entered.")]
    to_name: Annotated[str, Field(description="What that stage was called then.")]
    seconds_in_stage: Annotated[int | None, Field(description="How long it was in `from_stage`.")]
    reason: Annotated[str | None, Field(description="Why, where somebody said so.")]
    actor: Annotated[TimelineActor, Field(description="Who moved it.")]
    created_at: Timestamp


class StageTransitionList(TypedDict):
    """A page of a lead's stage transitions, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_TRANSITION))  # type: ignore[misc]

    object: Literal["list"]
    data: list[StageTransition]
    has_more: bool
    next_cursor: str | None


def present_transition(row: TransitionRow) -> dict[str, Any]:
    """Return the stage transition as the API shows it."""
    return {
        "object": "stage_transition",
        "id": row.id,
        "lead_id": row.contact_id,
        "from_pipeline_id": row.from_pipeline_id,
        "from_stage": row.from_stage,
        "from_name": row.from_name,
        "to_pipeline_id": row.to_pipeline_id,
        "to_stage": row.to_stage,
        "to_name": row.to_name,
        "seconds_in_stage": row.seconds_in_stage,
        "reason": row.reason,
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "created_at": to_iso(row.created_at),
    }
