"""The editor of a template: its tasks by phase, added, changed, carried and taken out; each edit is a version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.templates import editing
from pivotal_server.templates.content import TemplateContent, TemplateSubtask
from pivotal_server.templates.edit_actions import Edited, edit_template, read_in_phases
from pivotal_server.templates.page_forms import (
    DUE_TYPES,
    AboutForm,
    chosen_dependencies,
    differences,
    read_task,
    refuse,
    shown_links,
    task_values,
)
from pivotal_server.templates.page_view import ROLE_WORDS, due_words, read_groups
from pivotal_server.templates.queries import get_template, get_version
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.templates.models import TemplateRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/templates/{template}"
_CONFLICT = 409
_NUMBER = re.compile(r"[0-9]{1,9}")


class _MeanwhileError(ApiError):
    """Somebody else has changed the same since the page was shown."""

    def __init__(self) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", "Somebody else has changed this.")


@pages.get(_PATH, role="admin")
async def plan(page: Page, template: str) -> Response:
    """Show a template's tasks by phase."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_in_phases(page.connection, page.actor, row)
    groups = await read_groups(page.connection, page.actor, content)
    return page.render("templates/plan.html", block="plan", row=row, groups=groups)


@pages.get(f"{_PATH}/about", role="admin")
async def about(page: Page, template: str) -> Response:
    """Show the form of a template's name and description."""
    row = await get_template(page.connection, page.actor, template)
    return _show_about(page, row, Form({"name": row.name, "description": row.description, "seen": row.version}))


@pages.post(f"{_PATH}/about", role="admin")
async def save_about(page: Page, template: str) -> Response:
    """Change a template's name and description."""
    row = await get_template(page.connection, page.actor, template)
    form = page.read_form(AboutForm)
    seen = await _seen(page, row)

    def edit(_: TemplateRow, content: TemplateContent) -> TemplateContent:
        body = form.body
        assert body is not None  # noqa: S101 - the caller has looked
        if seen and (seen.name, seen.description) != (content.name, content.description):
            raise _MeanwhileError
        return content.model_copy(update={"name": body.name, "description": body.description})

    edited = await page.submit(form, lambda change, _: edit_template(change, row.id, edit))
    if edited is None:
        now = await get_template(page.connection, page.actor, row.id)
        return _show_about(page, now, form, UNPROCESSABLE)
    return _done(page, edited, f"Saved {edited.shown.row.name}")


@pages.post(f"{_PATH}/tasks", role="admin")
async def add(page: Page, template: str) -> Response:
    """Add a task to a phase, or a subtask to a task: with all its details, or with a title alone."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_in_phases(page.connection, page.actor, row)
    parent = page.field("parent")
    form = read_task(page, editing.new_key(content, page.field("title")), subtask=bool(parent))

    async def check_phase() -> None:
        find_phase(await list_phases(page.connection, page.actor.workspace_id), page.field("phase"))

    def edit(_: TemplateRow, now: TemplateContent) -> TemplateContent:
        task = form.body.model_copy(update={"key": editing.new_key(now, form.body.title)})  # type: ignore[union-attr]
        return editing.add_subtask(now, parent, task) if parent else editing.add_task(now, task)

    edited = None
    try:
        if form.body is not None:
            if not parent:
                await check_phase()
            edited = await page.commit(lambda change: edit_template(change, row.id, edit))
    except ApiError as error:
        refuse(form, error, f"tasks.{len(content.tasks)}")
    if edited is None:
        return await _show_task(page, row, content, form, None, status=UNPROCESSABLE)
    return _done(page, edited, f"Added {page.field('title')}")


@pages.get(f"{_PATH}/new-task", role="admin")
async def new_task(page: Page, template: str) -> Response:
    """Show the form of a new task of a phase, or of a subtask."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_in_phases(page.connection, page.actor, row)
    asked = page.query_params
    if asked.get("parent"):
        editing.find_task(content, asked["parent"])
    values = {"duration_days": 1, "phase": asked.get("phase", ""), "due_days": 0, "parent": asked.get("parent", "")}
    return await _show_task(page, row, content, Form(values), None)


@pages.get(f"{_PATH}/tasks/{{template_task}}", role="admin")
async def show_task(page: Page, template: str, template_task: str) -> Response:
    """Show the form of a task."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_in_phases(page.connection, page.actor, row)
    found = editing.find_task(content, template_task)
    values = {**task_values(found.itself), "seen": row.version}
    return await _show_task(page, row, content, Form(values), found)


@pages.post(f"{_PATH}/tasks/{{template_task}}", role="admin")
async def save_task(page: Page, template: str, template_task: str) -> Response:
    """Change a task; where somebody else has changed the same one meanwhile, that is told instead."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_in_phases(page.connection, page.actor, row)
    found = editing.find_task(content, template_task)
    form = read_task(page, template_task, subtask=found.subtask is not None)
    seen = await _seen(page, row)
    before = _task_in(seen, template_task)

    def edit(_: TemplateRow, now: TemplateContent) -> TemplateContent:
        held = editing.find_task(now, template_task)
        if seen and differences(held.itself, before):
            raise _MeanwhileError
        if held.subtask is None and form.body.phase != held.task.phase:  # type: ignore[union-attr]
            now = editing.move_task(now, template_task, _last_place(now, form.body.phase), form.body.phase)  # type: ignore[union-attr]
        return editing.change_task(now, template_task, form.body)  # type: ignore[arg-type]

    edited, status = None, UNPROCESSABLE
    try:
        if form.body is not None:
            edited = await page.commit(lambda change: edit_template(change, row.id, edit))
    except ApiError as error:
        refuse(form, error, found.path)
    if edited is not None:
        return _done(page, edited, f"Saved {page.field('title')}")
    theirs = differences(found.itself, before) if seen else []
    if theirs:
        status = _CONFLICT
        form.errors.pop("", None)
    return await _show_task(page, row, content, form, found, status=status, theirs=theirs)


@pages.post(f"{_PATH}/tasks/{{template_task}}/move", role="admin")
async def move_task(page: Page, template: str, template_task: str) -> Response:
    """Put a task at another place, or into another phase."""
    row = await get_template(page.connection, page.actor, template)
    if not _NUMBER.fullmatch(page.field("position")):
        raise invalid_field("position", "A place is a number, from 1.")
    place, phase = int(page.field("position")), page.field("list") or None
    known = await list_phases(page.connection, page.actor.workspace_id)

    def edit(_: TemplateRow, content: TemplateContent) -> TemplateContent:
        found = editing.find_task(content, template_task)
        if found.subtask is None and phase not in {None, found.task.phase}:
            find_phase(known, str(phase), "list")
        return editing.move_task(content, template_task, place, phase)

    edited = await page.commit(lambda change: edit_template(change, row.id, edit))
    return _done(page, edited, f"Moved {_title(edited, template_task)}")


@pages.post(f"{_PATH}/tasks/{{template_task}}/remove", role="admin")
async def remove_task(page: Page, template: str, template_task: str) -> Response:
    """Take a task out with its subtasks."""
    row = await get_template(page.connection, page.actor, template)
    titles: list[str] = []

    def edit(_: TemplateRow, content: TemplateContent) -> TemplateContent:
        titles.append(editing.find_task(content, template_task).itself.title)
        return editing.remove_task(content, template_task)

    edited = await page.commit(lambda change: edit_template(change, row.id, edit))
    return _done(page, edited, f"Took {titles[-1]} out")


def _done(page: Page, edited: Edited, toast: str) -> Response:
    row = edited.shown.row
    path = f"/settings/templates/{row.display_id}"
    if row.version == edited.before:
        return page.done(path, "Nothing was changed")
    return page.done(path, toast, undo=f"{path}/versions/{edited.before}/restore?instead_of={row.version}")


def _title(edited: Edited, key: str) -> str:
    return editing.find_task(edited.shown.content, key).itself.title


def _last_place(content: TemplateContent, phase: str) -> int:
    return sum(task.phase == phase for task in content.tasks) + 1


async def _seen(page: Page, row: TemplateRow) -> TemplateContent | None:
    """Return what the template said when the form was shown, None where nothing was changed since."""
    text = page.field("seen")
    if not _NUMBER.fullmatch(text) or int(text) == row.version:
        return None
    await get_version(page.connection, page.actor, row, int(text))
    return await read_in_phases(page.connection, page.actor, row, int(text))


def _task_in(content: TemplateContent | None, key: str) -> TemplateSubtask | None:
    if content is None or key not in {task.key for _, _, task in content.everything()}:
        return None
    return editing.find_task(content, key).itself


def _show_about(page: Page, row: TemplateRow, form: Form[Any], status: int = 200) -> Response:
    conflict = "" in form.errors and str(form.values.get("seen")) != str(row.version)
    if conflict:
        form.errors.pop("")
        form.values["seen"] = row.version
    return page.render(
        "templates/about.html",
        block="form",
        status=_CONFLICT if conflict else status,
        row=row,
        form=form,
        conflict=conflict,
    )


async def _show_task(
    page: Page,
    row: TemplateRow,
    content: TemplateContent,
    form: Form[Any],
    found: editing.Found | None,
    *,
    status: int = 200,
    theirs: list[str] | None = None,
) -> Response:
    key = found.itself.key if found else None
    phases = await list_phases(page.connection, page.actor.workspace_id)
    parent = str(form.values.get("parent") or "")
    task = found.itself if found else None
    who = (await get_version(page.connection, page.actor, row)).created_by if theirs else None
    titles = {one.key: one.title for _, _, one in content.everything()}
    form.values["seen"] = row.version
    return page.render(
        "templates/task.html",
        block="form",
        status=status,
        row=row,
        form=form,
        key=key,
        parent=parent,
        is_task=not parent and (found is None or found.subtask is None),
        phases=[(phase.key, phase.name) for phase in phases],
        roles=[("", "Nobody"), *ROLE_WORDS.items()],
        due_types=list(DUE_TYPES.items()),
        others=[one for _, _, one in content.everything() if one.key != key],
        chosen=chosen_dependencies(page, task),
        links=shown_links(page, task),
        theirs=theirs,
        who=who,
        now_title=task.title if task else None,
        now_due=due_words(task, titles) if task else None,
    )
