"""PostgreSQL: typed rows, and transactions that are run again when they must be; the pool is next door.

SQL stands as named constants beside the functions that use it. Rows become named tuples here and nowhere else.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg

from pivotal_server.core.clock import Clock

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:  # generic only for the type checker
    Connection = asyncpg.Connection

Row = TypeVar("Row", bound=tuple[Any, ...])
Result = TypeVar("Result")

DATABASE_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a statement raises while the database is away, among other things; timeouts are ``OSError``.

The last is a connection's that was cut while it was idle, and has not noticed yet.
"""

# Unique indexes on the time of log rows end in this; two processes may draw the same microsecond.
_CLOCK_INDEX_SUFFIX = "_created_at_key"
_MAX_RUNS = 5


def columns(row: type[Any], alias: str, **computed: str) -> str:
    """Return the select list of a row type: its fields as columns of ``alias``.

    Args:
        row: a ``NamedTuple`` whose fields are named as the columns.
        alias: the table's alias in the statement.
        computed: SQL for the fields that are no plain columns.
    """
    return ", ".join(computed.get(name, f"{alias}.{name}") for name in row._fields)


async def fetch_one(connection: Connection, row: type[Row], sql: str, *arguments: object) -> Row | None:
    """Return the statement's first row as ``row``, or None; the select list is ``columns(row, …)``."""
    record = await connection.fetchrow(sql, *arguments)
    return None if record is None else tuple.__new__(row, record)


async def fetch_all(connection: Connection, row: type[Row], sql: str, *arguments: object) -> list[Row]:
    """Return the statement's rows as ``row``; the select list is ``columns(row, …)``."""
    return [tuple.__new__(row, record) for record in await connection.fetch(sql, *arguments)]


async def in_transaction(connection: Connection, clock: Clock, work: Callable[[], Awaitable[Result]]) -> Result:
    """Run ``work`` in one transaction and return its result; any exception rolls it back.

    A clash of two processes on the microsecond of a log row, a deadlock and a serialisation failure run the work again,
    so it must draw its ids and times anew, from ``clock``.
    """
    for run in range(1, _MAX_RUNS + 1):
        try:
            async with connection.transaction():
                return await work()
        except asyncpg.UniqueViolationError as error:
            if run == _MAX_RUNS or not (error.constraint_name or "").endswith(_CLOCK_INDEX_SUFFIX):
                raise
            clock.leap(run)
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if run == _MAX_RUNS:
                raise
    raise AssertionError  # every pass returns or raises
