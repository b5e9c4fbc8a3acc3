"""The port of the web server: whether it is free, and what answers there."""

from __future__ import annotations

import errno
import http.client
import json
import socket
from typing import Any

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to
_LAST_PORT = 65535
_HEALTH = "/api/v1/health"
_DEEP_HEALTH = "/api/health/deep"


class PortError(Exception):
    """The address cannot be listened on; the message says what to do."""


def require_free_port(host: str, port: int) -> None:
    """Check that a server could listen on the address right now.

    Raises:
        PortError: somebody else listens there, or the address is not ours to use.
    """
    try:
        family, address = _resolve(host, port)
        with socket.socket(family) as probe:
            # As a server binds, so that connections that are fading away do not count; a listener does.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise PortError(_explained(error, host, port)) from error


def numeric_host(host: str, port: int) -> str:
    """Return the address that a host name stands for.

    Raises:
        PortError: it stands for none.
    """
    try:
        return str(_resolve(host, port)[1][0])
    except OSError as error:
        raise PortError(_explained(error, host, port)) from error


def local_url(host: str, port: int) -> str:
    """Return the URL at which a server that listens on the address is reached from this machine."""
    name = _ANYWHERE.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def ask_health(host: str, port: int, *, deep: bool = False, seconds: float = 5) -> dict[str, Any] | None:
    """Return the health that a Pivotal server at the address reports, or None where there is none.

    Args:
        host: the address it listens on.
        port: its port.
        deep: whether to ask for everything that the server depends on, too.
        seconds: how long to wait at most.
    """
    connection = http.client.HTTPConnection(_ANYWHERE.get(host, host), port, timeout=seconds)
    try:
        connection.request("GET", _DEEP_HEALTH if deep else _HEALTH)
        answer = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) and "status" in answer and "timestamp" in answer else None


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return family, address


def _explained(error: OSError, host: str, port: int) -> str:
    place = f"Port {port} of {host}"
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < _LAST_PORT else 8000
        return f"{place} is in use by another program. Stop that one, or choose another port with PORT={other}."
    if error.errno == errno.EACCES:
        return f"{place} may not be used by this account: ports below 1024 belong to root. Choose PORT=8000."
    return f"{place} cannot be listened on: {error.strerror or error}. PIVOTAL_HOST is an address of this machine."
