"""Making and revoking keys, with their entries in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.api_keys import ApiKeyError, NewKey, add_key, get_key, revoke_key
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Subject

if TYPE_CHECKING:
    from pivotal_server.identity.models import ApiKey
    from pivotal_server.timeline.change import Change


async def make_key(change: Change, new: NewKey) -> str:
    """Make a key and return its cleartext, which cannot be had again.

    Raises:
        ApiError: 403 for a member; 400 ``invalid_field`` for a key that cannot be.
    """
    require(change.actor, "admin")
    try:
        made = await add_key(change.connection, change.actor.workspace_id, new, change.now)
    except ApiKeyError as error:
        raise ApiError(400, "invalid_field", str(error)) from None
    change.note("api_key.created", f"Made the {new.mode} API key {new.name}", Subject("api_key", made.id))
    return made.text


async def end_key(change: Change, key_id: str) -> ApiKey:
    """Revoke a key and return it; its next request is refused. Revoking it again changes nothing.

    Raises:
        ApiError: 403 for a member; 404 where the workspace has no such key.
    """
    require(change.actor, "admin")
    key = await get_key(change.connection, change.actor.workspace_id, key_id)
    if key is None:
        raise ApiError(404, "http_exception", "This workspace has no such API key in use.")
    if key.revoked_at is None:
        await revoke_key(change.connection, change.actor.workspace_id, key.id, change.now)
        change.note("api_key.revoked", f"Revoked the {key.mode} API key {key.name}", Subject("api_key", key.id))
    return key
