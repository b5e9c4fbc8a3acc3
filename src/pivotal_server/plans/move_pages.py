"""Moving an onboarding through the phases: what would follow is said before, and it can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import RequestModel
from pivotal_server.identity.people import find_member
from pivotal_server.identity.rights import has_role
from pivotal_server.onboardings.move_schemas import Advance, SendBack, Skip
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate, Reason
from pivotal_server.plans import actions
from pivotal_server.plans.detail import Detail, PhaseStep, path_of, read_detail
from pivotal_server.tasks.impact import Impact, impact_of
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_NOBODY = "nobody"
# What follows from entering a phase of a kind.
_CONSEQUENCES = {
    "launch": "The onboarding counts as launched, and what the workspace has switched on for launches runs.",
    "terminal": "The onboarding is completed: it leaves the board of what is under way.",
}


class MoveTo(RequestModel):
    """The form of a move; ``csm`` is the id of who has it from then on, or ``nobody``, if that changes with it."""

    to: Annotated[str, Field(min_length=1)]
    reason: Reason | None = None
    csm: str = ""


@pages.get("/onboardings/{onboarding}/move")
async def show_move(page: Page, onboarding: str) -> Response:
    """Show what moving an onboarding to a phase would do, and the form that does it."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    detail = await read_detail(page.connection, page.actor, row, page.services.clock.now())
    to = page.query_params.get("to") or (detail.next_phase.key if detail.next_phase else "")
    return await _show(page, detail, Form({"to": to, "csm": page.query_params.get("csm", "")}))


@pages.post("/onboardings/{onboarding}/move")
async def move(page: Page, onboarding: str) -> Response:
    """Move an onboarding to a phase: on, back, or over some."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    detail = await read_detail(page.connection, page.actor, row, page.services.clock.now())
    form = page.read_form(MoveTo)
    outcome = await page.submit(form, lambda change, body: _move(change, detail, body))
    if outcome is None:
        return await _show(page, detail, form, status=UNPROCESSABLE)
    target = _target(detail, page.field("to"))
    undo = f"/onboardings/{row.display_id}/move/undo?left={row.phase}&entered={outcome.row.phase}"
    if outcome.row.csm_id != row.csm_id:
        undo += f"&owner={row.csm_id or _NOBODY}&given={outcome.row.csm_id or _NOBODY}"
    count = len(outcome.moves)
    also = f"; {count} {'task' if count == 1 else 'tasks'} moved" if count else ""
    return page.done(path_of(row), f"Moved to {target.name}{also}", undo=undo)


@pages.post("/onboardings/{onboarding}/move/undo")
async def take_back(page: Page, onboarding: str) -> Response:
    """Take a move back, unless the onboarding has gone on since."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    left, entered = page.query_params.get("left", ""), page.query_params.get("entered", "")
    phase = find_phase(await list_phases(page.connection, page.actor.workspace_id), left)

    async def work(change: Change) -> actions.Outcome:
        held = await get_onboarding(change.connection, change.actor, row.id, lock=True)
        if held.phase != entered:
            raise ApiError(409, "http_exception", "It has gone on to another phase since; nothing was changed.")
        body = OnboardingUpdate(phase=left, reason="Taken back")
        if (owner := page.query_params.get("owner")) and (held.csm_id or _NOBODY) == page.query_params.get("given"):
            body = OnboardingUpdate(phase=left, csm_id=_person(owner), reason="Taken back")
        return await actions.update_onboarding(change, row.id, body)

    await page.commit(work)
    return page.done(page.came_from or path_of(row), f"Back in {phase.name}")


async def _move(change: Change, detail: Detail, body: MoveTo) -> actions.Outcome:
    """Do the move that leads to the phase; each has an action of its own.

    Raises:
        ApiError: what the actions refuse; 400 for the phase that it is in, or for going back without a reason.
    """
    target, id_, reason = _target(detail, body.to), detail.row.id, body.reason
    if body.csm:
        await actions.update_onboarding(change, id_, OnboardingUpdate(csm_id=_person(body.csm)))
    steps = detail.steps.index(target) - detail.here
    if steps == 0:
        raise ApiError(400, "invalid_field", f"It is in {target.name} already.", field="to")
    if steps == 1:
        return await actions.advance(change, id_, Advance(reason=reason))
    if not reason:
        raise ApiError(400, "missing_field", "Say why, for those who read this later.", field="reason")
    if steps > 1:
        return await actions.skip(change, id_, Skip(to=target.key, reason=reason))
    return await actions.send_back(change, id_, SendBack(to=target.key, reason=reason))


async def _show(page: Page, detail: Detail, form: Form[MoveTo], *, status: int = 200) -> Response:
    target = _target(detail, str(form.values.get("to", "")))
    steps = detail.steps.index(target) - detail.here
    view = await read_plan(page.connection, page.actor, detail.row, page.services.clock.now())
    return page.render(
        "plans/move.html",
        block="form",
        status=status,
        detail=detail,
        form=form,
        target=target,
        owner=await _owner(page, str(form.values.get("csm", ""))),
        steps=steps,
        passed=[step.name for step in detail.steps[detail.here + 1 : detail.steps.index(target)]],
        open_tasks=sum(len(group.lines) - group.done for group in view.groups if group.key == detail.row.phase),
        allowed=steps <= 1 or has_role(page.actor.role, "admin"),
        consequence=_CONSEQUENCES.get(target.kind) if target.kind != detail.phase.kind else None,
        impact=await _impact(page, detail.row, target),
    )


async def _impact(page: Page, row: OnboardingRow, target: PhaseStep) -> Impact | None:
    """Return what the move would do to the plan; None where it does nothing to it, or cannot be done."""
    if target.key == row.phase or target.retired_at is not None:
        return None
    body = OnboardingUpdate(phase=target.key)
    view = await read_plan(page.connection, page.actor, row, page.services.clock.now())
    try:
        outcome = await page.preview(lambda change: actions.update_onboarding(change, row.id, body))
    except ApiError:
        return None  # what is wrong is said when somebody does it
    return impact_of(view, outcome.moves) if outcome.moves else None


async def _owner(page: Page, id_: str) -> str | None:
    """Return the name of who is to have it; None where that does not change, or nobody is meant."""
    if not id_ or id_ == _NOBODY:
        return "nobody" if id_ else None
    person = await find_member(page.connection, page.actor, person_id=id_)
    return person.name if person else None


def _person(owner: str) -> str | None:
    return None if owner == _NOBODY else owner


def _target(detail: Detail, key: str) -> PhaseStep:
    """Return the phase that somebody wants to move to.

    Raises:
        ApiError: 404 where there is none.
    """
    for step in detail.steps:
        if step.key == key:
            return step
    raise ApiError(404, "phase_not_found", "There is no such phase, or none beyond this one.")
