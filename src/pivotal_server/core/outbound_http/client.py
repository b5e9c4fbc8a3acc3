"""The client: checks a URL, finds or makes a connection, and holds the clock."""

import asyncio
import re
import ssl
from collections.abc import Mapping
from time import perf_counter
from types import TracebackType
from typing import Final, NamedTuple, Self

from pivotal_server.core.outbound_http.connection import MAX_BODY, Answer, Connection, StaleConnectionError
from pivotal_server.core.outbound_http.dialling import connect
from pivotal_server.core.outbound_http.errors import ErrorKind, OutboundError
from pivotal_server.core.outbound_http.names import Names
from pivotal_server.core.outbound_http.pool import Pool
from pivotal_server.core.outbound_http.urls import Target, check_url, rule_of
from pivotal_server.core.settings import Settings

_SECONDS: Final = 10.0
_NAME_SECONDS: Final = 10.0
# Many servers close after five idle seconds. They do it before us, then, and it is seen before the next request.
_IDLE_SECONDS: Final = 15.0
_FIELDS: Final = re.compile(r"(?:[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\t\x20-\x7e]*\r\n)*")


class OutboundResponse(NamedTuple):
    """An answer, whatever its status; a redirect is an answer like any other.

    ``headers`` are in the order they came in, up to 16 KiB of them. ``body`` is the first 16 KiB, or as much as the
    caller asked for, as sent (never decompressed), ``truncated`` says that there was more. ``latency_ms`` runs from the
    call to the end of the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    latency_ms: int

    def text(self) -> str:
        """Return the body as text that a database takes: invalid UTF-8 and NUL are replaced."""
        return _text(self.body)


class OutboundHttp:
    """Sends requests to URLs that other people wrote; an asynchronous context manager that owns its connections.

    How much is sent at once is up to the caller: there is no queue in here in which one host could hold up another.

    Args:
        settings: ``outbound_allow``, ``outbound_ca`` and ``outbound_dns`` are read.
        seconds: the longest that a request may take, from the look-up of the name to the end of the answer.
        name_seconds: for how long the addresses of a name are used before it is looked up again.
        idle_seconds: for how long a connection is kept for the next request.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        seconds: float = _SECONDS,
        name_seconds: float = _NAME_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self._settings = settings
        self._seconds = seconds
        self._name_seconds = name_seconds
        self._idle_seconds = idle_seconds

    async def __aenter__(self) -> Self:
        self._tls = ssl.create_default_context()
        self._tls.set_alpn_protocols(["http/1.1"])
        if self._settings.outbound_ca is not None:
            self._tls.load_verify_locations(self._settings.outbound_ca)
        self._names = Names(self._settings.outbound_dns, self._name_seconds)
        self._pool = Pool(self._idle_seconds)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()
        await self._names.close()

    def check_url(self, url: str) -> None:
        """Refuse a URL that could never be requested (see ``urls.check_url``)."""
        check_url(url, self._settings.outbound_allow)

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> OutboundResponse:
        """Send a POST and return the answer, also where it is an error or a redirect.

        Args:
            url: as somebody wrote it; checked here, and its addresses where the connection is made.
            headers: sent as they are, ASCII; Host and Content-Length are added and nothing else.
            body: the bytes to send.

        Raises:
            OutboundError: there is no answer; its kind says why.
            ValueError: the headers are not headers.
        """
        return await self._send("POST", url, headers, body, MAX_BODY)

    async def get(self, url: str, *, headers: Mapping[str, str], most: int = MAX_BODY) -> OutboundResponse:
        """Send a GET and return the answer, also where it is an error or a redirect.

        Args:
            url: as for ``post``.
            headers: as for ``post``.
            most: how many bytes of the body are kept.

        Raises:
            OutboundError | ValueError: as by ``post``.
        """
        return await self._send("GET", url, headers, None, most)

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, most: int
    ) -> OutboundResponse:
        started = perf_counter()
        kind: ErrorKind
        try:
            target = check_url(url, self._settings.outbound_allow)
            async with asyncio.timeout(self._seconds):
                answer = await self._exchange(target, _request(method, target, headers, body), most)
        except OutboundError as error:
            kind, message = error.kind, error.message
        except TimeoutError:
            kind, message = "timeout", f"No complete answer within {self._seconds:g} seconds."
        else:
            kept = tuple((_text(name), _text(value)) for name, value in answer.headers)
            return OutboundResponse(answer.status, kept, answer.body, answer.truncated, _milliseconds_since(started))
        raise OutboundError(kind, message, _milliseconds_since(started))

    async def _exchange(self, target: Target, request: bytes, most: int) -> Answer:
        origin = (target.scheme, target.host, target.port)
        while True:
            connection = self._pool.take(origin) or await self._connect(target)
            try:
                answer = await connection.exchange(request, most)
            except StaleConnectionError:
                # The server closed an idle connection in the very moment in which it was used again. That says nothing
                # about the request: it goes out again, in the end over a connection that is new and cannot be stale.
                continue
            if connection.usable:
                self._pool.put(origin, connection)
            return answer

    async def _connect(self, target: Target) -> Connection:
        addresses = target.addresses or await self._names.addresses(target.host)
        return await connect(target, addresses, rule_of(target.scheme, self._settings.outbound_allow), self._tls)


def _request(method: str, target: Target, headers: Mapping[str, str], body: bytes | None) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if not _FIELDS.fullmatch(fields) or fields.count("\r\n") != len(headers):
        raise ValueError("A header has a character that headers must not have.")
    length = "" if body is None else f"Content-Length: {len(body)}\r\n"
    head = f"{method} {target.resource} HTTP/1.1\r\nHost: {target.authority}\r\n{length}"
    return f"{head}{fields}\r\n".encode("ascii") + (body or b"")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\0", "\ufffd")


def _milliseconds_since(started: float) -> int:
    return int((perf_counter() - started) * 1000)
