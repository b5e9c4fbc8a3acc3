"""Changes to onboardings: each writes the row, its transitions, activity and events in the caller's transaction."""

from datetime import datetime, timedelta
from typing import Any

from pivotal_server.core.clock import in_milliseconds
from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, json_text, moment_of_change
from pivotal_server.customers.access import require_sight
from pivotal_server.customers.queries import get_customer
from pivotal_server.fields.values import values_to_store
from pivotal_server.identity.people import require_members
from pivotal_server.onboardings.events import record_created, record_deleted, record_updated
from pivotal_server.onboardings.history import add_shift, add_transitions
from pivotal_server.onboardings.models import TEAM, OnboardingRow
from pivotal_server.onboardings.phases import Move, hold_first_phase, hold_phases
from pivotal_server.onboardings.queries import COLUMNS, get_onboarding
from pivotal_server.onboardings.schemas import OnboardingCreate, OnboardingUpdate
from pivotal_server.timeline.change import Change

_CREATE_COLUMNS = (
    "customer_id",
    "template_id",
    "name",
    "phase",
    "state",
    "started_at",
    "completed_at",
    "target_launch_date",
    "original_launch_date",
    *TEAM,
    "notes",
    "waiting_on_customer_since",
    "wizard_completed_at",
    "reminder_email",
    "reminder_slack",
    "reminder_frequency_days",
    "phase_entered_at",
    "tags",
    "custom_fields",
    "metadata",
    "livemode",
)
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="onboarding")})
INSERT INTO onboardings AS o (workspace_id, id, display_id, created_at, updated_at, {", ".join(_CREATE_COLUMNS)})
SELECT $1, $3, next.display_id, next.created_at, next.created_at,
    {", ".join(f"${number}" for number, _ in enumerate(_CREATE_COLUMNS, 4))}
FROM next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE onboardings o SET {{assignments}} WHERE o.workspace_id = $1 AND o.id = $2 RETURNING {COLUMNS}
"""


async def create_onboarding(
    change: Change,
    body: OnboardingCreate,
    template_id: str | None = None,
    *,
    started_at: datetime | None = None,
    by_wizard: bool = False,
) -> OnboardingRow:
    """Start a customer's onboarding, in the workspace's first phase unless the body names another.

    Args:
        change: what to write on.
        body: what is wanted, its template aside.
        template_id: cuid of the template that the caller applies to it.
        started_at: when it begins, if not now.
        by_wizard: whether somebody went through the form for it.

    Raises:
        ApiError: 404 ``customer_not_found``; 400 ``invalid_enum_value`` for a phase that the workspace does not have;
            400 ``invalid_field`` for an unknown teammate; 400 for a value that does not fit its custom field.
    """
    fields = body.changes()
    customer = await get_customer(change.connection, change.actor, body.customer_id)
    begins = started_at or change.at
    if "phase" in fields:
        (phase,) = await hold_phases(change.connection, change.actor.workspace_id, fields["phase"])
    else:
        phase = await hold_first_phase(change.connection, change.actor.workspace_id)
    values = body.model_dump() | {
        "customer_id": customer.id,
        "template_id": template_id,
        "name": fields.get("name", customer.name),
        "phase": phase.key,
        "started_at": begins,
        "original_launch_date": body.target_launch_date,
        "waiting_on_customer_since": change.at if body.state == "waiting" else None,
        "wizard_completed_at": in_milliseconds(change.at) if by_wizard else None,
        "phase_entered_at": begins,
        "custom_fields": await values_to_store(change, "onboarding", body.custom_fields),
        "metadata": json_text(body.metadata),
        "livemode": change.actor.livemode,
    }
    if phase.kind == "terminal" and "completed_at" not in fields:
        values["completed_at"] = in_milliseconds(change.at)
    await _require_team(change, customer.id, values)
    columns = [values[name] for name in _CREATE_COLUMNS]
    row = await _write(change, _CREATE, change.actor.workspace_id, change.at, new_id(), *columns)
    await add_transitions(change, [(None, row)], reason=None)
    record_created(change, row)
    return row


async def update_onboarding(change: Change, reference: str, body: OnboardingUpdate) -> OnboardingRow:
    """Change the fields that the body names, and what follows from them; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_enum_value`` for a phase that the workspace does not have;
            400 ``invalid_field`` for an unknown teammate or template; 400 for a value that does not fit its custom
            field.
    """
    before = await get_onboarding(change.connection, change.actor, reference, lock=True)
    return await change_onboarding(change, before, body)


async def change_onboarding(change: Change, before: OnboardingRow, body: OnboardingUpdate) -> OnboardingRow:
    """Do what ``update_onboarding`` does to a row whose lock the transaction has already."""
    fields = body.changes()
    reason = fields.pop("reason", None)
    _refuse_template(before, fields)
    fields["state"] = _state_after(before.state, fields)
    if "metadata" in fields:
        fields["metadata"] = json_text(fields["metadata"])
    if "custom_fields" in fields:
        values_sent, stored = fields["custom_fields"], before.custom_fields
        fields["custom_fields"] = await values_to_store(change, "onboarding", values_sent, stored)
    values = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if not values:
        return before
    await _require_team(change, before.customer_id, values)
    at, move = moment_of_change(change.at, before.updated_at), None
    if "state" in values:
        values |= _effects_of_state(before, values["state"], at)
    if "phase" in values:
        keys = before.phase, values["phase"]
        left, entered = await hold_phases(change.connection, change.actor.workspace_id, *keys)
        move = Move(left, entered)
        values |= effects_of_move(before, move, at)
        if "completed_at" in fields:
            values["completed_at"] = fields["completed_at"]
    if before.original_launch_date is None and "target_launch_date" in values:
        values["original_launch_date"] = values["target_launch_date"]
    row = await _update(change, before.id, values, at)
    if move:
        await add_transitions(change, [(before, row)], reason=reason)
    if "target_launch_date" in values:
        await add_shift(change, before, row, reason=reason)
    record_updated(change, before, row, move, reason)
    return row


async def name_template(change: Change, before: OnboardingRow, template_id: str) -> OnboardingRow:
    """Write down from which template an onboarding's plan comes; the transaction holds its row."""
    at = moment_of_change(change.at, before.updated_at)
    return await _update(change, before.id, {"template_id": template_id}, at)


async def delete_onboarding(change: Change, reference: str) -> OnboardingRow:
    """Hide an onboarding from reads and lists; deleting it again changes nothing.

    Raises:
        ApiError: 404 where there never was such an onboarding.
    """
    before = await get_onboarding(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    row = await _update(change, before.id, {"deleted_at": change.at}, moment_of_change(change.at, before.updated_at))
    record_deleted(change, row)
    return row


def _refuse_template(before: OnboardingRow, fields: dict[str, Any]) -> None:
    """Raise 400 where another template is named: that would land no tasks."""
    if fields.get("template_id") not in {None, before.template_id}:
        raise invalid_field("template_id", "A template is applied at the start of an onboarding or by apply_template.")


def _state_after(state: str, fields: dict[str, Any]) -> str:
    """Return the state that a PATCH leads to, and take ``waiting_on_customer`` out of its fields.

    The flag is the state seen from another side; where a PATCH says both, the state decides.
    """
    waiting = fields.pop("waiting_on_customer", None)
    if "state" in fields:
        return str(fields["state"])
    if waiting is True:
        return "waiting"
    return "active" if waiting is False and state == "waiting" else state


def _effects_of_state(before: OnboardingRow, state: str, at: datetime) -> dict[str, Any]:
    """Return what changes with the state: a wait begins, or ends and is added to the phase's waits."""
    if state == "waiting":
        return {"waiting_on_customer_since": at}
    if before.state == "waiting":
        return {"waiting_on_customer_since": None, "phase_waited": before.time_waiting(at)}
    return {}


def effects_of_move(before: OnboardingRow, move: Move, at: datetime) -> dict[str, Any]:
    """Return what changes with the phase: its clock starts anew, the onboarding is complete or no longer so."""
    clock = (before.phase_entered_at, before.phase_waited) if move.keeps_clock else (at, timedelta())
    completed_at = before.completed_at
    if move.entered.kind == "terminal" and move.left.kind != "terminal":
        completed_at = in_milliseconds(at)
    elif move.left.kind == "terminal" and move.entered.kind != "terminal":
        completed_at = None
    return {"phase_entered_at": clock[0], "phase_waited": clock[1], "completed_at": completed_at}


async def _require_team(change: Change, customer_id: str, values: dict[str, Any]) -> None:
    named = {field: values[field] for field in TEAM if values.get(field) is not None}
    await require_members(change.connection, change.actor, named)
    await require_sight(change, customer_id, named.items())


async def _update(change: Change, id_: str, fields: dict[str, Any], at: datetime) -> OnboardingRow:
    fields = {**fields, "updated_at": at}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    return await _write(change, sql, change.actor.workspace_id, id_, *fields.values())


async def _write(change: Change, sql: str, *arguments: object) -> OnboardingRow:
    row = await fetch_one(change.connection, OnboardingRow, sql, *arguments)
    assert row is not None  # noqa: S101 - an insert or an update of a locked row returns it
    return row
