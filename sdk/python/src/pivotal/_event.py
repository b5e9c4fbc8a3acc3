"""Events whose type this version of the SDK does not know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pivotal._model import Model


class UnknownEventData(Model):
    """What an event tells, as it came."""

    object: Any
    previous_attributes: Any = None


class UnknownEvent(Model):
    """An event of a type that came into the world after this version of the SDK."""

    id: str
    type: str
    created_at: datetime
    org_id: str
    livemode: bool
    api_version: str
    data: UnknownEventData
