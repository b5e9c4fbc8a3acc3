"""Contacts on the page of their customer: added one by one or pasted, corrected, starred, archived, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.contacts.actions import create_contact, delete_contact, restore_contact, update_contact
from pivotal_server.contacts.queries import get_contact
from pivotal_server.contacts.schemas import ContactCreate, ContactUpdate
from pivotal_server.customer_pages.contact_paste import add_rows, read_rows
from pivotal_server.customer_pages.detail import path_of
from pivotal_server.customer_pages.detail_queries import find_customer
from pivotal_server.customers.queries import get_customer
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.contacts.models import ContactRow
    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_SHOWN = ("name", "email", "title", "phone", "linkedin_url", "location")


@pages.get("/customers/{customer}/contacts/new")
async def new_contact(page: Page, customer: str) -> Response:
    """Show the form of a new contact."""
    row = await find_customer(page.connection, page.actor, customer)
    return _form(page, row, None, Form())


@pages.post("/customers/{customer}/contacts/new")
async def add_contact(page: Page, customer: str) -> Response:
    """Add a contact."""
    row = await find_customer(page.connection, page.actor, customer)
    form = page.read_form(ContactCreate)
    made = await page.submit(form, lambda change, body: create_contact(change, row.id, body))
    if made is None:
        return _form(page, row, None, form, UNPROCESSABLE)
    return page.redirect(path_of(row), toast=f"Added {made.name}", undo=f"/contacts/{made.display_id}/delete")


@pages.get("/customers/{customer}/contacts/paste")
async def paste_form(page: Page, customer: str) -> Response:
    """Ask for a table of contacts."""
    row = await find_customer(page.connection, page.actor, customer)
    return page.render("customer_pages/paste.html", row=row, path=path_of(row), text="", rows=[], problem=None)


@pages.post("/customers/{customer}/contacts/paste")
async def paste(page: Page, customer: str) -> Response:
    """Show what a pasted table would add, line by line; once that was seen, add what has no problem."""
    row = await find_customer(page.connection, page.actor, customer)
    text = page.field("text")
    lines, problem = read_rows(text)
    context: dict[str, Any] = {"row": row, "path": path_of(row), "text": text}
    if problem:
        return page.render("customer_pages/paste.html", status=UNPROCESSABLE, rows=[], problem=problem, **context)
    if page.field("seen") != "true":
        rows = await page.preview(lambda change: add_rows(change, row.id, lines))
        return page.render("customer_pages/paste.html", rows=rows, problem=None, **context)
    rows = await page.commit(lambda change: add_rows(change, row.id, lines))
    added = sum(one.problem is None for one in rows)
    if added == 0:
        problem = "None of these could be added."
        return page.render("customer_pages/paste.html", status=UNPROCESSABLE, rows=rows, problem=problem, **context)
    return page.redirect(path_of(row), toast=f"Added {added} contact{'s' if added > 1 else ''}")


@pages.get("/contacts/{contact}/edit")
async def contact_form(page: Page, contact: str) -> Response:
    """Show who a contact is, and how to reach them, to be corrected."""
    one = await get_contact(page.connection, page.actor, contact)
    form: Form[ContactUpdate] = Form({name: getattr(one, name) for name in _SHOWN})
    return _form(page, await _customer_of(page, one), one, form)


@pages.post("/contacts/{contact}/edit")
async def change_contact(page: Page, contact: str) -> Response:
    """Correct a contact."""
    one = await get_contact(page.connection, page.actor, contact)
    row = await _customer_of(page, one)
    form = page.read_form(ContactUpdate, {name: page.field(name) for name in ("name", "email")})
    saved = await page.submit(form, lambda change, body: update_contact(change, one.id, body))
    if saved is None:
        return _form(page, row, one, form, UNPROCESSABLE)
    return page.redirect(path_of(row), toast=f"Saved {saved.name}")


@pages.post("/contacts/{contact}/primary")
async def make_primary(page: Page, contact: str) -> Response:
    """Make somebody the one to turn to first."""
    one = await get_contact(page.connection, page.actor, contact)
    await page.commit(lambda change: update_contact(change, one.id, ContactUpdate(is_primary=True)))
    return page.redirect(path_of(await _customer_of(page, one)), toast=f"{one.name} is the primary contact")


@pages.post("/contacts/{contact}/archive")
async def archive_contact(page: Page, contact: str) -> Response:
    """Take a contact out of the list."""
    one = await get_contact(page.connection, page.actor, contact)
    await page.commit(lambda change: update_contact(change, one.id, ContactUpdate(archived=True)))
    path = path_of(await _customer_of(page, one))
    return page.redirect(path, toast=f"Archived {one.name}", undo=f"/contacts/{one.display_id}/unarchive")


@pages.post("/contacts/{contact}/unarchive")
async def unarchive_contact(page: Page, contact: str) -> Response:
    """Bring an archived contact back into the list."""
    one = await get_contact(page.connection, page.actor, contact)
    await page.commit(lambda change: update_contact(change, one.id, ContactUpdate(archived=False)))
    return page.redirect(path_of(await _customer_of(page, one)), toast=f"{one.name} is back")


@pages.post("/contacts/{contact}/delete")
async def delete(page: Page, contact: str) -> Response:
    """Delete a contact; that can be undone."""
    one = await get_contact(page.connection, page.actor, contact)
    await page.commit(lambda change: delete_contact(change, one.id))
    path = path_of(await _customer_of(page, one))
    return page.redirect(path, toast=f"Deleted {one.name}", undo=f"/contacts/{one.display_id}/restore")


@pages.post("/contacts/{contact}/restore")
async def restore(page: Page, contact: str) -> Response:
    """Take the deletion of a contact back."""
    one = await page.commit(lambda change: restore_contact(change, contact))
    return page.redirect(path_of(await _customer_of(page, one)), toast=f"{one.name} is back")


async def _customer_of(page: Page, contact: ContactRow) -> CustomerRow:
    return await get_customer(page.connection, page.actor, contact.customer_id, deleted=True)


def _form(
    page: Page,
    row: CustomerRow,
    contact: ContactRow | None,
    form: Form[ContactCreate] | Form[ContactUpdate],
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {"row": row, "path": path_of(row), "contact": contact, "form": form}
    return page.render("customer_pages/contact.html", block="dialog", status=status, **context)
