"""Does the steps of the story: through the product's own actions, each at its time and by whoever did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.calendars.actions import update_calendar
from pivotal_server.calendars.schemas import CalendarUpdate
from pivotal_server.comments import file_actions
from pivotal_server.comments.actions import comment_on_onboarding, comment_on_task, pin_comment
from pivotal_server.comments.models import file_key
from pivotal_server.comments.schemas import CommentCreate
from pivotal_server.contacts.actions import create_contact, update_contact
from pivotal_server.contacts.schemas import ContactCreate, ContactUpdate
from pivotal_server.core.clock import Clock
from pivotal_server.core.ids import new_id
from pivotal_server.customers.actions import create_customer, update_customer
from pivotal_server.customers.schemas import CustomerCreate, CustomerUpdate
from pivotal_server.demo.cast import DOMAIN, EMAILS, MANAGER, TEAM
from pivotal_server.fields.actions import create_field
from pivotal_server.fields.schemas import CustomFieldCreate
from pivotal_server.identity.models import Actor
from pivotal_server.leads.actions import create_lead, update_lead
from pivotal_server.leads.moves import move_lead
from pivotal_server.leads.pipeline_actions import create_pipeline
from pivotal_server.leads.pipeline_schemas import PipelineCreate
from pivotal_server.leads.schemas import LeadCreate, LeadMove, LeadUpdate
from pivotal_server.leads.win_schemas import LeadWin
from pivotal_server.leads.winning import win_lead
from pivotal_server.message_log.actions import log_message
from pivotal_server.message_log.schemas import MessageCreate
from pivotal_server.onboardings.models import TEAM as ROLES_IN_ONBOARDING
from pivotal_server.onboardings.move_schemas import Advance, SendBack
from pivotal_server.onboardings.schemas import OnboardingCreate, OnboardingUpdate
from pivotal_server.plans.actions import advance, create_onboarding, send_back, update_onboarding
from pivotal_server.tasks.actions import create_task, pin_task, update_task
from pivotal_server.tasks.completion import complete_task, reopen_task
from pivotal_server.tasks.queries import list_plan
from pivotal_server.tasks.request_schemas import TaskComplete, TaskCreate, TaskReopen, TaskUpdate
from pivotal_server.templates.actions import create_template
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage
    from pivotal_server.demo.shop import Step

    Fields = dict[str, Any]
    Play = Callable[[Change, Step, Fields], Awaitable[None]]

_LED = """
SELECT o.id FROM onboardings o
WHERE o.workspace_id = $1 AND o.csm_id = $2 AND o.completed_at IS NULL AND o.deleted_at IS NULL ORDER BY o.id
"""
_LOOKED_AFTER = """
SELECT t.id FROM contacts t
WHERE t.workspace_id = $1 AND t.owner_id = $2 AND t.status = 'open' AND t.deleted_at IS NULL ORDER BY t.id
"""
# Fields that hold the id of something that was made before.
_REFERENCES = ("template_id", "assignee_contact_id", "owner", "pipeline")


class Player:
    """Does steps of the story.

    Args:
        connection: the transaction's.
        storage: where attached files go.
        workspace_id: where it happens.
        people: id of each teammate by key.
        domain: of the teammates' e-mails.
        stored: gets the keys of files before they are stored.
    """

    def __init__(
        self,
        connection: Connection,
        storage: Storage,
        workspace_id: str,
        people: Mapping[str, str],
        domain: str,
        stored: list[str],
    ) -> None:
        self._connection, self._storage, self._workspace_id = connection, storage, workspace_id
        self._domain, self._stored = domain, stored
        self._actors = {
            mate.key: Actor(workspace_id, "person", people[mate.key], mate.name, role=mate.role) for mate in TEAM
        }
        # Of everything by its label: teammates, and whatever was made.
        self._ids = dict(people)
        self._at = 0.0
        self._clock = Clock(lambda: self._at)
        self._plays: dict[str, Play] = {
            "calendar": self._play_calendar,
            "custom_field": self._play_field,
            "template": self._play_template,
            "customer": self._play_customer,
            "contact": self._play_contact,
            "onboarding": self._play_onboarding,
            "task": self._play_task,
            "pipeline": self._play_pipeline,
            "lead": self._play_lead,
            "message": self._play_message,
        }

    async def play(self, step: Step) -> None:
        """Do a step, at its time."""
        self._at = step.at.timestamp()
        change = Change(self._connection, self._actors[step.who], self._clock)
        await self._plays[step.resource](change, step, self._with_ids(step.fields))
        await change.write_records()

    async def hand_over(self, who: str, to: str, clock: Clock) -> None:
        """Let somebody else lead all onboardings under way that a teammate leads, and look after the open leads.

        Args:
            who: key of the teammate.
            to: id of the other.
            clock: the time at which it is done.
        """
        change = Change(self._connection, self._actors[MANAGER], clock)
        for row in await self._connection.fetch(_LED, self._workspace_id, self._ids[who]):
            await update_onboarding(change, row["id"], OnboardingUpdate(csm_id=to))
        for row in await self._connection.fetch(_LOOKED_AFTER, self._workspace_id, self._ids[who]):
            await update_lead(change, row["id"], LeadUpdate(owner=to))
        await change.write_records()

    async def _play_calendar(self, change: Change, _: Step, fields: Fields) -> None:
        await update_calendar(change, CalendarUpdate(**fields))

    async def _play_field(self, change: Change, _: Step, fields: Fields) -> None:
        await create_field(change, CustomFieldCreate(**fields))

    async def _play_template(self, change: Change, step: Step, fields: Fields) -> None:
        made = await create_template(change, fields["content"], how="Imported")
        self._ids[step.label] = made.row.id

    async def _play_customer(self, change: Change, step: Step, fields: Fields) -> None:
        if step.action == "create":
            self._ids[step.label] = (await create_customer(change, CustomerCreate(**fields))).id
        else:
            await update_customer(change, self._ids[step.label], CustomerUpdate(**fields))

    async def _play_contact(self, change: Change, step: Step, fields: Fields) -> None:
        if step.action == "create":
            row = await create_contact(change, self._ids[step.parent], ContactCreate(**fields))
            self._ids[step.label] = row.id
            self._actors[step.label] = Actor(self._workspace_id, "portal", row.id, row.name)
        else:
            await update_contact(change, self._ids[step.label], ContactUpdate(**fields))

    async def _play_onboarding(self, change: Change, step: Step, fields: Fields) -> None:
        if step.action == "create":
            body = OnboardingCreate(customer_id=self._ids[step.parent], **fields)
            row = (await create_onboarding(change, body)).row
            self._ids[step.label] = row.id
            for task in await list_plan(change.connection, change.actor, row.id):
                self._ids[f"{step.label}/{task.template_task_key}"] = task.id
            return
        id_ = self._ids[step.label]
        match step.action:
            case "advance":
                await advance(change, id_, Advance(**fields))
            case "send_back":
                await send_back(change, id_, SendBack(**fields))
            case "comment":
                await self._comment(change, id_, fields, comment_on_onboarding)
            case _:
                await update_onboarding(change, id_, OnboardingUpdate(**fields))

    async def _play_task(self, change: Change, step: Step, fields: Fields) -> None:
        if step.action == "create":
            outcome = await create_task(change, self._ids[step.parent], TaskCreate(**fields))
            self._ids[step.label] = outcome.task.id
            return
        id_ = self._ids[step.label]
        match step.action:
            case "complete":
                await complete_task(change, id_, TaskComplete(**fields))
            case "reopen":
                await reopen_task(change, id_, TaskReopen())
            case "pin":
                await pin_task(change, id_, pinned=True)
            case "comment":
                await self._comment(change, id_, fields, comment_on_task)
            case _:
                await update_task(change, id_, TaskUpdate(**fields))

    async def _play_pipeline(self, change: Change, step: Step, fields: Fields) -> None:
        self._ids[step.label] = (await create_pipeline(change, PipelineCreate.model_validate(fields))).id

    async def _play_lead(self, change: Change, step: Step, fields: Fields) -> None:
        match step.action:
            case "create":
                self._ids[step.label] = (await create_lead(change, LeadCreate(**fields))).id
            case "move":
                await move_lead(change, self._ids[step.label], LeadMove(**fields))
            case _:
                body = LeadWin(customer_id=self._ids[fields["customer"]], onboarding=None, reason=fields["reason"])
                await win_lead(change, self._ids[step.label], body)

    async def _play_message(self, change: Change, step: Step, fields: Fields) -> None:
        await log_message(change, self._ids[step.parent], MessageCreate(**fields))

    async def _comment(
        self, change: Change, id_: str, fields: Fields, comment: Callable[[Change, str, CommentCreate], Awaitable[Any]]
    ) -> None:
        files = [await self._attach(change, name, content) for name, content in fields.get("files", ())]
        row = await comment(change, id_, CommentCreate(body=fields["body"], attachment_ids=files))
        if fields.get("pinned"):
            await pin_comment(change, row.id, pinned=True)

    async def _attach(self, change: Change, name: str, content: str) -> str:
        """Store a file and return the id of its attachment; no scanner need look at what we wrote ourselves."""
        id_, intake = new_id(), file_actions.Intake(_pieces(content))
        key = file_key(self._workspace_id, id_)
        await file_actions.expect_file(change.connection, self._workspace_id, id_, change.at)
        self._stored.append(key)
        await file_actions.store_file(self._storage, key, intake)
        return (await file_actions.create_attachment(change, intake.finished(id_, name), scanned=False)).id

    def _mail_of(self, text: str) -> str:
        """Return a text with the teammates' e-mails as they are here."""
        return text.replace(f"@{DOMAIN}", f"@{self._domain}")

    def _with_ids(self, fields: Fields) -> Fields:
        """Return the fields with ids and e-mails in the place of keys, labels and names."""
        known: Fields = {
            name: self._ids[fields[name]] for name in (*_REFERENCES, *ROLES_IN_ONBOARDING) if fields.get(name)
        }
        if "owner_email" in fields:
            known["owner_email"] = self._mail_of(EMAILS[fields["owner_email"]])
        if "body" in fields:
            known["body"] = self._mail_of(fields["body"])
        if "assignees" in fields:
            known["assignees"] = [self._ids[key] for key in fields["assignees"]]
        if "depends_on" in fields:
            known["depends_on"] = [d | {"task_id": self._ids[d["task_id"]]} for d in fields["depends_on"]]
        return fields | known


async def _pieces(content: str) -> AsyncIterator[bytes]:
    yield content.encode()
