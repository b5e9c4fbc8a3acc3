"""The properties of an onboarding, edited in place on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.customers.access import list_seers
from pivotal_server.fields.queries import list_fields
from pivotal_server.fields.schemas import CustomFieldListQuery
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate
from pivotal_server.plans import actions
from pivotal_server.plans.detail import path_of
from pivotal_server.plans.properties import properties_of
from pivotal_server.timeline.queries import who_changed
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.properties import Known, change_in_place
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.post("/onboardings/{onboarding}/properties/{property}")
async def change_property(page: Page, onboarding: str, property: str) -> Response:  # noqa: A002 - the word for it
    """Change one property in place; where somebody else did so meanwhile, both values are shown instead."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    return await change_in_place(page, _Onboarding(row), property)


class _Onboarding:
    """An onboarding whose properties are edited."""

    model = OnboardingUpdate

    def __init__(self, row: OnboardingRow) -> None:
        self._id, self.action = row.id, f"/onboardings/{row.display_id}/properties"

    async def read(self, connection: Connection, actor: Actor, *, lock: bool = False) -> Known:
        row = await get_onboarding(connection, actor, self._id, lock=lock)
        team = await list_seers(connection, actor, row.customer_id)
        fields = await list_fields(connection, actor, CustomFieldListQuery(resource="onboarding"))
        return Known(row.name, path_of(row), properties_of(row, team, fields), row.custom_fields)

    async def save(self, change: Change, body: OnboardingUpdate) -> object:
        return await actions.update_onboarding(change, self._id, body)

    async def who_changed(self, connection: Connection, actor: Actor, field: str) -> str:
        return await who_changed(connection, actor, self._id, self._id, field)
