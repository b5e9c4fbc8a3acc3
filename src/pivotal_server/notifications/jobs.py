"""Telling people of what has happened, once it was committed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pivotal_server.core.db import in_transaction
from pivotal_server.core.jobs import Job, JobContext
from pivotal_server.core.live import own_topic, tell_pages
from pivotal_server.core.reactions import Reaction, read_facts
from pivotal_server.identity.people import list_members
from pivotal_server.notifications.drafts import TYPES, make_drafts
from pivotal_server.notifications.writing import write_notifications


async def notify(context: JobContext, payload: dict[str, Any]) -> None:
    """Write the notifications of some facts; doing so again writes none twice."""
    workspace_id, facts = read_facts(payload)
    async with context.pool.acquire() as connection:
        run = -1

        async def work() -> set[str]:
            nonlocal run
            run += 1
            people = {person.id: person for person in await list_members(connection, workspace_id)}
            owner_id = next((person.id for person in people.values() if person.role == "owner"), None)
            drafts = await make_drafts(connection, workspace_id, facts, owner_id)
            later = timedelta(microseconds=run)
            return await write_notifications(
                connection, workspace_id, drafts, people, now=context.clock.now(), later=later
            )

        told = await in_transaction(connection, context.clock, work)
        await tell_pages(connection, workspace_id, [own_topic(person_id) for person_id in told])


NOTIFY = Job("notify", notify)
NOTIFY_PEOPLE = Reaction(NOTIFY, TYPES)
