"""What the form of a new onboarding offers; nothing is found outside the actor's workspace."""

from typing import NamedTuple

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.customer_pages.list_queries import list_lines
from pivotal_server.customer_pages.list_schemas import ListFilters
from pivotal_server.identity.models import Actor

_OFFERED = 20
_TEMPLATES = """
SELECT t.id, t.name, t.task_count FROM templates t
WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND t.archived_at IS NULL ORDER BY lower(t.name), t.id LIMIT 200
"""


class TemplateChoice(NamedTuple):
    """A template that a plan can be made of."""

    id: str
    name: str
    task_count: int


async def suggest_customers(connection: Connection, actor: Actor, words: str) -> list[tuple[str, str, str | None]]:
    """Return id, name and domain of customers: by name those with the words, or the newest where there are none."""
    filters = ListFilters(q=words, sort="name") if words else ListFilters()
    lines = await list_lines(connection, actor, filters, _OFFERED)
    return [(line.id, line.name, line.domain) for line in lines]


async def list_template_choices(connection: Connection, actor: Actor) -> list[TemplateChoice]:
    """Return the templates that are not archived, by name."""
    return await fetch_all(connection, TemplateChoice, _TEMPLATES, actor.workspace_id)
