"""What a body says of a task, as the columns to write."""

from typing import Any

from pivotal_server.core.errors import invalid_field
from pivotal_server.core.ids import read_reference
from pivotal_server.customers.access import require_sight
from pivotal_server.identity.people import require_members
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.tasks.dependencies import resolve
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.queries import get_tasks
from pivotal_server.tasks.request_schemas import TaskFields
from pivotal_server.timeline.change import Change

ASSIGNEES = ("assignee_id", "assignee_role", "assignee_contact_id")
RULE = ("due_rule", "due_rule_date", "due_rule_days", "due_rule_task_id")

# Held until the end, so that nobody deletes it meanwhile.
_CONTACT = """
SELECT c.id FROM contacts c WHERE c.workspace_id = $1 AND c.customer_id = $2 AND c.{column} = $3
    AND c.deleted_at IS NULL AND c.archived_at IS NULL FOR SHARE
"""


async def find_parent(change: Change, onboarding_id: str, fields: dict[str, Any]) -> TaskRow | None:
    """Return the task that a new one is to be a subtask of, None where the body names none.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    if fields.get("parent_id") is None:
        return None
    (id_,) = (await resolve(change, onboarding_id, [fields["parent_id"]], "parent_id")).values()
    parent = (await get_tasks(change.connection, change.actor, [id_]))[id_]
    if parent.parent_id is not None:
        raise invalid_field("parent_id", "This task is a subtask itself; there is one level of them.")
    if parent.status == "completed":
        raise invalid_field("parent_id", "This task is completed. Reopen it first.")
    if fields.get("phase", parent.phase) != parent.phase:
        raise invalid_field("phase", "A subtask is in its parent's phase.")
    return parent


async def assignee_columns(change: Change, onboarding: OnboardingRow, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of the assignee that a body names: naming one clears the others.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    sent = {name: fields[name] for name in ASSIGNEES if name in fields}
    named = [name for name, value in sent.items() if value is not None]
    if len(named) > 1:
        raise invalid_field(named[1], "A task has one assignee: a teammate, a role or a contact.")
    if not named:
        return sent
    values: dict[str, Any] = dict.fromkeys(ASSIGNEES) | {named[0]: sent[named[0]]}
    if values["assignee_id"] is not None:
        people = {"assignee_id": values["assignee_id"]}
        await require_members(change.connection, change.actor, people)
        await require_sight(change, onboarding.customer_id, people.items())
    if values["assignee_contact_id"] is not None:
        reference = read_reference(values["assignee_contact_id"])
        found = reference and await change.connection.fetchval(
            _CONTACT.format(column=reference.column), change.actor.workspace_id, onboarding.customer_id, reference.value
        )
        if found is None:
            raise invalid_field("assignee_contact_id", "The customer has no such contact.")
        values["assignee_contact_id"] = found
    return values


async def rule_columns(change: Change, onboarding_id: str, body: TaskFields) -> dict[str, Any]:
    """Return the columns of the rule that a body names by which a task is due.

    Raises:
        ApiError: 400 with the field at fault.
    """
    body.check_due()
    values: tuple[object, ...]
    if "due_date" in body.model_fields_set:
        values = (None if body.due_date is None else "fixed"), body.due_date, None, None
    elif "due" not in body.model_fields_set:
        return {}
    elif body.due is None:
        values = None, None, None, None
    elif body.due.type == "fixed":
        values = "fixed", body.due.date, None, None
    elif body.due.type == "task":
        (id_,) = (await resolve(change, onboarding_id, [str(body.due.task_id)], "due.task_id")).values()
        values = "task", None, body.due.days, id_
    else:
        values = body.due.type, None, body.due.days, None
    return dict(zip(RULE, values, strict=True))
