"""Pages of comments: writing, changing, deleting and pinning them, mentioning teammates, and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse

from pivotal_server.comments import actions, file_actions
from pivotal_server.comments.links import LINK_LASTS, make_token
from pivotal_server.comments.models import MAX_FILE_BYTES, AttachmentRow, file_key
from pivotal_server.comments.queries import get_attachment, get_comment
from pivotal_server.comments.schemas import AttachmentCreateQuery, CommentCreate, CommentUpdate
from pivotal_server.comments.thread import read_thread, said
from pivotal_server.core.ids import new_id
from pivotal_server.core.validation import validate
from pivotal_server.identity.people import list_members
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.rest.pieces import read_pieces
from pivotal_server.tasks.queries import get_task
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response

    from pivotal_server.comments.models import CommentRow
    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.tasks.models import TaskRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

# Files that come with a form, where no script sends them one by one.
_FORM_BYTES = MAX_FILE_BYTES + 1024 * 1024
_PIECE = 64 * 1024
_SUGGESTED = 8


@pages.post("/onboardings/{onboarding}/comments", limit=_FORM_BYTES)
async def comment_on_onboarding(page: Page, onboarding: str) -> Response:
    """Comment on an onboarding."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    return await _comment(page, row, None)


@pages.get("/tasks/{task}/comments")
async def task_comments(page: Page, task: str) -> Response:
    """Show what people say on a task: the part of its page that follows what everybody says."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    onboarding = await get_onboarding(page.connection, page.actor, row.onboarding_id, deleted=True)
    if not page.wants_fragment and "cursor" not in page.query_params:
        return page.redirect(f"/tasks/{row.display_id}")
    return page.render("comments/page.html", block="thread", thread=await read_thread(page, onboarding, row))


@pages.post("/tasks/{task}/comments", limit=_FORM_BYTES)
async def comment_on_task(page: Page, task: str) -> Response:
    """Comment on a task."""
    row = await get_task(page.connection, page.actor, reference_of(task))
    onboarding = await get_onboarding(page.connection, page.actor, row.onboarding_id, deleted=True)
    return await _comment(page, onboarding, row)


@pages.get("/comments/{comment}/edit")
async def edit_comment(page: Page, comment: str) -> Response:
    """Show the form of a comment that is to say something else."""
    row = await get_comment(page.connection, page.actor, reference_of(comment))
    return _show_edit(page, row, Form({"body": row.body}))


@pages.post("/comments/{comment}")
async def update_comment(page: Page, comment: str) -> Response:
    """Change what a comment says."""
    row = await get_comment(page.connection, page.actor, reference_of(comment))
    form = page.read_form(CommentUpdate, {"body": page.field("body")})
    changed = await page.submit(form, lambda change, body: actions.update_comment(change, row.id, body))
    if changed is None:
        return _show_edit(page, row, form, status=UNPROCESSABLE)
    return page.done(_place(changed), "Saved the comment")


@pages.get("/comments/{comment}/delete")
async def show_delete(page: Page, comment: str) -> Response:
    """Show what deleting a comment means, which cannot be undone."""
    row = await get_comment(page.connection, page.actor, reference_of(comment))
    form: Form[CommentUpdate] = Form()
    return page.render(
        "comments/edit.html", block="form", said=said(page, row), form=form, place=_place(row), deleting=True
    )


@pages.post("/comments/{comment}/delete")
async def delete_comment(page: Page, comment: str) -> Response:
    """Take back what a comment says, and its files."""
    row = await page.commit(lambda change: actions.delete_comment(change, reference_of(comment)))
    return page.done(_place(row), "Deleted the comment")


@pages.post("/comments/{comment}/pin")
async def pin_comment(page: Page, comment: str) -> Response:
    """Pin a comment to the top of its onboarding."""
    row = await page.commit(lambda change: actions.pin_comment(change, reference_of(comment), pinned=True))
    return page.done(_place(row), "Pinned the comment", undo=f"/comments/{row.display_id}/unpin")


@pages.post("/comments/{comment}/unpin")
async def unpin_comment(page: Page, comment: str) -> Response:
    """Take a comment from the top of its onboarding."""
    row = await page.commit(lambda change: actions.pin_comment(change, reference_of(comment), pinned=False))
    return page.done(page.came_from or _place(row), "Unpinned the comment", undo=f"/comments/{row.display_id}/pin")


@pages.get("/mentions")
async def mentions(page: Page) -> Response:
    """Suggest whom to mention: teammates whose name or e-mail has a word that begins with ``q``."""
    typed = page.query_params.get("q", "").strip().lower()
    members = await list_members(page.connection, page.actor.workspace_id)
    found = [
        {"email": one.email, "name": one.name}
        for one in members
        if any(word.startswith(typed) for word in (*one.name.lower().split(), one.email.lower()))
    ]
    return JSONResponse(found[:_SUGGESTED])


@pages.post("/attachments", streams=True)
async def upload(page: Page) -> Response:
    """Take a file, sent as it is, for a comment that is being written."""
    name = validate(AttachmentCreateQuery, {"filename": page.query_params.get("filename", "")}).filename
    pieces = read_pieces(page.receive, page.headers.get("content-length"), MAX_FILE_BYTES)
    id_ = new_id()
    async with page.connect() as connection:
        await file_actions.expect_file(connection, page.actor.workspace_id, id_, page.services.clock.now())
    intake = file_actions.Intake(pieces)
    await file_actions.store_file(page.services.storage, file_key(page.actor.workspace_id, id_), intake)
    async with page.connect() as connection:
        page.connection = connection
        row = await _create_attachment(page, intake.finished(id_, name))
    return JSONResponse({"id": row.id, "filename": row.filename, "size": row.size}, 201)


@pages.get("/attachments/{attachment}")
async def download(page: Page, attachment: str) -> Response:
    """Lead to a file, by a link that works for a few minutes."""
    row = await get_attachment(page.connection, page.actor, reference_of(attachment))
    expires_at = (page.services.clock.now() + LINK_LASTS).replace(microsecond=0)
    token = make_token(page.services.checksum_secret, page.actor.workspace_id, row.id, expires_at)
    return page.redirect(f"/api/v1/files/{token}")


async def _comment(page: Page, onboarding: OnboardingRow, task: TaskRow | None) -> Response:
    uploaded = [await _store(page, file) for file in _files(page)]
    sent = [id_ for id_ in page.sent.getlist("attachment_ids") if isinstance(id_, str) and id_]
    form = page.read_form(CommentCreate, {"attachment_ids": [*sent, *uploaded]})
    if task is None:
        row = await page.submit(form, lambda change, body: actions.comment_on_onboarding(change, onboarding.id, body))
    else:
        row = await page.submit(form, lambda change, body: actions.comment_on_task(change, task.id, body))
    if row is None:
        form.values["attachment_ids"] = [*sent, *uploaded]
        thread = await read_thread(page, onboarding, task, form)
        if page.wants_fragment:
            return page.fragment("comments/thread.html", "composer", status=UNPROCESSABLE, thread=thread)
        return page.render("comments/page.html", status=UNPROCESSABLE, thread=thread)
    return page.done(_place(row), "Commented")


async def _store(page: Page, file: UploadFile) -> str:
    """Store a file that came with a form and return the attachment's cuid."""
    name = validate(AttachmentCreateQuery, {"filename": (file.filename or "")[-255:]}).filename
    id_ = new_id()
    await file_actions.expect_file(page.connection, page.actor.workspace_id, id_, page.services.clock.now())
    intake = file_actions.Intake(_pieces(file))
    await file_actions.store_file(page.services.storage, file_key(page.actor.workspace_id, id_), intake)
    return (await _create_attachment(page, intake.finished(id_, name))).id


async def _create_attachment(page: Page, file: file_actions.StoredFile) -> AttachmentRow:
    scanned = page.services.settings.clamd is not None
    return await page.commit(lambda change: file_actions.create_attachment(change, file, scanned=scanned))


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


def _files(page: Page) -> list[UploadFile]:
    """Return the files that came with a form; a browser sends an empty one where none was chosen."""
    return [one for one in page.sent.getlist("files") if isinstance(one, UploadFile) and one.filename]


def _show_edit(page: Page, row: CommentRow, form: Form[CommentUpdate], *, status: int = 200) -> Response:
    return page.render(
        "comments/edit.html", block="form", status=status, said=said(page, row), form=form, place=_place(row)
    )


def _place(row: CommentRow) -> str:
    """Return where a comment is shown."""
    if row.task_id is not None:
        return f"/tasks/{row.task_id}#comment-{row.display_id}"
    return f"/onboardings/{row.onboarding_id}/comments#comment-{row.display_id}"
