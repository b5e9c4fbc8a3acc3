"""Taking somebody's open leads from them, when they leave the team."""

import asyncio

from pivotal_server.core.db import fetch_all
from pivotal_server.leads.actions import previous_of_lead
from pivotal_server.leads.models import LeadRow
from pivotal_server.leads.queries import COLUMNS
from pivotal_server.leads.schemas import present_lead
from pivotal_server.timeline.change import Change, Subject

# A line of the activity names so many leads, and counts the others.
MAX_LEADS_NOTED = 100
# So many are told of before the process answers other requests again.
_SERVE_OTHERS_EVERY = 100

# In the order in which all who change several leads lock them, so that nobody waits for each other in a circle.
_OPEN = f"""
SELECT {COLUMNS} FROM contacts t
WHERE t.workspace_id = $1 AND t.status = 'open' AND t.deleted_at IS NULL
    AND (t.owner_id = $2 OR $2 = ANY (t.assignee_ids))
ORDER BY t.id FOR NO KEY UPDATE OF t
"""
_UNASSIGN = f"""
UPDATE contacts t SET owner_id = nullif(t.owner_id, $3), assignee_ids = array_remove(t.assignee_ids, $3),
    updated_at = greatest($4, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = ANY ($2::text[]) RETURNING {COLUMNS}
"""


async def unassign_leads_of(change: Change, person_id: str, name: str) -> int:
    """Leave the open leads of a teammate without them, as owner and as assignee, and return how many that were.

    Every lead has its event; the activity has one line about all of them.

    Args:
        change: what to write on.
        person_id: the teammate's.
        name: theirs, for the activity.
    """
    workspace_id = change.actor.workspace_id
    before = await fetch_all(change.connection, LeadRow, _OPEN, workspace_id, person_id)
    if not before:
        return 0
    ids = [row.id for row in before]
    rows = await fetch_all(change.connection, LeadRow, _UNASSIGN, workspace_id, ids, person_id, change.at)
    after = {row.id: row for row in rows}
    for number, row in enumerate(before):
        now = after[row.id]
        change.emit("lead.updated", present_lead(now, change.at), previous_of_lead(change, row, now))
        if number % _SERVE_OTHERS_EVERY == 0:
            await asyncio.sleep(0)
    what = f"lead {before[0].name}" if len(ids) == 1 else f"{len(ids)} leads"
    data = {"count": len(ids), "lead_ids": ids[:MAX_LEADS_NOTED]}
    change.note("lead.unassigned", f"Took {what} from {name}, who left the team", Subject("person", person_id), data)
    return len(ids)
