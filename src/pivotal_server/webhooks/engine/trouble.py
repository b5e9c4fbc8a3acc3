"""What follows when deliveries to an endpoint fail for good: a line in the audit log, mail to the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change, Subject
from pivotal_server.webhooks.models import MAX_CONSECUTIVE_FAILURES

if TYPE_CHECKING:
    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.webhooks.engine.record import Trouble


async def report(connection: Connection, clock: Clock, trouble: Trouble) -> None:
    """Note that an endpoint was disabled, in the transaction that did it."""
    if trouble.disabled:
        change = Change(connection, Actor(trouble.workspace_id, "system", "webhooks", "Webhooks"), clock)
        summary = f"Disabled a webhook endpoint after {MAX_CONSECUTIVE_FAILURES} failed deliveries in a row"
        change.note("webhook_endpoint.disabled", summary, Subject("webhook_endpoint", trouble.endpoint_id))
        await change.write_records()
