"""The page of a task: what it is, why it is due when it is, its subtasks, what waits for it, and what is said on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.comments.thread import read_thread
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.plans.detail import path_of
from pivotal_server.tasks.plan import explained, load_plan
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.tasks.queries import get_task
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/tasks/{task}")
async def show_task(page: Page, task: str) -> Response:
    """Show a task."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    onboarding = await get_onboarding(page.connection, page.actor, row.onboarding_id, deleted=True)
    view = await read_plan(page.connection, page.actor, onboarding, page.services.clock.now())
    plan = await load_plan(page.connection, page.actor.workspace_id, onboarding)
    line = view.lines[row.id]
    return page.render(
        "plans/task.html",
        block="task",
        view=view,
        line=line,
        task=line.row,
        parent=view.lines.get(row.parent_id or ""),
        followers=[one for one in view.lines.values() if any(other.id == row.id for other, _ in one.waits_for)],
        chain=explained(plan, row.id),
        onboarding_path=path_of(onboarding),
        thread=await read_thread(page, onboarding, row),
    )
