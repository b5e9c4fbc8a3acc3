"""Editing many onboardings at once: chosen in the list, seen before it is done, undone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from pivotal_server.board.bulk import MAX_ONBOARDINGS, edit_all, take_back
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.people import list_members
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.plans.state_pages import NEEDS_REASON
from pivotal_server.timeline.edits import Outcome, name_of
from pivotal_server.web.filters import plural, words
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.web.security import local_path

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_ACTIONS = (("owner", "Give them a CSM"), ("state", "Set their state"), ("phase", "Move them to a phase"))
# What the form calls the fields of an onboarding.
_FIELDS = {"csm_id": "owner", "to": "phase"}
_LIST = "/onboardings?as=list"


class BulkForm(BaseModel):
    """Which onboardings, and what is done to them."""

    ids: list[str] = Field(min_length=1, max_length=MAX_ONBOARDINGS)
    action: Literal["owner", "state", "phase"]
    owner: str = ""
    state: str = ""
    phase: str = ""
    reason: str = Field("", max_length=1000)

    @property
    def value(self) -> str:
        """What the action needs."""
        return {"owner": self.owner, "state": self.state}.get(self.action, self.phase)


@pages.post("/onboardings/bulk")
async def edit(page: Page) -> Response:
    """Ask what to do, show what that would change, and do it once that was seen."""
    form = page.read_form(BulkForm)
    if not page.field("action"):
        form.errors.pop("action", None)
        return await _show(page, form, 200 if form.valid else UNPROCESSABLE)
    _check(form)
    if not form.valid or form.body is None:
        return await _show(page, form, UNPROCESSABLE)
    begun: list[datetime] = []
    body, seen = form.body, page.field("seen") == "true"

    async def work(change: Change) -> Outcome:
        begun.append(change.at)
        return await edit_all(change, body.ids, body.action, body.value, body.reason or None)

    try:
        outcome = await (page.commit(work) if seen else page.preview(work))
    except ApiError as error:
        form.refuse(error)
        form.errors = {_FIELDS.get(field, field): told for field, told in form.errors.items()}
        return await _show(page, form, UNPROCESSABLE)
    if not seen:
        return await _show(page, form, outcome=outcome)
    undo = f"/onboardings/bulk/{name_of(begun[-1], page.id)}/undo" if outcome.changed else None
    back = local_path(page.field("back"), _LIST)
    return page.redirect(back, toast=f"Changed {plural(outcome.changed, 'onboarding')}", undo=undo)


@pages.post("/onboardings/bulk/{bulk_edit}/undo")
async def undo(page: Page, bulk_edit: str) -> Response:
    """Take an edit back."""
    outcome = await page.commit(lambda change: take_back(change, bulk_edit))
    left = f"; {outcome.same} had been changed since and stay" if outcome.same else ""
    return page.redirect(page.came_from or _LIST, toast=f"{plural(outcome.changed, 'onboarding')} as before{left}")


def _check(form: Form[BulkForm]) -> None:
    """Put what is missing for the action beside its field."""
    body = form.body
    if body is None:
        return
    if body.action == "state" and body.state not in STATES:
        form.errors["state"] = "Choose one of these."
    elif body.action == "state" and body.state in NEEDS_REASON and not body.reason:
        form.errors["reason"] = "Say why, for those who read this later."
    if body.action == "phase" and not body.phase:
        form.errors["phase"] = "Choose one of these."


async def _show(page: Page, form: Form[BulkForm], status: int = 200, outcome: Outcome | None = None) -> Response:
    members = await list_members(page.connection, page.actor.workspace_id)
    phases = await list_phases(page.connection, page.actor.workspace_id)
    return page.render(
        "board/bulk.html",
        status=status,
        form=form,
        ids=[one for one in page.sent.getlist("ids") if isinstance(one, str)],
        most=MAX_ONBOARDINGS,
        back=local_path(page.field("back"), _LIST),
        outcome=outcome,
        actions=_ACTIONS,
        states=[(state, words(state)) for state in STATES],
        phases=[(phase.key, phase.name) for phase in phases],
        owners=[("", "Nobody"), *((member.id, member.name) for member in members)],
    )
