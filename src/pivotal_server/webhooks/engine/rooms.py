"""How many requests each endpoint may have under way, so that nobody's trouble uses up the worker."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pivotal_server.webhooks.engine.claim import FIRST_ROOM

if TYPE_CHECKING:
    from pivotal_server.webhooks.engine.send import Attempt

Key = tuple[str, str]

_MOST = 64
# What an unknown endpoint may hold of a worker with few places.
_PARTS = 8
# Endpoints that are remembered; one that is forgotten begins anew, which costs it or us next to nothing.
_REMEMBERED = 5_000


class Rooms:
    """Keeps count of requests, an endpoint's limit growing with each success and halved by each failure.

    An endpoint that hangs holds ``first`` places of the worker at first, and soon a single one; a good one that is slow
    or far away gets enough of them to keep up. All endpoints of a workspace together hold half of the worker at most.

    Args:
        concurrency: the places of the worker.
    """

    def __init__(self, concurrency: int) -> None:
        self.first = max(1, min(FIRST_ROOM, concurrency // _PARTS))
        self.share = (concurrency + 1) // 2
        self._limits: dict[Key, int] = {}
        self._busy: Counter[Key] = Counter()
        self._busy_workspaces: Counter[str] = Counter()

    def begin(self, key: Key) -> None:
        """Count a request that begins; the key is workspace and endpoint."""
        self._busy[key] += 1
        self._busy_workspaces[key[0]] += 1

    def end(self, key: Key, attempt: Attempt) -> None:
        """Count a request that ended."""
        self._busy[key] -= 1
        if not self._busy[key]:
            del self._busy[key]
        self._busy_workspaces[key[0]] -= 1
        if not self._busy_workspaces[key[0]]:
            del self._busy_workspaces[key[0]]
        limit = self._limits.pop(key, self.first)  # and to the end, where the latest are
        self._limits[key] = min(limit + 1, _MOST) if attempt.succeeded else max(limit // 2, 1)
        if len(self._limits) > _REMEMBERED:
            del self._limits[next(iter(self._limits))]

    def left(self) -> dict[Key, int]:
        """Return how many more requests each endpoint may have; one that is not named, ``first``."""
        return {
            key: self._limits.get(key, self.first) - self._busy.get(key, 0)
            for key in self._limits.keys() | self._busy.keys()
        }

    def shares(self) -> dict[str, int]:
        """Return how many more requests each workspace may have; one that is not named, ``share``."""
        return {workspace_id: self.share - busy for workspace_id, busy in self._busy_workspaces.items()}
