"""The one source of time, so that tests can steer it.

Every instant in the product is an aware UTC ``datetime``; durations are in seconds unless a name says otherwise.
"""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_MICROSECOND = timedelta(microseconds=1)
_2 = [f"{number:02d}" for number in range(60)]
_3 = [f"{number:03d}" for number in range(1000)]


class Clock:
    """Tells the time, never the same microsecond twice within a process.

    Args:
        source: returns the present as seconds since the epoch; tests pass their own.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._last = datetime.fromtimestamp(0, UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.fromtimestamp(self._source(), UTC)

    def stamp(self) -> datetime:
        """Return an instant later than every earlier stamp of this process.

        Log rows are walked by ``created_at`` alone, so two of them may not share one. Other processes are kept apart by
        the tables' unique indexes: a clash there makes the clock leap and runs the transaction again.
        """
        with self._lock:
            self._last = max(self.now(), self._last + _MICROSECOND)
            return self._last

    def leap(self, clashes: int) -> None:
        """Move the stamps on by a random step, away from those of another process.

        Where a system's clock was set back, all its processes draw stamps that lie a microsecond apart until it has
        caught up; a short step would lead from one clash into the next.

        Args:
            clashes: how many there were in a row; 1 leaps by up to a millisecond, each further one ten times as far.
        """
        with self._lock:
            self._last = max(self.now(), self._last) + secrets.randbelow(100 * 10**clashes) * _MICROSECOND


def in_milliseconds(moment: datetime) -> datetime:
    """Return the instant as answers show it: stored so, sending back what was read changes nothing."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_iso(moment: datetime) -> str:
    """Return the instant as the API shows it: ISO 8601, UTC, milliseconds, truncated.

    A list of a hundred rows shows two hundred instants; this takes a quarter of the time of ``isoformat``.
    """
    return (
        f"{moment.year:04d}-{_2[moment.month]}-{_2[moment.day]}"
        f"T{_2[moment.hour]}:{_2[moment.minute]}:{_2[moment.second]}.{_3[moment.microsecond // 1000]}Z"
    )


def to_iso_or_none(moment: datetime | None) -> str | None:
    """Return ``to_iso`` of the instant, or None where there is none."""
    return None if moment is None else to_iso(moment)


def to_cursor(moment: datetime) -> str:
    """Return the instant with its microseconds, as a page's ``next_cursor`` carries it."""
    return moment.isoformat(timespec="microseconds")[:26] + "Z"
