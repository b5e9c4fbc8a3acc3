"""A person's own workspaces: going from one to another, and making a new one."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pivotal_server.core.errors import not_found
from pivotal_server.identity.models import Actor, Workspace
from pivotal_server.identity.sessions import enter_workspace
from pivotal_server.identity.workspaces import WorkspaceError, find_workspace
from pivotal_server.people.queries import find_own_workspace
from pivotal_server.provisioning import provision_workspace
from pivotal_server.timeline.change import Change, Subject

if TYPE_CHECKING:
    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.sessions import Visitor
    from pivotal_server.people.signing_in import Browser

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_STEM = 50


async def go_to_workspace(connection: Connection, visitor: Visitor, slug: str) -> Workspace:
    """Let a person's session go on in another workspace of theirs.

    Raises:
        ApiError: 404 ``workspace_not_found``, also for one that they do not belong to.
    """
    workspace = await find_own_workspace(connection, visitor.person_id, slug)
    if workspace is None:
        raise not_found("workspace")
    await enter_workspace(connection, visitor.session_id, workspace.id)
    return workspace


async def make_workspace(
    connection: Connection, clock: Clock, visitor: Visitor, browser: Browser, name: str
) -> Workspace:
    """Make a workspace that belongs to the person, and let their session go on there.

    Args:
        connection: in a transaction.
        clock: the source of time.
        visitor: who makes it.
        browser: where, for the audit log.
        name: as people see it; the slug is made of it.
    """
    slug = await _free_slug(connection, name)
    workspace = await provision_workspace(
        connection, slug=slug, name=name, now=clock.now(), owner_email=visitor.person_email
    )
    actor = Actor(
        workspace.id,
        "person",
        visitor.person_id,
        visitor.person_name,
        request_id=browser.request_id,
        ip=browser.ip,
        role="owner",
    )
    change = Change(connection, actor, clock)
    change.note("workspace.created", f"Made the workspace {name}", Subject("workspace", workspace.id))
    await change.write_records()
    await enter_workspace(connection, visitor.session_id, workspace.id)
    return workspace


async def _free_slug(connection: Connection, name: str) -> str:
    """Return a slug that reads like the name and that no workspace has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = _NOT_IN_A_SLUG.sub("-", plain)[:_LONGEST_STEM].strip("-") or "workspace"
    slug, number = stem, 1
    while await _is_taken(connection, slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


async def _is_taken(connection: Connection, slug: str) -> bool:
    try:
        await find_workspace(connection, slug)
    except WorkspaceError:
        return False
    return True
