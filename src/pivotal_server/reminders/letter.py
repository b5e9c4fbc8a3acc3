"""The words of a reminder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pivotal_server.core.db import Connection, fetch_one
from pivotal_server.core.words import count_in_words, day_in_words
from pivotal_server.identity.models import Actor
from pivotal_server.messages.catalogue import REMINDER
from pivotal_server.messages.models import Template, Text
from pivotal_server.messages.queries import get_template
from pivotal_server.messages.rendering import fill, for_line
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.reminders.overdue import Debt

# A mail names so many tasks, and counts the others.
MAX_TASKS_NAMED = 50


class _Names(NamedTuple):
    """Who writes and about whom; the CSM writes while they are on the team, else the workspace's owner, if any."""

    workspace: str
    customer: str
    sender: str | None
    email: str | None


_NAMES = """
SELECT w.name, c.name, p.name, p.email FROM workspaces w JOIN customers c ON c.workspace_id = w.id AND c.id = $2
LEFT JOIN LATERAL (
    SELECT m.person_id FROM memberships m
    WHERE m.workspace_id = w.id AND m.removed_at IS NULL AND (m.person_id = $3 OR m.role = 'owner')
    ORDER BY m.person_id IS NOT DISTINCT FROM $3::text DESC LIMIT 1
) m ON true
LEFT JOIN people p ON p.id = m.person_id WHERE w.id = $1
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What the reminders of an onboarding have in common.

    Attributes:
        reply_to: whom the contacts answer, if anybody.
    """

    reply_to: str | None
    _template: Template
    _values: Mapping[str, str]

    def to(self, debt: Debt) -> Text:
        """Return the reminder of what a contact owes."""
        name = debt.contact.contact_name
        values = {
            "contact.name": name,
            "contact.first_name": next(iter(name.split()), name),
            "task_count": count_in_words(len(debt.tasks), "task", "tasks"),
            "tasks": _lines(debt),
        }
        return fill(self._template.kind, self._template.text, {**self._values, **values})


async def begin_letter(connection: Connection, actor: Actor, onboarding: OnboardingRow) -> Letter:
    """Return the letter for an onboarding, in the workspace's words."""
    names = await fetch_one(
        connection, _Names, _NAMES, actor.workspace_id, onboarding.customer_id, onboarding.csm_id
    )  # fmt: skip
    assert names is not None  # noqa: S101 - the onboarding refers to both
    target = onboarding.target_launch_date
    values = {
        "customer.name": names.customer,
        "onboarding.name": onboarding.name,
        "onboarding.target_launch": day_in_words(target.date()) if target else "not set yet",
        "csm.name": names.sender or f"The team at {names.workspace}",
        "workspace.name": names.workspace,
    }
    return Letter(names.email, await get_template(connection, actor, REMINDER), values)


def _lines(debt: Debt) -> str:
    lines = [
        f"- {for_line(task.title, markdown=False)} (was due on {day_in_words(task.due_on)})"
        for task in debt.tasks[:MAX_TASKS_NAMED]
    ]
    more = len(debt.tasks) - len(lines)
    return "\n".join([*lines, f"- and {more} more"] if more else lines)
