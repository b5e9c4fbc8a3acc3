"""Keeps the tests on this machine: a connection to anywhere else, or the look-up of a name, is an error."""

import ipaddress
import sys
from contextlib import suppress


class LeavesTheMachineError(Exception):
    """A test tried to talk to somebody outside."""


def stay_on_this_machine() -> None:
    """Refuse, from now on and for the whole process, every connection but to a Unix socket or a loopback address."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[object, ...]) -> None:
    # Every audited event comes by here, so the common case is one comparison.
    if event.startswith("socket."):
        if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            address = arguments[1]
            if isinstance(address, tuple) and not _is_here(address[0]):
                raise LeavesTheMachineError(f"{event}: {address}")
        elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
            raise LeavesTheMachineError(f"{event}: {arguments[0]!r}")


def _is_here(host: object) -> bool:
    if host is None:  # getaddrinfo's word for every address of this machine
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if text == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    return False
