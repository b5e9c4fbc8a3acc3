"""What the form of a new onboarding offers; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection
from pivotal_server.customer_pages.list_queries import list_lines
from pivotal_server.customer_pages.list_schemas import ListFilters
from pivotal_server.identity.models import Actor

_OFFERED = 20


async def suggest_customers(connection: Connection, actor: Actor, words: str) -> list[tuple[str, str, str | None]]:
    """Return id, name and domain of customers: by name those with the words, or the newest where there are none."""
    filters = ListFilters(q=words, sort="name") if words else ListFilters()
    lines = await list_lines(connection, actor, filters, _OFFERED)
    return [(line.id, line.name, line.domain) for line in lines]
