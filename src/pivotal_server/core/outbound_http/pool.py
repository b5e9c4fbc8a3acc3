"""Connections that wait for their next request."""

import asyncio

from pivotal_server.core.outbound_http.connection import Connection
from pivotal_server.core.outbound_http.urls import Scheme

Origin = tuple[Scheme, str, int]


class Pool:
    """Idle connections by origin. The one that was used last goes first, so that the others can grow old and go.

    Args:
        seconds: for how long a connection may be idle.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._idle: dict[Origin, list[tuple[float, Connection]]] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False

    def take(self, origin: Origin) -> Connection | None:
        """Return a connection that can be used now, if there is one; it is the caller's until it is put back."""
        idle = self._idle.get(origin)
        since = asyncio.get_running_loop().time() - self._seconds
        while idle:
            used, connection = idle.pop()
            if used > since and connection.usable:
                return connection
            connection.abort()
        self._idle.pop(origin, None)
        return None

    def put(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection for the next request to its origin."""
        if self._closed:
            connection.abort()
            return
        loop = asyncio.get_running_loop()
        self._idle.setdefault(origin, []).append((loop.time(), connection))
        if self._sweep is None:
            self._sweep = loop.call_later(self._seconds, self._close_old)

    def close(self) -> None:
        """Close what is idle, and from now on what becomes idle."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        for idle in self._idle.values():
            for _, connection in idle:
                connection.abort()
        self._idle.clear()

    def _close_old(self) -> None:
        loop = asyncio.get_running_loop()
        since = loop.time() - self._seconds
        for origin, idle in list(self._idle.items()):
            young = []
            for used, connection in idle:
                if used > since and connection.usable:
                    young.append((used, connection))
                else:
                    connection.abort()
            if young:
                self._idle[origin] = young
            else:
                del self._idle[origin]
        self._sweep = loop.call_later(self._seconds, self._close_old) if self._idle else None
