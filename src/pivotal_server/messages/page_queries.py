"""Reads for the settings of messages."""

from pivotal_server.core.db import Connection
from pivotal_server.identity.models import Actor

# Among the latest entries only, so that a long history costs no more than a short one.
_WHO = """
SELECT r.actor_name FROM (
    SELECT a.actor_name, a.subject_type, a.subject_id, a.created_at FROM activity a
    WHERE a.workspace_id = $1 ORDER BY a.created_at DESC LIMIT 500
) r WHERE r.subject_type = 'message_template' AND r.subject_id = $2 ORDER BY r.created_at DESC LIMIT 1
"""


async def who_changed(connection: Connection, actor: Actor, key: str) -> str:
    """Return who changed a text of the workspace last; "Somebody" where that is long ago."""
    return str(await connection.fetchval(_WHO, actor.workspace_id, key) or "Somebody")
