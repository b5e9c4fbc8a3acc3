"""The state of an onboarding and its target launch, changed on its page; and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageQuery
from pivotal_server.onboardings.actions import delete_onboarding
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.queries import get_onboarding, list_launch_date_shifts
from pivotal_server.onboardings.schemas import OnboardingUpdate
from pivotal_server.plans import actions
from pivotal_server.plans.detail import path_of
from pivotal_server.tasks.impact import Impact, impact_of
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

# States that somebody will ask about later.
NEEDS_REASON = frozenset({"paused", "at_risk", "blocked"})
MEANINGS = {"active": "good", "paused": "", "at_risk": "risk", "waiting": "watch", "blocked": "risk"}


@pages.get("/onboardings/{onboarding}/state")
async def show_state(page: Page, onboarding: str) -> Response:
    """Show the form of another state."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    to = page.query_params.get("to", "")
    return _show_state(page, row, Form({"state": to if to in STATES else row.state}))


@pages.post("/onboardings/{onboarding}/state")
async def change_state(page: Page, onboarding: str) -> Response:
    """Give an onboarding another state, with a reason where somebody will ask for one."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    form = page.read_form(OnboardingUpdate)
    if page.field("state") in NEEDS_REASON and not page.field("reason"):
        form.errors["reason"] = "Say why, for those who read this later."
        form.body = None
    before = row.state
    outcome = await page.submit(form, lambda change, body: actions.update_onboarding(change, row.id, body))
    if outcome is None:
        return _show_state(page, row, form, status=UNPROCESSABLE)
    if outcome.row.state == before:
        return page.done(path_of(row), "Nothing was changed")
    words = outcome.row.state.replace("_", " ")
    return page.done(path_of(row), f"Now {words}", undo=f"/onboardings/{row.display_id}/state/undo?to={before}")


@pages.post("/onboardings/{onboarding}/state/undo")
async def take_state_back(page: Page, onboarding: str) -> Response:
    """Give an onboarding back the state that it had."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    state = page.query_params.get("to", "")
    if state not in STATES:
        raise ApiError(404, "http_exception", "There is no such state.")
    body = OnboardingUpdate(state=state, reason="Taken back")
    await page.commit(lambda change: actions.update_onboarding(change, row.id, body))
    return page.done(page.came_from or path_of(row), f"Back to {state.replace('_', ' ')}")


@pages.get("/onboardings/{onboarding}/launch")
async def show_launch(page: Page, onboarding: str) -> Response:
    """Show the target launch date, how it has slipped, and the form that moves it."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    return await _show_launch(page, row, Form({"target_launch_date": _day(row)}))


@pages.post("/onboardings/{onboarding}/launch")
async def move_launch(page: Page, onboarding: str) -> Response:
    """Move the target launch date, or show what that would do where ``preview`` is sent."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    day = page.field("target_launch_date")
    form = page.read_form(OnboardingUpdate, {"target_launch_date": f"{day}T00:00:00Z" if day else None})
    if page.field("preview") and form.body is not None:
        return await _preview_launch(page, row, form, form.body)
    if row.target_launch_date is not None and day != _day(row) and not page.field("reason"):
        form.errors["reason"] = "Say why, for those who read this later."
        form.body = None
    outcome = await page.submit(form, lambda change, body: actions.update_onboarding(change, row.id, body))
    if outcome is None:
        return await _show_launch(page, row, form, status=UNPROCESSABLE)
    count = len(outcome.moves)
    also = f"; {count} {'task' if count == 1 else 'tasks'} moved" if count else ""
    return page.done(path_of(row), f"The target launch is {_words(outcome.row)}{also}")


@pages.post("/onboardings/{onboarding}/delete")
async def delete(page: Page, onboarding: str) -> Response:
    """Delete an onboarding whose title somebody has typed to say that they mean it."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if page.field("name") != row.name:
        form: Form[Any] = Form({"name": page.field("name")})
        form.errors["name"] = f"Type {row.name} to delete it."
        return page.render(
            "plans/delete.html", block="form", status=UNPROCESSABLE, row=row, path=path_of(row), form=form
        )
    await page.commit(lambda change: delete_onboarding(change, row.id))
    return page.redirect(f"/customers/{row.customer_id}", toast=f"Deleted {row.name}")


@pages.get("/onboardings/{onboarding}/delete")
async def show_delete(page: Page, onboarding: str) -> Response:
    """Show what deleting an onboarding means."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    return page.render("plans/delete.html", block="form", row=row, path=path_of(row), form=Form())


def _show_state(page: Page, row: OnboardingRow, form: Form[OnboardingUpdate], *, status: int = 200) -> Response:
    chosen = str(form.values.get("state", row.state))
    return page.render(
        "plans/state.html",
        block="form",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        chosen=chosen,
        states=STATES,
        needs_reason=chosen in NEEDS_REASON,
    )


async def _preview_launch(
    page: Page, row: OnboardingRow, form: Form[OnboardingUpdate], body: OnboardingUpdate
) -> Response:
    view = await read_plan(page.connection, page.actor, row, page.services.clock.now())
    try:
        outcome = await page.preview(lambda change: actions.update_onboarding(change, row.id, body))
    except ApiError as error:
        form.refuse(error)
        return await _show_launch(page, row, form, status=UNPROCESSABLE)
    return await _show_launch(page, row, form, impact=impact_of(view, outcome.moves, outcome.row))


async def _show_launch(
    page: Page, row: OnboardingRow, form: Form[OnboardingUpdate], *, status: int = 200, impact: Impact | None = None
) -> Response:
    shifts = await list_launch_date_shifts(page.connection, page.actor, row.id, PageQuery(limit=50))
    return page.render(
        "plans/launch.html",
        block="form",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        shifts=shifts,
        impact=impact,
    )


def _day(row: OnboardingRow) -> str:
    return str(row.target_launch_date.date()) if row.target_launch_date else ""


def _words(row: OnboardingRow) -> str:
    day = row.target_launch_date
    return f"{day.day} {day:%B %Y}" if day else "open now"
