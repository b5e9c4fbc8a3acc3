"""Lists and totals of everybody, against plain counts of the rows themselves, whatever was done to them before."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pivotal_server.contacts import tallies
from pivotal_server.contacts.listing import EVERYBODY, Hours, Selection, Span, count_everybody, list_everybody
from pivotal_server.contacts.tallies import fold_tallies
from pivotal_server.core.ids import new_id
from pivotal_server.identity.models import Actor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from tests.harness import World

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAGES = {"new": "open", "contacted": "open", "won": "won", "lost": "lost"}
TRAITS: dict[str, tuple[Any, ...]] = {
    "status": ("open", "won", "lost", "customer"),
    "stage": ("new", "contacted", "won", "lost"),
    "source": ("api", "app"),
    "lead_source": ("webinar", "fair"),
    "last_message_status": ("sent", "read"),
}
INSERT = """
INSERT INTO contacts (workspace_id, id, display_id, customer_id, name, email, is_primary, created_at, updated_at,
    owner_id, assignee_ids, source, lead_source, last_message_status, last_message_at, status, pipeline_id, stage,
    stage_entered_at)
SELECT $1, id, n, $3, 'Contact ' || n, id || '@contact.example', false, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
    CASE WHEN $13::text IS NOT NULL THEN $4::timestamptz END
FROM (SELECT $2 AS id, coalesce(max(display_id), 0) + 1 AS n FROM contacts WHERE workspace_id = $1) c
"""
ROWS = """
SELECT t.* FROM contacts t LEFT JOIN customers u ON u.workspace_id = t.workspace_id AND u.id = t.customer_id
WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND t.archived_at IS NULL AND u.deleted_at IS NULL
ORDER BY t.created_at DESC
"""


class Story:
    """Contacts of a workspace to whom things happen at random."""

    def __init__(self, connection: "Connection", world: "World", seed: int) -> None:
        self.random, self.connection = random.Random(seed), connection
        self.actor = Actor(world.northwind.id, "system", "test", "Test", role="admin")
        self.people: list[str] = [world.maya.id, world.tomas.id]
        self.customers: list[str] = []
        self.pipelines: list[str] = []
        self.minutes = itertools.count()

    async def begin(self) -> None:
        for number in range(3):
            self.customers.append(new_id())
            await self.connection.execute(
                "INSERT INTO customers (workspace_id, id, display_id, name, slug, status, created_at, updated_at) "
                "VALUES ($1, $2, 900 + $3, 'Customer', 'of-story-' || $3, 'active', $4, $4)",
                self.actor.workspace_id, self.customers[-1], number, START + timedelta(hours=number),
            )  # fmt: skip
        for number in range(2):
            self.pipelines.append(new_id())
            await self.connection.execute(
                "INSERT INTO pipelines (workspace_id, id, display_id, name, position, created_at, updated_at) "
                "VALUES ($1, $2, 90 + $3, 'Of story ' || $3, 90 + $3, $4, $4)",
                self.actor.workspace_id, self.pipelines[-1], number, START,
            )  # fmt: skip
            for place, (key, kind) in enumerate(STAGES.items()):
                await self.connection.execute(
                    "INSERT INTO pipeline_stages (workspace_id, pipeline_id, key, name, position, kind) "
                    "VALUES ($1, $2, $3, $3, $4, $5)",
                    self.actor.workspace_id, self.pipelines[-1], key, place, kind,
                )  # fmt: skip

    async def insert(self) -> None:
        stage = self.random.choice([None, *STAGES])
        customer = self.random.choice(await self._customers_there()) if stage is None else None
        at = START + timedelta(minutes=next(self.minutes))
        message = self.random.choice([None, "sent", "read"])
        await self.connection.execute(
            INSERT, self.actor.workspace_id, new_id(), customer, at, self.random.choice([None, *self.people]),
            self.random.sample(self.people, self.random.randint(0, 2)), self.random.choice([None, "api", "app"]),
            self.random.choice([None, "webinar", "fair"]), message,
            at + timedelta(minutes=self.random.randint(0, 3000)) if message else None,
            STAGES[stage] if stage else "customer", self.random.choice(self.pipelines) if stage else None, stage,
        )  # fmt: skip

    async def _customers_there(self) -> list[str]:
        rows = await self.connection.fetch(
            "SELECT id FROM customers WHERE id = ANY ($1::text[]) AND deleted_at IS NULL", self.customers
        )
        return [row[0] for row in rows]

    async def happen(self) -> None:
        """Do one thing, to one contact or to many."""
        assignments = {
            "owner": ("owner_id = $2", self.random.choice([None, *self.people])),
            "assignees": ("assignee_ids = $2", self.random.sample(self.people, self.random.randint(0, 2))),
            "source": ("source = $2", self.random.choice([None, "api", "app"])),
            "lead source": ("lead_source = $2", self.random.choice([None, "webinar", "fair"])),
            "message": ("last_message_status = $2", self.random.choice([None, "sent", "read"])),
            "archive": ("archived_at = $2", self.random.choice([None, START])),
            "delete": ("deleted_at = $2", self.random.choice([None, START])),
            "name": ("name = $2", "Another name"),
        }
        what = self.random.choice([*assignments, "insert", "move", "win", "merge", "customer", "remove", "roll back"])
        some = f"t.id IN (SELECT id FROM contacts ORDER BY md5(id || '{self.random.random()}') LIMIT "
        some += f"{self.random.choice([1, 1, 1, 5])})"
        workspace = self.actor.workspace_id
        execute = self.connection.execute
        if what in assignments:
            sql, value = assignments[what]
            await execute(f"UPDATE contacts t SET {sql} WHERE t.workspace_id = $1 AND {some}", workspace, value)
        elif what == "insert":
            await self.insert()
        elif what == "move":
            stage, pipeline = self.random.choice(list(STAGES)), self.random.choice(self.pipelines)
            sql = "UPDATE contacts t SET stage = $2, status = $3, pipeline_id = $4 WHERE t.workspace_id = $1"
            await execute(f"{sql} AND pipeline_id IS NOT NULL AND {some}", workspace, stage, STAGES[stage], pipeline)
        elif what == "win":
            customer = self.random.choice(await self._customers_there())
            sql = "UPDATE contacts t SET customer_id = $2, customer_gone = u.deleted_at IS NOT NULL FROM customers u "
            sql += "WHERE u.id = $2 AND t.workspace_id = $1 AND t.pipeline_id IS NOT NULL"
            await execute(f"{sql} AND {some}", workspace, customer)
        elif what == "merge":
            sql = "UPDATE contacts t SET deleted_at = $2, merged_into = (SELECT min(id) FROM contacts) "
            await execute(f"{sql} WHERE t.workspace_id = $1 AND {some}", workspace, START)
        elif what == "customer":
            gone = self.random.choice([None, START])
            sql = "UPDATE customers SET deleted_at = $2 WHERE id = $1"
            await execute(sql, self.random.choice(self.customers[1:]), gone)
        elif what == "remove":
            sql = "DELETE FROM contacts t WHERE t.workspace_id = $1 AND t.id <> (SELECT min(id) FROM contacts)"
            sql += " AND NOT EXISTS (SELECT FROM contacts m WHERE m.merged_into = t.id)"
            await execute(f"{sql} AND {some}", workspace)
        else:
            transaction = self.connection.transaction()
            await transaction.start()
            await self.insert()
            await transaction.rollback()

    def selection(self) -> Selection:
        """Return some filters, at random."""
        found = EVERYBODY
        for name, values in TRAITS.items():
            if self.random.random() < 0.2:
                found = replace(found, **{name: self.random.choice(values)})
        if self.random.random() < 0.2:
            found = replace(found, pipeline_id=self.random.choice(self.pipelines))
        if self.random.random() < 0.3:
            found = replace(found, assignee_id=self.random.choice(self.people))
        match self.random.randint(0, 4):
            case 0:
                return replace(found, unassigned=True)
            case 1:
                return replace(found, owner_id=self.random.choice(self.people))
            case 2:
                since = START + timedelta(minutes=self.random.randint(0, 60))
                span = Span(since, since + timedelta(minutes=30))
                return replace(found, created=span) if self.random.random() < 0.5 else replace(found, messaged=span)
            case 3:
                hours = self.random.choice([Hours(time(22), time(9)), Hours(time(9), time(14)), Hours(time(13))])
                return replace(found, message_hours=hours)
        return found


def chosen(rows: list[Any], selection: Selection) -> list[str]:
    """Return the ids of the rows that a selection means."""
    return [row["id"] for row in rows if _is_meant(row, selection)]


def _is_meant(row: Any, selection: Selection) -> bool:  # noqa: ANN401 - a record
    names = ("owner_id", "status", "pipeline_id", "stage", "last_message_status", "source", "lead_source")
    at = row["last_message_at"]
    return (
        all(getattr(selection, name) in {None, row[name]} for name in names)
        and (not selection.unassigned or row["owner_id"] is None)
        and (selection.assignee_id is None or selection.assignee_id in row["assignee_ids"])
        and _in_span(row["created_at"], selection.created)
        and _in_span(at, selection.messaged)
        and (selection.message_hours is None or (at is not None and _in_hours(at.time(), selection.message_hours)))
    )


def _in_span(at: datetime | None, span: Span | None) -> bool:
    if span is None:
        return True
    return at is not None and (not span.since or at >= span.since) and (not span.until or at < span.until)


def _in_hours(at: time, hours: Hours) -> bool:
    if hours.until is None:
        return at >= hours.since
    if hours.until < hours.since:
        return at >= hours.since or at < hours.until
    return hours.since <= at < hours.until


@pytest.mark.parametrize("seed", range(4))
async def test_totals_and_lists_are_those_of_the_rows(
    connection: "Connection", world: "World", seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "BATCH", 7)
    story = Story(connection, world, seed)
    await story.begin()
    for _ in range(30):
        await story.insert()
    for _ in range(12):
        for _ in range(8):
            await story.happen()
        if story.random.random() < 0.5:
            await fold_tallies(connection, lambda: False)
        rows = await connection.fetch(ROWS, story.actor.workspace_id)
        for selection in (EVERYBODY, *(story.selection() for _ in range(12))):
            expected = chosen(rows, selection)
            assert await count_everybody(connection, story.actor, selection) == len(expected), selection
            found = await list_everybody(connection, story.actor, selection, size=5, offset=3)
            assert [row.id for row in found] == expected[3:8], selection
    assert await fold_tallies(connection, lambda: False) >= 0
    assert await connection.fetchval("SELECT count(*) FROM contact_tally_changes") == 0
    assert await connection.fetchval("SELECT min(contacts) FROM contact_tallies") > 0
    await connection.execute("UPDATE contacts SET deleted_at = now() WHERE deleted_at IS NULL")
    await fold_tallies(connection, lambda: False)
    assert await connection.fetchval("SELECT count(*) FROM contact_tallies") == 0
    assert await connection.fetchval("SELECT count(*) FROM contact_assignees") == 0
