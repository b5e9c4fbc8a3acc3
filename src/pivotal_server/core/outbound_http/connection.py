"""One connection to a server: a request at a time, and an answer that is bounded in every direction."""

import asyncio
from typing import Final, NamedTuple, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from typing_extensions import override

from pivotal_server.core.outbound_http.errors import OutboundError

MAX_BODY: Final = 16 * 1024
MAX_HEADERS: Final = 16 * 1024

# Bytes before the headers have ended, and bytes in all: framing (tiny chunks, extensions, trailers) counts as well.
_MAX_HEAD: Final = 64 * 1024
_MAX_RECEIVED: Final = 256 * 1024
_MAX_INTERIM: Final = 8
_SWITCHING_PROTOCOLS: Final = 101
_FIRST_FINAL_STATUS: Final = 200


class Answer(NamedTuple):
    """What came back, of headers and body the first 16 KiB each."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    truncated: bool


class StaleConnectionError(Exception):
    """A connection that had been used before was closed without an answer: it was already being closed."""


class _EnoughError(Exception):
    """Ends the parser's work on data of which no more is wanted."""


class Connection(asyncio.Protocol):
    """An asyncio protocol; its ``on_…`` methods are called by the parser.

    Nothing that the other side sends is kept beyond the limits, and whatever goes beyond them is not parsed either:
    a flood costs no more than reading it.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer] | None = None
        self._used = False
        self._keep = False
        self._most = MAX_BODY
        self._begin()

    def _begin(self) -> None:
        self._received = 0  # bytes
        self._interim = 0  # answers 1xx
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._header_room = MAX_HEADERS
        self._body = bytearray()
        self._framed = False  # whether the answer says where its body ends

    @property
    def usable(self) -> bool:
        """Whether another request may be sent."""
        return self._keep and self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes, most: int = MAX_BODY) -> Answer:
        """Send a request and return the answer; a cancelled or failed exchange ends the connection.

        Args:
            request: the bytes to send.
            most: how many bytes of the answer's body are kept.

        Raises:
            StaleConnectionError: nothing was answered, and the connection had been used before.
            OutboundError: ``reset`` or ``protocol``.
        """
        self._begin()
        self._most = most
        self._keep = False
        if self._transport is None or self._transport.is_closing():
            raise self._unanswered()
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._waiter
        finally:
            self._waiter = None
            self._used = True
            if not self._keep:
                self.abort()

    def abort(self) -> None:
        """Close at once. Closing politely would, under TLS, wait for a side that may go on sending."""
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            # Nobody asked. It must not be there when the next request is sent, to be taken for its answer.
            self._keep = False
            self.abort()
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            pass  # what follows is another protocol; the answer itself is complete
        except HttpParserError:
            self._fail(OutboundError("protocol", "The answer is not valid HTTP."))
        if self._received > (_MAX_RECEIVED if self._status else _MAX_HEAD):
            self._fail(OutboundError("protocol", "The answer's headers or framing are too large."))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._status and not self._framed and exc is None:
            self._finish(keep=False)  # a body without a length ends with the connection
        elif self._status:
            self._fail(OutboundError("protocol", "The answer broke off."))
        else:
            self._fail(self._unanswered())

    def on_message_begin(self) -> None:
        """Begin an answer; nothing may follow the one that was waited for."""
        if self._waiter is None or self._waiter.done():
            self._keep = False
            raise _EnoughError

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header while there is room."""
        lower = name.lower()
        if lower == b"content-length" or (lower == b"transfer-encoding" and b"chunked" in value.lower()):
            self._framed = True
        self._header_room -= len(name) + len(value)
        if self._header_room >= 0:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Tell an answer from the interim ones that may precede it."""
        status = self._parser.get_status_code()
        if status >= _FIRST_FINAL_STATUS or status == _SWITCHING_PROTOCOLS:
            self._status = status
            return
        self._interim += 1
        if self._interim > _MAX_INTERIM:
            raise _EnoughError
        self._headers.clear()
        self._header_room = MAX_HEADERS
        self._framed = False

    def on_body(self, body: bytes) -> None:
        """Keep the beginning of the body; whatever comes after it is the end of the exchange."""
        room = self._most - len(self._body)
        self._body += body[:room]
        if len(body) > room:
            self._finish(keep=False, truncated=True)
            raise _EnoughError

    def on_message_complete(self) -> None:
        """End the exchange, unless the answer is an interim one."""
        if self._status:
            self._finish(keep=self._status != _SWITCHING_PROTOCOLS and self._parser.should_keep_alive())

    def _finish(self, *, keep: bool, truncated: bool = False) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._keep = keep
            self._waiter.set_result(Answer(self._status, tuple(self._headers), bytes(self._body), truncated))

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    def _unanswered(self) -> Exception:
        if self._used and not self._received:
            return StaleConnectionError()
        return OutboundError("reset", "The connection was closed before there was an answer.")
