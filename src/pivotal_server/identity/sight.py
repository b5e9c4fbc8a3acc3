"""What a teammate sees of the workspace: customers that are not open to them do not exist.

Statements name their tables as ever. On a connection that works for somebody from whom something is hidden, those names
mean the views of the schema ``seen``, which have everything but that (``migrations/0028_access.sql``). So no statement
can forget it, and those of everybody else are the same as without it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pivotal_server.core.db import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.sessions import Visitor

_NARROW = """
SELECT set_config('search_path', 'seen, ' || current_setting('search_path'), false),
    set_config('pivotal.workspace', $1, false), set_config('pivotal.person', $2, false)
"""
_WIDEN = "RESET search_path"
# What open pages are told of by id, and the table it stands in.
_TOLD = {
    "customer": "customers",
    "contact": "contacts",
    "lead": "contacts",
    "onboarding": "onboardings",
    "task": "tasks",
    "comment": "comments",
}
_THERE = " UNION ALL ".join(
    f"SELECT '{kind}:' || t.id FROM {table} t WHERE t.workspace_id = $1 AND t.id = ANY ($2::text[])"
    for kind, table in _TOLD.items()
)


@contextlib.asynccontextmanager
async def seen_by(connection: Connection, visitor: Visitor | None) -> AsyncIterator[None]:
    """Show on a connection what a visitor may see, and everything again at the end.

    Args:
        connection: outside of a transaction.
        visitor: whoever is signed in, if anybody.
    """
    if visitor is None or visitor.sees_all:
        yield
        return
    await connection.execute(_NARROW, visitor.workspace_id, visitor.person_id)
    try:
        yield
    finally:
        try:
            await connection.execute(_WIDEN)
        except BaseException as error:
            connection.terminate()  # nobody else may work with what this person sees
            if not isinstance(error, DATABASE_ERRORS):
                raise


async def visible_topics(connection: Connection, workspace_id: str, topics: Collection[str]) -> set[str]:
    """Return those of the topics that are about nothing which is hidden on this connection.

    Args:
        connection: of ``seen_by``.
        workspace_id: whose topics they are.
        topics: such as ``customer:cmg8x0k4t0000a1b2c3d4e5f6``.
    """
    named = {topic: topic.partition(":") for topic in topics}
    ids = [id_ for kind, _, id_ in named.values() if kind in _TOLD]
    there = {record[0] for record in await connection.fetch(_THERE, workspace_id, ids)}
    return {topic for topic, (kind, _, _) in named.items() if kind not in _TOLD or topic in there}
