"""Makes the demo workspace by doing again what was done there: through the product's own actions, at the time of each.

So the timeline, the phase transitions and the events are what the product itself would have left behind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

from pivotal_server import demo
from pivotal_server.calendars.actions import update_calendar
from pivotal_server.calendars.schemas import CalendarUpdate
from pivotal_server.contacts.actions import create_contact, update_contact
from pivotal_server.contacts.schemas import ContactCreate, ContactUpdate
from pivotal_server.core.clock import Clock
from pivotal_server.customers.actions import create_customer, update_customer
from pivotal_server.customers.schemas import CustomerCreate, CustomerUpdate
from pivotal_server.demo.cast import CALENDAR, COMPANY, FIELDS, OPERATIONS, TEAM
from pivotal_server.demo.keys import DEMO_SLUG
from pivotal_server.demo.story import Step, tell
from pivotal_server.fields.actions import create_field
from pivotal_server.fields.schemas import CustomFieldCreate
from pivotal_server.identity.models import Actor
from pivotal_server.identity.people import add_member
from pivotal_server.onboardings.actions import create_onboarding, update_onboarding
from pivotal_server.onboardings.models import TEAM as ROLES_IN_ONBOARDING
from pivotal_server.onboardings.schemas import OnboardingCreate, OnboardingUpdate
from pivotal_server.provisioning import provision_workspace
from pivotal_server.templates.actions import create_template
from pivotal_server.templates.yaml_file import read_yaml
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace

# Events are for those who listen; older ones would be gone by now.
_EVENTS_KEPT = timedelta(days=30)
_FORGET_EVENTS = "DELETE FROM events WHERE workspace_id = $1 AND created_at < $2"


async def seed(connection: Connection, now: datetime) -> Workspace:
    """Make the workspace with all that happened there in the year before ``now``, in one transaction.

    Raises:
        WorkspaceError: there is a workspace ``demo`` already.
    """
    async with connection.transaction():
        steps = tell(now)
        founded = steps[0].at - timedelta(days=1)
        workspace = await provision_workspace(connection, slug=DEMO_SLUG, name=COMPANY, now=founded)
        people = {
            mate.key: await add_member(
                connection, workspace.id, email=mate.email, name=mate.name, role=mate.role, now=founded
            )
            for mate in TEAM
        }
        player = _Player(connection, workspace.id, people)
        for step in [
            _set_calendar(steps[0].at, now.year),
            *_define_fields(steps[0].at),
            *_import_templates(steps[0].at),
            *steps,
        ]:
            await player.play(step)
        await connection.execute(_FORGET_EVENTS, workspace.id, now - _EVENTS_KEPT)
    return workspace


def _set_calendar(first: datetime, year: int) -> Step:
    """Return the step before the first: somebody says when people work, this year's closing days included."""
    fields = CALENDAR | {"extra_days_off": [f"{year}-12-24", f"{year}-12-31"]}
    return Step(first - timedelta(minutes=10), OPERATIONS, "update", "calendar", "", "", fields)


def _define_fields(first: datetime) -> list[Step]:
    """Return the steps, before the first as well, in which somebody says what is to be known of customers."""
    at = first - timedelta(minutes=5)
    return [Step(at, OPERATIONS, "create", "custom_field", fields["key"], "", fields) for fields in FIELDS]


def _import_templates(first: datetime) -> list[Step]:
    """Return the steps in which somebody imports the templates that new onboardings begin with."""
    at = first - timedelta(minutes=3)
    files = sorted((resources.files(demo) / "templates").iterdir(), key=lambda file: file.name)
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    return [Step(at, OPERATIONS, "create", "template", name, "", {"yaml": text}) for name, text in texts.items()]


class _Player:
    """Does steps of the story.

    Args:
        connection: the transaction's.
        workspace_id: where it happens.
        people: id of each teammate by key.
    """

    def __init__(self, connection: Connection, workspace_id: str, people: dict[str, str]) -> None:
        self._connection = connection
        self._actors = {
            mate.key: Actor(workspace_id, "person", people[mate.key], mate.name, role=mate.role) for mate in TEAM
        }
        self._people = people
        self._emails = {mate.key: mate.email for mate in TEAM}
        self._ids: dict[tuple[str, str], str] = {}
        self._at = 0.0
        self._clock = Clock(lambda: self._at)

    async def play(self, step: Step) -> None:
        """Do a step, at its time."""
        self._at = step.at.timestamp()
        change = Change(self._connection, self._actors[step.who], self._clock)
        fields = self._with_people(step.fields)
        if step.action == "create":
            self._ids[step.resource, step.label] = await self._create(change, step, fields)
        else:
            await self._update(change, step, fields)
        await change.write_records()

    async def _create(self, change: Change, step: Step, fields: dict[str, Any]) -> str:
        if step.resource == "customer":
            return (await create_customer(change, CustomerCreate(**fields))).id
        if step.resource == "custom_field":
            return (await create_field(change, CustomFieldCreate(**fields))).id
        if step.resource == "template":
            return (await create_template(change, read_yaml(fields["yaml"]), how="Imported")).row.id
        customer_id = self._ids["customer", step.parent]
        if step.resource == "contact":
            return (await create_contact(change, customer_id, ContactCreate(**fields))).id
        return (await create_onboarding(change, OnboardingCreate(customer_id=customer_id, **fields))).id

    async def _update(self, change: Change, step: Step, fields: dict[str, Any]) -> None:
        if step.resource == "calendar":
            await update_calendar(change, CalendarUpdate(**fields))
            return
        id_ = self._ids[step.resource, step.label]
        if step.resource == "customer":
            await update_customer(change, id_, CustomerUpdate(**fields))
        elif step.resource == "contact":
            await update_contact(change, id_, ContactUpdate(**fields))
        else:
            await update_onboarding(change, id_, OnboardingUpdate(**fields))

    def _with_people(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields with ids and e-mails in the place of the teammates' keys."""
        told = fields | {name: self._people[fields[name]] for name in ROLES_IN_ONBOARDING if name in fields}
        if "owner_email" in told:
            told["owner_email"] = self._emails[told["owner_email"]]
        return told
