"""Switching the workspace to a preset of phases: what would become of every onboarding is seen before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.onboardings.preset_actions import apply_preset
from pivotal_server.onboardings.preset_schemas import PresetApply
from pivotal_server.onboardings.presets import PRESETS, PhaseMoved, Preset
from pivotal_server.plans.replanning import replanning
from pivotal_server.web.filters import plural
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/phases/presets"
# What the form calls the phase of the preset to which one of the workspace's goes, by the key of that.
_TO = "to."


@pages.get(_PATH, role="admin")
async def presets(page: Page) -> Response:
    """Show the presets, and what switching to the chosen one would do."""
    asked = page.query_params.get("preset", "")
    preset = PRESETS.get(asked) or await _other(page)
    return await _show(page, preset, Form())


@pages.post(_PATH, role="admin")
async def switch(page: Page) -> Response:
    """Switch to a preset, or show what that would do where ``preview`` is sent."""
    preset = PRESETS.get(page.field("preset"))
    if preset is None:
        raise ApiError(404, "http_exception", "There is no such preset.")
    form: Form[Any] = Form(dict(page.sent))
    if page.field("preview"):
        return await _show(page, preset, form)
    body = PresetApply(preset=preset.key, mapping=_mapping(form))
    try:
        moved = await page.commit(replanning(lambda change: apply_preset(change, body)))
    except ApiError as error:
        return await _refused(page, preset, form, error)
    count = sum(one.onboardings for one in moved if one.left.key != one.entered.key)
    return page.redirect("/settings/phases", toast=f"{preset.name}: {plural(count, 'onboarding')} moved")


async def _show(page: Page, preset: Preset, form: Form[Any]) -> Response:
    body = PresetApply(preset=preset.key, mapping=_mapping(form), dry_run=True)
    try:
        moved = await page.preview(lambda change: apply_preset(change, body))
    except ApiError as error:
        return await _refused(page, preset, form, error)
    return _render(page, preset, form, moved)


async def _refused(page: Page, preset: Preset, form: Form[Any], error: ApiError) -> Response:
    """Return the page with what is wrong; the table is that of the proposal."""
    form.errors[""] = error.message
    body = PresetApply(preset=preset.key, mapping={}, dry_run=True)
    try:
        moved = await page.preview(lambda change: apply_preset(change, body))
    except ApiError:
        moved = []  # too many onboardings to move at once, whatever is chosen
    return _render(page, preset, form, moved, UNPROCESSABLE)


def _render(page: Page, preset: Preset, form: Form[Any], moved: Sequence[PhaseMoved], status: int = 200) -> Response:
    return page.render(
        "plans/presets.html",
        block="outcome",
        status=status,
        presets=list(PRESETS.values()),
        preset=preset,
        form=form,
        moved=moved,
        choices=[(phase.key, phase.name) for phase in preset.phases],
        leaving=[one.left.name for one in moved if preset.phase(one.left.key) is None],
        count=sum(one.onboardings for one in moved if one.left.key != one.entered.key),
    )


def _mapping(form: Form[Any]) -> dict[str, str]:
    return {
        name.removeprefix(_TO): value.strip()
        for name, value in form.values.items()
        if name.startswith(_TO) and isinstance(value, str)
    }


async def _other(page: Page) -> Preset:
    """Return the first preset that the workspace does not have already."""
    keys = [phase.key for phase in await list_phases(page.connection, page.actor.workspace_id)]
    known = list(PRESETS.values())
    return next((preset for preset in known if [phase.key for phase in preset.phases] != keys), known[0])
