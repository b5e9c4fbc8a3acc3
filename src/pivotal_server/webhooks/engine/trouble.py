"""What follows when deliveries to an endpoint fail for good: a line in the audit log, mail to the owner."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pivotal_server.core.db import fetch_one
from pivotal_server.core.mail import Message, send_mail
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change, Subject
from pivotal_server.webhooks.models import MAX_CONSECUTIVE_FAILURES

if TYPE_CHECKING:
    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.webhooks.engine.record import Trouble

logger = logging.getLogger(__name__)

_OWNED_ENDPOINT = """
SELECT p.email, s.name, w.url, w.failed_deliveries, w.consecutive_failures
FROM webhook_endpoints w
JOIN workspaces s ON s.id = w.workspace_id
JOIN memberships m ON m.workspace_id = w.workspace_id AND m.role = 'owner'
JOIN people p ON p.id = m.person_id
WHERE w.workspace_id = $1 AND w.id = $2
"""
_LETTER = """\
Deliveries to a webhook endpoint of {workspace} have failed for good: each was tried eight times in 24 hours.

  Endpoint   {id}
  Receiver   {receiver}
  Failed     {consecutive} in a row, {ever} ever
{disabled}
What was sent, and what came back, is in the delivery log:

  {base_url}/settings/webhooks/deliveries?endpoint={id}&status=failed

When the receiver is well again, have everything delivered that it missed:

  {base_url}/settings/webhooks/{id}/missed

The API can do both as well.
"""
_DISABLED = f"""
After {MAX_CONSECUTIVE_FAILURES} in a row the endpoint was disabled. It gets no more events until you enable it:

  {{base_url}}/settings/webhooks/{{id}}
"""


class _Owned(NamedTuple):
    email: str
    workspace: str
    url: str
    ever: int
    consecutive: int


async def report(connection: Connection, clock: Clock, base_url: str, trouble: Trouble) -> None:
    """Note that an endpoint was disabled, and tell the owner of its trouble, in the transaction that recorded it.

    Args:
        connection: in that transaction.
        clock: the source of time.
        base_url: where the API is reached, for the letter.
        trouble: what happened at which endpoint.
    """
    if trouble.disabled:
        change = Change(connection, Actor(trouble.workspace_id, "system", "webhooks", "Webhooks", role="admin"), clock)
        summary = f"Disabled a webhook endpoint after {MAX_CONSECUTIVE_FAILURES} failed deliveries in a row"
        change.note(
            "webhook_endpoint.disabled", summary, Subject("webhook_endpoint", trouble.endpoint_id), announce=True
        )
        await change.write_records()
    if trouble.tell:
        owned = await fetch_one(connection, _Owned, _OWNED_ENDPOINT, trouble.workspace_id, trouble.endpoint_id)
        if owned is not None:
            await _tell(connection, owned, base_url, trouble)


async def _tell(connection: Connection, owned: _Owned, base_url: str, trouble: Trouble) -> None:
    parts = urlsplit(owned.url)
    receiver = f"{parts.scheme}://{parts.netloc}{parts.path}"  # what follows may be a secret
    names = {"base_url": base_url, "id": trouble.endpoint_id}
    state = "disabled" if trouble.disabled else "failing"
    text = _LETTER.format(
        **names,
        workspace=owned.workspace,
        receiver=receiver,
        consecutive=owned.consecutive,
        ever=owned.ever,
        disabled=_DISABLED.format(**names) if trouble.disabled else "",
    )
    try:
        message = Message(owned.email, f"Webhook endpoint {state}: {parts.hostname}", text)
    except ValueError as error:  # an address that cannot be written to must not keep the failure from being recorded
        logger.warning("The owner of %s cannot be told of a failing endpoint: %s", trouble.workspace_id, error)
        return
    await send_mail(connection, message)
