"""The shapes of onboardings and phase transitions, and the reading of the SLA clock."""

from datetime import datetime, timedelta
from typing import NamedTuple

STATES = ("active", "paused", "at_risk", "waiting", "blocked")
# People who work on an onboarding; each field holds the id of a teammate. The CSM owns it.
TEAM = ("csm_id", "se_id", "designer_id", "product_ops_id")
# As people call them.
ROLE_NAMES = {"csm_id": "CSM", "se_id": "SE", "designer_id": "Designer", "product_ops_id": "Product ops"}

_NOTHING = timedelta()
_HALF_MILLISECOND = timedelta(microseconds=500)


class OnboardingRow(NamedTuple):
    """An onboarding as stored.

    Attributes:
        owner_email: the CSM's.
        phase_entered_at: since when it is in its phase.
        phase_waited: how long it waited on the customer in this phase, the wait that is still going on left out.
        phase_target_days: how long the phase should take.
        original_launch_date: the first target launch date that was ever set.
        custom_fields: JSON text, as ``metadata`` is.
    """

    id: str
    display_id: int
    customer_id: str
    template_id: str | None
    name: str
    owner_email: str | None
    phase: str
    state: str
    started_at: datetime
    completed_at: datetime | None
    target_launch_date: datetime | None
    csm_id: str | None
    se_id: str | None
    designer_id: str | None
    product_ops_id: str | None
    notes: str | None
    waiting_on_customer_since: datetime | None
    wizard_completed_at: datetime | None
    reminder_email: bool
    reminder_slack: bool
    reminder_frequency_days: int
    phase_entered_at: datetime
    phase_waited: timedelta
    phase_target_days: int
    original_launch_date: datetime | None
    tags: list[str]
    custom_fields: str
    metadata: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    def time_waiting(self, at: datetime) -> timedelta:
        """Return how long it waited on the customer in its phase, as of ``at``."""
        return _time_waiting(self.phase_entered_at, self.phase_waited, self.waiting_on_customer_since, at)

    def time_in_phase(self, at: datetime) -> timedelta:
        """Return what the SLA clock of the phase shows at ``at``: the time since it was entered, without the waits."""
        return time_on_clock(self.phase_entered_at, self.phase_waited, self.waiting_on_customer_since, at)

    @property
    def slippage_days(self) -> int | None:
        """By how many calendar days the target launch date is later than the first; None while there is no target."""
        return days_between(self.original_launch_date, self.target_launch_date)


class TransitionRow(NamedTuple):
    """An onboarding's step into a phase.

    Attributes:
        from_phase: the phase that it left, or None where the onboarding began.
        seconds_in_phase: what the SLA clock of that phase showed; None as well where it goes on under another name.
        seconds_waiting: how long it waited on the customer in that phase.
    """

    id: str
    onboarding_id: str
    from_phase: str | None
    to_phase: str
    actor_type: str
    actor_id: str
    actor_name: str
    reason: str | None
    seconds_in_phase: int | None
    seconds_waiting: int | None
    created_at: datetime


class LaunchDateShiftRow(NamedTuple):
    """A change of an onboarding's target launch date; ``days`` is by how many it is later, where both dates are set."""

    id: str
    onboarding_id: str
    from_date: datetime | None
    to_date: datetime | None
    days: int | None
    reason: str | None
    actor_type: str
    actor_id: str
    actor_name: str
    created_at: datetime


def time_on_clock(entered_at: datetime, waited: timedelta, waiting_since: datetime | None, at: datetime) -> timedelta:
    """Return what the SLA clock of a phase shows at ``at``, of what a row says: see ``OnboardingRow``."""
    return max(at - entered_at, _NOTHING) - _time_waiting(entered_at, waited, waiting_since, at)


def _time_waiting(entered_at: datetime, waited: timedelta, waiting_since: datetime | None, at: datetime) -> timedelta:
    """Return how long it waited: a wait may have begun in an earlier phase, and only the part in this one counts."""
    if waiting_since is None:
        return waited
    return waited + max(at - max(waiting_since, entered_at), _NOTHING)


def days_between(first: datetime | None, second: datetime | None) -> int | None:
    """Return the calendar days, in UTC, from one instant to another; None where one of them is missing."""
    return None if first is None or second is None else (second.date() - first.date()).days


def whole_seconds(duration: timedelta) -> int:
    """Return a duration in whole seconds, truncated.

    Microseconds are rounded first: in a busy moment they only tell rows apart, and must not cost a second.
    """
    return (duration + _HALF_MILLISECOND) // timedelta(seconds=1)
