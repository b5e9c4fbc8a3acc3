"""Changes to leads: each writes the row, its activity and its events in the caller's transaction."""

from collections.abc import Mapping
from typing import Any

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError, invalid_field, not_found
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, changes, json_text, moment_of_change, previous_attributes
from pivotal_server.identity.people import find_member, require_members
from pivotal_server.leads.history import add_transitions
from pivotal_server.leads.models import LeadRow, Pipeline, Stage, first_name_of, last_name_of
from pivotal_server.leads.pipeline_queries import default_pipeline, get_pipeline
from pivotal_server.leads.queries import COLUMNS, get_lead
from pivotal_server.leads.schemas import CLOCK_FIELDS, LeadCreate, LeadUpdate, present_lead
from pivotal_server.timeline.change import Change, Subject

# Columns that hold what the request says under another name, or as it is.
_FIELDS = ("email", "phone", "company", "title", "linkedin_url", "location", "source", "lead_source", "labels")
_CREATE_COLUMNS = (
    *("name", "first_name", *_FIELDS, "metadata", "owner_id", "assignee_ids"),
    *("status", "pipeline_id", "stage", "closed_at", "livemode"),
)
# $2 the present, $4 and $5 the actor.
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="contact")})
INSERT INTO contacts AS t (workspace_id, id, display_id, is_primary, created_by, created_at, updated_at,
    stage_entered_at, {", ".join(_CREATE_COLUMNS)})
SELECT $1, $3, next.display_id, false,
    CASE WHEN $4 = 'person' THEN $5
        ELSE (SELECT k.created_by FROM api_keys k WHERE k.workspace_id = $1 AND k.id = $5) END,
    next.created_at, next.created_at, next.created_at,
    {", ".join(f"${number}" for number, _ in enumerate(_CREATE_COLUMNS, 6))}
FROM next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE contacts t SET {{assignments}} WHERE t.workspace_id = $1 AND t.id = $2 RETURNING {COLUMNS}
"""
_MAX_NAME = 255
# Fields as a person calls them, where that is another name.
_WORDS = {"email": "e-mail", "title": "job title", "linkedin_url": "LinkedIn profile", "lead_source": "lead source"}
# What follows from another field is not told of twice.
_FOLLOWS = frozenset({"first_name", "last_name", "owner_email"})


async def create_lead(change: Change, body: LeadCreate) -> LeadRow:
    """Add a lead, in the first open stage of the first pipeline unless the body says otherwise.

    Raises:
        ApiError: 400 where it has no name, or ``invalid_field`` for an unknown teammate, pipeline or stage; 409
            ``win_required`` for a stage that is won.
    """
    name, first_name = _names(body.model_dump(include={"name", "first_name", "last_name"}))
    if not name:
        raise ApiError(400, "invalid_type", "Required", field="name")
    pipeline = await hold_pipeline(change, body.pipeline)
    stage = choose_stage(pipeline, body.stage) if body.stage else pipeline.first_stage
    people = await _people(change, body.model_dump(include={"owner", "owner_email", "assignees"}))
    fields = {
        **body.model_dump(include=set(_FIELDS)),
        **people,
        "name": name,
        "first_name": first_name,
        "metadata": json_text(body.metadata),
        "status": stage.kind,
        "pipeline_id": pipeline.id,
        "stage": stage.key,
        "closed_at": None if stage.kind == "open" else change.at,
        "livemode": change.actor.livemode,
    }
    values = [fields[name] for name in _CREATE_COLUMNS]
    actor = change.actor
    row = await _write(change, _CREATE, actor.workspace_id, change.at, new_id(), actor.type, actor.id, *values)
    await add_transitions(change, [(None, row)])
    change.note("lead.created", f"Added lead {row.name}", subject_of_lead(row))
    change.emit("lead.created", present_lead(row, change.at))
    return row


async def update_lead(change: Change, reference: str, body: LeadUpdate) -> LeadRow:
    """Change the fields that the body names; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``lead_not_found``; 400 ``invalid_field`` for an unknown teammate, ``too_big`` for parts of a name
            that are too long together; 409 ``lead_won``.
    """
    before = await get_lead(change.connection, change.actor, reference, lock=True)
    fields = body.changes()
    fields |= await _people(change, {name: fields.pop(name) for name in _PEOPLE if name in fields}, before)
    sent = {name: fields.pop(name) for name in _NAMES if name in fields}
    if sent:
        fields["name"], fields["first_name"] = _names(sent, before)
    if "metadata" in fields:
        fields["metadata"] = json_text(fields["metadata"])
    if "archived" in fields:
        fields["archived_at"] = (before.archived_at or change.at) if fields.pop("archived") else None
    fields = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if not fields:
        return before
    refuse_won(before)
    row = await write_lead(change, before, fields)
    record_update(change, before, row)
    return row


async def delete_lead(change: Change, reference: str) -> LeadRow:
    """Hide a lead from reads and lists; deleting it again changes nothing.

    Raises:
        ApiError: 404 where there never was such a lead; 409 ``lead_won``.
    """
    before = await get_lead(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    refuse_won(before)
    row = await write_lead(change, before, {"deleted_at": change.at})
    change.note("lead.deleted", f"Deleted lead {row.name}", subject_of_lead(row))
    change.emit("lead.deleted", present_lead(row, change.at))
    return row


async def restore_lead(change: Change, reference: str) -> LeadRow:
    """Take the deletion of a lead back; one that is there stays as it is.

    To those who were told that it was deleted it is a new lead.

    Raises:
        ApiError: 404 where there never was such a lead, it became a part of another one, or its pipeline is gone; 409
            ``lead_won`` for one that had become a contact.
    """
    lead = await get_lead(change.connection, change.actor, reference, deleted=True)
    await get_pipeline(change.connection, change.actor, lead.pipeline_id, hold=True)
    before = await get_lead(change.connection, change.actor, lead.id, deleted=True, lock=True)
    if before.deleted_at is None:
        return before
    if before.merged_into is not None:
        raise not_found("lead")
    refuse_won(before)
    row = await write_lead(change, before, {"deleted_at": None})
    change.note("lead.restored", f"Restored lead {row.name}", subject_of_lead(row))
    change.emit("lead.created", present_lead(row, change.at))
    return row


async def hold_pipeline(change: Change, reference: str | None) -> Pipeline:
    """Return a pipeline that a lead is about to come into; it stays as it is until the transaction ends.

    Args:
        change: where it is going to be written.
        reference: cuid or display_id; None for the first pipeline.

    Raises:
        ApiError: 400 ``invalid_field`` about ``pipeline`` where there is no such pipeline.
    """
    if reference is None:
        return await default_pipeline(change.connection, change.actor, hold=True)
    try:
        return await get_pipeline(change.connection, change.actor, reference, hold=True)
    except ApiError:
        raise invalid_field("pipeline", "No pipeline of this workspace has this id.") from None


def choose_stage(pipeline: Pipeline, key: str) -> Stage:
    """Return a pipeline's stage that leads are put into by hand.

    Raises:
        ApiError: 400 ``invalid_field`` about ``stage`` where it has none such; 409 ``win_required`` where it is won.
    """
    stage = pipeline.find(key)
    if stage is None:
        known = ", ".join(stage.key for stage in pipeline.stages)
        raise invalid_field("stage", f"The pipeline {pipeline.name} has no such stage. It has: {known}.")
    if stage.kind == "won":
        message = "A lead is won with `win`, which makes it a customer's contact."
        raise ApiError(409, "win_required", message, field="stage")
    return stage


def refuse_won(row: LeadRow) -> None:
    """Refuse to change a lead that is won.

    Raises:
        ApiError: 409 ``lead_won``.
    """
    if row.status == "won":
        raise ApiError(409, "lead_won", "This lead is won: it is a contact of a customer now, and changed as such.")


async def write_lead(change: Change, before: LeadRow, fields: Mapping[str, Any]) -> LeadRow:
    """Return a locked lead with other values in these columns."""
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    return await _write(change, sql, change.actor.workspace_id, before.id, *fields.values())


def record_update(change: Change, before: LeadRow, row: LeadRow) -> None:
    """Note and emit that fields of a lead changed other than its stage."""
    after, previous = present_lead(row, change.at), previous_of_lead(change, before, row)
    change.note("lead.updated", _summary(row, previous), subject_of_lead(row), changes(previous, after))
    change.emit("lead.updated", after, previous)


def previous_of_lead(change: Change, before: LeadRow, row: LeadRow) -> dict[str, Any]:
    """Return the former values of what differs, for ``previous_attributes``."""
    previous = previous_attributes(present_lead(before, change.at), present_lead(row, change.at))
    return {name: value for name, value in previous.items() if name not in CLOCK_FIELDS}


def subject_of_lead(row: LeadRow) -> Subject:
    """Return what activity entries about a lead name as their subject."""
    return Subject("lead", row.id, customer_id=row.customer_id)


_NAMES = ("name", "first_name", "last_name")
_PEOPLE = ("owner", "owner_email", "assignees")


def _names(sent: Mapping[str, str | None], before: LeadRow | None = None) -> tuple[str, str | None]:
    """Return a lead's name and first name by what a request says; the name is empty where it says nothing of it.

    Raises:
        ApiError: 400 ``too_big`` where a new part makes the whole name too long.
    """
    name, first, last = sent.get("name"), sent.get("first_name"), sent.get("last_name")
    if before is not None:
        known = before.name, before.first_name
        first = first or first_name_of(*known)
        last = last if "last_name" in sent else last_name_of(*known)
        if name in {None, before.name} and (first, last) == (first_name_of(*known), last_name_of(*known)):
            return known
    if name:
        return name, first
    if not first:
        return "", None
    whole = f"{first} {last}" if last else first
    if len(whole) > _MAX_NAME:
        field = "first_name" if sent.get("first_name") else "last_name"
        raise ApiError(400, "too_big", f"First and last name have at most {_MAX_NAME} characters together", field=field)
    return whole, first


async def _people(
    change: Change, sent: Mapping[str, Any], before: LeadRow | None = None
) -> dict[str, str | list[str] | None]:
    """Return the columns of the teammates that a request names; whoever is on the lead already may stay.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    columns: dict[str, str | list[str] | None] = {}
    checked: dict[str, str] = {}
    if "owner" in sent:
        columns["owner_id"] = sent["owner"]
        if sent["owner"] and not (before and before.owner_id == sent["owner"]):
            checked["owner"] = sent["owner"]
    if "assignees" in sent:
        columns["assignee_ids"] = list(dict.fromkeys(sent["assignees"]))
        known = before.assignee_ids if before else ()
        checked |= {f"assignees.{place}": id_ for place, id_ in enumerate(sent["assignees"]) if id_ not in known}
    await require_members(change.connection, change.actor, checked)
    if sent.get("owner_email"):
        columns["owner_id"] = await _owner_by_email(change, sent["owner_email"], sent.get("owner"))
    elif "owner_email" in sent and "owner" not in sent:
        columns["owner_id"] = None
    return {"owner_id": None, "assignee_ids": []} | columns if before is None else columns


async def _owner_by_email(change: Change, email: str, owner: str | None) -> str:
    person = await find_member(change.connection, change.actor, email=email)
    if person is None:
        raise invalid_field("owner_email", "No teammate of this workspace has this e-mail.")
    if owner not in {None, person.id}:
        raise invalid_field("owner_email", "This is not the e-mail of the owner that the request names.")
    return person.id


async def _write(change: Change, sql: str, *arguments: object) -> LeadRow:
    row = await fetch_one(change.connection, LeadRow, sql, *arguments)
    assert row is not None  # noqa: S101 - an insert or an update of a locked row returns it
    return row


def _summary(row: LeadRow, previous: Mapping[str, Any]) -> str:
    """Return what happened to the lead in one sentence."""
    names = [name for name in previous if name not in _FOLLOWS] or list(previous)
    if names == ["archived"]:
        return f"{'Restored' if row.archived_at is None else 'Archived'} lead {row.name}"
    return f"Changed lead {row.name}: {', '.join(_WORDS.get(name, name) for name in names)}"
