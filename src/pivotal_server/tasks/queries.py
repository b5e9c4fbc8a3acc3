"""Reads of tasks; nothing is found outside the actor's workspace."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.tasks.models import ROLES, STATUSES, TaskRow
from pivotal_server.tasks.request_schemas import TaskListQuery

_OF_ONBOARDING = "FROM onboardings o WHERE o.workspace_id = t.workspace_id AND o.id = t.onboarding_id"
_SUBTASKS = """
(SELECT count(*) FROM tasks s
WHERE s.workspace_id = t.workspace_id AND s.parent_id = t.id AND s.deleted_at IS NULL{more})
"""
_ROLE = "CASE t.assignee_role {} END".format(" ".join(f"WHEN '{role}' THEN o.{role}_id" for role in ROLES))
# Looked up row by row, so that a page follows its index and stops, however many tasks there are.
COLUMNS = columns(
    TaskRow,
    "t",
    customer_id=f"(SELECT o.customer_id {_OF_ONBOARDING})",
    phase_name="(SELECT p.name FROM phases p WHERE p.workspace_id = t.workspace_id AND p.key = t.phase)",
    assignee_email=f"""
CASE WHEN t.assignee_id IS NOT NULL THEN (SELECT p.email FROM people p WHERE p.id = t.assignee_id)
    WHEN t.assignee_role IS NOT NULL
        THEN (SELECT p.email FROM people p WHERE p.id = (SELECT {_ROLE} {_OF_ONBOARDING}))
    WHEN t.assignee_contact_id IS NOT NULL
        THEN (SELECT c.email FROM contacts c WHERE c.workspace_id = t.workspace_id AND c.id = t.assignee_contact_id)
END
""",
    depends_on="""
(SELECT coalesce(json_agg(json_build_object('task_id', d.depends_on_id, 'lag_days', d.lag_days)
    ORDER BY d.depends_on_id), '[]')::text
FROM task_dependencies d JOIN tasks n ON n.workspace_id = d.workspace_id AND n.id = d.depends_on_id
WHERE d.workspace_id = t.workspace_id AND d.task_id = t.id AND n.deleted_at IS NULL)
""",
    cause_title="(SELECT c.title FROM tasks c WHERE c.workspace_id = t.workspace_id AND c.id = t.due_cause_task_id)",
    subtask_count=_SUBTASKS.format(more=""),
    completed_subtask_count=_SUBTASKS.format(more=" AND s.status = 'completed'"),
)
_BY_REFERENCE = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.{{column}} = $2"
_BY_IDS = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.id = ANY($2::text[])"
_PLAN = f"""
SELECT {COLUMNS} FROM tasks t
JOIN phases h ON h.workspace_id = t.workspace_id AND h.key = t.phase
LEFT JOIN tasks u ON u.workspace_id = t.workspace_id AND u.id = t.parent_id
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL
ORDER BY h.position, h.key, coalesce(u.position, t.position), coalesce(t.parent_id, t.id), t.parent_id NULLS FIRST,
    t.position
"""
_MATCHING = """
SELECT t.* FROM tasks t
WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND {filters}
    AND (SELECT o.deleted_at IS NULL AND c.deleted_at IS NULL FROM onboardings o
        JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
        WHERE o.workspace_id = t.workspace_id AND o.id = t.onboarding_id)
ORDER BY {order} LIMIT $2
"""
_LIST = f"SELECT {COLUMNS} FROM ({{matching}}) t ORDER BY {{order}} LIMIT $2"
_OF_DISPLAY_ID = "t.{column} = (SELECT r.id FROM {table} r WHERE r.workspace_id = $1 AND r.display_id = ${{place}})"
_TABLES = {"onboarding_id": "onboardings", "assignee_contact_id": "contacts"}
_DAY = timedelta(days=1)
# The calendar that PostgreSQL and Python share goes no further; nothing is due there.
_LAST_DAY = datetime(9999, 12, 30)  # noqa: DTZ001 - due dates have no time zone


async def get_task(connection: Connection, actor: Actor, reference: str, *, deleted: bool = False) -> TaskRow:
    """Return the task with this cuid or display_id, whatever became of its onboarding.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted task is found as well.

    Raises:
        ApiError: 404 ``task_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column)
        row = await fetch_one(connection, TaskRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("task")


async def get_tasks(connection: Connection, actor: Actor, ids: Iterable[str]) -> dict[str, TaskRow]:
    """Return the tasks with these cuids, deleted ones too, by cuid."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = {row.id: row for row in await fetch_all(connection, TaskRow, _BY_IDS, actor.workspace_id, wanted)}
    return {id_: rows[id_] for id_ in wanted if id_ in rows}


async def list_plan(connection: Connection, actor: Actor, onboarding_id: str) -> list[TaskRow]:
    """Return all tasks of the onboarding with this cuid: by phase and position, subtasks right after their parent."""
    return await fetch_all(connection, TaskRow, _PLAN, actor.workspace_id, onboarding_id)


async def list_tasks(connection: Connection, actor: Actor, query: TaskListQuery, now: datetime) -> list[TaskRow]:
    """Return a page of tasks of onboardings and customers that are not deleted, and one more where more follow.

    Raises:
        ApiError: 400 ``invalid_enum_value`` where the workspace has no such phase.
    """
    time_zone = (await working_days_of(connection, actor.workspace_id))[1] if query.overdue == "true" else None
    sql, values = list_statement(query, now, time_zone)
    rows = await fetch_all(connection, TaskRow, sql, actor.workspace_id, *values)
    if query.phase is not None and not rows:  # a task's phase exists, so only no rows leave the question open
        find_phase(await list_phases(connection, actor.workspace_id), query.phase)
    return rows


def list_statement(query: TaskListQuery, now: datetime, time_zone: ZoneInfo | None) -> tuple[str, list[object]]:
    """Return the statement of a list and its parameters from ``$2`` on; ``$1`` is the workspace.

    Args:
        query: what is asked for.
        now: the present.
        time_zone: in which a day ends, where what is overdue is asked for.
    """
    filters, values = _where(query, now, time_zone, first=3)
    order = "t.due_order" if query.by_due else "t.created_at DESC"
    if query.by_due and query.status is None and time_zone is None:
        # The indexes by due date have the status first: the first of each are merged.
        parts = (_MATCHING.format(filters=f"{filters} AND t.status = '{one}'", order=order) for one in STATUSES)
        matching = "({}) UNION ALL ({})".format(*parts)
    else:
        matching = _MATCHING.format(filters=filters, order=order)
    sql = _LIST.format(matching=matching, order=order)
    return sql, [query.fetch, *values]


def _where(query: TaskListQuery, now: datetime, time_zone: ZoneInfo | None, first: int) -> tuple[str, list[object]]:
    """Return the conditions of the filters, their parameters numbered from ``first``, and the values."""
    conditions: list[str] = []
    values: list[object] = []

    def add(condition: str, value: object) -> None:
        conditions.append(condition.format(place=first + len(values)))
        values.append(value)

    if query.by_due:
        conditions.append("t.due_order IS NOT NULL")
        if query.cursor:
            add("t.due_order > ${place}", query.cursor.replace(tzinfo=None))
    else:
        add("t.created_at < ${place}", query.before)
    for name in ("assignee_id", "status", "phase"):
        if (value := getattr(query, name)) is not None:
            add(f"t.{name} = ${{place}}", value)
    for condition, named in (*_references(query), *_due_bounds(query, now, time_zone)):
        add(condition, named)
    if time_zone:
        conditions.append("t.status = 'open'")
    if query.updated_since is not None:
        add("t.updated_at >= ${place}", query.updated_since)
    return " AND ".join(conditions), values


def _references(query: TaskListQuery) -> Iterator[tuple[str, object]]:
    """Yield the conditions of filters that may name something by either of its ids."""
    for column, table in _TABLES.items():
        if (text := getattr(query, column)) is not None:
            reference = read_reference(text)
            if reference is None or reference.column == "id":
                yield f"t.{column} = ${{place}}", reference.value if reference else ""  # which nothing has
            else:
                yield _OF_DISPLAY_ID.format(column=column, table=table), reference.value


def _due_bounds(query: TaskListQuery, now: datetime, time_zone: ZoneInfo | None) -> list[tuple[str, datetime]]:
    """Return the bounds of the due date, which is a midnight: of the days from the one, up to before the other."""
    bounds = []
    if query.due_before is not None:
        instant = min(query.due_before.replace(tzinfo=None), _LAST_DAY)
        bounds.append(
            ("t.due_order < ${place}", instant if instant == _midnight(instant) else _midnight(instant) + _DAY)
        )
    if query.due_after is not None:
        instant = min(query.due_after.replace(tzinfo=None), _LAST_DAY)
        bounds.append(("t.due_order >= ${place}", _midnight(instant) + _DAY))
    if time_zone:
        bounds.append(("t.due_order < ${place}", _midnight(now.astimezone(time_zone)).replace(tzinfo=None)))
    return bounds


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)
