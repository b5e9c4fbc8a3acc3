"""Moves by what they mean: to the next phase, back to an earlier one, forward over some."""

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.actions import change_onboarding
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.move_schemas import Advance, SendBack, Skip
from pivotal_server.onboardings.phases import Phase, find_phase, list_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate
from pivotal_server.timeline.change import Change


async def advance(change: Change, reference: str, body: Advance) -> OnboardingRow:
    """Move an onboarding to the next phase.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 409 ``no_next_phase`` in the last one.
    """
    before, phases, here = await _stand(change, reference)
    if here + 1 == len(phases):
        raise ApiError(409, "no_next_phase", f"{phases[here].name} is the last phase.")
    return await _move(change, before, phases[here + 1], body.reason)


async def send_back(change: Change, reference: str, body: SendBack) -> OnboardingRow:
    """Move an onboarding to an earlier phase, the one before unless the body names another.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``missing_field`` without a reason; 400 ``invalid_enum_value`` or
            ``invalid_field`` for a ``to`` that is no phase, or no earlier one; 409 ``no_previous_phase`` in the first.
    """
    if "reason" not in body.model_fields_set:
        raise ApiError(400, "missing_field", "reason is required.", field="reason")
    before, phases, here = await _stand(change, reference)
    if here == 0:
        raise ApiError(409, "no_previous_phase", f"{phases[here].name} is the first phase.")
    target = find_phase(phases, body.to, "to") if body.to is not None else phases[here - 1]
    if target not in phases[:here]:
        raise invalid_field("to", f"{target.name} is not before {phases[here].name}.")
    return await _move(change, before, target, body.reason)


async def skip(change: Change, reference: str, body: Skip) -> OnboardingRow:
    """Move an onboarding forward over one phase or more.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``onboarding_not_found``; 400 ``invalid_enum_value`` or
            ``invalid_field`` for a ``to`` that is no phase, or not beyond the next one.
    """
    require(change.actor, "admin")
    before, phases, here = await _stand(change, reference)
    target = find_phase(phases, body.to, "to")
    if target not in phases[here + 2 :]:
        raise invalid_field("to", f"There is nothing to skip between {phases[here].name} and {target.name}.")
    return await _move(change, before, target, body.reason)


async def _stand(change: Change, reference: str) -> tuple[OnboardingRow, list[Phase], int]:
    """Return an onboarding, locked, the phases, and the index of the one that it is in."""
    before = await get_onboarding(change.connection, change.actor, reference, lock=True)
    phases = await list_phases(change.connection, change.actor.workspace_id)
    return before, phases, phases.index(find_phase(phases, before.phase))


async def _move(change: Change, before: OnboardingRow, target: Phase, reason: str | None) -> OnboardingRow:
    return await change_onboarding(change, before, OnboardingUpdate(phase=target.key, reason=reason))
