"""Tasks as requests tell them (documentation: API reference, Tasks)."""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from pivotal_server.calendars.working_days import FIRST_YEAR, LAST_YEAR
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import (
    EXAMPLE_KEYWORD,
    UNSENT,
    DateTime,
    ExternalId,
    Name,
    OneOf,
    RequestModel,
    parse_datetime,
    shown_as,
)
from pivotal_server.onboardings.schemas import PhaseKey
from pivotal_server.tasks.models import MAX_TASKS, ROLES, RULES, STATUSES

MAX_DESCRIPTION_BYTES = 100_000
MAX_DEPENDENCIES = 100
MAX_BULK = 500
_FIRST_DAY, _LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
_DATE_TIME_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time"})


def _check_counted(day: date) -> date:
    if day < _FIRST_DAY:
        raise PydanticCustomError("too_small", f"Date must be {_FIRST_DAY} or later")
    if day > _LAST_DAY:
        raise PydanticCustomError("too_big", f"Date must be {_LAST_DAY} or earlier")
    return day


def _parse_day(value: object) -> date:
    """Return the day of a datetime as it is written: what was read and is sent back stays the same day everywhere."""
    parse_datetime(value)
    return _check_counted(date.fromisoformat(str(value)[:10]))


def _check_counted_instant(instant: datetime) -> datetime:
    _check_counted(instant.date())
    return instant


def _check_description(value: str) -> str:
    if len(value.encode()) > MAX_DESCRIPTION_BYTES:
        raise PydanticCustomError("too_big", f"The description must be at most {MAX_DESCRIPTION_BYTES} bytes")
    return value


def _integer(first: int, last: int) -> Any:  # noqa: ANN401 - a type
    bounds = WithJsonSchema({"type": "integer", "minimum": first, "maximum": last})
    whole = BeforeValidator(lambda value: int(value) if isinstance(value, float) and value.is_integer() else value)
    return Annotated[int, Field(ge=first, le=last), whole, bounds]


Day = Annotated[date, BeforeValidator(_parse_day), _DATE_TIME_SCHEMA]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_BYTES), AfterValidator(_check_description)]
Days: Any = _integer(-1000, 1000)
Duration: Any = _integer(1, 365)
Lag: Any = _integer(0, 365)
Position: Any = _integer(1, MAX_TASKS)
TaskReference = Annotated[ExternalId, Field(description="Cuid or display_id of a task of the same onboarding.")]
DryRun = Annotated[bool, Field(description="`true`: answer what would change, and change nothing.")]

_EXAMPLE_DUE = {"type": "phase", "days": 5}
# Which of the fields go with which type.
_DUE_OPTIONS = [
    {"properties": {"type": {"enum": ["fixed"]}, "date": {"type": "string"}}, "required": ["date"]},
    {"properties": {"type": {"enum": ["start", "phase", "launch"]}, "days": {"type": "integer"}}, "required": ["days"]},
    {
        "properties": {"type": {"enum": ["task"]}, "days": {"type": "integer"}, "task_id": {"type": "string"}},
        "required": ["days", "task_id"],
    },
]


class DueRule(RequestModel):
    """When a task is due: on a date, or so many working days from the onboarding's start, its phase, launch, a task."""

    model_config = ConfigDict(
        json_schema_extra={EXAMPLE_KEYWORD: orjson.dumps(_EXAMPLE_DUE).decode(), "oneOf": _DUE_OPTIONS}  # type: ignore[dict-item]
    )

    type: Annotated[
        str,
        OneOf(RULES),
        Field(
            description="What it counts from: nothing (`fixed`), the onboarding's start, its phase, launch, or a task."
        ),
    ]
    date: Annotated[Day | None, Field(description="Of the type `fixed`: the day; the time is not looked at.")] = None
    days: Annotated[
        Days | None, Field(description="Of all others: working days after the anchor, or before it where negative.")
    ] = None
    task_id: Annotated[TaskReference | None, Field(description="Of the type `task`: what it counts from.")] = None

    def check(self) -> None:
        """Return where everything is there that goes with the type.

        Raises:
            ApiError: 400 with the field that is missing.
        """
        needed = {"fixed": ("date",), "task": ("days", "task_id")}.get(self.type, ("days",))
        for name in needed:
            if getattr(self, name) is None:
                raise ApiError(400, "invalid_type", "Required", field=f"due.{name}")


class DependencyIn(RequestModel):
    """A task that has to be finished before."""

    task_id: TaskReference
    lag_days: Annotated[Lag, Field(description="Working days that have to lie in between.")] = 0


class TaskFields(RequestModel):
    """What may be set on a task; ``null`` clears."""

    description: Annotated[Description | None, Field(description="Markdown, up to 100 kB.")] = None
    assignee_id: Annotated[ExternalId | None, Field(description="Id of a teammate in this workspace.")] = None
    assignee_role: Annotated[
        Annotated[str, OneOf(ROLES)] | None, Field(description="Whoever has this part in the onboarding.")
    ] = None
    assignee_contact_id: Annotated[
        ExternalId | None, Field(description="Cuid or display_id of a contact of the same customer.")
    ] = None
    due: Annotated[DueRule | None, Field(description="Without it, what it depends on decides.")] = None
    due_date: Annotated[Day | None, Field(description="Short for `due` with the type `fixed`.")] = None

    def check_due(self) -> None:
        """Return where ``due`` is whole, and not said in two ways.

        Raises:
            ApiError: 400 with the field at fault.
        """
        if {"due", "due_date"} <= self.model_fields_set:
            raise invalid_field("due_date", "Send due or due_date, not both.")
        if self.due is not None:
            self.due.check()


class TaskCreate(TaskFields):
    """Body of create-task; only the title is required."""

    model_config = shown_as(
        {
            "title": "Send us your brand assets",
            "description": "Logo as SVG, colours and fonts.",
            "phase": "program_design",
            "assignee_contact_id": "12",
            "due": _EXAMPLE_DUE,
            "depends_on": [{"task_id": "311"}],
            "visible_in_portal": True,
        }
    )

    title: Name
    phase: Annotated[
        PhaseKey, Field(description="The onboarding's current phase unless it is sent; a subtask is in its parent's.")
    ] = UNSENT
    parent_id: Annotated[
        ExternalId | None, Field(description="Makes it a subtask of this task, which may be no subtask itself.")
    ] = None
    duration_days: Annotated[Duration, Field(description="Working days that it takes, the due date included.")] = 1
    depends_on: Annotated[list[DependencyIn], Field(max_length=MAX_DEPENDENCIES)] = Field(default_factory=list)
    visible_in_portal: bool = False
    position: Annotated[Position, Field(description="Its place, from 1; the last unless it is sent.")] = UNSENT
    dry_run: DryRun = False


class TaskUpdate(TaskFields):
    """Body of update-task: only what is sent changes."""

    model_config = shown_as({"due_date": "2026-06-05T00:00:00Z"})

    title: Name = UNSENT
    phase: Annotated[PhaseKey, Field(description="Its subtasks come along; it becomes the last there.")] = UNSENT
    duration_days: Annotated[Duration, Field(description="Working days that it takes, the due date included.")] = UNSENT
    depends_on: Annotated[
        list[DependencyIn], Field(max_length=MAX_DEPENDENCIES, description="Replaces all that it depended on.")
    ] = UNSENT
    visible_in_portal: bool = UNSENT
    dry_run: DryRun = False


class TaskComplete(RequestModel):
    """Body of complete-task."""

    model_config = shown_as({"completed_at": "2026-06-01T15:30:00Z"})

    completed_at: Annotated[
        Annotated[DateTime, AfterValidator(_check_counted_instant), _DATE_TIME_SCHEMA] | None,
        Field(description="When it was done, if that was earlier than now."),
    ] = None
    subtasks: Annotated[bool, Field(description="`true` completes its open subtasks as well.")] = False
    dry_run: DryRun = False


class TaskReopen(RequestModel):
    """Body of reopen-task."""

    model_config = shown_as({"dry_run": True})

    dry_run: DryRun = False


class TasksComplete(RequestModel):
    """Body of complete-tasks."""

    model_config = shown_as({"task_ids": ["312", "313"]})

    task_ids: Annotated[
        list[TaskReference], Field(min_length=1, max_length=MAX_BULK, description="All of them are completed, or none.")
    ]


class TaskMoveTo(RequestModel):
    """Body of move-task."""

    model_config = shown_as({"phase": "review", "position": 1})

    phase: Annotated[PhaseKey, Field(description="Where it stands unless it is sent.")] = UNSENT
    position: Annotated[Position, Field(description="Its place, from 1; beyond the last, it becomes the last.")]


class TaskListQuery(PageQuery):
    """Query of list-tasks."""

    assignee_id: Annotated[ExternalId | None, Field(description="The teammate's id.")] = None
    assignee_contact_id: Annotated[str | None, Field(description="The contact's display_id or cuid.")] = None
    onboarding_id: Annotated[str | None, Field(description="The onboarding's display_id or cuid.")] = None
    status: Annotated[
        Annotated[str, OneOf(STATUSES)] | None, Field(description="Only what is open, or what is done.")
    ] = None
    phase: Annotated[PhaseKey | None, Field(description="Only tasks of the phase with this key.")] = None
    due_before: Annotated[
        DateTime | None, _DATE_TIME_SCHEMA, Field(description="Only those whose due date is before this instant.")
    ] = None
    due_after: Annotated[
        DateTime | None, _DATE_TIME_SCHEMA, Field(description="Only those whose due date is after this instant.")
    ] = None
    overdue: Annotated[
        Annotated[str, OneOf(("true", "false"))] | None,
        Field(description="`true`: only open ones that were due before today."),
    ] = None
    updated_since: Annotated[
        DateTime | None, _DATE_TIME_SCHEMA, Field(description="Only what was updated at this instant or later.")
    ] = None
    order: Annotated[
        Annotated[str, OneOf(("created", "due"))] | None,
        Field(
            description="`created`: newest first. `due`: soonest due first, without those that have no due date; the "
            "default where the due date is asked for, and then the only one."
        ),
    ] = None

    @property
    def by_due(self) -> bool:
        """Whether the list is in the order of due dates."""
        return self.order == "due" or self.asks_for_due

    @property
    def asks_for_due(self) -> bool:
        """Whether one of the filters is about the due date."""
        return self.overdue == "true" or not (self.due_before is self.due_after is None)
