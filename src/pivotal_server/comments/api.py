"""REST routes of comments."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pivotal_server.comments import actions, queries
from pivotal_server.comments.models import CommentRow
from pivotal_server.comments.schemas import Comment, CommentCreate, CommentList, CommentUpdate, present
from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.tasks.queries import get_task

router = APIRouter(prefix="/api/v1", tags=["comments"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]

_CLOSED: dict[int | str, dict[str, Any]] = conflict(
    "edit_window_closed", "A comment can be changed and deleted for 24 hours."
)


@router.get(
    "/onboardings/{id}/comments", operation_id="list-onboarding-comments", summary="List an onboarding's comments",
    response_model=CommentList, responses=errors(400, 404),
)  # fmt: skip
async def list_onboarding_comments(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """The comments on the onboarding itself, newest first; those on its tasks are with the tasks."""
    onboarding = await get_onboarding(call.connection, call.actor, id)
    rows = await queries.list_onboarding_comments(call.connection, call.actor, onboarding.id, query)
    return reply(page(rows, query.limit, present))


@router.post(
    "/onboardings/{id}/comments", operation_id="create-onboarding-comment", summary="Comment on an onboarding",
    response_model=Comment, status_code=201, responses=errors(400, 404),
)  # fmt: skip
async def create_onboarding_comment(call: Writer, id: str, body: CommentCreate) -> Reply:  # noqa: A002
    """Adds a comment, and makes the files that it names part of it."""
    return await call.commit(
        lambda change: actions.comment_on_onboarding(change, id, body), present, status=201, location=_location
    )


@router.get(
    "/tasks/{id}/comments", operation_id="list-task-comments", summary="List a task's comments",
    response_model=CommentList, responses=errors(400, 404),
)  # fmt: skip
async def list_task_comments(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """The comments on the task, newest first."""
    task = await get_task(call.connection, call.actor, id)
    rows = await queries.list_task_comments(call.connection, call.actor, task.id, query)
    return reply(page(rows, query.limit, present))


@router.post(
    "/tasks/{id}/comments", operation_id="create-task-comment", summary="Comment on a task", response_model=Comment,
    status_code=201, responses=errors(400, 404),
)  # fmt: skip
async def create_task_comment(call: Writer, id: str, body: CommentCreate) -> Reply:  # noqa: A002
    """Adds a comment, and makes the files that it names part of it."""
    return await call.commit(
        lambda change: actions.comment_on_task(change, id, body), present, status=201, location=_location
    )


@router.get(
    "/comments/{id}", operation_id="get-comment", summary="Retrieve a comment", response_model=Comment,
    responses=errors(404),
)  # fmt: skip
async def get_comment(call: Reader, id: str) -> Reply:  # noqa: A002
    """One comment, by `id` or `display_id`; it answers even where its task or onboarding was deleted."""
    return reply(present(await queries.get_comment(call.connection, call.actor, id)))


@router.patch(
    "/comments/{id}", operation_id="update-comment", summary="Edit a comment", response_model=Comment,
    responses=errors(400, 404) | _CLOSED,
)  # fmt: skip
async def update_comment(call: Writer, id: str, body: CommentUpdate) -> Reply:  # noqa: A002
    """Changes what your own comment says, for 24 hours; `edited_at` then shows when."""
    return await call.commit(lambda change: actions.update_comment(change, id, body), present)


@router.delete(
    "/comments/{id}", operation_id="delete-comment", summary="Delete a comment", response_model=Deleted,
    responses=errors(404) | _CLOSED,
)  # fmt: skip
async def delete_comment(call: Writer, id: str) -> Reply:  # noqa: A002
    """Takes your own comment back, for 24 hours: lists keep its place with `deleted: true`, its files are gone."""
    return await call.commit(lambda change: actions.delete_comment(change, id), present_deleted)


@router.post(
    "/comments/{id}/pin", operation_id="pin-comment", summary="Pin a comment", response_model=Comment,
    responses=errors(404) | conflict("pin_limit_reached", "An onboarding has at most 3 pinned tasks and comments."),
)  # fmt: skip
async def pin_comment(call: Writer, id: str) -> Reply:  # noqa: A002
    """Pins a comment to the top of its onboarding, which has room for three tasks and comments together."""
    return await call.commit(lambda change: actions.pin_comment(change, id, pinned=True), present)


@router.delete(
    "/comments/{id}/pin", operation_id="unpin-comment", summary="Unpin a comment", response_model=Comment,
    responses=errors(404),
)  # fmt: skip
async def unpin_comment(call: Writer, id: str) -> Reply:  # noqa: A002
    """Takes a comment from the top of its onboarding."""
    return await call.commit(lambda change: actions.pin_comment(change, id, pinned=False), present)


def _location(row: CommentRow) -> str:
    return f"/api/v1/comments/{row.id}"
