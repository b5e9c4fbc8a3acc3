"""The shape of an activity entry."""

from datetime import datetime
from typing import NamedTuple


class Activity(NamedTuple):
    """What somebody did, as the timeline shows it.

    Attributes:
        type: dot-namespaced name, such as ``onboarding.phase_changed``.
        summary: one sentence for a person.
        data: JSON text; ``changes`` maps each changed field to ``[before, after]``.
    """

    id: str
    type: str
    actor_type: str
    actor_id: str
    actor_name: str
    created_at: datetime
    summary: str
    data: str
    livemode: bool
