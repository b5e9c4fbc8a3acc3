"""Comments as pages show them: oldest at the top, what was said as HTML, and what the reader may do with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from markupsafe import Markup

from pivotal_server.comments.models import EDIT_WINDOW, MAX_FILE_BYTES, CommentRow
from pivotal_server.comments.queries import list_onboarding_comments, list_task_comments
from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.web.forms import Form
from pivotal_server.web.markdown import to_html

if TYPE_CHECKING:
    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.tasks.models import TaskRow
    from pivotal_server.web.page import Page

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Said:
    """A comment.

    Attributes:
        html: what it says.
        files: what is attached to it: ``id``, ``filename``, ``size`` and ``scan`` of each.
        mine: whether the reader may still change or delete it.
    """

    row: CommentRow
    html: Markup
    files: list[dict[str, Any]]
    mine: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments on an onboarding or on a task.

    Attributes:
        id: names it among the parts of a page.
        topic: what it is about, as open pages are told of changes.
        action: the path that a new comment is sent to.
        place: the page that shows it.
        source: the path of the thread by itself.
        comments: oldest first.
        earlier: the path of the page before, if there is one.
        form: of a new comment.
    """

    id: str
    topic: str
    action: str
    place: str
    source: str
    comments: list[Said]
    earlier: str | None
    form: Form[Any]
    limit: int = MAX_FILE_BYTES


async def read_thread(
    page: Page, onboarding: OnboardingRow, task: TaskRow | None = None, form: Form[Any] | None = None
) -> Thread:
    """Return the comments on an onboarding, or on one of its tasks; ``cursor`` in the query asks for earlier ones."""
    asked = page.query_params.get("cursor") if page.method == "GET" else None
    query = validate(PageQuery, {"cursor": asked or None, "limit": _SHOWN})
    if task is None:
        base = f"/onboardings/{onboarding.display_id}/comments"
        rows = await list_onboarding_comments(page.connection, page.actor, onboarding.id, query)
        topic, place, id_ = f"onboarding:{onboarding.id}", base, f"thread-onboarding-{onboarding.display_id}"
    else:
        base = f"/tasks/{task.display_id}/comments"
        rows = await list_task_comments(page.connection, page.actor, task.id, query)
        topic, place, id_ = f"onboarding:{onboarding.id}", f"/tasks/{task.display_id}", f"thread-task-{task.display_id}"
    shown = rows[: query.limit]
    earlier = f"{base}?cursor={to_cursor(shown[-1].created_at)}" if len(rows) > query.limit else None
    comments = [said(page, row) for row in reversed(shown)]
    return Thread(id_, topic, base, place, base, comments, earlier, form or Form())


def said(page: Page, row: CommentRow) -> Said:
    """Return a comment as the reader of a page sees it."""
    if row.deleted_at is not None:
        return Said(row, Markup(), [], mine=False)
    names = {one["email"]: one["name"] for one in orjson.loads(row.mentions)}
    wrote = (row.author_type, row.author_id) == (page.actor.type, page.actor.id)
    mine = wrote and page.services.clock.now() - row.created_at <= EDIT_WINDOW
    return Said(row, to_html(row.body, names), orjson.loads(row.attachments), mine)
