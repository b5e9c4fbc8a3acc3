"""Leads that are the same person: found by their e-mail, made one, and two again where that was a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.contacts.actions import record_change as record_contact
from pivotal_server.contacts.queries import get_contact
from pivotal_server.core.db import columns, fetch_all, fetch_one
from pivotal_server.core.errors import ApiError, invalid_field, not_found
from pivotal_server.core.ids import new_id, read_reference
from pivotal_server.core.resources import NEXT_NUMBER
from pivotal_server.customers.access import find_blind
from pivotal_server.leads.actions import previous_of_lead, record_update, subject_of_lead, write_lead
from pivotal_server.leads.merge_fields import after_merge, after_undo, merge_fields
from pivotal_server.leads.models import LeadRow, MergeRow
from pivotal_server.leads.moves import enter_stage
from pivotal_server.leads.pipeline_queries import default_pipeline, get_pipeline
from pivotal_server.leads.queries import COLUMNS, get_lead
from pivotal_server.leads.schemas import present_lead
from pivotal_server.message_log.actions import follow_last_message

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.core.pagination import PageQuery
    from pivotal_server.identity.models import Actor
    from pivotal_server.leads.merge_schemas import LeadMergeCreate
    from pivotal_server.timeline.change import Change

_MERGE_COLUMNS = columns(MergeRow, "m")
_DUPLICATES = f"""
SELECT {COLUMNS} FROM contacts t
WHERE t.workspace_id = $1 AND t.email = $2 AND t.id <> $3 AND t.created_at < $4
    AND t.pipeline_id IS NOT NULL AND t.status IN ('open', 'lost') AND t.deleted_at IS NULL
ORDER BY t.created_at DESC LIMIT $5
"""
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="lead_merge")})
INSERT INTO lead_merges AS m (workspace_id, id, display_id, kept_id, merged_id, taken, created_at)
SELECT $1, $3, next.display_id, $4, $5, $6, next.created_at FROM next RETURNING {_MERGE_COLUMNS}
"""
_BY_REFERENCE = f"SELECT {_MERGE_COLUMNS} FROM lead_merges m WHERE m.workspace_id = $1 AND m.{{column}} = $2"
_OF_LEAD = f"""
SELECT {_MERGE_COLUMNS} FROM lead_merges m WHERE m.workspace_id = $1 AND m.kept_id = $2 AND m.created_at < $3
ORDER BY m.created_at DESC LIMIT $4
"""
_UNDO = f"""
UPDATE lead_merges m SET undone_at = $3 WHERE m.workspace_id = $1 AND m.id = $2 RETURNING {_MERGE_COLUMNS}
"""
# No two messages of a contact share the time at which they were logged: the log is read in its order.
_MOVE_MESSAGES = """
UPDATE contact_messages m SET contact_id = $3, created_at = m.created_at + CASE WHEN EXISTS (
    SELECT FROM contact_messages k
    WHERE k.workspace_id = $1 AND k.contact_id = $3 AND k.created_at = m.created_at
) THEN interval '1 microsecond' ELSE interval '0' END
WHERE m.workspace_id = $1 AND m.contact_id = $2 AND ($4::text[] IS NULL OR m.id = ANY ($4)) RETURNING m.id
"""


async def find_duplicates(connection: Connection, actor: Actor, lead: LeadRow, query: PageQuery) -> list[LeadRow]:
    """Return a page of the open and lost leads that have a lead's e-mail, newest first, and one more if more follow."""
    if lead.email is None:
        return []
    return await fetch_all(
        connection, LeadRow, _DUPLICATES, actor.workspace_id, lead.email, lead.id, query.before, query.fetch
    )


async def list_merges(connection: Connection, actor: Actor, lead_id: str, query: PageQuery) -> list[MergeRow]:
    """Return a page of the merges into the lead with this cuid, newest first, and one more where more follow."""
    return await fetch_all(connection, MergeRow, _OF_LEAD, actor.workspace_id, lead_id, query.before, query.fetch)


async def get_merge(connection: Connection, actor: Actor, reference: str) -> MergeRow:
    """Return the merge with this cuid or display_id.

    Raises:
        ApiError: 404 ``lead_merge_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column)
        row = await fetch_one(connection, MergeRow, sql, actor.workspace_id, parsed.value)
        if row is not None:
            return row
    raise not_found("lead_merge")


async def merge_leads(change: Change, reference: str, body: LeadMergeCreate) -> MergeRow:
    """Make a duplicate a part of a lead: it keeps what it has, takes what it lacks, and has the messages of both.

    Raises:
        ApiError: 404 ``lead_not_found``; 400 ``invalid_field`` for a lead and itself; 409 ``lead_won`` where the
            duplicate is won, ``not_a_duplicate`` where it has another e-mail.
    """
    kept_id, duplicate_id = await _find_both(change, reference, body)
    kept, duplicate = await _lock(change, kept_id, duplicate_id)
    _refuse_unlike(kept, duplicate)
    taken = merge_fields(kept, duplicate, await _blind(change, kept, duplicate))
    moved = await _move_messages(change, duplicate, kept)
    row = await _write_kept(change, kept, after_merge(taken))
    gone = await write_lead(change, duplicate, {"deleted_at": change.at, "merged_into": kept.id})
    merge = await _create(change, kept, duplicate, {"fields": taken, "messages": moved})
    data = {"merge_id": merge.id, "lead_id": kept.id, "duplicate_id": gone.id}
    change.note("lead.merged", f"Merged a duplicate into {row.name}", subject_of_lead(row), data)
    change.emit("lead.merged", present_lead(row, change.at), previous_of_lead(change, kept, row))
    change.note("lead.deleted", f"Deleted lead {gone.name}, a duplicate", subject_of_lead(gone), data)
    change.emit("lead.deleted", present_lead(gone, change.at))
    return merge


async def undo_merge(change: Change, reference: str) -> MergeRow:
    """Make two leads of one again: what nobody has changed since goes back, and so do the messages.

    A merge that was undone before stays so.

    Raises:
        ApiError: 404 ``lead_merge_not_found``; 409 ``lead_deleted`` where the lead that was kept is gone.
    """
    merge = await get_merge(change.connection, change.actor, reference)
    duplicate = await get_lead(change.connection, change.actor, merge.merged_id, deleted=True)
    pipeline = await get_pipeline(change.connection, change.actor, duplicate.pipeline_id, deleted=True, hold=True)
    gone = pipeline.row.deleted_at is not None
    if gone:  # a pipeline's row is always locked before that of a lead
        pipeline = await default_pipeline(change.connection, change.actor, hold=True)
    kept, duplicate = await _lock(change, merge.kept_id, merge.merged_id, deleted=True)
    merge = await get_merge(change.connection, change.actor, merge.id)  # as it is now that both are ours
    if merge.undone_at is not None:
        return merge
    if kept.deleted_at is not None:
        message = "The lead that was kept is deleted. Where another merge did that, undo that one first."
        raise ApiError(409, "lead_deleted", message)
    taken = orjson.loads(merge.taken)
    await _move_messages(change, kept, duplicate, taken["messages"])
    again = await write_lead(change, duplicate, {"deleted_at": None, "merged_into": None})
    if gone:
        again = await enter_stage(change, again, pipeline.id, pipeline.first_stage)
    change.note("lead.restored", f"Restored lead {again.name}, which is no duplicate", subject_of_lead(again))
    change.emit("lead.created", present_lead(again, change.at))
    row = await _write_kept(change, kept, after_undo(kept, taken["fields"]))
    data = {"merge_id": merge.id, "duplicate_id": again.id}
    change.note("lead.merge_undone", f"Undid a merge into {row.name}", subject_of_lead(row), data)
    undone = await fetch_one(change.connection, MergeRow, _UNDO, change.actor.workspace_id, merge.id, change.at)
    assert undone is not None  # noqa: S101 - the leads are locked, and so is what is between them
    return undone


async def _find_both(change: Change, reference: str, body: LeadMergeCreate) -> tuple[str, str]:
    """Return the cuids of the lead that is kept and of its duplicate."""
    kept = await get_lead(change.connection, change.actor, reference)
    try:
        duplicate = await get_lead(change.connection, change.actor, body.duplicate)
    except ApiError as error:
        raise ApiError(error.status, error.code, error.message, field="duplicate") from None
    if kept.id == duplicate.id:
        raise invalid_field("duplicate", "This is the lead itself. Send the one that is to become a part of it.")
    return kept.id, duplicate.id


async def _lock(change: Change, kept_id: str, duplicate_id: str, *, deleted: bool = False) -> tuple[LeadRow, LeadRow]:
    """Return two leads with their rows locked, in the order of their ids: merges both ways at once take turns."""
    rows = {
        id_: await get_lead(change.connection, change.actor, id_, deleted=deleted, lock=True)
        for id_ in sorted((kept_id, duplicate_id))
    }
    return rows[kept_id], rows[duplicate_id]


def _refuse_unlike(kept: LeadRow, duplicate: LeadRow) -> None:
    if duplicate.status == "won":
        message = "The duplicate is won: it is a customer's contact, and has to be the lead that is kept."
        raise ApiError(409, "lead_won", message, field="duplicate")
    if duplicate.email is None or duplicate.email != kept.email:
        message = "Duplicates have the same e-mail. Give both the same one first."
        raise ApiError(409, "not_a_duplicate", message, field="duplicate")


async def _blind(change: Change, kept: LeadRow, duplicate: LeadRow) -> set[str]:
    """Return who is on the duplicate and does not see the customer of the lead that is kept."""
    people = [*([duplicate.owner_id] if duplicate.owner_id else []), *duplicate.assignee_ids]
    pairs = [(kept.customer_id, person) for person in people] if kept.customer_id else []
    return {one.person_id for one in await find_blind(change.connection, change.actor.workspace_id, pairs)}


async def _move_messages(change: Change, source: LeadRow, target: LeadRow, ids: list[str] | None = None) -> list[str]:
    """Give messages of one lead to another, or those of them that are named, and return their cuids."""
    workspace_id = change.actor.workspace_id
    moved = await change.connection.fetch(_MOVE_MESSAGES, workspace_id, source.id, target.id, ids)
    for lead in (source, target):
        await follow_last_message(change, lead.id)
    return [record[0] for record in moved]


async def _write_kept(change: Change, kept: LeadRow, fields: dict[str, Any]) -> LeadRow:
    """Return the lead that is kept with other values in these columns, and tell of it as lead and as contact."""
    as_contact = await get_contact(change.connection, change.actor, kept.id) if kept.customer_id else None
    row = await write_lead(change, kept, fields)
    if previous_of_lead(change, kept, row):
        record_update(change, kept, row)
    if as_contact:
        record_contact(change, as_contact, await get_contact(change.connection, change.actor, kept.id))
    return row


async def _create(change: Change, kept: LeadRow, duplicate: LeadRow, taken: dict[str, Any]) -> MergeRow:
    text = orjson.dumps(taken).decode()
    row = await fetch_one(
        change.connection,
        MergeRow,
        _CREATE,
        change.actor.workspace_id,
        change.at,
        new_id(),
        kept.id,
        duplicate.id,
        text,
    )
    assert row is not None  # noqa: S101 - an insert returns it
    return row
