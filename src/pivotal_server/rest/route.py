"""The API's route: authenticate, bind, admit, run, answer, log; the same for every operation."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute

from pivotal_server.core.errors import ApiError, internal_error
from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.core.telemetry import count_request
from pivotal_server.identity import keys
from pivotal_server.identity.gate import Admission, admit, invalid_key, verify_key
from pivotal_server.identity.models import Actor
from pivotal_server.identity.usage import LoggedRequest
from pivotal_server.rest.binding import check_content_type, read_body, signature_of
from pivotal_server.rest.call import Call, Reply, idempotency_key
from pivotal_server.rest.dialect import presented_key, presents_key
from pivotal_server.rest.headers import RequestHeaders, rate_headers, rate_limited, response_headers
from pivotal_server.rest.idempotency import MAX_KEY_BYTES
from pivotal_server.rest.streaming import send_stream

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from pivotal_server.rest.call import Services
    from pivotal_server.rest.dialect import Dialect
    from pivotal_server.rest.idempotency import IdempotencyKey

logger = logging.getLogger(__name__)

_READING = frozenset({"GET", "HEAD"})


class ApiRoute(APIRoute):
    """A route that FastAPI documents and this module runs; its signature is read once."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:  # noqa: ANN401 - FastAPI's own signature
        super().__init__(path, endpoint, **options)
        self.takes = signature_of(endpoint)
        if self.takes.scope:
            self.openapi_extra = {**(self.openapi_extra or {}), "x-scope": self.takes.scope}
        if self.takes.body_optional:
            self.openapi_extra = {**(self.openapi_extra or {}), "requestBody": {"required": False}}


@dataclass(frozen=True, slots=True)
class Match:
    """What dispatch found: a route with the values of its path, or the error for there being none.

    It has a dialect where the path is not of the API's own.
    """

    route: ApiRoute | None
    path_values: dict[str, str]
    refusal: ApiError | None = None
    dialect: Dialect | None = None


@dataclass(slots=True)
class _Visit:
    """A request under way; it has an admission once its key was accepted."""

    id: str
    method: str
    path: str
    ip: str
    headers: RequestHeaders
    admission: Admission | None = None
    error_code: str | None = None


async def answer(services: Services, scope: Scope, receive: Receive, send: Send, match: Match) -> None:
    """Answer one HTTP request; whatever happens, the answer is JSON in the documented shape."""
    started = time.perf_counter_ns()
    headers = RequestHeaders.of(scope)
    visit = _Visit(
        new_prefixed_id("req"), scope["method"], scope["path"], _client_ip(services, scope, headers), headers
    )
    try:
        reply = await _perform(services, Call(scope, receive), visit, match)
    except ApiError as error:
        reply = _refuse(match, visit, error)
    except Exception:
        logger.exception("Request %s failed: %s %r", visit.id, visit.method, visit.path)
        reply = _refuse(match, visit, internal_error(visit.id))
    admission, now = visit.admission, services.clock.now()
    rate = rate_headers(admission, now) if admission else ()
    start = response_headers(visit.id, reply, rate)
    await send({"type": "http.response.start", "status": reply.status, "headers": start})
    if not reply.open_ended:
        await _send_body(receive, send, reply, visit)
    nanoseconds = time.perf_counter_ns() - started
    count_request(visit.method, match.route.path if match.route else None, reply.status, nanoseconds / 1e9)
    _log(services, visit, reply, now, nanoseconds)
    if reply.open_ended:  # told of when it begins: it may take days
        await _send_body(receive, send, reply, visit)


def _refuse(match: Match, visit: _Visit, error: ApiError) -> Reply:
    visit.error_code = error.code
    if match.dialect is not None:
        return match.dialect.refuse(error)
    return Reply(error.body(), error.status, error.headers)


def _log(services: Services, visit: _Visit, reply: Reply, now: datetime, nanoseconds: int) -> None:
    """Add a request whose key was accepted to the request log."""
    admission = visit.admission
    if admission:
        services.usage.add(
            LoggedRequest(
                workspace_id=admission.workspace_id,
                id=visit.id,
                created_at=now,
                method=visit.method,
                path=visit.path[:2000].replace("\0", "\N{REPLACEMENT CHARACTER}"),  # which no text column holds
                status=reply.status,
                latency_us=nanoseconds // 1000,
                api_key_id=admission.key_id,
                livemode=admission.mode == "live",
                ip=visit.ip,
                error_code=visit.error_code,
            )
        )


async def _send_body(receive: Receive, send: Send, reply: Reply, visit: _Visit) -> None:
    head = visit.method == "HEAD"
    if head or reply.pieces is None:
        await send({"type": "http.response.body", "body": b"" if head else reply.body})
        return
    try:
        if reply.open_ended:
            await send_stream(receive, send, reply.pieces)
            return
        async for piece in reply.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except Exception:
        # Too late for another answer: the server cuts the connection, and the client sees that bytes are missing.
        logger.exception("Request %s failed on its way out: %s %r", visit.id, visit.method, visit.path)
        raise
    await send({"type": "http.response.body", "body": b""})


async def _perform(services: Services, call: Call, visit: _Visit, match: Match) -> Reply:
    """Return the answer of a request.

    What is wrong with the request itself is found before the database is asked, and told after its key was accepted: a
    stranger learns nothing, and a bad request spends the rate limit as a good one does.
    """
    route, call.services = match.route, services
    if route is not None and route.takes.scope is None:
        reply: Reply = await route.endpoint(call, **route.takes.arguments(match.path_values, b"", b""))
        return reply
    if route is None and match.refusal and not presents_key(match.dialect, visit.headers):
        raise match.refusal
    credential = keys.read(presented_key(match.dialect, visit.headers))
    if credential is None or not (
        services.verifier.knows(credential) or keys.is_ours(credential.text, services.checksum_secret)
    ):
        raise invalid_key()
    arguments, refusal = await _prepare(call, visit, match)
    await verify_key(services.pool, credential, services.verifier)
    async with services.pool.acquire() as connection:
        admission = await admit(connection, credential, services.clock.now())
        visit.admission = call.admission = admission
        if not admission.admitted:
            raise rate_limited(admission, services.clock.now())
        if route is not None and route.takes.scope:  # any key will do where it is empty
            call.require(route.takes.scope)
        if refusal or route is None:
            raise refusal or AssertionError
        call.connection = connection
        call.actor = _actor(admission, visit)
        if not route.takes.streams:
            result: Reply = await route.endpoint(call, **arguments)
            return result
    streamed: Reply = await route.endpoint(call, **arguments)  # a slow client must not hold a connection
    return streamed


async def _prepare(call: Call, visit: _Visit, match: Match) -> tuple[dict[str, Any], ApiError | None]:
    """Read and validate the request; return the route's arguments, or the error to raise once the key is accepted."""
    if match.route is None:
        return {}, match.refusal
    takes, headers = match.route.takes, visit.headers
    try:
        unread = takes.streams or visit.method in _READING
        body = b"" if unread else await read_body(call.receive, headers.content_length)
        if takes.body_optional and not body:
            body = b"{}"
        elif takes.body:
            check_content_type(headers.content_type)
        if headers.idempotency_key is not None and visit.method not in _READING:
            call.idempotency = _idempotency_key(headers.idempotency_key, visit, body)
        return takes.arguments(match.path_values, call.scope["query_string"], body), None
    except ApiError as error:
        return {}, error


def _idempotency_key(header: bytes, visit: _Visit, body: bytes) -> IdempotencyKey:
    if not header or len(header) > MAX_KEY_BYTES:
        message = f"Idempotency-Key must be 1 to {MAX_KEY_BYTES} bytes."
        raise ApiError(400, "invalid_field", message, field="Idempotency-Key")
    return idempotency_key(header.decode("latin-1"), visit.method, visit.path, body)


def _actor(admission: Admission, visit: _Visit) -> Actor:
    return Actor(
        workspace_id=admission.workspace_id,
        type="api_key",
        id=admission.key_id,
        name=f"API: {admission.key_name}",
        livemode=admission.mode == "live",
        role="admin",
        request_id=visit.id,
        ip=visit.ip,
    )


def _client_ip(services: Services, scope: Scope, headers: RequestHeaders) -> str:
    """Return the client's address: the connection's, or the nearest that a trusted proxy names."""
    if services.settings.trust_proxy and headers.forwarded_for:
        return headers.forwarded_for.rpartition(b",")[2].strip().decode("latin-1")[:64]
    client = scope.get("client")
    return str(client[0]) if client else ""
