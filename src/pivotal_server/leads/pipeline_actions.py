"""Changes to pipelines and their stages."""

from datetime import datetime

from pivotal_server.core.db import Connection
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER
from pivotal_server.leads.models import Stage

# What a new workspace starts with (documentation: Leads).
DEFAULT_STAGES = (
    Stage("new", "New", 1, "open"),
    Stage("contacted", "Contacted", 2, "open"),
    Stage("qualified", "Qualified", 3, "open"),
    Stage("proposal", "Proposal", 4, "open"),
    Stage("won", "Won", 5, "won"),
    Stage("lost", "Lost", 6, "lost"),
)
_ADD = f"""
WITH next AS ({NEXT_NUMBER.format(resource="pipeline")})
INSERT INTO pipelines AS p (workspace_id, id, display_id, name, position, created_at, updated_at)
SELECT $1, $3, next.display_id, $4, $5, next.created_at, next.created_at FROM next
"""
_ADD_STAGE = """
INSERT INTO pipeline_stages (workspace_id, pipeline_id, key, name, position, kind) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def add_default_pipeline(connection: Connection, workspace_id: str, now: datetime) -> None:
    """Give a new workspace the pipeline that it begins with."""
    id_ = new_id()
    await connection.execute(_ADD, workspace_id, now, id_, "Sales", 1)
    await connection.executemany(
        _ADD_STAGE, [(workspace_id, id_, s.key, s.name, s.position, s.kind) for s in DEFAULT_STAGES]
    )
