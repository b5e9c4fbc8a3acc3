"""When a delivery is tried again (documentation: Retries and backoff)."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

# From each attempt that failed to the next one; the eighth and last comes a day after the first.
DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600))
LAST_AFTER = timedelta(hours=24)
MAX_ATTEMPTS = len(DELAYS) + 2

# Deliveries that failed together come back spread over a tenth of their delay, and never early.
_JITTER = 0.1
_MAX_JITTER_SECONDS = 600.0
# Where the first day has passed, because nobody was there to send, the last attempt is not made on the heels of the one
# before.
_LEAST_LAST_DELAY = timedelta(minutes=5)


def next_attempt(
    made: int,
    first_at: datetime,
    now: datetime,
    retry_after: timedelta | None = None,
    draw: Callable[[], float] = random.random,
) -> datetime | None:
    """Return when to try again, or None where that was the last attempt.

    Args:
        made: attempts of the schedule, the one that just failed included; 1 or more.
        first_at: when the first of them was made.
        now: when the last of them failed.
        retry_after: how long the receiver asked to be left alone; it lengthens a delay.
        draw: returns a random number in [0, 1).
    """
    if made >= MAX_ATTEMPTS:
        return None
    last = max(first_at + LAST_AFTER, now + _LEAST_LAST_DELAY)
    due = now + DELAYS[made - 1] if made <= len(DELAYS) else last
    if retry_after is not None:
        # As far as the schedule has room: the attempts after this one keep their distance, and the last its time.
        due = max(due, min(now + retry_after, first_at + LAST_AFTER - sum(DELAYS[made:], timedelta())))
    return due + timedelta(seconds=draw() * min(_JITTER * (due - now).total_seconds(), _MAX_JITTER_SECONDS))


def read_retry_after(value: str, now: datetime) -> timedelta | None:
    """Return what a ``Retry-After`` header asks for, or None where it cannot be read.

    Args:
        value: whole seconds or an HTTP date.
        now: the present.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LAST_AFTER)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        return None
    return min(max(date - now, timedelta(0)), LAST_AFTER)
