"""From names to addresses, without a thread: a name server that is silent holds up nobody but its own names."""

import asyncio
import socket
from typing import Final

import aiodns

from pivotal_server.core.outbound_http.errors import OutboundError

_REMEMBERED: Final = 1000  # names


class Names:
    """Looks names up, each one once at a time, and remembers the answers for a while.

    Args:
        servers: name servers as ``address`` or ``address:port``; none means the system's.
        seconds: for how long an answer is used.
    """

    def __init__(self, servers: tuple[str, ...], seconds: float) -> None:
        self._dns = aiodns.DNSResolver(servers, timeout=2, tries=2)
        self._seconds = seconds
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._asking: dict[str, asyncio.Task[tuple[str, ...]]] = {}

    async def addresses(self, name: str) -> tuple[str, ...]:
        """Return all addresses of a name, private ones as well: whoever dials has to check them.

        Raises:
            OutboundError: ``dns``, the name has none.
        """
        known = self._known.get(name)
        if known is not None and asyncio.get_running_loop().time() < known[0]:
            return known[1]
        asking = self._asking.get(name)
        if asking is None:
            asking = self._asking[name] = asyncio.create_task(self._ask(name))
            asking.add_done_callback(lambda done: self._asked(name, done))
        # Whoever loses patience leaves the question to the others who wait for it, and to those who will.
        return await asyncio.shield(asking)

    async def close(self) -> None:
        """Give up on the open questions."""
        for asking in self._asking.values():
            asking.cancel()
        await self._dns.close()

    async def _ask(self, name: str) -> tuple[str, ...]:
        try:
            answer = await self._dns.getaddrinfo(name, type=socket.SOCK_STREAM)
        except aiodns.error.DNSError as error:
            raise OutboundError("dns", f"{name} could not be resolved: {error.args[1]}.") from error
        addresses = tuple(node.addr[0].decode() for node in answer.nodes)
        while len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[name] = (asyncio.get_running_loop().time() + self._seconds, addresses)
        return addresses

    def _asked(self, name: str, done: asyncio.Task[tuple[str, ...]]) -> None:
        del self._asking[name]
        if not done.cancelled():
            done.exception()  # seen, also where nobody waits for it any more
