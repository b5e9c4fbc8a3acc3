"""What is said of a launch: values for the merge fields of the messages about it."""

from collections.abc import Sequence
from datetime import date

from pivotal_server.automations.facts import Launch, OpenTask, Participant, PhaseSpent, Shift
from pivotal_server.core.words import count_in_words, day_in_words
from pivotal_server.messages.rendering import for_line

_DAY_SECONDS = 24 * 3600


def common_values(launch: Launch) -> dict[str, str]:
    """Return the values that every message about a launch may ask for."""
    target = launch.onboarding.target_launch_date
    return {
        "customer.name": launch.names.customer,
        "onboarding.name": launch.onboarding.name,
        "onboarding.target_launch": day_in_words(target.date()) if target else "not set yet",
        "onboarding.launched_on": day_in_words(launch.launched_on),
        "onboarding.against_target": against_target(launch.launched_on, target.date() if target else None),
        "workspace.name": launch.names.workspace,
    }


def message_values(launch: Launch, csm: str) -> dict[str, str]:
    """Return the values of the message to the CSM, who has this name."""
    return common_values(launch) | {
        "csm.name": csm,
        "csm.first_name": next(iter(csm.split()), csm),
        "tasks_done": f"{launch.done_count} of {launch.task_count}",
        "tasks": _open_tasks(launch, markdown=False) or "- nothing",
    }


def recap_values(
    launch: Launch, phases: Sequence[PhaseSpent], shifts: Sequence[Shift], people: Sequence[Participant]
) -> dict[str, str]:
    """Return the values of the recap, those of several lines in Markdown."""
    return common_values(launch) | {
        "onboarding.started_on": day_in_words(launch.started_on),
        "onboarding.duration": count_in_words((launch.launched_on - launch.started_on).days, "day", "days"),
        "phases": "\n".join(map(_phase, phases)) or "It began with the launch.",
        "slippage": "\n".join(map(_shift, shifts)) or "The target launch date never moved.",
        "tasks": _tasks(launch),
        "people": "\n".join(map(_person, people)) or "Nobody is named.",
    }


def against_target(launched_on: date, target: date | None) -> str:
    """Return how a launch compares with its target, to stand after the day of the launch and a comma."""
    if target is None:
        return "without a target date"
    days = (launched_on - target).days
    if days == 0:
        return "on the target date"
    return f"{count_in_words(abs(days), 'day', 'days')} {'after' if days > 0 else 'before'} the target date"


def _phase(phase: PhaseSpent) -> str:
    parts = [_duration(phase.seconds_in_phase)]
    if phase.seconds_waiting >= _DAY_SECONDS:
        parts.append(f" and {_duration(phase.seconds_waiting)} of waiting")
    if phase.visits > 1:
        parts.append(f" in {phase.visits} visits")
    if phase.target_days:
        parts.append(f", target {count_in_words(phase.target_days, 'day', 'days')}")
    return f"- **{_safe(phase.name)}**: {''.join(parts)}"


def _duration(seconds: int) -> str:
    days = seconds // _DAY_SECONDS
    return count_in_words(days, "day", "days") if days else "less than a day"


def _shift(shift: Shift) -> str:
    if shift.from_date is None:
        what = f"set to {_date(shift.to_date)}"
    elif shift.to_date is None:
        what = f"taken back from {_date(shift.from_date)}"
    else:
        what = f"moved from {_date(shift.from_date)} to {_date(shift.to_date)}"
    if shift.days:
        what += f", {count_in_words(abs(shift.days), 'day', 'days')} {'later' if shift.days > 0 else 'earlier'}"
    return f"- {_date(shift.at)}: {what}" + (f". {_safe(shift.reason)}" if shift.reason else "")


def _date(instant: date | None) -> str:
    return day_in_words(instant) if instant else ""


def _tasks(launch: Launch) -> str:
    if not launch.task_count:
        return "There were no tasks."
    if launch.done_count == launch.task_count:
        return f"All tasks are done: {launch.task_count}."
    open_tasks = _open_tasks(launch, markdown=True)
    return f"{launch.done_count} of {launch.task_count} tasks are done. Still open:\n\n{open_tasks}"


def _open_tasks(launch: Launch, *, markdown: bool) -> str:
    lines = [_open_task(task, markdown=markdown) for task in launch.open_tasks]
    more = launch.task_count - launch.done_count - len(lines)
    return "\n".join([*lines, f"- and {more} more"] if more > 0 else lines)


def _open_task(task: OpenTask, *, markdown: bool) -> str:
    due = f" (due on {day_in_words(task.due_on)})" if task.due_on else ""
    return f"- {for_line(task.title, markdown=markdown)}{due}"


def _person(person: Participant) -> str:
    return f"- {_safe(person.name)}" + (f", {_safe(person.part)}" if person.part else "")


def _safe(value: str) -> str:
    return for_line(value, markdown=True)
