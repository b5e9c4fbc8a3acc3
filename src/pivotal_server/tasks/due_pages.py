"""Why a task is due when it is, and moving it: what would follow is shown before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks import actions
from pivotal_server.tasks.impact import Impact, impact_of
from pivotal_server.tasks.page_forms import DUE_TYPES, read_task_form, task_values
from pivotal_server.tasks.plan import explained, load_plan
from pivotal_server.tasks.plan_view import PlanView, read_plan
from pivotal_server.tasks.queries import get_task
from pivotal_server.tasks.request_schemas import TaskUpdate
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.tasks.models import TaskRow
    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/tasks/{task}/due")
async def show_due(page: Page, task: str) -> Response:
    """Show the reasons of a task's date, down to the first, and the form that moves it."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    return await _show(page, row, Form(task_values(row)))


@pages.post("/tasks/{task}/due")
async def move_due(page: Page, task: str) -> Response:
    """Move a task to another date, or show what that would do where ``preview`` is sent."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    form = read_task_form(page, TaskUpdate)
    if page.field("preview"):
        return await _preview(page, row, form)
    outcome = await page.submit(form, lambda change, body: actions.update_task(change, row.id, body))
    if outcome is None:
        return await _show(page, row, form, status=UNPROCESSABLE)
    others = len(outcome.others)
    also = f"; {others} other {'task' if others == 1 else 'tasks'} moved with it" if others else ""
    return page.done(f"/onboardings/{row.onboarding_id}#task-{row.display_id}", f"Moved {row.title}{also}")


async def _preview(page: Page, row: TaskRow, form: Form[TaskUpdate]) -> Response:
    body = form.body
    if body is None:
        return await _show(page, row, form, status=UNPROCESSABLE)
    view = await _plan_of(page, row)
    try:
        outcome = await page.preview(lambda change: actions.update_task(change, row.id, body))
    except ApiError as error:
        form.refuse(error)
        return await _show(page, row, form, status=UNPROCESSABLE)
    return await _show(page, row, form, impact=impact_of(view, outcome.moves), view=view)


async def _plan_of(page: Page, row: TaskRow) -> PlanView:
    onboarding = await get_onboarding(page.connection, page.actor, row.onboarding_id, deleted=True)
    return await read_plan(page.connection, page.actor, onboarding, page.services.clock.now())


async def _show(
    page: Page,
    row: TaskRow,
    form: Form[TaskUpdate],
    *,
    status: int = 200,
    impact: Impact | None = None,
    view: PlanView | None = None,
) -> Response:
    view = view or await _plan_of(page, row)
    plan = await load_plan(page.connection, page.actor.workspace_id, view.onboarding)
    return page.render(
        "tasks/due_page.html",
        block="form",
        status=status,
        task=row,
        form=form,
        view=view,
        chain=explained(plan, row.id),
        due_types=list(DUE_TYPES.items()),
        impact=impact,
    )
