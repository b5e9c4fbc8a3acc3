"""What pages ask of the database: each statement, and how long it takes there."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal_server.rest.dispatch import Dispatcher

_WARM_UP, _TURNS = 6, 5


class Statement(NamedTuple):
    """One statement of a request.

    Attributes:
        sql: its text.
        ms: from sending it to having its rows.
    """

    sql: str
    ms: float


@contextlib.contextmanager
def recording(app: Dispatcher) -> Iterator[list[Statement]]:
    """Note the statements of the requests that a running application answers, one after the other.

    Connections that are opened meanwhile are not heard, so make a request before.

    Args:
        app: has been started.
    """
    noted: list[Statement] = []

    def note(query: Any) -> None:  # noqa: ANN401 - asyncpg's LoggedQuery
        noted.append(Statement(query.query, query.elapsed * 1000))

    with contextlib.ExitStack() as loggers:
        for connection in app._services().pool._idle:  # noqa: SLF001 - nobody else has to get there
            loggers.enter_context(connection.query_logger(note))
        yield noted


async def recorded(dsn: str, request: httpx.Request) -> list[Statement]:
    """Return the statements of one request to an application of its own, in the turn that took them least.

    Args:
        dsn: of the database.
        request: is answered with a success.

    Raises:
        httpx.HTTPStatusError: it is not.
    """
    app = create_app(dsn, Settings())
    inner: Any = app._app  # noqa: SLF001 - FastAPI's, which knows the lifespan
    found: list[list[Statement]] = []
    async with (
        inner.router.lifespan_context(inner),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), trust_env=False) as client,
    ):
        for _ in range(_WARM_UP):
            (await client.send(request)).raise_for_status()
        for _ in range(_TURNS):
            with recording(app) as noted:
                await client.send(request)
            found.append(noted)
    return min(found, key=lambda turn: sum(statement.ms for statement in turn))


def repeated(statements: list[Statement]) -> dict[str, int]:
    """Return the statements that came more than once, and how often: what may be a question per row."""
    counts = Counter(statement.sql for statement in statements)
    return {sql: count for sql, count in counts.items() if count > 1}
