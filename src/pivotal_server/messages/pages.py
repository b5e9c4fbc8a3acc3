"""The settings of messages: the workspace's own words for what Pivotal writes to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.messages import actions
from pivotal_server.messages.models import Text
from pivotal_server.messages.page_queries import who_changed
from pivotal_server.messages.queries import find_kind, get_template, list_templates
from pivotal_server.messages.rendering import fill
from pivotal_server.messages.schemas import Body, MessagePreviewRequest, MessageTemplateUpdate, Subject
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.messages.models import MessageKind, Template
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/messages"
_ONE = f"{_PATH}/{{message}}"
_CONFLICT = 409


class TypedText(MessageTemplateUpdate):
    """A whole text, as the form has it."""

    subject: Subject
    body: Body


@pages.get(_PATH, role="admin")
async def list_messages(page: Page) -> Response:
    """Show every text that Pivotal writes to people."""
    return page.render("messages/list.html", templates=await list_templates(page.connection, page.actor))


@pages.get(_ONE, role="admin")
async def show_message(page: Page, message: str) -> Response:
    """Show a text, to be edited, as a reader would see it."""
    template = await get_template(page.connection, page.actor, find_kind(message))
    form: Form[TypedText] = Form({"subject": template.text.subject, "body": template.text.body})
    return _show(page, template, form, _filled(template.kind, template.text))


@pages.post(_ONE, role="admin")
async def save_message(page: Page, message: str) -> Response:
    """Keep the workspace's own text, unless somebody else has changed it since the page was shown."""
    template = await get_template(page.connection, page.actor, find_kind(message))
    form = _read(page)
    theirs: Template | None = None

    async def save(change: Change, body: TypedText) -> None:
        nonlocal theirs
        now = await actions.hold_template(change, message)
        if version_of(now) != page.field("version") and now.text != Text(**body.changes()):
            theirs = now
            return
        await actions.update_template(change, message, body)

    await page.submit(form, save)
    if theirs is not None:
        who = await who_changed(page.connection, page.actor, message)
        return _show(page, theirs, form, _try_out(theirs.kind, form), status=_CONFLICT, who=who)
    if not form.valid:
        return _show(page, template, form, _try_out(template.kind, form), status=UNPROCESSABLE)
    return page.redirect(f"{_PATH}/{message}", toast="Saved")


@pages.post(f"{_ONE}/preview", role="admin")
async def preview_message(page: Page, message: str) -> Response:
    """Show what is being written as a reader would see it; nothing is kept."""
    template = await get_template(page.connection, page.actor, find_kind(message))
    form = _read(page)
    if form.body is not None:
        body = MessagePreviewRequest(**form.body.changes())
        try:
            await page.preview(lambda change: actions.preview_template(change, message, body))
        except ApiError as error:
            form.refuse(error)
    return _show(page, template, form, _try_out(template.kind, form), block="preview")


@pages.get(f"{_ONE}/reset", role="admin")
async def ask_reset(page: Page, message: str) -> Response:
    """Show the usual text, to go back to."""
    template = await get_template(page.connection, page.actor, find_kind(message))
    return page.render("messages/reset.html", block="dialog", message=template, path=f"{_PATH}/{message}")


@pages.post(f"{_ONE}/reset", role="admin")
async def reset_message(page: Page, message: str) -> Response:
    """Go back to the usual text."""
    await page.commit(lambda change: actions.reset_template(change, message))
    return page.redirect(f"{_PATH}/{message}", toast="The usual text holds again")


def version_of(template: Template) -> str:
    """Return what changes whenever the workspace's text does."""
    return "" if template.row is None else template.row.updated_at.isoformat()


def _filled(kind: MessageKind, text: Text) -> Text:
    return fill(kind, text, {field.name: field.example for field in kind.fields})


def _read(page: Page) -> Form[TypedText]:
    """Return what was typed; browsers end lines in their own way."""
    body = page.field("body").replace("\r\n", "\n")
    return page.read_form(TypedText, {"body": f"{body}\n"} if body else None)


def _try_out(kind: MessageKind, form: Form[TypedText]) -> Text:
    """Return what was typed with examples in it, whether or not it could be kept."""
    values = [form.values.get(name) for name in ("subject", "body")]
    return _filled(kind, Text(*(value if isinstance(value, str) else "" for value in values)))


def _show(
    page: Page,
    template: Template,
    form: Form[TypedText],
    preview: Text,
    *,
    status: int = 200,
    who: str | None = None,
    block: str | None = None,
) -> Response:
    return page.render(
        "messages/edit.html",
        block=block,
        status=status,
        message=template,
        form=form,
        preview=preview,
        who=who,
        version=version_of(template),
        path=f"{_PATH}/{template.kind.key}",
    )
