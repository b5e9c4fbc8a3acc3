"""The outbox: events are rows, written in the transaction of the change they tell of (documentation: Event envelope).

No event without its change, no change without its event. The envelope is rendered once, so every delivery and every
replay sends the same bytes.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.clock import to_iso
from pivotal_server.core.ids import new_prefixed_id

if TYPE_CHECKING:
    from datetime import datetime

API_VERSION = "v1"


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """A fact about to be stored.

    Attributes:
        type: dot-namespaced name, such as ``customer.created``.
        payload: the envelope as JSON text, as subscribers will receive it.
    """

    id: str
    created_at: datetime
    type: str
    livemode: bool
    payload: str


def new_event(
    type_: str,
    workspace_id: str,
    *,
    livemode: bool,
    created_at: datetime,
    data: object,
    previous: dict[str, Any] | None,
) -> Event:
    """Return the event of a change.

    Args:
        type_: dot-namespaced name.
        workspace_id: the ``org_…`` that owns the resource.
        livemode: False where a test key made the change.
        created_at: when it happened.
        data: the whole resource as the API shows it after the change.
        previous: former values of the changed fields, or None where nothing was before.
    """
    id_ = new_prefixed_id("evt")
    envelope = {
        "id": id_,
        "type": type_,
        "created_at": to_iso(created_at),
        "org_id": workspace_id,
        "livemode": livemode,
        "api_version": API_VERSION,
        "data": {"object": data, "previous_attributes": previous},
    }
    return Event(id_, created_at, type_, livemode, orjson.dumps(envelope).decode())
