"""The settings' pages of templates: the list, making and importing one, exporting, copying, archiving, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.responses import Response

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import Name, validate
from pivotal_server.templates.actions import Shown, create_template, delete_template, update_template
from pivotal_server.templates.content import MAX_BYTES, TemplateContent
from pivotal_server.templates.edit_actions import duplicate_template
from pivotal_server.templates.page_view import MOST_COUNTED, count_uses
from pivotal_server.templates.queries import get_template, get_version, list_templates, read_content
from pivotal_server.templates.schemas import TemplateListQuery, TemplateUpdate
from pivotal_server.templates.yaml_file import line_of, read_yaml, write_yaml
from pivotal_server.web.filters import slug
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from pivotal_server.templates.models import TemplateRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/templates"
_SHOWN = 50


class NewTemplate(BaseModel):
    """What a new template is called."""

    name: Name


@pages.get(_PATH, role="admin")
async def templates(page: Page) -> Response:
    """Show the templates, newest first, or those that are archived."""
    asked = page.query_params
    archived = "true" if asked.get("archived") == "true" else "false"
    values = {"archived": archived, "cursor": asked.get("cursor") or None, "limit": _SHOWN}
    query = validate(TemplateListQuery, values)
    rows = await list_templates(page.connection, page.actor, query)
    shown = rows[: query.limit]
    return page.render(
        "templates/list.html",
        block="rows" if query.cursor else "list",
        rows=shown,
        archived=archived == "true",
        counts=await count_uses(page.connection, page.actor, shown),
        most=MOST_COUNTED,
        more=to_cursor(shown[-1].created_at) if len(rows) > query.limit else None,
    )


@pages.get(f"{_PATH}/new", role="admin")
async def new(page: Page) -> Response:
    """Show the form of a new template."""
    return page.render("templates/new.html", form=Form())


@pages.post(_PATH, role="admin")
async def create(page: Page) -> Response:
    """Make a template without tasks, and go on in its editor."""
    form = page.read_form(NewTemplate)
    made = await page.submit(form, lambda change, body: create_template(change, TemplateContent(name=body.name)))
    if made is None:
        return page.render("templates/new.html", status=UNPROCESSABLE, form=form)
    return _made(page, made, "Added")


@pages.get(f"{_PATH}/import", role="admin")
async def show_import(page: Page) -> Response:
    """Ask for a template as YAML."""
    return page.render("templates/import.html", form=Form())


@pages.post(f"{_PATH}/import", role="admin")
async def import_yaml(page: Page) -> Response:
    """Make a template of a file or of what was pasted; what is wrong with it is told by line."""
    form: Form[Any] = Form()
    text = ""
    try:
        text = await _sent_yaml(page)
        form.values["yaml"] = text
        content = read_yaml(text)
        made = await page.commit(lambda change: create_template(change, content, how="Imported"))
    except ApiError as error:
        form.errors["yaml"] = error.message
        if error.field and error.field != "yaml":
            form.errors["yaml"] = f"Line {line_of(text, error.field)}, {error.field}: {error.message}"
        return page.render("templates/import.html", status=UNPROCESSABLE, form=form)
    return _made(page, made, "Imported")


@pages.get(f"{_PATH}/{{template}}/export", role="admin")
async def export(page: Page, template: str) -> Response:
    """Give the template as one YAML file."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_content(page.connection, page.actor, await get_version(page.connection, page.actor, row))
    name = f'attachment; filename="{slug(row.name)}-v{row.version}.yaml"'
    return Response(
        write_yaml(content), media_type="application/yaml; charset=utf-8", headers={"content-disposition": name}
    )


@pages.post(f"{_PATH}/{{template}}/duplicate", role="admin")
async def duplicate(page: Page, template: str) -> Response:
    """Make another template that says the same."""
    return _made(page, await page.commit(lambda change: duplicate_template(change, template)), "Made")


@pages.post(f"{_PATH}/{{template}}/archive", role="admin")
async def archive(page: Page, template: str) -> Response:
    """Offer a template no more."""
    row = await _set_archived(page, template, archived=True)
    return page.done(_PATH, f"Archived {row.name}", undo=f"{_PATH}/{row.display_id}/restore")


@pages.post(f"{_PATH}/{{template}}/restore", role="admin")
async def restore(page: Page, template: str) -> Response:
    """Offer an archived template again."""
    row = await _set_archived(page, template, archived=False)
    return page.done(_PATH, f"Restored {row.name}", undo=f"{_PATH}/{row.display_id}/archive")


@pages.get(f"{_PATH}/{{template}}/delete", role="admin")
async def show_delete(page: Page, template: str) -> Response:
    """Say what deleting a template means."""
    return await _show_delete(page, await get_template(page.connection, page.actor, template), Form())


@pages.post(f"{_PATH}/{{template}}/delete", role="admin")
async def delete(page: Page, template: str) -> Response:
    """Delete a template whose name was written out."""
    row = await get_template(page.connection, page.actor, template)
    if page.field("name") != row.name:
        form: Form[Any] = Form({"name": page.field("name")})
        form.errors["name"] = f"Type {row.name} to delete it."
        return await _show_delete(page, row, form, UNPROCESSABLE)
    await page.commit(lambda change: delete_template(change, row.id))
    return page.redirect(_PATH, toast=f"Deleted {row.name}")


async def _set_archived(page: Page, reference: str, *, archived: bool) -> TemplateRow:
    shown = await page.commit(lambda change: update_template(change, reference, TemplateUpdate(archived=archived)))
    return shown.row


def _made(page: Page, made: Shown, how: str) -> Response:
    return page.redirect(f"{_PATH}/{made.row.display_id}", toast=f"{how} {made.row.name}")


async def _show_delete(page: Page, row: TemplateRow, form: Form[Any], status: int = 200) -> Response:
    counts = await count_uses(page.connection, page.actor, [row])
    return page.render(
        "templates/delete.html",
        block="form",
        status=status,
        row=row,
        form=form,
        count=counts[row.id],
        most=MOST_COUNTED,
    )


async def _sent_yaml(page: Page) -> str:
    """Return the text of the file that was sent, or else what was pasted.

    Raises:
        ApiError: 400 where there is neither, or the file is no text.
    """
    file = page.sent.get("file")
    if isinstance(file, UploadFile) and file.filename:
        data = await file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ApiError(400, "too_big", f"A file has at most {MAX_BYTES // 1024} kB.", field="yaml")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ApiError(400, "invalid_field", "The file is not text in UTF-8.", field="yaml") from None
    text = page.field("yaml")
    if not text:
        raise ApiError(400, "missing_field", "Choose a file, or paste what it says.", field="yaml")
    if len(text.encode()) > MAX_BYTES:
        raise ApiError(400, "too_big", f"A file has at most {MAX_BYTES // 1024} kB.", field="yaml")
    return text
