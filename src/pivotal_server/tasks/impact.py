"""What a change would do to a plan, in words: how many tasks move, and what becomes of the launch."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.plan_view import PlanView, end_before_launch
from pivotal_server.tasks.scheduler import Move

_SHOWN = 8


class Moved(NamedTuple):
    """A task that moves: from when, to when, by how many working days."""

    row: TaskRow
    before: date | None
    after: date | None
    days: int | None


class Impact(NamedTuple):
    """What a change would do.

    Attributes:
        sentence: all of it in one sentence, such as "Moves 6 tasks. …".
        moves: the tasks that move, soonest due first, and at most so many as fit into a dialog.
        more: how many others move.
        meaning: ``risk`` where the plan would end after the target launch, ``watch`` where it ends later.
    """

    sentence: str
    moves: list[Moved]
    more: int
    meaning: str


def impact_of(view: PlanView, moves: Sequence[tuple[Move, TaskRow]], onboarding: OnboardingRow | None = None) -> Impact:
    """Return what moves would do to a plan.

    Args:
        view: the plan as it is.
        moves: how tasks would move, and the tasks as they would be.
        onboarding: as it would be, where that changes too.
    """
    after = {id_: line.row for id_, line in view.lines.items()} | {row.id: row for _, row in moves}
    ends = view.end, end_before_launch(after.values(), view.phases)
    target = (onboarding or view.onboarding).target_launch_date
    launch, meaning = _launch(ends, target.date() if target else None, view.working_days)
    count = len(moves)
    words = "Moves no task." if not count else f"Moves {count} {'task' if count == 1 else 'tasks'}."
    shown = [Moved(row, move.before.due_on, move.after.due_on, move.working_days) for move, row in moves[:_SHOWN]]
    return Impact(f"{words} {launch}".strip(), shown, count - len(shown), meaning)


def _launch(ends: tuple[date | None, date | None], target: date | None, calendar: WorkingDays) -> tuple[str, str]:
    """Return what becomes of the last task before the launch, and how serious that is."""
    before, after = ends
    if after is None:
        return "", ""
    late = calendar.between(target, after) if target and after > target else 0
    beyond = f", {_days(late)} after the target launch" if late else ""
    if before is None or before == after:
        return f"The last task before the launch is due on {_day(after)}{beyond}.", "risk" if late else ""
    days = calendar.between(before, after)
    side = "later" if days > 0 else "earlier"
    sentence = f"The last task before the launch is due {_days(abs(days))} {side}, on {_day(after)}{beyond}."
    return sentence, "risk" if late else ("watch" if days > 0 else "good")


def _days(count: int) -> str:
    return f"{count} working {'day' if count == 1 else 'days'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
