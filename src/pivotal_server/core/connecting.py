"""Opens connections to PostgreSQL that end by themselves where the other machine has vanished.

A machine that loses its power, or a firewall that forgets a connection, says nothing: without these options a statement
waits for hours for its answer, and the server keeps the locks of a session that is no more.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivotal_server.core.db import Connection

_IDLE, _INTERVAL, _COUNT = 30, 10, 3
# After what the three take together, nobody waits for the receipt of what was sent any longer.
_UNACKNOWLEDGED_MS = (_IDLE + _INTERVAL * _COUNT) * 1000

# How we look after the server. Systems that do not know an option do without it; those of macOS have other names.
_OPTIONS = (
    ("TCP_KEEPIDLE", _IDLE),
    ("TCP_KEEPALIVE", _IDLE),
    ("TCP_KEEPINTVL", _INTERVAL),
    ("TCP_KEEPCNT", _COUNT),
    ("TCP_USER_TIMEOUT", _UNACKNOWLEDGED_MS),
)
# How the server looks after us; it ignores them where the connection is a socket of its own machine.
_SESSION = {
    "tcp_keepalives_idle": str(_IDLE),
    "tcp_keepalives_interval": str(_INTERVAL),
    "tcp_keepalives_count": str(_COUNT),
    "tcp_user_timeout": str(_UNACKNOWLEDGED_MS),
}


async def open_connection(dsn: str, session: Mapping[str, str], seconds: float = 10) -> Connection:
    """Return a new connection to the database.

    Args:
        dsn: the database's address.
        session: settings of PostgreSQL for it.
        seconds: how long to wait at most.

    Raises:
        OSError | asyncpg.PostgresError: the database cannot be reached or refuses us.
        ValueError | asyncpg.InterfaceError: the address cannot be read.
    """
    connection: Any = await asyncpg.connect(dsn, timeout=seconds, server_settings={**_SESSION, **session})
    keep_alive(connection._transport.get_extra_info("socket"))  # noqa: SLF001 - nothing public leads there
    opened: Connection = connection
    return opened


def keep_alive(wire: socket.socket) -> None:
    """Have a TCP connection found out that leads nowhere any more; others cannot lose their way."""
    if wire.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS:
        if hasattr(socket, name):
            wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
