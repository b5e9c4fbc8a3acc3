"""The shape of a takeout."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

KEPT_FOR = timedelta(days=7)
"""How long a takeout can be downloaded."""

ABANDONED_AFTER = timedelta(hours=1)
"""After how long without a sign of life another takeout may be begun."""

Status = Literal["waiting", "running", "done", "failed", "cancelled"]


class Takeout(NamedTuple):
    """A takeout as stored.

    Attributes:
        person_id: who asked for it.
        file_id: names the file in the storage.
        total: how many rows and attached files there are.
        done: how many of those the worker has written.
        sha256: of the file.
        seen_at: the worker's last sign of life.
    """

    id: str
    person_id: str
    status: Status
    file_id: str | None
    total: int
    done: int
    size: int | None
    sha256: bytes | None
    created_at: datetime
    started_at: datetime | None
    seen_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def under_way(self) -> bool:
        """Whether a worker has it, or is to have it."""
        return self.status in {"waiting", "running"}

    def rate(self, now: datetime) -> int:
        """Return how many rows a second the worker writes, so far."""
        seconds = (now - self.started_at).total_seconds() if self.started_at else 0
        return int(self.done / seconds) if seconds > 0 else 0

    def can_be_had(self, now: datetime) -> bool:
        """Return whether there is something to download."""
        return self.expires_at is not None and now < self.expires_at
