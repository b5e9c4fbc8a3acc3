"""Making one lead of two that are the same person: shown field by field before, and undone from the toast."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.people import list_members
from pivotal_server.leads.detail import path_of
from pivotal_server.leads.detail_queries import find_lead
from pivotal_server.leads.merge_fields import value_of
from pivotal_server.leads.merge_schemas import LeadMergeCreate
from pivotal_server.leads.merging import find_duplicates, merge_leads, undo_merge
from pivotal_server.leads.queries import get_lead
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from pivotal_server.leads.models import LeadRow, MergeRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_OFFERED = 20
_LABELS = {"linkedin_url": "LinkedIn", "title": "Job title"}


class MergedField(NamedTuple):
    """A field of two leads, and what the one that is kept has after the merge; all as people read it."""

    label: str
    ours: str
    theirs: str
    after: str
    is_new: bool


@pages.get("/leads/{lead}/merge")
async def show_merge(page: Page, lead: str) -> Response:
    """Show what would become of a lead and its duplicate, field by field."""
    row = await find_lead(page.connection, page.actor, lead)
    return await _show(page, row, Form({"duplicate": page.query_params.get("duplicate", "")}))


@pages.post("/leads/{lead}/merge")
async def merge(page: Page, lead: str) -> Response:
    """Make a duplicate a part of a lead; that can be undone."""
    row = await find_lead(page.connection, page.actor, lead)
    form = page.read_form(LeadMergeCreate)
    done = await page.submit(form, lambda change, body: merge_leads(change, row.id, body))
    if done is None:
        return await _show(page, row, form, status=UNPROCESSABLE)
    gone = await get_lead(page.connection, page.actor, done.merged_id, deleted=True)
    toast = f"{gone.name} is a part of {row.name} now"
    return page.redirect(path_of(row), toast=toast, undo=f"/lead-merges/{done.display_id}/undo")


@pages.post("/lead-merges/{lead_merge}/undo")
async def take_back(page: Page, lead_merge: str) -> Response:
    """Make two leads of one again."""
    done = await page.commit(lambda change: undo_merge(change, lead_merge))
    kept = await get_lead(page.connection, page.actor, done.kept_id)
    again = await get_lead(page.connection, page.actor, done.merged_id)
    return page.redirect(path_of(kept), toast=f"{kept.name} and {again.name} are two leads again")


async def _show(page: Page, row: LeadRow, form: Form[LeadMergeCreate], *, status: int = 200) -> Response:
    connection, actor = page.connection, page.actor
    others = await find_duplicates(connection, actor, row, PageQuery(limit=_OFFERED))
    chosen = str(form.values.get("duplicate") or "")
    other = next((one for one in others if chosen in {one.id, str(one.display_id)}), None)
    if other is None and others and not chosen:
        other = others[0]
    fields, messages = await _preview(page, row, other, form) if other else ([], 0)
    return page.render(
        "leads/merge.html",
        block="dialog",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        others=others,
        other=other,
        fields=fields,
        messages=messages,
    )


async def _preview(
    page: Page, row: LeadRow, other: LeadRow, form: Form[LeadMergeCreate]
) -> tuple[list[MergedField], int]:
    """Return what a merge would make of each field, and how many messages would move; the action does it and is undone.

    What it refuses stands in the form then.
    """
    try:
        done = await page.preview(lambda change: merge_leads(change, row.id, LeadMergeCreate(duplicate=other.id)))
    except ApiError as error:
        form.refuse(error)
        return [], 0
    names = {person.id: person.name for person in await list_members(page.connection, page.actor.workspace_id)}
    return _fields(done, other, names), len(orjson.loads(done.taken)["messages"])


def _fields(done: MergeRow, other: LeadRow, names: Mapping[str, str]) -> list[MergedField]:
    """Return the fields that either of two leads has something in."""
    found = []
    for name, (before, after) in orjson.loads(done.taken)["fields"].items():
        theirs = value_of(other, name)
        if before or theirs:
            label = _LABELS.get(name, name.replace("_", " ").capitalize())
            ours, other_one, merged = (_words(value, names) for value in (before, theirs, after))
            found.append(MergedField(label, ours, other_one, merged, before != after))
    return found


def _words(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return ", ".join(names.get(one, str(one)) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    return names.get(str(value), str(value)) if value else ""
