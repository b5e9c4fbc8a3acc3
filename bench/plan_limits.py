"""The limit of plans: the rows that a request has written, written again by bare SQL in one transaction."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.rows import last_written
from pivotal_server.core.ids import new_id, new_prefixed_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from bench.rows import Rows
    from pivotal_server.core.db import Connection

    Statements = list[tuple[str, list[list[Any]]]]

_COUNTER = "SELECT value FROM counters WHERE workspace_id = $1 AND resource = 'task'"
_EVENTS = "SELECT count(*) FROM events"
_KEYS_OF_TASK = ("workspace_id", "id")


async def run_statements(connection: Connection, statements: Statements, *, commit: bool = True) -> float:
    """Run statements in a transaction, or take them all back in the end; return the milliseconds."""
    started = time.perf_counter()
    transaction = connection.transaction()
    await transaction.start()
    for sql, arguments in statements:
        await connection.execute(sql, *arguments)
    await (transaction.commit() if commit else transaction.rollback())
    return (time.perf_counter() - started) * 1000


async def count_events(connection: Connection) -> int:
    """Return how many events there are."""
    return int(await connection.fetchval(_EVENTS))


@dataclass(frozen=True, slots=True)
class Records:
    """What every change leaves behind."""

    activity: Rows
    events: Rows
    outbox: Rows

    @classmethod
    async def last(cls, connection: Connection) -> Records:
        """Return those of the last change."""
        return cls(*[await last_written(connection, table) for table in ("activity", "events", "outbox")])

    @property
    def age(self) -> timedelta:
        """How long ago the first of them was made."""
        first: datetime = min(self.activity.column("created_at") + self.events.column("created_at"))
        return datetime.now(UTC) - first

    def statements(self, by: timedelta) -> Statements:
        """Return what writes them once more, so much later."""
        names = {id_: new_id() for id_ in self.activity.column("id")}
        activity = self.activity.changed(id=names.get)
        events = self.events.changed(id=lambda _: new_prefixed_id("evt"))
        outbox = self.outbox.changed(entry_id=names.get)
        return [(rows.insert, rows.later(by).arguments) for rows in (activity, events, outbox)]


@dataclass(frozen=True, slots=True)
class Landing:
    """What one application of a template has written."""

    tasks: Rows
    dependencies: Rows
    onboardings: Rows
    counters: Rows
    answers: Rows
    records: Records

    @classmethod
    async def last(cls, connection: Connection) -> Landing:
        """Return what the last change has written, which was such an application."""
        tables = ("tasks", "task_dependencies", "onboardings", "counters", "idempotency_records")
        tasks, dependencies, onboardings, counters, answers = [
            await last_written(connection, table) for table in tables
        ]
        return cls(tasks, dependencies, onboardings, counters, answers, await Records.last(connection))

    async def statements(self, connection: Connection, onboarding_id: str) -> Statements:
        """Return what writes the same rows for another onboarding."""
        [workspace_id] = set(self.tasks.column("workspace_id"))
        names = {id_: new_id() for id_ in self.tasks.column("id")}
        names[self.tasks.column("onboarding_id")[0]] = onboarding_id
        by = self.records.age
        more: int = await connection.fetchval(_COUNTER, workspace_id) - min(self.tasks.column("display_id")) + 1

        def renamed(id_: str | None) -> str | None:
            return names.get(id_, id_) if id_ else None

        def numbered(number: int) -> int:
            return number + more

        same = dict.fromkeys(("id", "onboarding_id", "parent_id", "due_rule_task_id", "due_cause_task_id"), renamed)
        tasks = self.tasks.changed(**same, display_id=numbered)
        dependencies = self.dependencies.changed(task_id=renamed, depends_on_id=renamed, onboarding_id=renamed)
        onboardings = self.onboardings.changed(id=renamed).only(["workspace_id", "id", "template_id", "updated_at"])
        counters = self.counters.changed(value=numbered)
        answers = self.answers.changed(key=lambda _: f"bench-{secrets.token_hex(10)}")
        return [
            (counters.update("workspace_id", "resource"), counters.later(by).arguments),
            (onboardings.update(*_KEYS_OF_TASK), onboardings.later(by).arguments),
            *((rows.insert, rows.later(by).arguments) for rows in (tasks, dependencies, answers)),
            *self.records.statements(by),
        ]


@dataclass(frozen=True, slots=True)
class Shift:
    """What moving a plan one way has written: of the tasks, the columns that differ from the other way."""

    tasks: Rows
    records: Records

    @classmethod
    async def both(cls, connection: Connection, move: Callable[[int], object]) -> list[Shift]:
        """Have a plan moved there (0) and back (1) and return what either has written."""
        tasks, records = [], []
        for way in (0, 1):
            move(way)
            tasks.append(await last_written(connection, "tasks"))
            records.append(await Records.last(connection))
        tasks = [rows.sorted("id") for rows in tasks]
        differing = [
            name for name in tasks[0].types if name in _KEYS_OF_TASK or tasks[0].column(name) != tasks[1].column(name)
        ]
        return [cls(rows.only(differing), left) for rows, left in zip(tasks, records, strict=True)]

    @property
    def count(self) -> int:
        """How many tasks it moves."""
        return len(self.tasks.values)

    def statements(self) -> Statements:
        """Return what moves them once more."""
        by = self.records.age
        return [(self.tasks.update(*_KEYS_OF_TASK), self.tasks.later(by).arguments), *self.records.statements(by)]
