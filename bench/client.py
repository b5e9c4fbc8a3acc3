"""One client on one connection: requests whose latency is measured one by one."""

from __future__ import annotations

import secrets
import socket
import time
from typing import TYPE_CHECKING, Any, Self

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.data import Tenant


class RequestError(Exception):
    """The server answered with something else than a success."""


class Client:
    """One connection to the server, kept open; as little as possible between the clock and the socket.

    Args:
        port: of the server, on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> tuple[float, bytes]:
        """Send a whole request; return the milliseconds until its answer was there, and the answer's body.

        Raises:
            RequestError: it was no success.
        """
        started = time.perf_counter()
        self._socket.sendall(request)
        answer = self._socket.recv(65536)
        while (split := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive()
        head = answer[:split].lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(answer) < split + 4 + length:
            answer += self._receive()
        elapsed = (time.perf_counter() - started) * 1000
        if not head.startswith((b"http/1.1 200", b"http/1.1 201")):
            raise RequestError(answer[:1000].decode(errors="replace"))
        return elapsed, answer[split + 4 :]

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise RequestError("the server closed the connection")
        return received


def get(tenant: Tenant, path: str) -> bytes:
    """Return a whole GET request."""
    return f"GET {path} HTTP/1.1\r\n{_head(tenant)}\r\n".encode()


def post(tenant: Tenant, path: str, fields: Mapping[str, Any]) -> bytes:
    """Return a whole POST request with an ``Idempotency-Key`` of its own."""
    return _with_body(tenant, "POST", path, fields, f"Idempotency-Key: bench-{secrets.token_hex(10)}\r\n")


def patch(tenant: Tenant, path: str, fields: Mapping[str, Any]) -> bytes:
    """Return a whole PATCH request."""
    return _with_body(tenant, "PATCH", path, fields)


def _with_body(tenant: Tenant, method: str, path: str, fields: Mapping[str, Any], more: str = "") -> bytes:
    body = orjson.dumps(fields)
    described = f"Content-Type: application/json\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return f"{method} {path} HTTP/1.1\r\n{_head(tenant)}{described}".encode() + body


def _head(tenant: Tenant) -> str:
    return f"Host: 127.0.0.1\r\nAuthorization: Bearer {tenant.key}\r\n"
