"""Lists of the whole workspace as CSV, read batch by batch in the order in which their rows were made."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.customer_pages.csv_file import csv_lines, instant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

_BATCH = 1000

# Each with the id to go on after as its first column, which stays out of the file.
_CONTACTS = """
SELECT t.id, t.display_id, c.display_id, c.name, t.name, t.email, t.title, t.phone, t.linkedin_url, t.location,
    t.is_primary, t.labels, t.last_message_at, t.last_message_status, t.archived_at, t.created_at, t.updated_at
FROM contacts t JOIN customers c ON c.workspace_id = $1 AND c.id = t.customer_id
WHERE t.workspace_id = $1 AND t.id > $2 AND t.deleted_at IS NULL AND c.deleted_at IS NULL ORDER BY t.id LIMIT $3
"""
_TASKS = """
SELECT t.id, t.display_id, t.title, p.title, o.display_id, o.name, c.name, f.name, t.status, s.email, t.start_on,
    t.due_on, t.baseline_due_on, t.completed_at, t.created_at, t.updated_at
FROM tasks t JOIN onboardings o ON o.workspace_id = $1 AND o.id = t.onboarding_id
JOIN customers c ON c.workspace_id = $1 AND c.id = o.customer_id
JOIN phases f ON f.workspace_id = $1 AND f.key = t.phase
LEFT JOIN tasks p ON p.workspace_id = $1 AND p.id = t.parent_id
LEFT JOIN people s ON s.id = t.assignee_id
WHERE t.workspace_id = $1 AND t.id > $2 AND t.deleted_at IS NULL AND o.deleted_at IS NULL ORDER BY t.id LIMIT $3
"""
_ACTIVITY = """
SELECT a.id, a.created_at, a.actor_name, a.actor_type, a.livemode, a.type, a.summary, c.name, o.name, a.ip,
    a.data::text
FROM activity a LEFT JOIN customers c ON c.workspace_id = $1 AND c.id = a.customer_id
LEFT JOIN onboardings o ON o.workspace_id = $1 AND o.id = a.onboarding_id
WHERE a.workspace_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3
"""


class CsvList(NamedTuple):
    """A list: its heads, and the statement that reads it."""

    heads: tuple[str, ...]
    sql: str


LISTS = {
    "contacts": CsvList(
        (
            *("Number", "Customer number", "Customer", "Name", "E-mail", "Title", "Phone", "LinkedIn", "Location"),
            *("Primary", "Labels", "Last message", "Last message status", "Archived", "Created", "Updated"),
        ),
        _CONTACTS,
    ),
    "tasks": CsvList(
        (
            *("Number", "Title", "Part of", "Onboarding number", "Onboarding", "Customer", "Phase", "Status"),
            *("Assignee", "Start", "Due", "First due", "Completed", "Created", "Updated"),
        ),
        _TASKS,
    ),
    "activity": CsvList(
        (
            *("When", "Who", "Kind of actor", "Live", "What", "Summary", "Customer", "Onboarding", "Address"),
            "Details",
        ),
        _ACTIVITY,
    ),
}


async def write_list(
    connect: Callable[[], AbstractAsyncContextManager[Connection]], actor: Actor, name: str
) -> AsyncIterator[bytes]:
    """Yield a list as the lines of a CSV file.

    Args:
        connect: gives a connection for one batch; none is held while the file goes out.
        actor: whose workspace.
        name: of ``LISTS``.
    """
    heads, sql = LISTS[name]
    yield csv_lines([heads])
    after = ""
    while True:
        async with connect() as connection:
            rows = await connection.fetch(sql, actor.workspace_id, after, _BATCH)
        yield csv_lines([_cell(value) for value in tuple(row)[1:]] for row in rows)
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)
