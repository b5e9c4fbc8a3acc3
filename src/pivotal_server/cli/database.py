"""How a command gets at the database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from pivotal_server.core.databases import connection_to, database_address
from pivotal_server.core.migrations import check_schema
from pivotal_server.core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pivotal_server.core.db import Connection

Result = TypeVar("Result")


def on_database(work: Callable[[Connection], Awaitable[Result]], *, new: bool = False) -> Result:
    """Run ``work`` with a connection to the database that the settings name, and return its result.

    Args:
        work: gets the connection, outside a transaction.
        new: whether the database, and its schema, may still have to be made.

    Raises:
        DatabaseError | EmbeddedPostgresError: there is no database to work on.
        SchemaError: its schema is another version's.
        pydantic.ValidationError: the settings are wrong.
    """

    async def connected(dsn: str) -> Result:
        async with connection_to(dsn) as connection:
            if not new:
                await check_schema(connection)
            return await work(connection)

    with database_address(Settings(), new=new) as dsn:
        return asyncio.run(connected(dsn))
