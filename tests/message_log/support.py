"""Short ways to make what the log of messages is about."""

from typing import TYPE_CHECKING, Any

import httpx

from pivotal_server.core.ids import new_id
from tests.support import Json, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_PIPELINE = """
INSERT INTO pipelines (workspace_id, id, display_id, name, position, created_at, updated_at)
VALUES ($1, $2, 900, 'Of a test', 900, now(), now())
"""
_STAGE = """
INSERT INTO pipeline_stages (workspace_id, pipeline_id, key, name, position, kind)
VALUES ($1, $2, 'new', 'New', 1, 'open')
"""
_LEAD = """
INSERT INTO contacts (workspace_id, id, display_id, name, labels, metadata, is_primary, livemode, created_at,
    updated_at, status, pipeline_id, stage, stage_entered_at)
VALUES ($1, $2, 900, 'Noor Haddad', '{}', '{}', false, true, now(), now(), 'open', $3, 'new', now())
"""


async def log(api: httpx.AsyncClient, contact_id: str, code: int = 201, /, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Log a message, an outbound e-mail unless the fields say else, and return it."""
    body = {"channel": "email", "direction": "outbound"} | fields
    return body_of(await api.post(f"/contacts/{contact_id}/messages", json=body), code)


async def messages(api: httpx.AsyncClient, contact_id: str) -> list[Json]:
    """Return what is in the log of a contact, what came last first."""
    found: list[Json] = body_of(await api.get(f"/contacts/{contact_id}/messages"))["data"]
    return found


async def last(api: httpx.AsyncClient, contact_id: str) -> tuple[str | None, str | None]:
    """Return when the newest message of a contact was sent, and how far it got."""
    contact = body_of(await api.get(f"/contacts/{contact_id}"))
    return contact["last_message_at"], contact["last_message_status"]


async def insert_lead(connection: "Connection", workspace_id: str) -> str:
    """Store a lead called Noor Haddad, in a pipeline of her own, and return her id."""
    lead, pipeline = new_id(), new_id()
    await connection.execute(_PIPELINE, workspace_id, pipeline)
    await connection.execute(_STAGE, workspace_id, pipeline)
    await connection.execute(_LEAD, workspace_id, lead, pipeline)
    return lead
