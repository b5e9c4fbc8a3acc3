"""Applying a template over the API, in and out."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from pivotal_server.core.validation import Count, ExternalId, RequestModel, shown_as
from pivotal_server.onboardings.schemas import PhaseKey
from pivotal_server.tasks.plan_schemas import EXAMPLE_MOVE, TaskMove
from pivotal_server.tasks.request_schemas import DryRun
from pivotal_server.tasks.schemas import EXAMPLE as EXAMPLE_TASK
from pivotal_server.tasks.schemas import Task
from pivotal_server.templates.content import MAX_TASKS, TaskKey
from pivotal_server.templates.schemas import EXAMPLE

_LAST_VERSION = 999_999_999

EXAMPLE_APPLICATION: dict[str, Any] = {
    "object": "template_application",
    "onboarding_id": EXAMPLE_TASK["onboarding_id"],
    "template_id": EXAMPLE["id"],
    "version": EXAMPLE["version"],
    "dry_run": True,
    "tasks": [EXAMPLE_TASK | {"template_task_key": "brand_assets"}],
    "moves": [EXAMPLE_MOVE],
}


class TemplateApply(RequestModel):
    """Body of apply-template."""

    model_config = shown_as({"template_id": "4", "phases": ["program_design"], "dry_run": True})

    template_id: Annotated[ExternalId, Field(description="Cuid or display_id of the template.")]
    version: Annotated[
        Annotated[
            Count,
            Field(ge=1, le=_LAST_VERSION),
            WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _LAST_VERSION}),
        ]
        | None,
        Field(description="Number of the version; the current one unless it is sent."),
    ] = None
    phases: Annotated[
        list[PhaseKey] | None, Field(min_length=1, max_length=100, description="Only the tasks of these phases.")
    ] = None
    task_keys: Annotated[
        list[TaskKey] | None,
        Field(min_length=1, max_length=MAX_TASKS, description="Only these tasks, each with all its subtasks."),
    ] = None
    again: Annotated[bool, Field(description="`true`: tasks that landed before may land a second time.")] = False
    dry_run: DryRun = False


class TemplateApplication(TypedDict):
    """The tasks that landed, or that would."""

    __pydantic_config__ = shown_as(EXAMPLE_APPLICATION)  # type: ignore[misc]

    object: Literal["template_application"]
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    template_id: Annotated[str, Field(description="The template's cuid.")]
    version: Annotated[int, Field(description="Number of the version that was applied.")]
    dry_run: Annotated[bool, Field(description="Whether this only tells what would happen.")]
    tasks: Annotated[list[Task], Field(description="In the template's order, subtasks right after their task.")]
    moves: Annotated[list[TaskMove], Field(description="Tasks of before whose due date moves.")]
