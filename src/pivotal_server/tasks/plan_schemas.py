"""Why tasks are due when they are, and what would move them (documentation: API reference, Tasks)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.validation import OneOf, Timestamp, shown_as
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.origin import Origin
from pivotal_server.tasks.reasons import Step
from pivotal_server.tasks.scheduler import Move
from pivotal_server.tasks.schemas import EXAMPLE, KINDS, Task, midnight, reason_of

EXAMPLE_STEP: dict[str, Any] = {
    "kind": "phase",
    "task_id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "cause_task_id": None,
    "phase": "program_design",
    "days": 5,
    "days_off": 2,
    "duration_days": 1,
    "from_date": "2026-05-26T00:00:00.000Z",
    "start_date": "2026-06-02T00:00:00.000Z",
    "to_date": "2026-06-02T00:00:00.000Z",
    "sentence": EXAMPLE["due_reason"]["sentence"],
}
EXAMPLE_MOVE: dict[str, Any] = {
    "task_id": "cmg8x0k4t000ca1b2c3d4e5f6",
    "display_id": 313,
    "title": "Design the tiers",
    "from": "2026-06-05T00:00:00.000Z",
    "to": "2026-06-10T00:00:00.000Z",
    "days": 3,
    "reason": "Design the tiers is due on 10 June 2026: it follows Send us your brand assets (5 June 2026), and takes "
    "3 working days, not counting 2 days off.",
}
EXAMPLE_PREVIEW: dict[str, Any] = {"object": "plan_preview", "task": EXAMPLE, "moves": [EXAMPLE_MOVE]}


class ReasonStep(TypedDict):
    """Why one task is due, or finished, when it is; the next step explains what it counts from."""

    kind: Annotated[
        str,
        OneOf((*KINDS, "completed")),
        Field(description="The type of the rule, `dependency`, or `completed` where it was done on that day."),
    ]
    task_id: Annotated[str, Field(description="The task that the step is about.")]
    cause_task_id: Annotated[str | None, Field(description="The task of the next step.")]
    phase: Annotated[str | None, Field(description="Of the kind `phase`: its key.")]
    days: Annotated[
        int,
        Field(description="The rule's working days, the dependency's lag, or of `completed`, how late it was done."),
    ]
    days_off: Annotated[int, Field(description="Days between the two dates on which nobody works.")]
    duration_days: Annotated[int, Field(description="Working days that the task takes.")]
    from_date: Annotated[Timestamp | None, Field(description="The day that is counted from.")]
    start_date: Annotated[Timestamp | None, Field(description="The first of them, as its midnight in UTC.")]
    to_date: Annotated[Timestamp, Field(description="The day when it is due, or was done.")]
    sentence: Annotated[str, Field(description="The same in words.")]


class TaskWithChain(Task):
    """A task, and why it is due when it is, from itself back to the root cause."""

    __pydantic_config__ = shown_as(EXAMPLE | {"chain": [EXAMPLE_STEP], "template": None})  # type: ignore[misc]

    chain: Annotated[
        list[ReasonStep],
        Field(
            description="From the task itself to the root cause; each step explains what the one before counts from."
        ),
    ]
    template: Annotated[Origin | None, Field(description="The template that it came from.")]


# Functional, because ``from`` is a word of Python's.
TaskMove = TypedDict(
    "TaskMove",
    {
        "task_id": Annotated[str, Field(description="The task's cuid.")],
        "display_id": Annotated[int, Field(description="The task's number.")],
        "title": Annotated[str, Field(description="What is to be done, in a line.")],
        "from": Annotated[Timestamp | None, Field(description="When it was due.")],
        "to": Annotated[Timestamp | None, Field(description="When it is due.")],
        "days": Annotated[int | None, Field(description="Working days that it moves by; negative: it is due earlier.")],
        "reason": Annotated[str | None, Field(description="Why it is due when it then is, in words.")],
    },
)
TaskMove.__doc__ = "A task whose dates move."


class PlanPreview(TypedDict):
    """What a change would do; nothing of it is done."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        EXAMPLE_PREVIEW
    )

    object: Literal["plan_preview"]
    task: Annotated[Task, Field(description="The task as it would be.")]
    moves: Annotated[list[TaskMove], Field(description="All tasks whose due date would move, soonest due first.")]


def present_step(step: Step, said: str) -> dict[str, Any]:
    """Return a step of a task's chain as the API shows it, with its sentence."""
    return {
        "kind": step.kind,
        "task_id": step.task_id,
        "cause_task_id": step.cause_task_id,
        "phase": step.phase,
        "days": step.days,
        "days_off": step.days_off,
        "duration_days": step.duration_days,
        "from_date": midnight(step.from_on),
        "start_date": midnight(step.start_on),
        "to_date": midnight(step.to_on),
        "sentence": said,
    }


def present_move(move: Move, row: TaskRow) -> dict[str, Any]:
    """Return how a task moves, and why it is due when it then is, as the API shows it."""
    return {
        "task_id": row.id,
        "display_id": row.display_id,
        "title": row.title,
        "from": midnight(move.before.due_on),
        "to": midnight(move.after.due_on),
        "days": move.working_days,
        "reason": reason_of(row),
    }
