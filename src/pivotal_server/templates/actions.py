"""Changes to templates: each writes the rows and its activity in the caller's transaction; they fire no events."""

from typing import Any, NamedTuple

from pivotal_server.core.db import fetch_one
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, changes, moment_of_change, previous_attributes
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.templates.checks import check_content, store
from pivotal_server.templates.content import TemplateContent
from pivotal_server.templates.models import TemplateRow
from pivotal_server.templates.queries import COLUMNS, get_template, get_version, read_content
from pivotal_server.templates.schemas import TemplateUpdate, present
from pivotal_server.timeline.change import Change, Subject

_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="template")})
INSERT INTO templates AS m (workspace_id, id, display_id, created_at, updated_at, version, name, description, phases,
    task_count)
SELECT $1, $3, next.display_id, next.created_at, next.created_at, 1, $4, $5, $6, $7
FROM next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE templates m SET {{assignments}} WHERE m.workspace_id = $1 AND m.id = $2 RETURNING {COLUMNS}
"""
_ADD_VERSION = """
INSERT INTO template_versions (workspace_id, id, template_id, number, content, task_count, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


class Shown(NamedTuple):
    """A template, and what the version of it that is shown says."""

    row: TemplateRow
    content: TemplateContent


async def create_template(change: Change, content: TemplateContent, how: str = "Added") -> Shown:
    """Add a template whose first version says this; ``how`` begins the sentence on the timeline.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 with the path of what is at fault.
    """
    require(change.actor, "admin")
    check_content(content, await list_phases(change.connection, change.actor.workspace_id))
    values = (new_id(), content.name, content.description, content.phases, content.task_count)
    row = await fetch_one(change.connection, TemplateRow, _CREATE, change.actor.workspace_id, change.at, *values)
    assert row is not None  # noqa: S101 - an insert returns its row
    await _add_version(change, row, content)
    change.note("template.created", f"{how} template {row.name}", _subject(row))
    return Shown(row, content)


async def update_template(change: Change, reference: str, body: TemplateUpdate) -> Shown:
    """Change what the body names, and make a new version of it; where nothing differs, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``template_not_found``; 400 with the path of what is at fault.
    """
    require(change.actor, "admin")
    before = await get_template(change.connection, change.actor, reference, lock=True)
    version = await get_version(change.connection, change.actor, before)
    stored = await read_content(change.connection, change.actor, version)
    fields = body.changes()
    values: dict[str, Any] = {}
    if fields.pop("archived", before.archived_at is not None) != (before.archived_at is not None):
        values["archived_at"] = None if before.archived_at else change.at
    content = stored.model_copy(update=fields)
    if content != stored:
        if "tasks" in fields:
            check_content(content, await list_phases(change.connection, change.actor.workspace_id))
        values |= {
            "name": content.name,
            "description": content.description,
            "phases": content.phases,
            "task_count": content.task_count,
            "version": before.version + 1,
        }
    if not values:
        return Shown(before, stored)
    row = await _update(change, before, values)
    if content != stored:
        await _add_version(change, row, content)
    _note_update(change, before, row)
    return Shown(row, content)


async def delete_template(change: Change, reference: str) -> TemplateRow:
    """Hide a template; what landed from it stays, and still tells its version. Deleting it again changes nothing.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 where there never was such a template.
    """
    require(change.actor, "admin")
    before = await get_template(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    row = await _update(change, before, {"deleted_at": change.at})
    change.note("template.deleted", f"Deleted template {row.name}", _subject(row))
    return row


def _note_update(change: Change, before: TemplateRow, row: TemplateRow) -> None:
    previous = previous_attributes(present(before), present(row))
    if set(previous) == {"archived"}:
        summary = f"{'Archived' if row.archived_at else 'Restored'} template {row.name}"
    else:
        summary = f"Made version {row.version} of template {row.name}"
    change.note("template.updated", summary, _subject(row), changes(previous, present(row)))


async def _add_version(change: Change, row: TemplateRow, content: TemplateContent) -> None:
    values = (new_id(), row.id, row.version, store(content).decode(), content.task_count, row.updated_at)
    await change.connection.execute(_ADD_VERSION, change.actor.workspace_id, *values, change.actor.name)


async def _update(change: Change, before: TemplateRow, fields: dict[str, Any]) -> TemplateRow:
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    row = await fetch_one(change.connection, TemplateRow, sql, change.actor.workspace_id, before.id, *fields.values())
    assert row is not None  # noqa: S101 - an update of a locked row returns it
    return row


def _subject(row: TemplateRow) -> Subject:
    return Subject("template", row.id)
