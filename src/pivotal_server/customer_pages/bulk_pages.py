"""Editing many customers at once: chosen in the list, seen before it is done, undone afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from pivotal_server.core.errors import ApiError
from pivotal_server.customer_pages.bulk import MAX_CUSTOMERS, edit_all, take_back
from pivotal_server.identity.people import list_members
from pivotal_server.timeline.edits import Outcome, name_of
from pivotal_server.web.filters import plural
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

_ACTIONS = (
    ("owner", "Give them an owner"),
    ("status", "Set their status"),
    ("add_tag", "Add a tag"),
    ("remove_tag", "Take a tag away"),
    ("archive", "Archive them"),
    ("restore", "Restore them from the archive"),
)
# The others need a reason each.
_STATUSES = ("active", "onboarding", "low_touch")
# What the form calls the fields of a customer.
_FIELDS = {"owner_email": "owner", "tags": "tag"}


class BulkForm(BaseModel):
    """Which customers, and what is done to them."""

    ids: list[str] = Field(min_length=1, max_length=MAX_CUSTOMERS)
    action: Literal["owner", "status", "add_tag", "remove_tag", "archive", "restore"]
    owner: str = ""
    status: str = ""
    tag: str = Field("", max_length=100)

    @property
    def value(self) -> str:
        """What the action needs."""
        return {"owner": self.owner, "status": self.status}.get(self.action, self.tag)


@pages.post("/customers/bulk")
async def edit(page: Page) -> Response:
    """Ask what to do, show what that would change, and do it once that was seen."""
    form = page.read_form(BulkForm)
    if not page.field("action"):
        form.errors.pop("action", None)
        return await _show(page, form, 200 if form.valid else UNPROCESSABLE)
    if form.body and form.body.action in {"add_tag", "remove_tag"} and not form.body.tag:
        form.errors["tag"] = "Fill this in."
    if form.body and form.body.action == "status" and form.body.status not in _STATUSES:
        form.errors["status"] = "Choose one of these."
    if not form.valid or form.body is None:
        return await _show(page, form, UNPROCESSABLE)
    begun: list[datetime] = []
    body, seen = form.body, page.field("seen") == "true"

    async def work(change: Change) -> Outcome:
        begun.append(change.at)
        return await edit_all(change, body.ids, body.action, body.value)

    try:
        outcome = await (page.commit(work) if seen else page.preview(work))
    except ApiError as error:
        form.refuse(error)
        form.errors = {_FIELDS.get(field, field): words for field, words in form.errors.items()}
        return await _show(page, form, UNPROCESSABLE)
    if not seen:
        return await _show(page, form, outcome=outcome)
    undo = f"/customers/bulk/{name_of(begun[-1], page.id)}/undo" if outcome.changed else None
    back = local_path(page.field("back"), "/customers")
    return page.redirect(back, toast=f"Changed {plural(outcome.changed, 'customer')}", undo=undo)


@pages.post("/customers/bulk/{bulk_edit}/undo")
async def undo(page: Page, bulk_edit: str) -> Response:
    """Take an edit back."""
    outcome = await page.commit(lambda change: take_back(change, bulk_edit))
    left = f"; {outcome.same} had been changed since and stay" if outcome.same else ""
    return page.redirect("/customers", toast=f"{plural(outcome.changed, 'customer')} as before{left}")


async def _show(page: Page, form: Form[BulkForm], status: int = 200, outcome: Outcome | None = None) -> Response:
    members = await list_members(page.connection, page.actor.workspace_id)
    return page.render(
        "customer_pages/bulk.html",
        status=status,
        form=form,
        ids=[one for one in page.sent.getlist("ids") if isinstance(one, str)],
        back=local_path(page.field("back"), "/customers"),
        outcome=outcome,
        actions=_ACTIONS,
        statuses=_STATUSES,
        owners=[("", "Nobody"), *((member.email, member.name) for member in members)],
    )
