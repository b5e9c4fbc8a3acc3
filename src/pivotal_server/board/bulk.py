"""One edit of many onboardings, in one transaction, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.move_schemas import Advance, SendBack, Skip
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate
from pivotal_server.plans import actions
from pivotal_server.timeline.edits import Outcome, changes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.onboardings.phases import Phase
    from pivotal_server.timeline.change import Change

MAX_ONBOARDINGS = 100
"""As many are edited at once: moving one to another phase plans its tasks anew."""

_ENTRIES = ("onboarding.updated", "onboarding.state_changed", "onboarding.phase_changed")
# What an edit sets, and so what its way back sets back; all else in the entries follows from these.
_FIELDS = ("csm_id", "state", "phase")


async def edit_all(change: Change, ids: Iterable[str], action: str, value: str, reason: str | None) -> Outcome:
    """Do the same to many onboardings: all of it, or nothing.

    Args:
        change: where it is written.
        ids: of the onboardings.
        action: ``owner``, ``state`` or ``phase``.
        value: the CSM's id, empty for nobody; the state; the phase's key.
        reason: why.

    Raises:
        ApiError: 404 for an onboarding that there is not; 400 for a value that does not fit, or for a step back or over
            phases without a reason; 403 for a member who skips phases.
    """
    phases = await list_phases(change.connection, change.actor.workspace_id)
    changed = same = 0
    for id_ in sorted(set(ids)):  # in one order, so that two edits at once cannot wait for each other
        before = await get_onboarding(change.connection, change.actor, id_, lock=True)
        if action == "phase":
            moved = await _move(change, before, phases, find_phase(phases, value, "phase"), reason)
        else:
            fields = {"csm_id": value or None} if action == "owner" else {"state": value}
            if all(getattr(before, name) == wanted for name, wanted in fields.items()):
                moved = False
            else:
                body = OnboardingUpdate.model_validate(fields | {"reason": reason})
                await actions.update_onboarding(change, id_, body)
                moved = True
        changed, same = (changed + 1, same) if moved else (changed, same + 1)
    return Outcome(changed, same)


async def take_back(change: Change, name: str) -> Outcome:
    """Undo an edit wherever nobody has changed the same since; the others stay.

    Raises:
        ApiError: 404 for no such edit; 409 ``undo_expired`` after thirty days.
    """
    undone = left = 0
    for id_, changes in await changes_of(change, name, _ENTRIES):
        restored = await _restore(change, id_, changes)
        undone, left = (undone + 1, left) if restored else (undone, left + 1)
    return Outcome(undone, left)


async def _move(change: Change, before: OnboardingRow, phases: list[Phase], target: Phase, reason: str | None) -> bool:
    steps = phases.index(target) - phases.index(find_phase(phases, before.phase))
    if steps == 0:
        return False
    if steps == 1:
        await actions.advance(change, before.id, Advance(reason=reason))
        return True
    if not reason:
        message = f"{before.name} goes back, or over phases: say why, for those who read this later."
        raise ApiError(400, "missing_field", message, field="reason")
    if steps > 1:
        await actions.skip(change, before.id, Skip(to=target.key, reason=reason))
    else:
        await actions.send_back(change, before.id, SendBack(to=target.key, reason=reason))
    return True


async def _restore(change: Change, id_: str, changes: Mapping[str, Any]) -> bool:
    try:
        row = await get_onboarding(change.connection, change.actor, id_, lock=True)
        body = {}
        for field in _FIELDS:
            if field in changes and getattr(row, field) == changes[field][1]:
                body[field] = changes[field][0]
        if not body:
            return False
        wanted = OnboardingUpdate.model_validate({**body, "reason": "Taken back"})
        await actions.update_onboarding(change, row.id, wanted)
    except ApiError:  # deleted since, or its former CSM has left
        return False
    return True
