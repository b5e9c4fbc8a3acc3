"""The templates that a form offers."""

from typing import NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.identity.models import Actor


class TemplateChoice(NamedTuple):
    """A template that a plan can be made of."""

    id: str
    name: str
    task_count: int


_CHOICES = f"""
SELECT {columns(TemplateChoice, "m")} FROM templates m
WHERE m.workspace_id = $1 AND m.deleted_at IS NULL AND m.archived_at IS NULL ORDER BY lower(m.name), m.id LIMIT 200
"""


async def list_template_choices(connection: Connection, actor: Actor) -> list[TemplateChoice]:
    """Return the templates that are not archived, by name."""
    return await fetch_all(connection, TemplateChoice, _CHOICES, actor.workspace_id)
