"""Reads of activity."""

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.models import Activity

_OF_CUSTOMER = f"""
SELECT {columns(Activity, "a")} FROM activity a
WHERE a.workspace_id = $1 AND a.customer_id = $2 AND a.created_at < $3
ORDER BY a.created_at DESC LIMIT $4
"""


async def list_customer_activity(
    connection: Connection, actor: Actor, customer_id: str, query: PageQuery
) -> list[Activity]:
    """Return a page of what happened to a customer and to everything of its, and one more where more follow."""
    return await fetch_all(
        connection, Activity, _OF_CUSTOMER, actor.workspace_id, customer_id, query.before, query.fetch
    )
