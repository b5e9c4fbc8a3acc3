"""Templates on an onboarding's page: applying one to its plan, and making one of its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.phases import list_phases, list_retired_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.plans.detail import path_of
from pivotal_server.tasks.impact import impact_of
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.templates.apply_schemas import TemplateApply
from pivotal_server.templates.applying import Application, apply_template
from pivotal_server.templates.choices import list_template_choices
from pivotal_server.templates.queries import get_template
from pivotal_server.templates.saving import save_as_template
from pivotal_server.templates.schemas import TemplateSave
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.filters import plural
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_CONFLICT = "template_applied"


@pages.get("/onboardings/{onboarding}/save-as-template", role="admin")
async def show_save(page: Page, onboarding: str) -> Response:
    """Ask what the template that is made of an onboarding is to be called."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    return await _show_save(page, row, Form({"name": row.name}))


@pages.post("/onboardings/{onboarding}/save-as-template", role="admin")
async def save(page: Page, onboarding: str) -> Response:
    """Make a template of an onboarding's plan."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    form = page.read_form(TemplateSave)
    made = await page.submit(form, lambda change, body: save_as_template(change, row.id, body))
    if made is None:
        return await _show_save(page, row, form, UNPROCESSABLE)
    return page.redirect(f"/settings/templates/{made.row.display_id}", toast=f"Saved {made.row.name}")


@pages.get("/onboardings/{onboarding}/apply-template")
async def show_apply(page: Page, onboarding: str) -> Response:
    """Ask which template is to land in an onboarding."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    return await _show_apply(page, row, Form())


@pages.post("/onboardings/{onboarding}/apply-template")
async def apply(page: Page, onboarding: str) -> Response:
    """Land a template, all of it or what it has in some phases, or show what would land where ``preview`` is sent."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    phases = [value for value in page.sent.getlist("phases") if isinstance(value, str) and value]
    form = page.read_form(TemplateApply, {"phases": phases or None})
    if form.body is None:
        return await _show_apply(page, row, form, status=UNPROCESSABLE)
    body = form.body
    try:
        if page.field("preview"):
            would = await page.preview(lambda change: apply_template(change, row.id, body))
            return await _show_apply(page, row, form, would=would)
        done = await page.commit(lambda change: apply_template(change, row.id, body))
    except ApiError as error:
        form.refuse(error)
        return await _show_apply(page, row, form, status=UNPROCESSABLE, refused=error.code)
    return page.done(path_of(row), f"{plural(len(done.outcome.rows), 'task')} landed")


async def _show_save(page: Page, row: OnboardingRow, form: Form[TemplateSave], status: int = 200) -> Response:
    view = await read_plan(page.connection, page.actor, row, page.services.clock.now())
    return page.render(
        "plans/save_as_template.html",
        block="form",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        count=len(view.lines),
    )


async def _show_apply(
    page: Page,
    row: OnboardingRow,
    form: Form[TemplateApply],
    *,
    status: int = 200,
    would: Application | None = None,
    refused: str = "",
) -> Response:
    connection, actor = page.connection, page.actor
    for name in set(form.errors) - {"", "template_id", "phases"}:  # what the form has no field for
        form.errors.setdefault("", form.errors.pop(name))
    names = {
        phase.key: phase.name
        for phase in (
            *await list_phases(connection, actor.workspace_id),
            *await list_retired_phases(connection, actor.workspace_id),
        )
    }
    chosen = await _chosen(page)
    impact = None
    if would and would.outcome.others:
        view = await read_plan(connection, actor, row, page.services.clock.now())
        impact = impact_of(view, would.outcome.others)
    return page.render(
        "plans/apply_template.html",
        block="form",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        templates=[
            (one.id, one.name, plural(one.task_count, "task")) for one in await list_template_choices(connection, actor)
        ],
        phases=[(key, names.get(key, key)) for key in chosen],
        ticked=page.sent.getlist("phases"),
        landing=list(would.outcome.rows.values()) if would else None,
        impact=impact,
        again=refused == _CONFLICT or page.field("again") == "true",
    )


async def _chosen(page: Page) -> list[str]:
    """Return the phases of the template that is chosen in the form; none where there is no such template."""
    if not page.field("template_id"):
        return []
    try:
        return (await get_template(page.connection, page.actor, page.field("template_id"))).phases
    except ApiError:
        return []
