"""What is done with the chosen tasks of a plan; moving them is shown before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.bulk import TasksAssign, TasksShift, assign_tasks, reopen_completed_at, shift_tasks, take_back
from pivotal_server.tasks.completion import complete_tasks
from pivotal_server.tasks.impact import Impact, impact_of
from pivotal_server.tasks.page_forms import read_task_form
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.tasks.request_schemas import TasksComplete
from pivotal_server.timeline.edits import name_of
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.tasks.rescheduling import Outcome
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.forms import Form
    from pivotal_server.web.page import Page

Model = TypeVar("Model", bound=BaseModel)

pages = PageRoutes()


@pages.post("/onboardings/{onboarding}/tasks/bulk")
async def change_chosen(page: Page, onboarding: str) -> Response:
    """Complete, hand over or move the chosen tasks."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    doing = {"complete": _complete, "assign": _assign, "shift": _shift}.get(page.field("do"))
    if doing is None:
        raise ApiError(400, "http_exception", "Choose what is to be done with the tasks.")
    return await doing(page, row)


@pages.post("/onboardings/{onboarding}/tasks/reopen")
async def reopen_chosen(page: Page, onboarding: str) -> Response:
    """Take the completion of several tasks back, which is known by its instant."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    at = validate(PageQuery, {"cursor": page.query_params.get("at", "")}).before
    outcome = await page.commit(lambda change: reopen_completed_at(change, row.id, at))
    return page.done(page.came_from or f"/onboardings/{row.display_id}", f"Reopened {_count(len(outcome.rows))}")


@pages.post("/onboardings/{onboarding}/tasks/bulk/{bulk_edit}/undo")
async def undo(page: Page, onboarding: str, bulk_edit: str) -> Response:
    """Give several tasks back who or what they had before."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    undone, left = await page.commit(lambda change: take_back(change, row.id, bulk_edit))
    told = f"; {left} had been changed since and stay" if left else ""
    return page.done(page.came_from or f"/onboardings/{row.display_id}", f"{_count(undone)} as before{told}")


async def _complete(page: Page, onboarding: OnboardingRow) -> Response:
    form = _required(page.read_form(TasksComplete))
    rows = await page.commit(lambda change: complete_tasks(change, onboarding.id, form))
    at = max(row.completed_at for row in rows if row.completed_at)
    undo = f"/onboardings/{onboarding.display_id}/tasks/reopen?at={to_cursor(at)}"
    return page.done(f"/onboardings/{onboarding.display_id}", f"Completed {_count(len(rows))}", undo=undo)


async def _assign(page: Page, onboarding: OnboardingRow) -> Response:
    body = _required(read_task_form(page, TasksAssign))
    begun: list[datetime] = []

    async def work(change: Change) -> Outcome:
        begun.append(change.at)
        return await assign_tasks(change, onboarding.id, body)

    await page.commit(work)
    told = f"Assigned {_count(len(body.task_ids))}"
    return page.done(f"/onboardings/{onboarding.display_id}", told, undo=_undo(page, onboarding, begun))


async def _shift(page: Page, onboarding: OnboardingRow) -> Response:
    form = page.read_form(TasksShift)
    if form.body is None and "task_ids" in form.errors:
        raise ApiError(400, "http_exception", "Choose the tasks first.")
    body = form.body
    if body is None:
        return await _show_shift(page, onboarding, form, None)
    if page.field("confirmed"):
        begun: list[datetime] = []

        async def work(change: Change, body: TasksShift) -> Outcome:
            begun.append(change.at)
            return await shift_tasks(change, onboarding.id, body)

        outcome = await page.submit(form, work)
        if outcome is None:
            return await _show_shift(page, onboarding, form, None)
        told, undo = f"Moved {_count(len(outcome.moves))}", _undo(page, onboarding, begun)
        return page.redirect(f"/onboardings/{onboarding.id}", toast=told, undo=undo if outcome.moves else None)
    view = await read_plan(page.connection, page.actor, onboarding, page.services.clock.now())
    try:
        outcome = await page.preview(lambda change: shift_tasks(change, onboarding.id, body))
    except ApiError as error:
        form.refuse(error)
        return await _show_shift(page, onboarding, form, None)
    return await _show_shift(page, onboarding, form, impact_of(view, outcome.moves))


async def _show_shift(page: Page, onboarding: OnboardingRow, form: Form[TasksShift], impact: Impact | None) -> Response:
    status = 200 if form.valid else UNPROCESSABLE
    chosen = [value for value in page.sent.getlist("task_ids") if isinstance(value, str)]
    return page.render(
        "tasks/shift.html", block="form", status=status, onboarding=onboarding, form=form, impact=impact, chosen=chosen
    )


def _undo(page: Page, onboarding: OnboardingRow, begun: list[datetime]) -> str:
    return f"/onboardings/{onboarding.display_id}/tasks/bulk/{name_of(begun[-1], page.id)}/undo"


def _required(form: Form[Model]) -> Model:
    """Return the body of a form that only our own controls fill in.

    Raises:
        ApiError: 400 with what is wrong.
    """
    if form.body is None:
        message = "Choose the tasks first." if "task_ids" in form.errors else next(iter(form.errors.values()))
        raise ApiError(400, "http_exception", message)
    return form.body


def _count(tasks: int) -> str:
    return f"{tasks} {'task' if tasks == 1 else 'tasks'}"
