"""REST routes of tasks."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query

from pivotal_server.core.errors import invalid_field
from pivotal_server.core.pagination import page
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.tasks import actions, completion, queries
from pivotal_server.tasks.origin import origin_of
from pivotal_server.tasks.plan import explained, load_plan
from pivotal_server.tasks.plan_schemas import EXAMPLE_PREVIEW, PlanPreview, TaskWithChain, present_move
from pivotal_server.tasks.request_schemas import (
    TaskComplete,
    TaskCreate,
    TaskListQuery,
    TaskMoveTo,
    TaskReopen,
    TasksComplete,
    TaskUpdate,
)
from pivotal_server.tasks.rescheduling import Outcome
from pivotal_server.tasks.schemas import (
    Task,
    TaskList,
    due_page,
    present,
    whole,
)
from pivotal_server.timeline.change import Change

router = APIRouter(prefix="/api/v1", tags=["tasks"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]

_CYCLE = conflict("dependency_cycle", "Tasks would wait for each other: Design (#312) → Review (#313) → Design (#312).")


@router.get("/tasks", operation_id="list-tasks", summary="List tasks", response_model=TaskList, responses=errors(400))
async def list_tasks(call: Reader, query: Annotated[TaskListQuery, Query()]) -> Reply:
    """Tasks of the whole workspace, newest first; those of deleted onboardings and customers are left out.

    With `order=due`, and wherever the due date is asked for, soonest due first. `next_cursor` of one page is the
    `cursor` of the next in either order.
    """
    if query.order == "created" and query.asks_for_due:
        raise invalid_field("order", "What is asked for by its due date comes in the order of due dates.")
    rows = await queries.list_tasks(call.connection, call.actor, query, call.services.clock.now())
    return reply(due_page(rows, query.limit) if query.by_due else page(rows, query.limit, present))


@router.get(
    "/onboardings/{id}/tasks", operation_id="list-onboarding-tasks", summary="List an onboarding's tasks",
    response_model=TaskList, responses=errors(404),
)  # fmt: skip
async def list_onboarding_tasks(call: Reader, id: str) -> Reply:  # noqa: A002 - the contract's name
    """The whole plan on one page: by phase and position, subtasks right after their parent."""
    onboarding = await get_onboarding(call.connection, call.actor, id)
    return reply(whole([present(row) for row in await queries.list_plan(call.connection, call.actor, onboarding.id)]))


@router.post(
    "/onboardings/{id}/tasks", operation_id="create-task", summary="Add a task to an onboarding", response_model=Task,
    status_code=201,
    responses={
        **errors(400, 404), **_CYCLE,
        200: {"model": PlanPreview, "content": {"application/json": {"example": EXAMPLE_PREVIEW}}},
    },
)  # fmt: skip
async def create_task(call: Writer, id: str, body: TaskCreate) -> Reply:  # noqa: A002
    """Adds a task, and a date to it. With `dry_run: true`, answers 200 with what would move, and adds nothing."""
    if body.dry_run:
        return await call.commit(lambda change: actions.create_task(change, id, body), _preview, dry_run=True)
    return await call.commit(
        lambda change: actions.create_task(change, id, body), _task,
        status=201, location=lambda outcome: f"/api/v1/tasks/{outcome.task.id}",
    )  # fmt: skip


@router.post(
    "/onboardings/{id}/tasks/complete", operation_id="complete-tasks", summary="Complete tasks of an onboarding",
    response_model=TaskList, responses=errors(400, 404) | conflict("open_subtasks", "Design has 2 open subtasks."),
)  # fmt: skip
async def complete_tasks(call: Writer, id: str, body: TasksComplete) -> Reply:  # noqa: A002
    """Completes up to 500 tasks, all or none of them, and answers them in the order of the request."""
    return await call.commit(
        lambda change: completion.complete_tasks(change, id, body), lambda rows: whole([present(row) for row in rows])
    )


@router.get(
    "/tasks/{id}", operation_id="get-task", summary="Retrieve a task", response_model=TaskWithChain,
    responses=errors(404),
)  # fmt: skip
async def get_task(call: Reader, id: str) -> Reply:  # noqa: A002
    """One task, by `id` or `display_id`. `chain` tells why it is due when it is, back to the root cause."""
    row = await queries.get_task(call.connection, call.actor, id)
    onboarding = await get_onboarding(call.connection, call.actor, row.onboarding_id, deleted=True)
    plan = await load_plan(call.connection, call.actor.workspace_id, onboarding)
    template = await origin_of(call.connection, call.actor.workspace_id, row)
    return reply(present(row) | {"chain": explained(plan, row.id), "template": template})


@router.patch(
    "/tasks/{id}", operation_id="update-task", summary="Update a task", response_model=Task | PlanPreview,
    responses={**errors(400, 404), **_CYCLE},
)  # fmt: skip
async def update_task(call: Writer, id: str, body: TaskUpdate) -> Reply:  # noqa: A002
    """Changes the fields that are sent, and moves what depends on it. Naming an assignee replaces the one there is.

    With `dry_run: true`, answers a `plan_preview` with what would move, and changes nothing.
    """
    return await _commit(call, body, lambda change: actions.update_task(change, id, body))


@router.delete(
    "/tasks/{id}", operation_id="delete-task", summary="Delete a task", response_model=Deleted, responses=errors(404)
)
async def delete_task(call: Writer, id: str) -> Reply:  # noqa: A002
    """Soft delete, of its subtasks too; nothing depends on them any more. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_task(change, id), present_deleted)


@router.post(
    "/tasks/{id}/complete", operation_id="complete-task", summary="Complete a task", response_model=Task | PlanPreview,
    responses=errors(400, 404) | conflict("open_subtasks", "Design has 2 open subtasks."),
)  # fmt: skip
async def complete_task(call: Writer, id: str, body: TaskComplete) -> Reply:  # noqa: A002
    """Completes a task, and moves what depends on it. The last open subtask completes its parent."""
    return await _commit(call, body, lambda change: completion.complete_task(change, id, body))


@router.post(
    "/tasks/{id}/reopen", operation_id="reopen-task", summary="Reopen a task", response_model=Task | PlanPreview,
    responses=errors(404) | conflict("undo_expired", "A task can be reopened for 30 days after it was completed."),
)  # fmt: skip
async def reopen_task(call: Writer, id: str, body: TaskReopen) -> Reply:  # noqa: A002
    """Takes a completion back, within thirty days.

    A subtask reopens its parent; subtasks that were completed together with their parent are reopened with it.
    """
    return await _commit(call, body, lambda change: completion.reopen_task(change, id, body))


@router.post(
    "/tasks/{id}/move", operation_id="move-task", summary="Move a task to another place", response_model=Task,
    responses=errors(400, 404),
)  # fmt: skip
async def move_task(call: Writer, id: str, body: TaskMoveTo) -> Reply:  # noqa: A002
    """Gives a task another place in its phase, or in another one, where its subtasks follow. Others make room."""
    return await call.commit(lambda change: actions.move_task(change, id, body), _task)


@router.post(
    "/tasks/{id}/pin", operation_id="pin-task", summary="Pin a task", response_model=Task,
    responses=errors(404) | conflict("pin_limit_reached", "An onboarding has at most 3 pinned tasks and comments."),
)  # fmt: skip
async def pin_task(call: Writer, id: str) -> Reply:  # noqa: A002
    """Pins a task to the top of its onboarding, which has room for three."""
    return await call.commit(lambda change: actions.pin_task(change, id, pinned=True), present)


@router.delete(
    "/tasks/{id}/pin", operation_id="unpin-task", summary="Unpin a task", response_model=Task, responses=errors(404)
)
async def unpin_task(call: Writer, id: str) -> Reply:  # noqa: A002
    """Takes a task from the top of its onboarding."""
    return await call.commit(lambda change: actions.pin_task(change, id, pinned=False), present)


async def _commit(
    call: Call, body: TaskUpdate | TaskComplete | TaskReopen, work: Callable[[Change], Awaitable[Outcome]]
) -> Reply:
    """Run an action, or preview it where the body says so."""
    return await call.commit(work, _preview if body.dry_run else _task, dry_run=body.dry_run)


def _task(outcome: Outcome) -> dict[str, Any]:
    return present(outcome.task)


def _preview(outcome: Outcome) -> dict[str, Any]:
    moves = [present_move(move, row) for move, row in outcome.moves]
    return {"object": "plan_preview", "task": present(outcome.task), "moves": moves}
