"""The gate: one statement that finds a key and its workspace and takes a place in the key's rate window.

The window slides: accepted requests are counted by half second over the last 60 seconds, so no 60 seconds ever hold
more than the limit, whichever process let them in (the row's lock puts them in line). A request that is refused is not
counted (documentation: Rate limits).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.core.pool import Pool
    from pivotal_server.identity.keys import Credential, KeyVerifier

WINDOW_SECONDS = 60
# What a 401 asks for (RFC 9110).
CHALLENGE = ((b"www-authenticate", b"Bearer"),)
_BUCKET_SECONDS = 0.5
# One more than fit into the window: the bucket of its first instant still counts as a whole.
_BUCKETS = int(WINDOW_SECONDS / _BUCKET_SECONDS) + 1

# $1 the key's public id, $2 the present as a bucket number, $3 the present.
GATE = f"""
WITH key AS (
    SELECT k.id, k.workspace_id, k.name, k.mode, k.prefix, k.scopes, k.tier, k.rate_limit, k.expires_at, k.revoked_at,
        w.slug, w.name AS workspace_name
    FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id
    WHERE k.public_id = $1
), taken AS (
    UPDATE rate_windows r
    SET (head, used, admitted, counts) = (
        SELECT now.head, kept.used + admits.n, admits.n = 1,
            CASE
                WHEN now.moved = 0 THEN ARRAY[r.counts[1] + admits.n] || r.counts[2:{_BUCKETS}]
                WHEN now.moved >= {_BUCKETS} THEN ARRAY[admits.n] || array_fill(0, ARRAY[{_BUCKETS - 1}])
                ELSE ARRAY[admits.n] || array_fill(0, ARRAY[now.moved - 1]) || r.counts[1:{_BUCKETS} - now.moved]
            END
        FROM (SELECT greatest(r.head, $2) AS head, least(greatest($2 - r.head, 0), {_BUCKETS})::integer AS moved) now
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN now.moved = 0 THEN r.used
                WHEN now.moved >= {_BUCKETS} THEN 0
                ELSE r.used - (SELECT sum(c)::integer FROM unnest(r.counts[{_BUCKETS + 1} - now.moved:{_BUCKETS}]) c)
            END AS used
        ) kept
        CROSS JOIN LATERAL (SELECT (kept.used < key.rate_limit)::integer AS n) admits
    )
    FROM key
    WHERE r.workspace_id = key.workspace_id AND r.api_key_id = key.id
        AND key.revoked_at IS NULL AND (key.expires_at IS NULL OR key.expires_at > $3)
    RETURNING r.head, r.used, r.admitted,
        CASE WHEN NOT r.admitted
            THEN (SELECT max(place) FROM unnest(r.counts) WITH ORDINALITY AS b (n, place) WHERE n > 0) END AS oldest
)
SELECT key.id, key.workspace_id, key.name, key.mode, key.prefix, key.scopes, key.tier, key.rate_limit,
    key.expires_at, key.revoked_at, key.slug, key.workspace_name, taken.head, taken.used, taken.admitted, taken.oldest
FROM key LEFT JOIN taken ON true
"""
_OPEN_WINDOW = f"""
INSERT INTO rate_windows (workspace_id, api_key_id, head, used, admitted, counts)
VALUES ($1, $2, $3, 0, true, array_fill(0, ARRAY[{_BUCKETS}]))
ON CONFLICT DO NOTHING
"""
_STORED_HASH = "SELECT salt, rounds, hash FROM api_keys WHERE public_id = $1"


class Admission(NamedTuple):
    """What the gate found: the key, its workspace, and the state of the window after this request.

    Attributes:
        head: the newest bucket of the window, or None where the key may not be used or has no window yet.
        used: accepted requests in the window, this one included.
        admitted: whether this request was accepted.
        oldest: place (1 is the newest) of the oldest bucket that counts, where the request was refused.
    """

    key_id: str
    workspace_id: str
    key_name: str
    mode: str
    prefix: str
    scopes: list[str]
    tier: str
    rate_limit: int
    expires_at: datetime | None
    revoked_at: datetime | None
    workspace_slug: str
    workspace_name: str
    head: int | None
    used: int | None
    admitted: bool | None
    oldest: int | None

    @property
    def remaining(self) -> int:
        """Requests left in the window."""
        return max(self.rate_limit - (self.used or 0), 0)

    def seconds_until_reset(self, now: datetime) -> int:
        """Seconds until every request counted so far has left the window."""
        end = ((self.head or 0) + _BUCKETS) * _BUCKET_SECONDS
        return max(math.ceil(end - now.timestamp()), 1)

    def seconds_until_place(self, now: datetime) -> int:
        """Seconds until the next request is accepted, where this one was refused."""
        end = ((self.head or 0) - (self.oldest or 1) + 1 + _BUCKETS) * _BUCKET_SECONDS
        return max(math.ceil(end - now.timestamp()), 1)


async def verify_key(pool: Pool, credential: Credential, verifier: KeyVerifier) -> None:
    """Return where this process has found the key to have the stored hash, now or before.

    No connection is held while the key is hashed: other keys' requests go on.

    Raises:
        ApiError: 401 ``invalid_api_key``.
    """
    if verifier.knows(credential):
        return
    async with pool.acquire() as connection:
        stored = await connection.fetchrow(_STORED_HASH, credential.public_id)
    if stored is None or not await verifier.verify(credential, *stored):
        raise invalid_key()


async def admit(connection: Connection, credential: Credential, now: datetime) -> Admission:
    """Return the admission of a verified key; the caller looks at ``admitted``.

    Raises:
        ApiError: 401 ``invalid_api_key``, ``api_key_revoked`` or ``api_key_expired``.
    """
    bucket = int(now.timestamp() / _BUCKET_SECONDS)
    admission = await fetch_one(connection, Admission, GATE, credential.public_id, bucket, now)
    if admission is None:
        raise invalid_key()
    if admission.revoked_at is not None:
        raise ApiError(401, "api_key_revoked", "This API key has been revoked.", headers=CHALLENGE)
    if admission.head is None:
        if admission.expires_at is not None and admission.expires_at <= now:
            raise ApiError(401, "api_key_expired", "This API key has expired.", headers=CHALLENGE)
        await connection.execute(_OPEN_WINDOW, admission.workspace_id, admission.key_id, bucket)
        return await admit(connection, credential, now)
    return admission


def invalid_key() -> ApiError:
    """Return the 401 for a key that is not one of ours."""
    return ApiError(401, "invalid_api_key", "The API key is not valid.", headers=CHALLENGE)
