"""Reads of templates; nothing is found outside the actor's workspace."""

import orjson

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.templates.content import TemplateContent
from pivotal_server.templates.models import TemplateRow, VersionRow
from pivotal_server.templates.schemas import TemplateListQuery

COLUMNS = columns(TemplateRow, "m")
_VERSION_COLUMNS = columns(VersionRow, "v")
_BY_REFERENCE = f"SELECT {COLUMNS} FROM templates m WHERE m.workspace_id = $1 AND m.{{column}} = $2"
_LIST = f"""
SELECT {COLUMNS} FROM templates m
WHERE m.workspace_id = $1 AND m.created_at < $2 AND m.deleted_at IS NULL AND (m.archived_at IS NOT NULL) = $4
    AND ($5::text IS NULL OR $5 = ANY(m.phases))
ORDER BY m.created_at DESC LIMIT $3
"""
_VERSIONS = f"""
SELECT {_VERSION_COLUMNS} FROM template_versions v
WHERE v.workspace_id = $1 AND v.template_id = $2 AND v.created_at < $3 ORDER BY v.created_at DESC LIMIT $4
"""
_VERSION = f"""
SELECT {_VERSION_COLUMNS} FROM template_versions v
WHERE v.workspace_id = $1 AND v.template_id = $2 AND v.number = $3
"""
_CONTENT = "SELECT v.content FROM template_versions v WHERE v.workspace_id = $1 AND v.id = $2"


async def get_template(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> TemplateRow:
    """Return the template with this cuid or display_id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted template is found as well.
        lock: whether to hold the row until the end of the transaction, for a change to it.

    Raises:
        ApiError: 404 ``template_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (" FOR NO KEY UPDATE OF m" if lock else "")
        row = await fetch_one(connection, TemplateRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("template")


async def list_templates(connection: Connection, actor: Actor, query: TemplateListQuery) -> list[TemplateRow]:
    """Return a page of templates, newest first, and one more where more follow.

    Raises:
        ApiError: 400 ``invalid_enum_value`` where the workspace has no such phase.
    """
    archived = query.archived == "true"
    arguments = (actor.workspace_id, query.before, query.fetch, archived, query.phase)
    rows = await fetch_all(connection, TemplateRow, _LIST, *arguments)
    if query.phase is not None and not rows:
        find_phase(await list_phases(connection, actor.workspace_id), query.phase)
    return rows


async def list_versions(
    connection: Connection, actor: Actor, template: TemplateRow, query: PageQuery
) -> list[VersionRow]:
    """Return a page of a template's versions, newest first, and one more where more follow."""
    arguments = (actor.workspace_id, template.id, query.before, query.fetch)
    return await fetch_all(connection, VersionRow, _VERSIONS, *arguments)


async def get_version(
    connection: Connection, actor: Actor, template: TemplateRow, number: int | None = None
) -> VersionRow:
    """Return the version of a template with this number, the current one without it.

    Raises:
        ApiError: 404 ``template_version_not_found``.
    """
    wanted = template.version if number is None else number
    row = await fetch_one(connection, VersionRow, _VERSION, actor.workspace_id, template.id, wanted)
    if row is None:
        raise not_found("template_version")
    return row


async def read_content(connection: Connection, actor: Actor, version: VersionRow) -> TemplateContent:
    """Return what a version says."""
    text = await connection.fetchval(_CONTENT, actor.workspace_id, version.id)
    return TemplateContent.model_validate(orjson.loads(text))
