"""API keys: made, listed, revoked. The cleartext is returned once, by the making (documentation: Authentication)."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.ids import new_id
from pivotal_server.identity import keys
from pivotal_server.identity.models import ALL_SCOPES, CUSTOM_TIER, RATE_LIMITS, SCOPES, ApiKey, Mode

_CREATE = """
INSERT INTO api_keys (workspace_id, id, public_id, name, mode, prefix, salt, rounds, hash, scopes, tier, rate_limit,
    created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
_COLUMNS = columns(
    ApiKey,
    "k",
    last_used_at="u.last_used_at",
    last_used_ip="u.last_used_ip",
    request_count="coalesce(u.request_count, 0)",
)
_KEYS = f"""
SELECT {_COLUMNS} FROM api_keys k LEFT JOIN api_key_usage u ON u.workspace_id = k.workspace_id AND u.api_key_id = k.id
WHERE k.workspace_id = $1
"""
_LIST = f"{_KEYS} ORDER BY k.created_at DESC, k.id"
_ONE = f"{_KEYS} AND k.id = $2"
_FIND_ACTIVE = """
SELECT prefix FROM api_keys
WHERE workspace_id = $1 AND (id = $2 OR prefix = $2 OR name = $2) AND revoked_at IS NULL ORDER BY created_at
"""
_REVOKE = "UPDATE api_keys SET revoked_at = $3 WHERE workspace_id = $1 AND prefix = $2 AND revoked_at IS NULL"
_CHECKSUM_SECRET = "SELECT key_checksum_secret FROM installation"  # noqa: S105 - a statement


class ApiKeyError(Exception):
    """The key cannot be made or found; the message says why."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is to be.

    Attributes:
        name: shows as the actor of everything the key does.
        rate_limit: requests a minute; None takes the mode's own limit.
        created_by: id of the person it belongs to, where there is one.
    """

    name: str
    mode: Mode
    scopes: tuple[str, ...] = (ALL_SCOPES,)
    rate_limit: int | None = None
    expires_at: datetime | None = None
    created_by: str | None = None


class MadeKey(NamedTuple):
    """A key that was just made: its id, and its cleartext."""

    id: str
    text: str


async def checksum_secret(connection: Connection) -> bytes:
    """Return the secret that this installation's keys are checksummed with."""
    return bytes(await connection.fetchval(_CHECKSUM_SECRET))


async def create_key(
    connection: Connection, workspace_id: str, new: NewKey, now: datetime, rounds: int = keys.PBKDF2_ROUNDS
) -> str:
    """Make a key and return its cleartext, which cannot be had again.

    Raises:
        ApiKeyError: a scope does not exist, or the name or the rate limit is out of range.
    """
    return (await add_key(connection, workspace_id, new, now, rounds)).text


async def add_key(
    connection: Connection, workspace_id: str, new: NewKey, now: datetime, rounds: int = keys.PBKDF2_ROUNDS
) -> MadeKey:
    """Make a key as ``create_key`` does, and return its id as well.

    Raises:
        ApiKeyError: a scope does not exist, or the name or the rate limit is out of range.
    """
    if unknown := sorted(set(new.scopes) - set(SCOPES)):
        message = f"Unknown scopes: {', '.join(unknown)}. There are: {', '.join(SCOPES)}."
        raise ApiKeyError(message)
    if not 1 <= len(new.name) <= 255:  # noqa: PLR2004 - as every name
        message = "A key's name has 1 to 255 characters."
        raise ApiKeyError(message)
    if new.rate_limit is not None and not 1 <= new.rate_limit <= 2**31 - 1:
        message = "The rate limit is 1 or more requests a minute."
        raise ApiKeyError(message)
    text, public_id, prefix = keys.generate(new.mode, await checksum_secret(connection))
    made, salt = MadeKey(new_id(), text), secrets.token_bytes(16)
    tier, limit = _tier(new)
    # The hash costs a fifth of a second on purpose: other requests go on meanwhile.
    hash_ = await asyncio.to_thread(keys.hash_key, text, salt, rounds)
    await connection.execute(
        _CREATE,
        *(workspace_id, made.id, public_id, new.name, new.mode, prefix),
        *(salt, rounds, hash_, list(new.scopes), tier, limit),
        *(new.created_by, now, new.expires_at),
    )
    return made


async def get_key(connection: Connection, workspace_id: str, key_id: str) -> ApiKey | None:
    """Return a key of the workspace, or None where it has none such."""
    return await fetch_one(connection, ApiKey, _ONE, workspace_id, key_id)


async def list_keys(connection: Connection, workspace_id: str) -> list[ApiKey]:
    """Return the workspace's keys, newest first, revoked ones included."""
    return await fetch_all(connection, ApiKey, _LIST, workspace_id)


async def revoke_key(connection: Connection, workspace_id: str, key: str, now: datetime) -> str:
    """Revoke an active key and return its prefix; the key's next request gets a 401.

    Args:
        connection: where to write.
        workspace_id: the workspace that the key belongs to.
        key: its prefix, id or name, or the whole key, as somebody who found it leaked would paste it.
        now: the present.

    Raises:
        ApiKeyError: there is no such active key, or several have this name.
    """
    name = keys.prefix_of(key) or key
    found = [row["prefix"] for row in await connection.fetch(_FIND_ACTIVE, workspace_id, name)]
    if not found:
        message = "The workspace has no active key with that prefix, id or name."
        raise ApiKeyError(message)
    if len(found) > 1:
        message = f"Several active keys have this name; name one by its prefix: {', '.join(found)}."
        raise ApiKeyError(message)
    await connection.execute(_REVOKE, workspace_id, found[0], now)
    return str(found[0])


def _tier(new: NewKey) -> tuple[str, int]:
    tier = "test" if new.mode == "test" else "default"
    limit = new.rate_limit or RATE_LIMITS[tier]
    named = next((name for name, value in RATE_LIMITS.items() if value == limit), CUSTOM_TIER)
    return (tier if limit == RATE_LIMITS[tier] else named), limit
