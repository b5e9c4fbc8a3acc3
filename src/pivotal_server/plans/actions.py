"""Changes to onboardings with all that follows for the dates of their tasks, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from pivotal_server.onboardings import actions as onboardings
from pivotal_server.onboardings import moves
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.move_schemas import Advance, SendBack, Skip
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingCreate, OnboardingUpdate
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.rescheduling import reschedule
from pivotal_server.tasks.scheduler import Move
from pivotal_server.templates.applying import apply_to_new, find_usable
from pivotal_server.timeline.change import Change

_HAS_TASKS = """
SELECT EXISTS (SELECT FROM tasks t WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change to an onboarding came to: the row, and how its tasks moved."""

    row: OnboardingRow
    moves: list[tuple[Move, TaskRow]]


async def create_onboarding(
    change: Change, body: OnboardingCreate, *, started_at: datetime | None = None, by_wizard: bool = False
) -> Outcome:
    """Start a customer's onboarding and land the tasks of the template that the body names, if any.

    Args:
        change: what to write on.
        body: what is wanted.
        started_at: when it begins, if not now.
        by_wizard: whether somebody went through the form for it.

    Raises:
        ApiError: as ``onboardings.actions.create_onboarding``; 400 ``invalid_field`` for an unknown template; 409
            ``template_phase_missing`` or ``date_out_of_range``.
    """
    template = await find_usable(change, body.template_id) if body.template_id is not None else None
    template_id = template.id if template else None
    row = await onboardings.create_onboarding(change, body, template_id, started_at=started_at, by_wizard=by_wizard)
    if template is None:
        return Outcome(row, [])
    await apply_to_new(change, row, template)
    return Outcome(row, [])


async def update_onboarding(change: Change, reference: str, body: OnboardingUpdate) -> Outcome:
    """Change the fields that the body names, and move the tasks that are due by what changed.

    Raises:
        ApiError: as ``onboardings.actions.update_onboarding``; 409 ``date_out_of_range``.
    """
    before = await get_onboarding(change.connection, change.actor, reference, lock=True)
    return await _follow(change, before, await onboardings.change_onboarding(change, before, body))


async def advance(change: Change, reference: str, body: Advance) -> Outcome:
    """Move an onboarding to the next phase; errors as ``onboardings.moves.advance``."""
    before = await get_onboarding(change.connection, change.actor, reference, lock=True)
    return await _follow(change, before, await moves.advance(change, before.id, body))


async def send_back(change: Change, reference: str, body: SendBack) -> Outcome:
    """Move an onboarding to an earlier phase; errors as ``onboardings.moves.send_back``."""
    before = await get_onboarding(change.connection, change.actor, reference, lock=True)
    return await _follow(change, before, await moves.send_back(change, before.id, body))


async def skip(change: Change, reference: str, body: Skip) -> Outcome:
    """Move an onboarding forward over phases; errors as ``onboardings.moves.skip``."""
    before = await get_onboarding(change.connection, change.actor, reference, lock=True)
    return await _follow(change, before, await moves.skip(change, before.id, body))


async def _follow(change: Change, before: OnboardingRow, row: OnboardingRow) -> Outcome:
    """Move the tasks after a change to what their dates are counted from."""
    causes = []
    if row.phase != before.phase:
        causes.append("The onboarding moved to another phase")
    if row.target_launch_date != before.target_launch_date:
        causes.append("The target launch date changed")
    if not causes or not await change.connection.fetchval(_HAS_TASKS, change.actor.workspace_id, row.id):
        return Outcome(row, [])
    moved = await reschedule(change, row, "; ".join(causes))
    return Outcome(row, moved)
