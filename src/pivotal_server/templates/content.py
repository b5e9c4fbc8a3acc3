"""What a version of a template says: the same in bodies, in the database and in YAML files."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from pivotal_server.core.validation import Name, OneOf, RequestModel, shown_as
from pivotal_server.onboardings.schemas import PhaseKey
from pivotal_server.tasks.models import ROLES
from pivotal_server.tasks.request_schemas import MAX_DEPENDENCIES, Days, Description, Duration, Lag

MAX_TASKS = 500
MAX_BYTES = 256 * 1024
RULES = ("start", "phase", "launch", "task")

EXAMPLE_TASK: dict[str, Any] = {
    "key": "brand_assets",
    "title": "Send us your brand assets",
    "description": "Logo as SVG, colours and fonts.",
    "assignee_role": None,
    "due": {"type": "phase", "days": 5, "task": None},
    "duration_days": 1,
    "depends_on": [{"task": "kickoff", "lag_days": 0}],
    "visible_in_portal": True,
    "links": [{"label": "What we need, in detail", "url": "https://help.northwind.example/brand-assets"}],
    "phase": "program_design",
    "subtasks": [],
}
_FIRST_TASK: dict[str, Any] = {
    "key": "kickoff",
    "title": "Hold the kickoff call",
    "phase": "before_getting_started",
    "assignee_role": "csm",
    "due": {"type": "start", "days": 3},
}
EXAMPLE_CONTENT: dict[str, Any] = {
    "name": "Loyalty programme",
    "description": "From the first call to the first reward.",
    "tasks": [
        _FIRST_TASK,
        {name: value for name, value in EXAMPLE_TASK.items() if name not in {"assignee_role", "subtasks"}}
        | {"due": {"type": "phase", "days": 5}},
    ],
}

TaskKey = Annotated[str, Field(max_length=100, pattern="^[a-z][a-z0-9_-]*$")]


class TemplateDue(RequestModel):
    """When a task is due: so many working days from the onboarding's start, its phase, launch, or another task."""

    type: Annotated[str, OneOf(RULES), Field(description="What it counts from.")]
    days: Annotated[Days, Field(description="Working days after the anchor, or before it where negative.")]
    task: Annotated[TaskKey | None, Field(description="Of the type `task`: the key of what it counts from.")] = None


class TemplateDependency(RequestModel):
    """A task of the template that has to be finished before."""

    task: Annotated[TaskKey, Field(description="Its key.")]
    lag_days: Annotated[Lag, Field(description="Working days that have to lie in between.")] = 0


class TemplateLink(RequestModel):
    """Something to read; it stands at the end of the task's description."""

    label: Annotated[Name, Field(description="What people see.")]
    url: Annotated[
        str,
        Field(max_length=2000, pattern="^https?://[^\\s<>]+$", description="Where it leads: `https://` or `http://`."),
    ]


class TemplateSubtask(RequestModel):
    """A part of a task, in the same phase."""

    key: Annotated[TaskKey, Field(description="Its name in the template; no other task or subtask has it.")]
    title: Annotated[Name, Field(description="What is to be done, in a line.")]
    description: Annotated[Description | None, Field(description="Markdown.")] = None
    assignee_role: Annotated[
        Annotated[str, OneOf(ROLES)] | None, Field(description="Whoever has this part in the onboarding.")
    ] = None
    due: Annotated[TemplateDue | None, Field(description="Without it, what it depends on decides.")] = None
    duration_days: Annotated[Duration, Field(description="Working days that it takes, the due date included.")] = 1
    depends_on: Annotated[
        list[TemplateDependency],
        Field(max_length=MAX_DEPENDENCIES, description="What has to be finished before it may start."),
    ] = Field(default_factory=list)
    visible_in_portal: Annotated[bool, Field(description="Whether the customer sees it.")] = False
    links: Annotated[list[TemplateLink], Field(max_length=20, description="What to read for it.")] = Field(
        default_factory=list
    )


class TemplateTask(TemplateSubtask):
    """A task that lands with the template."""

    phase: Annotated[PhaseKey, Field(description="Key of the phase that it belongs to.")]
    subtasks: Annotated[list[TemplateSubtask], Field(max_length=100, description="Its parts.")] = Field(
        default_factory=list
    )


class TemplateContent(RequestModel):
    """A template's name, description and tasks, in their order."""

    model_config = shown_as(EXAMPLE_CONTENT)

    name: Annotated[Name, Field(description="The template's name.")]
    description: Annotated[Description | None, Field(description="Markdown.")] = None
    tasks: Annotated[
        list[TemplateTask], Field(max_length=MAX_TASKS, description="Up to 500, their subtasks included.")
    ] = Field(default_factory=list)

    def everything(self) -> Iterator[tuple[str, TemplateTask, TemplateSubtask]]:
        """Yield every task and subtask with its path, such as ``tasks.3.subtasks.0``, and the task that it is of."""
        for place, task in enumerate(self.tasks):
            yield f"tasks.{place}", task, task
            for inner, subtask in enumerate(task.subtasks):
                yield f"tasks.{place}.subtasks.{inner}", task, subtask

    @property
    def phases(self) -> list[str]:
        """Keys of the phases that it has tasks in, each once."""
        return list(dict.fromkeys(task.phase for task in self.tasks))

    @property
    def task_count(self) -> int:
        """How many tasks and subtasks it has."""
        return sum(1 + len(task.subtasks) for task in self.tasks)
