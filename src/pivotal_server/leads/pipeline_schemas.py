"""Pipelines over the API, in and out (documentation: Leads)."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, Count, Name, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.leads.models import Pipeline, Stage, StageKind

KINDS: tuple[str, ...] = get_args(StageKind)
MAX_STAGES = 30

_STAGES: list[dict[str, Any]] = [
    {"key": "new", "name": "New", "position": 1, "kind": "open"},
    {"key": "contacted", "name": "Contacted", "position": 2, "kind": "open"},
    {"key": "won", "name": "Won", "position": 3, "kind": "won"},
    {"key": "lost", "name": "Lost", "position": 4, "kind": "lost"},
]
EXAMPLE: dict[str, Any] = {
    "object": "pipeline",
    "id": "cmg8x0k4t000aa1b2c3d4e5f6",
    "display_id": 2,
    "name": "Renewals",
    "position": 2,
    "stages": _STAGES,
    "created_at": "2026-05-24T17:21:09.412Z",
    "updated_at": "2026-05-24T17:21:09.412Z",
}
_KIND = "Leads are `open` until they come to a stage that is `won` or `lost`."
_SENT = [{"name": "New", "kind": "open"}, {"name": "Won", "kind": "won"}, {"name": "Lost", "kind": "lost"}]
_CHANGED = [
    {"key": "new", "name": "New"},
    {"key": "contacted", "name": "In touch"},
    {"name": "Trial"},
    {"key": "won", "name": "Won"},
    {"key": "lost", "name": "Lost"},
]


class StageBody(RequestModel):
    """A stage of a pipeline as a request names it."""

    key: Annotated[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")] | None,
        Field(description="Of a stage that there is; a new one gets a key made of its name, unless it is sent."),
    ] = None
    name: Annotated[Name, Field(description="For people.")]
    kind: Annotated[
        Annotated[StageKind, OneOf(KINDS)] | None,
        Field(description="What it has already, or `open` where it is new, unless it is sent."),
    ] = None


StageBodies = Annotated[
    list[StageBody],
    Field(
        min_length=1,
        max_length=MAX_STAGES,
        description="All of them, in order: one that is won, and at least one each that is open and lost.",
    ),
]
Position = Annotated[
    Count,
    Field(ge=1, description="Its place among the pipelines, from 1; leads that name none come to the first."),
    WithJsonSchema({"type": "integer", "minimum": 1}),
]


class PipelineCreate(RequestModel):
    """Body of create-pipeline."""

    model_config = shown_as({"name": "Partners", "stages": _SENT})

    name: Annotated[Name, Field(description="Unique in the workspace, in upper or lower case.")]
    stages: Annotated[
        StageBodies | None, Field(description="All of them, in order; those of a new workspace's pipeline unless sent.")
    ] = None
    position: Annotated[Position | None, Field(description="The last place unless it is sent.")] = None


class PipelineUpdate(RequestModel):
    """Body of update-pipeline: only what is sent changes."""

    model_config = shown_as({"stages": _CHANGED, "moved_stages": {"proposal": "contacted"}})

    name: Annotated[Name, Field(description="Unique in the workspace, in upper or lower case.")] = UNSENT
    position: Position = UNSENT
    stages: StageBodies = UNSENT
    moved_stages: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description="For each stage that is left out of `stages` and has leads: the stage that they go to, "
            "which has to be of the same kind.",
        ),
    ]


class PipelineStage(TypedDict):
    """A step of a pipeline."""

    key: Annotated[str, Field(description="What `stage` of a lead holds; unique in its pipeline, and never changed.")]
    name: Annotated[str, Field(description="For people.")]
    position: Annotated[int, Field(description="Its place in the order, from 1.")]
    kind: Annotated[StageKind, OneOf(KINDS), Field(description=_KIND)]


class PipelineResource(TypedDict):
    """A way that leads take, with its stages in order."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["pipeline"]
    id: str
    display_id: int
    name: Annotated[str, Field(description="For people; unique in the workspace.")]
    position: Annotated[
        int, Field(description="Its place among the pipelines, from 1; leads that name none come to the first.")
    ]
    stages: Annotated[list[PipelineStage], Field(description="In order. Leads begin in the first that is open.")]
    created_at: Timestamp
    updated_at: Timestamp


class PipelineList(TypedDict):
    """All pipelines of the workspace, in order."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[PipelineResource]
    has_more: bool
    next_cursor: str | None


def present_pipeline(pipeline: Pipeline) -> dict[str, Any]:
    """Return the pipeline as the API shows it."""
    row = pipeline.row
    return {
        "object": "pipeline",
        "id": row.id,
        "display_id": row.display_id,
        "name": row.name,
        "position": row.position,
        "stages": [present_stage(stage) for stage in pipeline.stages],
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def present_stage(stage: Stage) -> dict[str, Any]:
    """Return the stage as the API shows it."""
    return {"key": stage.key, "name": stage.name, "position": stage.position, "kind": stage.kind}
