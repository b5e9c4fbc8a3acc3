"""The properties of an onboarding, edited in place on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError
from pivotal_server.customers.access import list_seers
from pivotal_server.fields.queries import list_fields
from pivotal_server.fields.schemas import CustomFieldListQuery
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate
from pivotal_server.plans import actions
from pivotal_server.plans.detail import path_of
from pivotal_server.plans.properties import Property, body_of, find_property, properties_of
from pivotal_server.timeline.queries import who_changed
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_CONFLICT = 409


class _MeanwhileError(ApiError):
    """Somebody else has changed the same field since the page was shown."""

    def __init__(self, theirs: Property, who: str) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} changed this meanwhile.")
        self.theirs, self.who = theirs, who


@pages.post("/onboardings/{onboarding}/properties/{property}")
async def change_property(page: Page, onboarding: str, property: str) -> Response:  # noqa: A002 - the word for it
    """Change one property in place; where somebody else did so meanwhile, both values are shown instead."""
    connection, actor = page.connection, page.actor
    row = await get_onboarding(connection, actor, reference_of(onboarding))
    shown = await _property(connection, actor, row, property)
    text, was = page.field(property), page.field("was")

    async def work(change: Change) -> actions.Outcome:
        held = await get_onboarding(change.connection, change.actor, row.id, lock=True)
        now = await _property(change.connection, change.actor, held, property)
        if "was" in page.sent and now.value not in {was, text}:
            raise _MeanwhileError(now, await who_changed(change.connection, change.actor, row.id, row.id, now.field))
        body = OnboardingUpdate.model_validate(body_of(now, held, text), strict=False)
        return await actions.update_onboarding(change, row.id, body)

    form = page.read_form(OnboardingUpdate, body_of(shown, row, text))
    conflict = None
    try:
        outcome = None if form.body is None else await page.commit(work)
    except _MeanwhileError as error:
        outcome, conflict = None, error
    except ApiError as error:
        form.refuse(error)
        outcome = None
    if outcome is None:
        return _show_property(page, row, shown, text=text, error=form.errors.get(shown.field), conflict=conflict)
    if not page.wants_fragment:
        return page.redirect(path_of(row), toast=f"Saved {shown.label}")
    saved = await _property(connection, actor, outcome.row, property)
    return page.fragment(
        "plans/property.html", "property", row=outcome.row, one=saved, saved=True, text=None, error=None, conflict=None
    )


def _show_property(
    page: Page, row: OnboardingRow, one: Property, *, text: str, error: str | None, conflict: _MeanwhileError | None
) -> Response:
    status = UNPROCESSABLE if conflict is None else _CONFLICT
    told = None if conflict is None else (conflict.who, conflict.theirs)
    context: dict[str, Any] = {
        "row": row,
        "one": one,
        "saved": False,
        "text": text,
        "error": error or None,
        "conflict": told,
    }
    if conflict is None and error is None:
        context["error"] = "This cannot be saved."
    if page.wants_fragment:
        return page.fragment("plans/property.html", "property", status=status, **context)
    return page.render("plans/property_page.html", status=status, path=path_of(row), **context)


async def _property(connection: Connection, actor: Actor, row: OnboardingRow, name: str) -> Property:
    """Return a property as the onboarding has it.

    Raises:
        ApiError: 404 where there is no such property.
    """
    team = await list_seers(connection, actor, row.customer_id)
    fields = await list_fields(connection, actor, CustomFieldListQuery(resource="onboarding"))
    return find_property(properties_of(row, team, fields), name)
