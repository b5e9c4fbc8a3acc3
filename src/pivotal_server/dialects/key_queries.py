"""Whose an API key is, for APIs in which contacts belong to whoever asks."""

from pivotal_server.core.db import Connection
from pivotal_server.identity.models import Actor

_WHOSE_KEY = """
SELECT coalesce(
    (SELECT k.created_by FROM api_keys k WHERE k.workspace_id = $1 AND k.id = $2),
    (SELECT m.person_id FROM memberships m WHERE m.workspace_id = $1 AND m.role = 'owner' AND m.removed_at IS NULL)
)
"""


async def whose_key(connection: Connection, actor: Actor) -> str | None:
    """Return the id of the teammate who made the key, of the workspace's owner where nobody is known to have."""
    person_id: str | None = await connection.fetchval(_WHOSE_KEY, actor.workspace_id, actor.id)
    return person_id
