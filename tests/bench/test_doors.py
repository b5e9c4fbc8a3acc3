"""The benchmark of contacts for other tools: its data is what the triggers would have made of it, and its report."""

from typing import TYPE_CHECKING

from bench.door_data import load_contacts
from bench.doors import Doors, Filtered, sections
from bench.growth import Growth

from pivotal_server.contacts.listing import EVERYBODY, Selection, count_everybody, list_everybody
from pivotal_server.identity.models import Actor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_the_contacts_are_counted_as_they_are(connection: "Connection") -> None:
    tenant, people = await load_contacts(connection, 300)
    actor = Actor(tenant.workspace_id, "system", "bench", "Bench", role="admin")
    for selection in (
        EVERYBODY,
        Selection(owner_id=people[1]),
        Selection(assignee_id=people[2]),
        Selection(stage="won"),
    ):
        found = await list_everybody(connection, actor, selection, size=300, offset=0)
        assert await count_everybody(connection, actor, selection) == len(found) > 0
    assert await connection.fetchval("SELECT count(*) FROM contact_tally_changes") == 0


def test_the_report_holds_ratios_against_their_limit() -> None:
    lists = [Growth(name, {10_000: [2.0], 1_000_000: [slow]}) for name, slow in (("first page", 2.6), ("deep", 2.8))]
    text = "\n".join(sections(Doors(lists, [Filtered("status", 400_000, [1.0, 3.0, 2.0])], 60.0)))
    assert [line.split("|")[-2].strip() for line in text.splitlines() if line.startswith(("| first", "| deep"))] == [
        "ok",
        "missed",
    ]
    assert "| 400,000 | 2.0    |" in text
