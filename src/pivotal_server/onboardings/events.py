"""What a change to an onboarding leaves behind: its lines on the timeline and its events."""

from collections.abc import Iterator
from typing import Any

from pivotal_server.core.resources import changes, previous_attributes
from pivotal_server.onboardings.models import OnboardingRow, days_between
from pivotal_server.onboardings.phases import Move
from pivotal_server.onboardings.schemas import present
from pivotal_server.timeline.change import Change, Subject

# These follow from the phase and from time passing: never a change of their own.
CLOCK_FIELDS = frozenset({"phase_entered_at", "phase_target_days", "time_in_phase_seconds", "time_waiting_seconds"})
_STATE_FIELDS = frozenset({"state", "waiting_on_customer", "waiting_on_customer_since"})
_LAUNCH_DATE_FIELDS = frozenset({"target_launch_date", "slippage_days"})

_SHIFTED = "onboarding.launch_date_shifted"
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
    change: Change, before: OnboardingRow, row: OnboardingRow, move: Move | None, reason: str | None
) -> None:
    """Note and emit what differs: the phase, the state, the launch date and all else each have a line of their own.

    Args:
        change: where to write it.
        before: the onboarding as it was.
        row: the onboarding as it is.
        move: from which phase to which, if it moved.
        reason: why, if somebody said so.
    """
    after = present(row, change.at)
    previous = previous_attributes(present(before, change.at), after)
    previous = {name: value for name, value in previous.items() if name not in CLOCK_FIELDS}
    for type_, summary, part in _entries(previous, before, row, move):
        data = changes(part, after) | ({"reason": reason} if reason else {})
        change.note(type_, summary, _subject(row), data)
    for type_ in _event_types(previous, row, move):
        change.emit(type_, after, previous)


def _entries(
    previous: dict[str, Any], before: OnboardingRow, row: OnboardingRow, move: Move | None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield type, summary and former values of each line that the timeline gets."""
    moved = frozenset({"phase", "completed_at"} if move else ())
    if move:
        yield "onboarding.phase_changed", f"Moved to {move.entered.name}", _part(previous, moved)
    if "state" in previous:
        yield "onboarding.state_changed", _STATE_SUMMARIES[row.state], _part(previous, _STATE_FIELDS)
    if "target_launch_date" in previous:
        yield _SHIFTED, _shift_summary(before, row), _part(previous, _LAUNCH_DATE_FIELDS)
    rest = _part(previous, previous.keys() - moved - _STATE_FIELDS - _LAUNCH_DATE_FIELDS)
    if rest:
        names = [_WORDS.get(name, name) for name in rest if name != "owner_email" or "csm_id" not in rest]
        yield "onboarding.updated", f"Changed the onboarding: {', '.join(names)}", rest


def _shift_summary(before: OnboardingRow, row: OnboardingRow) -> str:
    days = days_between(before.target_launch_date, row.target_launch_date)
    if days:
        return (
            f"Moved the target launch date {abs(days)} day{'s'[: abs(days) > 1]} {'later' if days > 0 else 'earlier'}"
        )
    if row.target_launch_date is None:
        return "Cleared the target launch date"
    return "Set the target launch date" if before.target_launch_date is None else "Changed the target launch date"


def _part(previous: dict[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in previous.items() if name in names}


def _event_types(previous: dict[str, Any], row: OnboardingRow, move: Move | None) -> Iterator[str]:
    if move:
        yield "onboarding.phase_changed"
        if move.entered.kind != move.left.kind:  # a launch phase that only got another name launches nobody
            if move.entered.kind == "launch":
                yield "onboarding.launched"
            elif move.entered.kind == "terminal":
                yield "onboarding.completed"
    if "state" in previous:
        yield "onboarding.state_changed"
        if row.state == "at_risk":
            yield "onboarding.at_risk"
        elif previous["state"] == "at_risk":
            yield "onboarding.back_on_track"


def _subject(row: OnboardingRow) -> Subject:
    return Subject("onboarding", row.id, customer_id=row.customer_id, onboarding_id=row.id)
