"""The settings' page of phases: adding, changing in place, reordering, retiring and restoring them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import validate
from pivotal_server.onboardings import phase_actions
from pivotal_server.onboardings.phase_schemas import PhaseCreate, PhaseRetireQuery, PhaseUpdate
from pivotal_server.onboardings.phases import Phase, get_phase
from pivotal_server.plans.phase_view import KINDS, MOST_COUNTED, PhasesView, PhaseValue, read_phases, value_of
from pivotal_server.plans.replanning import replanning
from pivotal_server.timeline.queries import who_changed_setting
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/phases"
_CONFLICT = 409
_PLACE = re.compile(r"[0-9]{1,3}")


class _MeanwhileError(ApiError):
    """Somebody else has changed the same value since the page was shown."""

    def __init__(self, theirs: PhaseValue, who: str) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} changed this meanwhile.")
        self.theirs, self.who = theirs, who


@pages.get(_PATH, role="admin")
async def phases(page: Page) -> Response:
    """Show the phases in their order, and those that are retired."""
    return await _show(page, Form({"target_days": "7"}))


@pages.post(_PATH, role="admin")
async def add(page: Page) -> Response:
    """Add a phase before the last one."""
    form = page.read_form(PhaseCreate)
    made = await page.submit(
        form, lambda change, body: replanning(lambda c: phase_actions.create_phase(c, body))(change)
    )
    if made is None:
        return await _show(page, form, UNPROCESSABLE)
    return page.redirect(_PATH, toast=f"Added {made.name}", undo=f"{_PATH}/{made.key}/retire")


@pages.post(f"{_PATH}/{{phase}}/properties/{{property}}", role="admin")
async def change_property(page: Page, phase: str, property: str) -> Response:  # noqa: A002 - the word for it
    """Change a value in place; where somebody else did so meanwhile, both are shown instead."""
    row = await get_phase(page.connection, page.actor.workspace_id, phase)
    _value(row, property)
    text, was = page.field(property), page.field("was")
    form = page.read_form(PhaseUpdate, {property: text})

    async def work(change: Change) -> Phase:
        await phase_actions.lock_phases(change)
        now = _value(await get_phase(change.connection, change.actor.workspace_id, row.key), property)
        if "was" in page.sent and now.value not in {was, text}:
            raise _MeanwhileError(now, await who_changed_setting(change.connection, change.actor, "phase", row.key))
        body = PhaseUpdate.model_validate({property: text}, strict=False)
        return await replanning(lambda c: phase_actions.update_phase(c, row.key, body))(change)

    saved, conflict = None, None
    try:
        saved = None if form.body is None else await page.commit(work)
    except _MeanwhileError as error:
        conflict = error
    except ApiError as error:
        form.refuse(error)
    if saved is None:
        return _again(page, row, property, text, next(iter(form.errors.values()), None), conflict)
    if not page.wants_fragment:
        return page.redirect(_PATH, toast=f"Saved {saved.name}")
    return _fragment(page, saved, property)


@pages.post(f"{_PATH}/{{phase}}/move", role="admin")
async def move(page: Page, phase: str) -> Response:
    """Put a phase at another place."""
    row = await get_phase(page.connection, page.actor.workspace_id, phase)
    place = page.field("position") or page.query_params.get("position", "")
    body = validate(PhaseUpdate, {"position": int(place) if _PLACE.fullmatch(place) else place})
    saved = await page.commit(replanning(lambda change: phase_actions.update_phase(change, row.key, body)))
    undo = f"{_PATH}/{row.key}/move?position={row.position}"
    return page.done(_PATH, f"{row.name} is number {saved.position}", undo=undo)


@pages.get(f"{_PATH}/{{phase}}/retire", role="admin")
async def show_retire(page: Page, phase: str) -> Response:
    """Show what retiring a phase means, and ask where its onboardings go."""
    row = await get_phase(page.connection, page.actor.workspace_id, phase)
    return await _show_retire(page, row, Form())


@pages.post(f"{_PATH}/{{phase}}/retire", role="admin")
async def retire(page: Page, phase: str) -> Response:
    """Retire a phase; its onboardings go to the phase that was chosen."""
    row = await get_phase(page.connection, page.actor.workspace_id, phase)
    form = page.read_form(PhaseRetireQuery)
    view = await read_phases(page.connection, page.actor)
    retired = await page.submit(
        form,
        lambda change, body: replanning(lambda c: phase_actions.retire_phase(c, row.key, body.move_to))(change),
    )
    if retired is None:
        return await _show_retire(page, row, form, UNPROCESSABLE)
    # Onboardings do not come back by themselves, so that only an empty phase is as it was after an undo.
    undo = f"{_PATH}/{row.key}/restore" if not view.counts.get(row.key) else None
    return page.done(_PATH, f"Retired {row.name}", undo=undo)


@pages.post(f"{_PATH}/{{phase}}/restore", role="admin")
async def restore(page: Page, phase: str) -> Response:
    """Make a retired phase one of the workspace's again."""
    row = await get_phase(page.connection, page.actor.workspace_id, phase)
    restored = await page.commit(replanning(lambda change: phase_actions.restore_phase(change, row.key)))
    return page.done(_PATH, f"Restored {restored.name}", undo=f"{_PATH}/{row.key}/retire")


def _value(phase: Phase, name: str) -> PhaseValue:
    value = value_of(phase, name)
    if value is None:
        raise ApiError(404, "http_exception", "A phase has nothing of this name.")
    return value


def _fragment(page: Page, phase: Phase, name: str) -> Response:
    return page.fragment(
        "plans/phase_property.html",
        "property",
        phase=phase,
        one=_value(phase, name),
        kinds=KINDS,
        saved=True,
        text=None,
        error=None,
        conflict=None,
    )


def _again(
    page: Page, phase: Phase, name: str, text: str, error: str | None, conflict: _MeanwhileError | None
) -> Response:
    """Return the field as it was typed, with what is wrong or what somebody else made of it."""
    return page.render(
        "plans/phase_property.html",
        block="property",
        status=UNPROCESSABLE if conflict is None else _CONFLICT,
        phase=phase,
        one=_value(phase, name),
        kinds=KINDS,
        saved=False,
        text=text,
        error=None if conflict else error,
        conflict=conflict,
    )


async def _show(page: Page, form: Form[PhaseCreate], status: int = 200) -> Response:
    view = await read_phases(page.connection, page.actor)
    return page.render(
        "plans/phases.html",
        block="list",
        status=status,
        view=view,
        form=form,
        kinds=KINDS,
        most=MOST_COUNTED,
        values={phase.key: _values_of(phase) for phase in view.phases},
    )


async def _show_retire(page: Page, phase: Phase, form: Form[PhaseRetireQuery], status: int = 200) -> Response:
    view = await read_phases(page.connection, page.actor)
    return page.render(
        "plans/phase_retire.html",
        block="form",
        status=status,
        phase=phase,
        form=form,
        count=view.counts.get(phase.key, 0),
        most=MOST_COUNTED,
        choices=_targets(view, phase),
    )


def _targets(view: PhasesView, phase: Phase) -> list[tuple[str, str]]:
    """Return where the onboardings of a phase can go, the phase before it first, or after it if it is the first."""
    others = [other for other in view.phases if other.key != phase.key]
    if not others:
        return []
    nearest = others[min(max(phase.position - 2, 0), len(others) - 1)]
    return [(other.key, other.name) for other in (nearest, *(one for one in others if one != nearest))]


def _values_of(phase: Phase) -> list[PhaseValue]:
    return [_value(phase, name) for name in ("name", "kind", "target_days")]
