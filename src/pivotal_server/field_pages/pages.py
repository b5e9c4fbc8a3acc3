"""The settings' pages of custom fields: what there is, making one, changing it, its order, its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pivotal_server.core.derived_keys import derive_key
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.field_pages.actions import Saved, save_field
from pivotal_server.field_pages.forms import (
    RESOURCE_WORDS,
    TYPE_WORDS,
    FieldForm,
    OptionLine,
    form_of,
    read_create,
    read_update,
    rearranged,
)
from pivotal_server.field_pages.queries import MOST_COUNTED, count_options, count_values
from pivotal_server.fields.actions import create_field, delete_field, update_field
from pivotal_server.fields.models import RESOURCES
from pivotal_server.fields.ordering import move_field
from pivotal_server.fields.queries import get_field, list_fields
from pivotal_server.fields.schemas import CustomFieldListQuery, CustomFieldUpdate
from pivotal_server.timeline.queries import who_changed_setting
from pivotal_server.web.filters import plural
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.fields.models import FieldRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/fields"
_CONFLICT = 409
_PLACE = re.compile(r"[0-9]{1,3}")
_EMPTY = [OptionLine("", "")] * 2


@pages.get(_PATH, role="admin")
async def fields(page: Page) -> Response:
    """Show the custom fields of customers and of onboardings."""
    rows = await list_fields(page.connection, page.actor, CustomFieldListQuery())
    archived = await list_fields(page.connection, page.actor, CustomFieldListQuery(archived="true"))
    return page.render(
        "field_pages/list.html",
        block="list",
        groups=[
            (resource, RESOURCE_WORDS[resource], _of(rows, resource), _of(archived, resource)) for resource in RESOURCES
        ],
        counts=await count_values(page.connection, page.actor, [*rows, *archived]),
        most=MOST_COUNTED,
        types=TYPE_WORDS,
    )


@pages.get(f"{_PATH}/new", role="admin")
async def new(page: Page) -> Response:
    """Show the form of a new field."""
    resource = page.query_params.get("resource", "")
    chosen = resource if resource in RESOURCES else RESOURCES[0]
    return _show_new(page, FieldForm(Form({"resource": chosen, "type": "string"}), _EMPTY))


@pages.post(_PATH, role="admin")
async def create(page: Page) -> Response:
    """Make a field, or show its form with another row of options."""
    if page.field("do"):
        return _show_new(page, rearranged(page))
    known = [
        row.key
        for archived in ("false", "true")
        for row in await list_fields(page.connection, page.actor, CustomFieldListQuery(archived=archived))
        if row.resource == page.field("resource")
    ]
    found = read_create(page, derive_key(page.field("name"), known, "field"))
    made: FieldRow | None = await page.submit(found.form, create_field)
    if made is None:
        return _show_new(page, found, UNPROCESSABLE)
    return page.redirect(_PATH, toast=f"Added {made.name}", undo=f"{_PATH}/{made.id}/archive")


@pages.get(f"{_PATH}/{{custom_field}}", role="admin")
async def edit(page: Page, custom_field: str) -> Response:
    """Show the form that changes a field."""
    row = await get_field(page.connection, page.actor, custom_field)
    return await _show_edit(page, row, form_of(row))


@pages.post(f"{_PATH}/{{custom_field}}", role="admin")
async def save(page: Page, custom_field: str) -> Response:
    """Change a field and its options, or show the form with its options in another order."""
    row = await get_field(page.connection, page.actor, custom_field)
    if page.field("do"):
        return await _show_edit(page, row, rearranged(page))
    found = read_update(page, row)

    async def work(change: Change, body: CustomFieldUpdate) -> Saved:
        held = await get_field(change.connection, change.actor, row.id, lock=True)
        if page.field("seen") != held.updated_at.isoformat():
            raise ApiError(_CONFLICT, "changed_meanwhile", "Somebody else has changed this field.")
        return await save_field(change, row.id, body, found.renamed)

    saved = await page.submit(found.form, work)
    if saved is None:
        now = await get_field(page.connection, page.actor, row.id)
        return await _show_edit(page, now, found, UNPROCESSABLE)
    also = f"; {plural(saved.followed, row.resource)} followed" if saved.followed else ""
    return page.redirect(_PATH, toast=f"Saved {saved.row.name}{also}")


@pages.post(f"{_PATH}/{{custom_field}}/move", role="admin")
async def move(page: Page, custom_field: str) -> Response:
    """Put a field at another place."""
    row = await get_field(page.connection, page.actor, custom_field)
    place = page.field("position") or page.query_params.get("position", "")
    if not _PLACE.fullmatch(place):
        raise invalid_field("position", "A place is a number, from 1.")
    _, before = await page.commit(lambda change: move_field(change, row.id, int(place)))
    return page.done(_PATH, f"{row.name} is number {int(place)}", undo=f"{_PATH}/{row.id}/move?position={before}")


@pages.post(f"{_PATH}/{{custom_field}}/archive", role="admin")
async def archive(page: Page, custom_field: str) -> Response:
    """Hide a field; its values stay."""
    row = await _set_archived(page, custom_field, archived=True)
    return page.done(_PATH, f"Archived {row.name}", undo=f"{_PATH}/{row.id}/restore")


@pages.post(f"{_PATH}/{{custom_field}}/restore", role="admin")
async def restore(page: Page, custom_field: str) -> Response:
    """Bring an archived field back."""
    row = await _set_archived(page, custom_field, archived=False)
    return page.done(_PATH, f"Restored {row.name}", undo=f"{_PATH}/{row.id}/archive")


@pages.get(f"{_PATH}/{{custom_field}}/delete", role="admin")
async def show_delete(page: Page, custom_field: str) -> Response:
    """Say what deleting a field means."""
    return await _show_delete(page, await get_field(page.connection, page.actor, custom_field), Form())


@pages.post(f"{_PATH}/{{custom_field}}/delete", role="admin")
async def delete(page: Page, custom_field: str) -> Response:
    """Delete a field whose name was written out."""
    row = await get_field(page.connection, page.actor, custom_field)
    if page.field("name") != row.name:
        form: Form[CustomFieldUpdate] = Form({"name": page.field("name")})
        form.errors["name"] = f"Type {row.name} to delete it."
        return await _show_delete(page, row, form, UNPROCESSABLE)
    await page.commit(lambda change: delete_field(change, row.id))
    return page.redirect(_PATH, toast=f"Deleted {row.name}")


async def _set_archived(page: Page, reference: str, *, archived: bool) -> FieldRow:
    row = await get_field(page.connection, page.actor, reference)
    return await page.commit(lambda change: update_field(change, row.id, CustomFieldUpdate(archived=archived)))


def _show_new(page: Page, found: FieldForm, status: int = 200) -> Response:
    if "key" in found.form.errors:
        found.form.errors["name"] = found.form.errors.pop("key")
    return page.render(
        "field_pages/new.html",
        block="form",
        status=status,
        form=found.form,
        lines=found.lines or _EMPTY,
        counts={},
        most=MOST_COUNTED,
        adds=page.field("do") == "add",
        types=list(TYPE_WORDS.items()),
        resources=list(RESOURCE_WORDS.items()),
    )


async def _show_edit(page: Page, row: FieldRow, found: FieldForm, status: int = 200) -> Response:
    seen = row.updated_at.isoformat()
    theirs = None
    if found.form.values.get("seen") != seen:
        theirs = await who_changed_setting(page.connection, page.actor, "custom_field", row.id)
        found.form.values["seen"] = seen
        found.form.errors.pop("", None)
        status = _CONFLICT
    return page.render(
        "field_pages/edit.html",
        block="form",
        status=status,
        row=row,
        form=found.form,
        lines=found.lines,
        theirs=theirs,
        counts=await count_options(page.connection, page.actor, row, row.options),
        most=MOST_COUNTED,
        adds=page.field("do") == "add",
        type_words=TYPE_WORDS[row.type],
        resource_words=RESOURCE_WORDS[row.resource],
    )


async def _show_delete(page: Page, row: FieldRow, form: Form[CustomFieldUpdate], status: int = 200) -> Response:
    counts = await count_values(page.connection, page.actor, [row])
    return page.render(
        "field_pages/delete.html",
        block="form",
        status=status,
        row=row,
        form=form,
        count=counts[row.id],
        most=MOST_COUNTED,
    )


def _of(rows: list[FieldRow], resource: str) -> list[FieldRow]:
    return [row for row in rows if row.resource == resource]
