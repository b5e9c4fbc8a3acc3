"""Pages of tasks: what is done to one of them, in place or in a form of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks import actions, completion, meanwhile
from pivotal_server.tasks.page_forms import DUE_TYPES, chosen_dependencies, read_task_form, refuse_assignee, task_values
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.tasks.queries import get_task
from pivotal_server.tasks.request_schemas import TaskComplete, TaskCreate, TaskMoveTo, TaskReopen, TaskUpdate
from pivotal_server.tasks.restoring import restore_task
from pivotal_server.timeline.queries import who_changed
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.tasks.models import TaskRow
    from pivotal_server.tasks.rescheduling import Outcome
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_CONFLICT = 409


@pages.get("/onboardings/{onboarding}/plan")
async def plan(page: Page, onboarding: str) -> Response:
    """Show the tasks of an onboarding again: the part of its page that follows what everybody does to them."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if not page.wants_fragment:
        return page.redirect(f"/onboardings/{row.display_id}")
    view = await read_plan(page.connection, page.actor, row, page.services.clock.now())
    return page.fragment("tasks/plan.html", "plan", view=view, refreshed=True)


@pages.get("/onboardings/{onboarding}/tasks/new")
async def new_task(page: Page, onboarding: str) -> Response:
    """Show the form of a new task with everything that can be said of it."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    form: Form[TaskCreate] = Form({
        "title": page.query_params.get("title", ""),
        "phase": page.query_params.get("phase", row.phase),
        "parent_id": page.query_params.get("parent", ""),
        "duration_days": 1,
    })  # fmt: skip
    return await _show_form(page, row.id, form, None)


@pages.post("/onboardings/{onboarding}/tasks")
async def create(page: Page, onboarding: str) -> Response:
    """Add a task, or a subtask, by its title alone or by the whole form."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    form = read_task_form(page, TaskCreate)
    outcome = await page.submit(form, lambda change, body: actions.create_task(change, row.id, body))
    if outcome is None:
        refuse_assignee(form)
        return await _show_form(page, row.id, form, None, status=UNPROCESSABLE)
    task = outcome.task
    return page.done(f"/onboardings/{row.display_id}#task-{task.display_id}", f"Added {task.title}")


@pages.get("/tasks/{task}/edit")
async def edit_task(page: Page, task: str) -> Response:
    """Show everything that can be said of a task, to be changed."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    return await _show_form(page, row.onboarding_id, Form(task_values(row)), row)


@pages.post("/tasks/{task}")
async def update(page: Page, task: str) -> Response:
    """Change what the form names of a task."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    form = read_task_form(page, TaskUpdate)

    async def work(change: Change, body: TaskUpdate) -> Outcome:
        _, held = await actions.open_task(change, row.id)
        meanwhile.keep_to(body, meanwhile.compare(page, held))
        return await actions.update_task(change, row.id, body)

    outcome = await page.submit(form, work)
    if outcome is None and "was" in form.errors:
        return await _show_both(page, row.id, form)
    if outcome is None:
        refuse_assignee(form)
        form.values = task_values(row) | form.values
        return await _show_form(page, row.onboarding_id, form, row, status=UNPROCESSABLE)
    return page.done(_place(row), f"Saved {outcome.task.title}{_moved(outcome)}")


async def _show_both(page: Page, id_: str, form: Form[TaskUpdate]) -> Response:
    """Show a form again whose parts somebody else has changed too: what was typed, and what they have made of it."""
    row = await get_task(page.connection, page.actor, id_)
    found = meanwhile.compare(page, row)
    form.values, form.errors = meanwhile.merged(page, row, found), dict.fromkeys(sorted(found.both), "")
    who = await who_changed(page.connection, page.actor, row.onboarding_id, row.id)
    # Saving again is meant: it is compared with what is shown now.
    chosen = chosen_dependencies(None if "depends_on" in found.left else page, row)
    return await _show_form(page, row.onboarding_id, form, row, status=_CONFLICT, changed_by=who, chosen=chosen)


@pages.post("/tasks/{task}/title")
async def rename(page: Page, task: str) -> Response:
    """Change a task's title where it stands; where somebody else did so meanwhile, both titles are shown instead."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    form = read_task_form(page, TaskUpdate)

    async def work(change: Change, body: TaskUpdate) -> Outcome:
        _, held = await actions.open_task(change, row.id)
        if "was" in page.sent and held.title not in {page.field("was"), body.title}:
            raise ApiError(_CONFLICT, "http_exception", "Somebody changed it meanwhile.", field="was")
        return await actions.update_task(change, row.id, body)

    outcome = await page.submit(form, work)
    if outcome is None:
        return await _show_title(page, row.id, form)
    if page.wants_fragment:
        shown: dict[str, Any] = {"row": outcome.task, "form": Form(), "saved": True, "conflict": None}
        return page.fragment("tasks/title.html", "title_form", **shown)
    return page.done(_place(row), f"Renamed {outcome.task.title}")


async def _show_title(page: Page, id_: str, form: Form[TaskUpdate]) -> Response:
    """Show what kept a title from being saved: what is wrong with it, or what somebody else has saved."""
    row, conflict, status = await get_task(page.connection, page.actor, id_), None, UNPROCESSABLE
    if "was" in form.errors:
        conflict = await who_changed(page.connection, page.actor, row.onboarding_id, row.id, "title")
        form.errors["title"] = f"{conflict} changed this to {row.title} meanwhile."
        status = _CONFLICT
    if page.wants_fragment:
        shown: dict[str, Any] = {"row": row, "form": form, "saved": False, "conflict": conflict}
        return page.fragment("tasks/title.html", "title_form", status=status, **shown)
    form.values = task_values(row) | form.values
    return await _show_form(page, row.onboarding_id, form, row, status=status)


@pages.post("/tasks/{task}/complete")
async def complete(page: Page, task: str) -> Response:
    """Complete a task and its open subtasks, which can be undone."""
    outcome = await page.commit(
        lambda change: completion.complete_task(change, reference_of(task), TaskComplete(subtasks=True))
    )
    row = outcome.task
    with_others = f" and {len(outcome.rows) - 1} more" if len(outcome.rows) > 1 else ""
    return page.done(_place(row), f"Completed {row.title}{with_others}", undo=f"/tasks/{row.display_id}/reopen")


@pages.post("/tasks/{task}/reopen")
async def reopen(page: Page, task: str) -> Response:
    """Take a completion back."""
    outcome = await page.commit(lambda change: completion.reopen_task(change, reference_of(task), TaskReopen()))
    return page.done(page.came_from or _place(outcome.task), f"Reopened {outcome.task.title}")


@pages.post("/tasks/{task}/delete")
async def delete(page: Page, task: str) -> Response:
    """Delete a task, which can be undone."""
    row = await page.commit(lambda change: actions.delete_task(change, reference_of(task)))
    path = f"/onboardings/{row.onboarding_id}"
    return page.done(path, f"Deleted {row.title}", undo=f"/tasks/{row.display_id}/restore")


@pages.post("/tasks/{task}/restore")
async def restore(page: Page, task: str) -> Response:
    """Take a deletion back."""
    outcome = await page.commit(lambda change: restore_task(change, reference_of(task)))
    return page.done(page.came_from or _place(outcome.task), f"Restored {outcome.task.title}")


@pages.post("/tasks/{task}/move")
async def move(page: Page, task: str) -> Response:
    """Give a task another place in its phase, or in another one."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    form = page.read_form(TaskMoveTo)
    outcome = await page.submit(form, lambda change, body: actions.move_task(change, row.id, body))
    if outcome is None:
        return await _show_form(page, row.onboarding_id, Form(task_values(row)), row, status=UNPROCESSABLE)
    return page.done(_place(row), f"Moved {row.title}{_moved(outcome)}")


@pages.post("/tasks/{task}/pin")
async def pin(page: Page, task: str) -> Response:
    """Pin a task to the top of its onboarding."""
    row = await page.commit(lambda change: actions.pin_task(change, reference_of(task), pinned=True))
    return page.done(_place(row), f"Pinned {row.title}", undo=f"/tasks/{row.display_id}/unpin")


@pages.post("/tasks/{task}/unpin")
async def unpin(page: Page, task: str) -> Response:
    """Take a task from the top of its onboarding."""
    row = await page.commit(lambda change: actions.pin_task(change, reference_of(task), pinned=False))
    return page.done(page.came_from or _place(row), f"Unpinned {row.title}", undo=f"/tasks/{row.display_id}/pin")


async def _show_form(
    page: Page,
    onboarding_id: str,
    form: Form[Any],
    row: TaskRow | None,
    *,
    status: int = 200,
    changed_by: str = "",
    chosen: dict[str, Any] | None = None,
) -> Response:
    """Show the form of a task, or of a new one; ``changed_by`` made something else of what has an error."""
    onboarding = await get_onboarding(page.connection, page.actor, onboarding_id, deleted=True)
    view = await read_plan(page.connection, page.actor, onboarding, page.services.clock.now())
    portal = form.values.get("visible_in_portal", False)
    was = page.field("was")
    if row is not None and (changed_by or not was):
        was = orjson.dumps(meanwhile.parts_of(row)).decode()
    if row is not None and changed_by:
        for part in form.errors:
            theirs = meanwhile.in_words(part, row, view)
            form.errors[part] = f"{changed_by} changed this meanwhile, to: {theirs}. Save again to keep yours."
    return page.render(
        "tasks/form.html",
        block="form",
        status=status,
        form=form,
        was=was,
        task=row,
        view=view,
        due_types=list(DUE_TYPES.items()),
        chosen=chosen_dependencies(page, row) if chosen is None else chosen,
        portal=portal is True or "true" in str(portal),
    )


def _place(row: TaskRow) -> str:
    return f"/onboardings/{row.onboarding_id}#task-{row.display_id}"


def _moved(outcome: Outcome) -> str:
    """Return what to add to a sentence about a change that moved other tasks."""
    count = len(outcome.others)
    return f"; {count} other {'task' if count == 1 else 'tasks'} moved" if count else ""
