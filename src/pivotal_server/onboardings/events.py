"""What a change to an onboarding leaves behind: its lines on the timeline and its events."""

from collections.abc import Iterator
from typing import Any

from pivotal_server.core.resources import changes, previous_attributes
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.phases import Phase
from pivotal_server.onboardings.schemas import present
from pivotal_server.timeline.change import Change, Subject

# These follow from the phase and from time passing: never a change of their own.
CLOCK_FIELDS = frozenset({"phase_entered_at", "phase_target_days", "time_in_phase_seconds", "time_waiting_seconds"})
_STATE_FIELDS = frozenset({"state", "waiting_on_customer", "waiting_on_customer_since"})

_STATE_SUMMARIES = {
    "active": "Set the onboarding active",
    "paused": "Paused the onboarding",
    "at_risk": "Marked the onboarding as at risk",
    "waiting": "Started waiting on the customer",
    "blocked": "Marked the onboarding as blocked",
}
# Fields as a person calls them.
_WORDS = {
    "completed_at": "completion date",
    "target_launch_date": "target launch date",
    "csm_id": "CSM",
    "se_id": "SE",
    "designer_id": "designer",
    "product_ops_id": "product ops",
    "reminder_email": "e-mail reminders",
    "reminder_slack": "Slack reminders",
    "reminder_frequency_days": "reminder frequency",
}


def record_created(change: Change, row: OnboardingRow) -> None:
    """Note and emit that an onboarding began; whatever phase and state it began in, that is one event."""
    change.note("onboarding.created", f"Started onboarding {row.name}", _subject(row))
    change.emit("onboarding.created", present(row, change.at))


def record_deleted(change: Change, row: OnboardingRow) -> None:
    """Note that an onboarding was deleted, which has no event."""
    change.note("onboarding.deleted", f"Deleted onboarding {row.name}", _subject(row))


def record_updated(
    change: Change, before: OnboardingRow, row: OnboardingRow, phase: Phase | None, reason: str | None
) -> None:
    """Note and emit what differs: the phase, the state and everything else each have a line of their own.

    Args:
        change: where to write it.
        before: the onboarding as it was.
        row: the onboarding as it is.
        phase: the phase that it moved to, if it moved.
        reason: why, if somebody said so.
    """
    after = present(row, change.at)
    previous = previous_attributes(present(before, change.at), after)
    previous = {name: value for name, value in previous.items() if name not in CLOCK_FIELDS}
    for type_, summary, part in _entries(previous, row, phase):
        data = changes(part, after) | ({"reason": reason} if reason else {})
        change.note(type_, summary, _subject(row), data)
    for type_ in _event_types(previous, row, phase):
        change.emit(type_, after, previous)


def _entries(
    previous: dict[str, Any], row: OnboardingRow, phase: Phase | None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield type, summary and former values of each line that the timeline gets."""
    moved = {"phase", "completed_at"} if phase else frozenset[str]()
    if phase:
        yield "onboarding.phase_changed", f"Moved to {phase.name}", _part(previous, moved)
    if "state" in previous:
        yield "onboarding.state_changed", _STATE_SUMMARIES[row.state], _part(previous, _STATE_FIELDS)
    rest = _part(previous, previous.keys() - moved - _STATE_FIELDS)
    if rest:
        names = [_WORDS.get(name, name) for name in rest if name != "owner_email" or "csm_id" not in rest]
        yield "onboarding.updated", f"Changed the onboarding: {', '.join(names)}", rest


def _part(previous: dict[str, Any], names: set[str] | frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in previous.items() if name in names}


def _event_types(previous: dict[str, Any], row: OnboardingRow, phase: Phase | None) -> Iterator[str]:
    if phase:
        yield "onboarding.phase_changed"
        if phase.kind == "launch":
            yield "onboarding.launched"
        elif phase.kind == "terminal":
            yield "onboarding.completed"
    if "state" in previous:
        yield "onboarding.state_changed"
        if row.state == "at_risk":
            yield "onboarding.at_risk"
        elif previous["state"] == "at_risk":
            yield "onboarding.back_on_track"


def _subject(row: OnboardingRow) -> Subject:
    return Subject("onboarding", row.id, customer_id=row.customer_id, onboarding_id=row.id)
