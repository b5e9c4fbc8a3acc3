"""REST routes that merge duplicates and undo that."""

from typing import Annotated

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.leads import merging
from pivotal_server.leads.merge_schemas import LeadMerge, LeadMergeCreate, LeadMergeList, present_merge
from pivotal_server.leads.models import MergeRow
from pivotal_server.leads.queries import get_lead
from pivotal_server.leads.schemas import LeadList, present_lead
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.timeline.change import Change

router = APIRouter(prefix="/api/v1", tags=["leads"], route_class=ApiRoute)
merges = APIRouter(prefix="/api/v1", tags=["lead_merges"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("leads:read")]
Writer = Annotated[Call, Needs("leads:write")]


@router.get(
    "/leads/{id}/duplicates", operation_id="list-lead-duplicates", summary="List a lead's duplicates",
    response_model=LeadList, responses=errors(400, 404),
)  # fmt: skip
async def list_duplicates(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """The open and lost leads that have this lead's e-mail, newest first."""
    lead = await get_lead(call.connection, call.actor, id)
    rows = await merging.find_duplicates(call.connection, call.actor, lead, query)
    now = call.services.clock.now()
    return reply(page(rows, query.limit, lambda row: present_lead(row, now)))


@router.post(
    "/leads/{id}/merge", operation_id="merge-lead", summary="Merge a duplicate into a lead", response_model=LeadMerge,
    responses=errors(400, 404) | conflict("not_a_duplicate", "Duplicates have the same e-mail."),
)  # fmt: skip
async def merge_lead(call: Writer, id: str, body: LeadMergeCreate) -> Reply:  # noqa: A002
    """Makes a duplicate a part of this lead, which keeps what it has, takes what it lacks, and gets the messages.

    Assignees and labels are those of both. The duplicate is deleted; where one of the two is won, that is the one to
    keep; it is a contact, so the key needs `contacts:write` as well then. With `dry_run: true`, answers what the lead
    would have, field by field, and changes nothing.
    """

    async def work(change: Change) -> MergeRow:
        return await _require_right(call, change, await merging.merge_leads(change, id, body))

    return await call.commit(work, present_merge, dry_run=body.dry_run)


@router.get(
    "/leads/{id}/merges", operation_id="list-lead-merges", summary="List a lead's merges", response_model=LeadMergeList,
    responses=errors(400, 404),
)  # fmt: skip
async def list_merges(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """The duplicates that became a part of this lead, the latest first, with those that were undone."""
    lead = await get_lead(call.connection, call.actor, id)
    return reply(
        page(await merging.list_merges(call.connection, call.actor, lead.id, query), query.limit, present_merge)
    )


@merges.get(
    "/lead_merges/{id}", operation_id="get-lead-merge", summary="Retrieve a merge", response_model=LeadMerge,
    responses=errors(404),
)  # fmt: skip
async def get_merge(call: Reader, id: str) -> Reply:  # noqa: A002
    """One merge, by `id` or `display_id`."""
    return reply(present_merge(await merging.get_merge(call.connection, call.actor, id)))


@merges.post(
    "/lead_merges/{id}/undo", operation_id="undo-lead-merge", summary="Undo a merge", response_model=LeadMerge,
    responses=errors(404) | conflict("lead_deleted", "The lead that was kept is deleted."),
)  # fmt: skip
async def undo_merge(call: Writer, id: str) -> Reply:  # noqa: A002
    """Makes two leads of one again: the messages go back, and so does every field that nobody has changed since.

    Where it was undone before, nothing happens. A lead that was deleted meanwhile has to be there again first. Where
    the lead that was kept is won, the key needs `contacts:write` as well.
    """

    async def work(change: Change) -> MergeRow:
        return await _require_right(call, change, await merging.undo_merge(change, id))

    return await call.commit(work, present_merge)


async def _require_right(call: Call, change: Change, merge: MergeRow) -> MergeRow:
    """Return a merge whose leads are held, unless the key may not change the contact that the kept one became.

    Raises:
        ApiError: 403 ``insufficient_scope``.
    """
    kept = await get_lead(change.connection, change.actor, merge.kept_id, deleted=True)
    if kept.customer_id is not None:
        call.require("contacts:write")
    return merge
