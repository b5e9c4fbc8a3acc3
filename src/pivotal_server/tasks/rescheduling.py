"""Bringing a plan up to date after a change, and telling what moved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pivotal_server.calendars.working_days import DateOutOfRangeError
from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.tasks.events import emit_changes, note_moves
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.plan import replan
from pivotal_server.tasks.queries import get_tasks
from pivotal_server.tasks.scheduler import CycleError, Move
from pivotal_server.timeline.change import Change, Subject


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change to a plan came to.

    Attributes:
        rows: the tasks that it was about, as they are.
        moves: those whose dates moved, and how, soonest due first; none that is new.
    """

    rows: dict[str, TaskRow]
    moves: list[tuple[Move, TaskRow]] = field(default_factory=list)

    @property
    def task(self) -> TaskRow:
        """The task that it was about first."""
        return next(iter(self.rows.values()))

    @property
    def others(self) -> list[tuple[Move, TaskRow]]:
        """The moves of tasks that it was not about."""
        return [moved for moved in self.moves if moved[0].id not in self.rows]


async def reschedule(change: Change, onboarding: OnboardingRow, cause: str) -> list[tuple[Move, TaskRow]]:
    """Bring the dates of an onboarding's tasks up to date and tell of it: an event for each, one line for all.

    Args:
        change: where to write it; it holds the onboarding's row.
        onboarding: as it is by now.
        cause: a sentence that says what happened, such as "Moved the target launch date 3 days later".

    Returns:
        How tasks moved, and each of them as it is, soonest due first.

    Raises:
        ApiError: 409 ``dependency_cycle`` or ``date_out_of_range``.
    """
    moves = await _replan(change, onboarding)
    rows = await get_tasks(change.connection, change.actor, [move.id for move in moves])
    emit_changes(change, {}, rows.values(), moves)
    moved = [(move, rows[move.id]) for move in moves]
    note_moves(change, subject_of_onboarding(onboarding), moved, cause)
    return moved


async def settle(
    change: Change, onboarding: OnboardingRow, before: Mapping[str, TaskRow], about: Collection[str]
) -> Outcome:
    """Bring the plan up to date after tasks were written, and emit what happened to them and to all that moved.

    Args:
        change: where to write it; it holds the onboarding's row.
        onboarding: as it is by now.
        before: the tasks that were there and were written, as they were.
        about: the cuids of the written tasks, the one that matters first; those not in ``before`` are new.

    Raises:
        ApiError: 409 ``dependency_cycle`` or ``date_out_of_range``.
    """
    moves = await _replan(change, onboarding)
    ids = dict.fromkeys([*about, *(move.id for move in moves)])
    rows = await get_tasks(change.connection, change.actor, ids)
    written = {id_: rows[id_] for id_ in about}
    emit_changes(change, before, rows.values(), [move for move in moves if move.id not in written])
    known = [move for move in moves if move.id in before or move.id not in written]
    return Outcome(written, [(move, rows[move.id]) for move in known])


def subject_of_onboarding(onboarding: OnboardingRow) -> Subject:
    """Return what activity about a whole plan is about."""
    return Subject("onboarding", onboarding.id, customer_id=onboarding.customer_id, onboarding_id=onboarding.id)


async def _replan(change: Change, onboarding: OnboardingRow) -> list[Move]:
    try:
        return await replan(change, onboarding)
    except CycleError as error:
        raise await cycle(change, error.path) from None
    except DateOutOfRangeError as error:
        raise ApiError(409, "date_out_of_range", f"With this, a task would be due out of range. {error}") from None


async def cycle(change: Change, path: Collection[str]) -> ApiError:
    """Return the 409 that names tasks which wait for each other in a circle, the first one again at the end."""
    rows = await get_tasks(change.connection, change.actor, dict.fromkeys(path))
    named = " → ".join(f"{rows[id_].title} (#{rows[id_].display_id})" for id_ in path)
    message = f"Tasks would wait for each other: {named}."
    return ApiError(409, "dependency_cycle", message, field="depends_on")
