"""Idempotency keys: the same key and body get the same answer, and the work is done once (documentation: Idempotency).

The record is written in the transaction of the work. While that runs, an advisory lock marks the key as in flight; a
crash releases the lock and leaves neither work nor record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.timeline.change import Answer

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection

KEPT_FOR = timedelta(hours=24)
MAX_KEY_BYTES = 255

_FIND = """
SELECT body_hash, status, location, body FROM idempotency_records
WHERE workspace_id = $1 AND method = $2 AND path = $3 AND key = $4 AND created_at > $5
"""
LOCK_AND_FIND = f"""
SELECT pg_try_advisory_xact_lock($6) AS locked, r.* FROM (SELECT 1) one LEFT JOIN ({_FIND}) r ON true
"""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request's key, within its workspace, method and concrete path."""

    method: str
    path: str
    key: str
    body_hash: bytes

    def lock_number(self, workspace_id: str) -> int:
        """Return the 64-bit number under which the key is locked."""
        text = f"{workspace_id} {self.method} {self.path} {self.key}"
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


class ReplayError(Exception):
    """The key has an answer already: nothing is done, the answer is sent again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


async def lock_key(connection: Connection, workspace_id: str, key: IdempotencyKey, now: datetime) -> None:
    """Claim the key until the end of the transaction.

    Raises:
        ReplayError: it has an answer.
        ApiError: 409 where another request holds it, or it was used with another body.
    """
    row = await connection.fetchrow(
        LOCK_AND_FIND,
        *(workspace_id, key.method, key.path, key.key, now - KEPT_FOR),
        key.lock_number(workspace_id),
    )
    assert row is not None  # noqa: S101 - the statement always returns one row
    if row["body"] is not None:
        raise ReplayError(_answer(key, row["body_hash"], row["status"], row["location"], row["body"]))
    if not row["locked"]:
        raise lost_race()


async def find_answer(connection: Connection, workspace_id: str, key: IdempotencyKey, now: datetime) -> Answer | None:
    """Return the key's stored answer, if it has one.

    Raises:
        ApiError: 409 where the key was used with another body.
    """
    row = await connection.fetchrow(_FIND, workspace_id, key.method, key.path, key.key, now - KEPT_FOR)
    return None if row is None else _answer(key, *row)


def _answer(key: IdempotencyKey, body_hash: bytes, status: int, location: str | None, body: bytes) -> Answer:
    if body_hash != key.body_hash:
        raise ApiError(
            409, "idempotency_key_reused", "This Idempotency-Key was used before, with a different request body."
        )
    return Answer(key.method, key.path, key.key, body_hash, status, location, body)


def lost_race() -> ApiError:
    """Return the 409 for a key whose first request is still running."""
    return ApiError(
        409, "idempotency_key_in_flight", "A request with this Idempotency-Key is still running. Retry shortly."
    )
