"""Workspaces: each company's own container; a slug names it, ``org_…`` identifies it."""

import re
from datetime import datetime

import asyncpg

from pivotal_server.core.db import Connection, columns, fetch_one
from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.identity.models import Workspace

_SLUG = re.compile("[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_COLUMNS = columns(Workspace, "w")
_BY_SLUG = f"SELECT {_COLUMNS} FROM workspaces w WHERE w.slug = $1"
_CREATE = f"""
INSERT INTO workspaces AS w (id, slug, name, created_at, sample) VALUES ($1, $2, $3, $4, $5) RETURNING {_COLUMNS}
"""


class WorkspaceError(Exception):
    """The workspace cannot be made or found; the message says why."""


async def create_workspace(
    connection: Connection, *, slug: str, name: str, now: datetime, sample: bool = False
) -> Workspace:
    """Make an empty workspace and return it.

    Raises:
        WorkspaceError: the slug is taken or not 1 to 63 of ``a-z``, ``0-9`` and ``-``.
    """
    if not _SLUG.fullmatch(slug):
        message = f"{slug!r} cannot be a slug: use 1 to 63 lower-case letters, digits and hyphens."
        raise WorkspaceError(message)
    try:
        workspace = await fetch_one(connection, Workspace, _CREATE, new_prefixed_id("org"), slug, name, now, sample)
    except asyncpg.UniqueViolationError:
        message = f"There is a workspace {slug!r} already."
        raise WorkspaceError(message) from None
    assert workspace is not None  # noqa: S101 - an insert returns its row
    return workspace


async def find_workspace(connection: Connection, slug: str) -> Workspace:
    """Return the workspace with this slug.

    Raises:
        WorkspaceError: there is none.
    """
    workspace = await fetch_one(connection, Workspace, _BY_SLUG, slug)
    if workspace is None:
        message = f"There is no workspace {slug!r}."
        raise WorkspaceError(message)
    return workspace
