"""What the events tell must be what happened: every change once, none that was not one, in an order that adds up."""

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.support import Json

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_CREATIONS_AND_UPDATES = """
SELECT payload FROM events
WHERE workspace_id = $1 AND type IN ('customer.created', 'customer.updated', 'contact.created', 'contact.updated')
ORDER BY created_at
"""
_ENTRIES = """
SELECT type, subject_id, data FROM activity
WHERE workspace_id = $1 AND type IN ('customer.updated', 'contact.updated') ORDER BY created_at
"""


def difference(before: Json, after: Json) -> Json:
    """Return the former values of what differs; ``updated_at`` moves with every change and is none."""
    return {name: value for name, value in before.items() if value != after[name] and name != "updated_at"}


async def check_history(connection: "Connection", workspace_id: str) -> dict[str, Json]:
    """See that each event begins where the one before ended and says what it changed, as the timeline does.

    Returns:
        What each customer and contact was after the last of its events, by id.
    """
    states: dict[str, Json] = {}
    told: dict[str, list[Json]] = defaultdict(list)
    for row in await connection.fetch(_CREATIONS_AND_UPDATES, workspace_id):
        event = json.loads(row["payload"])
        after, previous = event["data"]["object"], event["data"]["previous_attributes"]
        before = states.get(after["id"])
        if before is None:
            assert previous is None
            assert event["type"].endswith(".created")
        else:
            assert previous, "an event without a change"
            assert previous == difference(before, after), "an event of another change, or a change without an event"
            assert after["updated_at"] >= before["updated_at"], "time ran backwards"
            told[after["id"]].append({name: [value, after[name]] for name, value in previous.items()})
        states[after["id"]] = after
    noted: dict[str, list[Json]] = defaultdict(list)
    for row in await connection.fetch(_ENTRIES, workspace_id):
        noted[row["subject_id"]].append(json.loads(row["data"])["changes"])
    assert noted == told
    return states
