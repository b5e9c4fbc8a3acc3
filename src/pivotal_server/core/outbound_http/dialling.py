"""Making connections: the place where every socket comes from, and where each address is checked."""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Final

from aiohappyeyeballs import AddrInfoType, start_connection

from pivotal_server.core.outbound_http.addresses import AddressRule
from pivotal_server.core.outbound_http.connection import Connection
from pivotal_server.core.outbound_http.errors import OutboundError
from pivotal_server.core.outbound_http.urls import Target, refusal

# How long an address may take before the next one is tried beside it (RFC 8305).
_NEXT_ADDRESS_SECONDS: Final = 0.25
_ADDRESSES: Final = 8
# We read little, and what one read brings in is handled in one go while other requests wait.
_RECEIVE_BUFFER: Final = 64 * 1024


async def connect(target: Target, addresses: Iterable[str], rule: AddressRule, tls: ssl.SSLContext) -> Connection:
    """Connect to one of the addresses that the rule permits, with TLS under the URL's name where the URL says so.

    A name may have a private address beside its public one (another view of the same machine). The private one is
    passed over, as if it were not there.

    Raises:
        OutboundError: ``blocked`` where the rule permits none of them, ``connect``, ``tls`` or ``reset``.
    """
    permitted = [address for address in addresses if rule.permits(address)][:_ADDRESSES]
    if not permitted:
        raise refusal(target.scheme, target.host)
    secure = target.scheme == "https"
    try:
        dialled = await start_connection(
            [_info(address, target.port) for address in permitted],
            happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS,
            socket_factory=socket_maker(rule),
        )
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection,
                sock=dialled,
                ssl=tls if secure else None,
                server_hostname=target.host if secure else None,
            )
        except BaseException:
            dialled.close()
            raise
    except (OSError, RuntimeError) as error:  # uvloop raises either
        # The exception names addresses: it ends here, also as a cause.
        raise _explained(error) from None
    return connection


def socket_maker(rule: AddressRule) -> Callable[[AddrInfoType], socket.socket]:
    """Return what makes every socket, and so holds the rule whatever was asked, answered or remembered before.

    The address it is given is numeric, or it is refused, and it is the one that is connected to: there is no look-up
    after the check.
    """

    def make(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, destination = info
        if not rule.permits(destination[0]):
            raise OutboundError("blocked", "The address may not be dialled.")
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        return made

    return make


def _info(address: str, port: int) -> AddrInfoType:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)


def _explained(error: OSError | RuntimeError) -> OutboundError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return OutboundError("tls", f"The certificate was refused: {error.verify_message.rstrip('.')}.")
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "the handshake failed").replace("_", " ").lower()
        return OutboundError("tls", f"No secure connection: {reason}.")
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, ConnectionError) and not isinstance(error, ConnectionRefusedError):
        return OutboundError("reset", "The connection was closed while it was being made.")
    # Several addresses that failed in several ways come as one error without a number.
    reason = os.strerror(number) if number else "none of the addresses answers"
    return OutboundError("connect", f"No connection: {reason}.")
