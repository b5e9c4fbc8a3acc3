"""An onboarding's plan as pages show it: tasks by phase, with who does them, when and why then."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import orjson

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.contacts.queries import list_contacts
from pivotal_server.contacts.schemas import ContactListQuery
from pivotal_server.core.db import Connection
from pivotal_server.customers.access import list_seers
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.models import ROLE_NAMES, OnboardingRow
from pivotal_server.onboardings.phases import Phase, list_phases
from pivotal_server.tasks.models import ROLES, TaskRow
from pivotal_server.tasks.queries import list_plan
from pivotal_server.tasks.schemas import reason_of


class Assignee(NamedTuple):
    """Somebody who may do a task.

    Attributes:
        value: what a form sends for them, such as ``role:csm``.
        name: a person's or a role's.
        detail: who has the role, or that it is a contact.
        group: heading among the choices.
    """

    value: str
    name: str
    detail: str | None
    group: str


@dataclass(slots=True)
class Line:
    """A task of the plan.

    Attributes:
        waits_for: tasks that have to be finished before, with the working days in between.
        reason: why it is due when it is, in one sentence.
        overdue: whether it was due before today and is still open.
    """

    row: TaskRow
    assignee: Assignee | None
    reason: str | None
    overdue: bool
    waits_for: list[tuple[TaskRow, int]] = field(default_factory=list)
    subtasks: list["Line"] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether it is completed."""
        return self.row.status == "completed"

    @property
    def is_held_up(self) -> bool:
        """Whether it waits for something that is not done yet."""
        return not self.done and any(other.status == "open" for other, _ in self.waits_for)


@dataclass(slots=True)
class Group:
    """The tasks of a phase; a retired phase is there for as long as it has any."""

    key: str
    name: str
    is_current: bool
    is_retired: bool
    lines: list[Line] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many of its tasks are completed, subtasks aside."""
        return sum(line.done for line in self.lines)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with all that its page needs.

    Attributes:
        today: the present day where the customer's calendar is.
        working_days: by that calendar.
    """

    onboarding: OnboardingRow
    phases: list[Phase]
    groups: list[Group]
    lines: dict[str, Line]
    assignees: list[Assignee]
    today: date
    working_days: WorkingDays

    @property
    def count(self) -> int:
        """How many tasks there are, subtasks aside."""
        return sum(len(group.lines) for group in self.groups)

    @property
    def done(self) -> int:
        """How many of these are completed."""
        return sum(group.done for group in self.groups)

    @property
    def phase_choices(self) -> list[tuple[str, str]]:
        """The phases that a task may be in: key and name."""
        return [(phase.key, phase.name) for phase in self.phases]

    @property
    def end(self) -> date | None:
        """When the last open task that leads to the launch is due."""
        return end_before_launch((line.row for line in self.lines.values()), self.phases)


async def read_plan(connection: Connection, actor: Actor, onboarding: OnboardingRow, now: datetime) -> PlanView:
    """Return the plan of an onboarding, with a number of statements that does not depend on how large it is."""
    days, time_zone = await working_days_of(connection, actor.workspace_id, onboarding.customer_id)
    phases = await list_phases(connection, actor.workspace_id)
    assignees = await read_assignees(connection, actor, onboarding)
    rows = await list_plan(connection, actor, onboarding.id)
    today = now.astimezone(time_zone).date()
    lines = make_lines(rows, {one.value: one for one in assignees}, today)
    return PlanView(onboarding, phases, _groups(rows, lines, phases, onboarding), lines, assignees, today, days)


async def read_assignees(connection: Connection, actor: Actor, onboarding: OnboardingRow) -> list[Assignee]:
    """Return who may do the tasks of an onboarding: roles first, then teammates, then the customer's contacts."""
    members = await list_seers(connection, actor, onboarding.customer_id)
    contacts = await list_contacts(connection, actor, onboarding.customer_id, ContactListQuery())
    names = {member.id: member.name for member in members}
    found = [
        Assignee(f"role:{role}", ROLE_NAMES[f"{role}_id"], names.get(getattr(onboarding, f"{role}_id")), "Roles")
        for role in ROLES
    ]
    found += [Assignee(f"person:{member.id}", member.name, None, "Team") for member in members]
    found += [Assignee(f"contact:{contact.id}", contact.name, "customer", "Customer") for contact in contacts]
    return found


def assignee_value(row: TaskRow) -> str:
    """Return what a form sends for whoever is to do a task; empty where that is nobody."""
    if row.assignee_id:
        return f"person:{row.assignee_id}"
    if row.assignee_role:
        return f"role:{row.assignee_role}"
    return f"contact:{row.assignee_contact_id}" if row.assignee_contact_id else ""


def make_lines(rows: Sequence[TaskRow], assignees: Mapping[str, Assignee], today: date) -> dict[str, Line]:
    """Return a line for every task of a plan, by cuid; subtasks stand with their parents as well."""
    lines = {}
    for row in rows:
        value = assignee_value(row)
        # Somebody who has left, or an archived contact, is known by the e-mail at least.
        fallback = Assignee(value, row.assignee_email or "Somebody", None, "") if value else None
        overdue = row.status == "open" and row.due_on is not None and row.due_on < today
        lines[row.id] = Line(row, assignees.get(value, fallback), reason_of(row), overdue)
    for line in lines.values():
        for one in orjson.loads(line.row.depends_on):
            if other := lines.get(one["task_id"]):
                line.waits_for.append((other.row, one["lag_days"]))
        if line.row.parent_id and line.row.parent_id in lines:
            lines[line.row.parent_id].subtasks.append(line)
    return lines


def end_before_launch(rows: Iterable[TaskRow], phases: Sequence[Phase]) -> date | None:
    """Return when the last open task of the phases before the launch is due; of all, where no phase is the launch."""
    launch = next((phase.position for phase in phases if phase.kind == "launch"), None)
    before = {phase.key for phase in phases if launch is None or phase.position < launch}
    return max(
        (row.due_on for row in rows if row.status == "open" and row.due_on and row.phase in before), default=None
    )


def _groups(
    rows: Sequence[TaskRow], lines: Mapping[str, Line], phases: Sequence[Phase], onboarding: OnboardingRow
) -> list[Group]:
    """Return the phases in their order, a retired one where its tasks stand."""
    groups = {
        phase.key: Group(phase.key, phase.name, phase.key == onboarding.phase, is_retired=False) for phase in phases
    }
    retired: list[Group] = []
    for row in rows:
        if row.parent_id is not None:
            continue
        if row.phase not in groups:
            groups[row.phase] = Group(row.phase, row.phase_name, is_current=False, is_retired=True)
            retired.append(groups[row.phase])
        groups[row.phase].lines.append(lines[row.id])
    return [*retired, *(groups[phase.key] for phase in phases)]
