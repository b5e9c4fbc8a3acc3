"""A call: one authenticated request on its way through a route."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from starlette.requests import Request

from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import ALL_SCOPES
from pivotal_server.rest.idempotency import IdempotencyKey, ReplayError, find_answer, lock_key, lost_race
from pivotal_server.rest.pieces import read_pieces
from pivotal_server.timeline.change import Answer, Change

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import Receive, Scope

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.core.health import Health
    from pivotal_server.core.live import Listener, PageBell
    from pivotal_server.core.pool import Pool
    from pivotal_server.core.settings import Settings
    from pivotal_server.core.storage import Storage
    from pivotal_server.core.telemetry import Telemetry
    from pivotal_server.core.wake import WorkerBell
    from pivotal_server.identity.gate import Admission
    from pivotal_server.identity.keys import KeyVerifier
    from pivotal_server.identity.models import Actor
    from pivotal_server.identity.usage import UsageLog

Result = TypeVar("Result")
Headers = tuple[tuple[bytes, bytes], ...]
_CREATED = 201


@dataclass(frozen=True, slots=True)
class Services:
    """What a process shares between its requests; there is no telemetry unless the operator wants it."""

    pool: Pool
    clock: Clock
    verifier: KeyVerifier
    usage: UsageLog
    bell: WorkerBell
    checksum_secret: bytes
    settings: Settings
    openapi: bytes
    telemetry: Telemetry | None
    storage: Storage
    health: Health
    page_bell: PageBell
    listener: Listener

    def announce(self, change: Change) -> None:
        """Tell workers and open pages of a change that was committed."""
        if change.has_work:
            self.bell.ring()
        self.page_bell.tell(change.actor.workspace_id, change.topics)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its bytes, JSON as a rule, and what goes around them.

    Attributes:
        pieces: what is sent instead of the body; where it raises, the connection is cut.
        size: how many bytes the pieces have; without it they come for as long as the client stays.
    """

    body: bytes
    status: int = 200
    headers: Headers = ()
    content_type: bytes = b"application/json"
    pieces: AsyncIterator[bytes] | None = None
    size: int | None = None

    @property
    def open_ended(self) -> bool:
        """Whether nobody knows how much follows, or for how long."""
        return self.pieces is not None and self.size is None

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return len(self.body) if self.size is None else self.size


def reply(content: object, status: int = 200, headers: Headers = ()) -> Reply:
    """Return the reply with ``content`` as JSON; ``orjson.Fragment`` embeds JSON that is text already."""
    return Reply(orjson.dumps(content), status, headers)


@dataclass(frozen=True, slots=True)
class Needs:
    """Marks in a route's signature what a key must be allowed to call it, such as ``customers:write``.

    Attributes:
        streams: the route reads the body itself, with ``Call.read``, and has a connection only ``Call.connected``.
    """

    scope: str | None
    streams: bool = False


class _TakenBackError(Exception):
    """Rolls a dry run back; carries its answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Call(Request):
    """An authenticated request, with the database connection it works on.

    Attributes:
        connection: one connection for the whole request.
        actor: who calls, and in which workspace.
        admission: the key and its rate window, as the gate found them.
        services: what the process shares between its requests.
        idempotency: the request's ``Idempotency-Key``, where it has one.
    """

    connection: Connection
    actor: Actor
    admission: Admission
    services: Services
    idempotency: IdempotencyKey | None

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self.idempotency = None

    def require(self, scope: str) -> None:
        """Refuse a key that lacks a scope which the request needs besides its route's.

        Raises:
            ApiError: 403 ``insufficient_scope``.
        """
        if ALL_SCOPES not in self.admission.scopes and scope not in self.admission.scopes:
            raise missing_scope(scope)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """Lend the call a connection for as long as the context lasts, where the route streams."""
        async with self.services.pool.acquire() as connection:
            self.connection = connection
            yield connection

    def read(self, limit: int) -> AsyncIterator[bytes]:
        """Return the body of a route that streams, piece by piece.

        Raises:
            ApiError: 413 where it is larger than ``limit`` bytes, 408 where it comes too slowly.
        """
        return read_pieces(self.receive, self.headers.get("content-length"), limit)

    def identify(self, *body: bytes) -> None:
        """Say what makes up the body of a request that was streamed, for its ``Idempotency-Key``."""
        if self.idempotency is not None:
            digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in body)).digest()
            self.idempotency = replace(self.idempotency, body_hash=digest)

    async def commit(
        self,
        work: Callable[[Change], Awaitable[Result]],
        present: Callable[[Result], Any],
        *,
        status: int | Callable[[Result], int] = 200,
        location: Callable[[Result], str] | None = None,
        dry_run: bool = False,
    ) -> Reply:
        """Run an action in a transaction and return its answer; the one place where the API commits.

        The rows, their activity, events and the idempotency record become visible together or not at all.

        Args:
            work: the action; gets the change to write on, and may be run more than once.
            present: makes the resource of the action's result.
            status: of a success, which may depend on the result.
            location: path of the created resource.
            dry_run: take it all back in the end, so that a preview is what the run would be.

        Raises:
            ApiError: what the action raised, or 409 for an idempotency key in use or used with another body.
        """
        key = self.idempotency
        done: Change | None = None

        async def run() -> Reply:
            nonlocal done
            if key is not None:
                await lock_key(self.connection, self.actor.workspace_id, key, self.services.clock.now())
            change = Change(self.connection, self.actor, self.services.clock)
            result = await work(change)
            body = orjson.dumps(present(result))
            code = status(result) if callable(status) else status
            place = location(result) if location and code == _CREATED else None
            answer = Answer(key.method, key.path, key.key, key.body_hash, code, place, body) if key else None
            if not await change.write_records(answer):
                raise lost_race()
            done = change
            finished = Reply(body, code, ((b"location", place.encode()),) if place else ())
            if dry_run:
                raise _TakenBackError(finished)
            return finished

        try:
            finished = await in_transaction(self.connection, self.services.clock, run)
        except _TakenBackError as preview:
            return preview.reply
        except ReplayError as replay:
            return replayed(replay.answer)
        except Exception:
            # Another request with this key may have finished first and be the cause (its slug is taken, say).
            if key and (
                answer := await find_answer(self.connection, self.actor.workspace_id, key, self.services.clock.now())
            ):
                return replayed(answer)
            raise
        if done is not None:
            self.services.announce(done)
        return finished


def missing_scope(scope: str) -> ApiError:
    """Return the 403 of a key that lacks a scope."""
    return ApiError(403, "insufficient_scope", f"This API key lacks the scope {scope}.")


def replayed(answer: Answer) -> Reply:
    """Return the stored answer, byte for byte, marked as a replay."""
    place: Headers = ((b"location", answer.location.encode()),) if answer.location else ()
    return Reply(answer.body, answer.status, ((b"idempotent-replay", b"true"), *place))


def idempotency_key(key: str, method: str, path: str, body: bytes) -> IdempotencyKey:
    """Return the idempotency key of a request."""
    return IdempotencyKey(method, path, key, hashlib.sha256(body).digest())
