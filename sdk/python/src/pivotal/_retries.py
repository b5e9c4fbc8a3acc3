"""When to try again, and how long to wait before.

Every write carries an Idempotency-Key, the same in all tries, so that trying again never does anything twice.
"""

from __future__ import annotations

import random

from pivotal.errors import ApiError, ConnectionError, PivotalError, retry_after

FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0
LONGEST_WAIT = 60.0

_STATUSES = frozenset({408, 429})
_CODES = frozenset({"idempotency_key_in_flight"})


def delay_after(error: PivotalError, attempt: int) -> float | None:
    """Return the seconds to wait after a try that failed; None where another would fail as well.

    Args:
        error: what went wrong.
        attempt: how many tries there were before this one.
    """
    backoff = min(LONGEST_DELAY, FIRST_DELAY * 2.0**attempt) * random.uniform(0.5, 1.0)
    if isinstance(error, ConnectionError):
        return backoff
    if not isinstance(error, ApiError):
        return None
    if error.status_code < 500 and error.status_code not in _STATUSES and error.code not in _CODES:
        return None
    told = retry_after(error.headers)
    if told is None:
        return backoff
    return told if told <= LONGEST_WAIT else None
