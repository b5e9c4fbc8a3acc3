"""Edits of a template, each a version of its own that can be gone back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.templates.actions import Shown, create_template, update_template
from pivotal_server.templates.editing import in_phases
from pivotal_server.templates.phases import present_phases
from pivotal_server.templates.queries import get_template, get_version, read_content
from pivotal_server.templates.schemas import TemplateUpdate

if TYPE_CHECKING:
    from collections.abc import Callable

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.templates.content import TemplateContent
    from pivotal_server.templates.models import TemplateRow
    from pivotal_server.timeline.change import Change

_MAX_NAME = 255


class Edited(NamedTuple):
    """A template after an edit, and the number of the version before it."""

    shown: Shown
    before: int


async def edit_template(
    change: Change, reference: str, edit: Callable[[TemplateRow, TemplateContent], TemplateContent]
) -> Edited:
    """Make what an edit leaves of a template its next version; where nothing differs, nothing happens.

    Tasks in phases that were retired meanwhile go to those that took their place.

    Args:
        change: where it is written.
        reference: cuid or display_id.
        edit: returns what the template is to say; it gets the row, and what the current version says.

    Raises:
        ApiError: as ``update_template``, and what the edit raises.
    """
    require(change.actor, "admin")
    row = await get_template(change.connection, change.actor, reference, lock=True)
    content = await read_in_phases(change.connection, change.actor, row)
    edited = edit(row, content)
    # Restored phases or another order of them are no edit.
    if edited == content:
        return Edited(Shown(row, content), row.version)
    body = TemplateUpdate(name=edited.name, description=edited.description, tasks=edited.tasks)
    return Edited(await update_template(change, row.id, body), row.version)


async def restore_version(change: Change, reference: str, number: int, instead_of: int | None) -> Edited:
    """Have a template say again what one of its versions says, as a new version.

    Args:
        change: where it is written.
        reference: cuid or display_id.
        number: of the version.
        instead_of: the version that it takes the place of; None for whichever is current.

    Raises:
        ApiError: as ``update_template``; 404 ``template_version_not_found``; 409 where another version is current.
    """
    require(change.actor, "admin")
    row = await get_template(change.connection, change.actor, reference, lock=True)
    if instead_of not in {None, row.version}:
        raise ApiError(409, "http_exception", "The template has been changed since; nothing was taken back.")
    content = await read_in_phases(change.connection, change.actor, row, number)
    body = TemplateUpdate(name=content.name, description=content.description, tasks=content.tasks)
    return Edited(await update_template(change, row.id, body), row.version)


async def duplicate_template(change: Change, reference: str) -> Shown:
    """Add a template that says the same as another one under a name of its own.

    Raises:
        ApiError: as ``create_template``; 404 ``template_not_found``.
    """
    require(change.actor, "admin")
    row = await get_template(change.connection, change.actor, reference)
    content = await read_in_phases(change.connection, change.actor, row)
    name = f"Copy of {content.name}"[:_MAX_NAME]
    return await create_template(change, content.model_copy(update={"name": name}), how="Copied")


async def read_in_phases(
    connection: Connection, actor: Actor, row: TemplateRow, number: int | None = None
) -> TemplateContent:
    """Return what a version of a template says, the current one without a number, in the phases of today.

    Raises:
        ApiError: 404 ``template_version_not_found``.
    """
    content = await read_content(connection, actor, await get_version(connection, actor, row, number))
    today = await present_phases(connection, actor.workspace_id, content.phases)
    order = [phase.key for phase in await list_phases(connection, actor.workspace_id)]
    return in_phases(content, today, order)
