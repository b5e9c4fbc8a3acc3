"""Keeping, changing and ordering the views of a list: the same pages for every list that has views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import BaseModel, Field, StringConstraints

from pivotal_server.core.errors import ApiError
from pivotal_server.views import actions
from pivotal_server.views.models import MAX_NAME, MAX_QUERY
from pivotal_server.views.queries import get_view
from pivotal_server.views.standing import EVERYTHING
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.web.security import local_path

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.timeline.change import Change
    from pivotal_server.views.models import SavedView
    from pivotal_server.views.standing import Kind
    from pivotal_server.web.page import Page

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)]


class ViewForm(BaseModel):
    """A view's name, and whether the team may use it."""

    name: Name
    shared: bool = False
    query: str = Field("", max_length=MAX_QUERY)


def view_pages(kind: Kind) -> PageRoutes:
    """Return the pages of a list's views."""
    pages = PageRoutes()
    _declare_keeping(pages, kind)
    _declare_changing(pages, kind)
    _declare_habits(pages, kind)
    return pages


def _declare_keeping(pages: PageRoutes, kind: Kind) -> None:
    @pages.get(f"{kind.path}/views/new")
    async def new_view(page: Page) -> Response:
        return _form(page, kind, Form({"query": kind.normalise(page.url.query)}))

    @pages.post(f"{kind.path}/views")
    async def create_view(page: Page) -> Response:
        form = page.read_form(ViewForm)
        view = await page.submit(
            form,
            lambda change, body: actions.keep_view(
                change, kind.name, body.name, kind.normalise(body.query), shared=body.shared
            ),
        )
        if view is None:
            return _form(page, kind, form, status=UNPROCESSABLE)
        return page.redirect(_path(kind, view), toast=f"Saved the view {view.name}")


def _declare_changing(pages: PageRoutes, kind: Kind) -> None:
    place = f"{kind.path}/views/{{saved_view}}"

    @pages.get(f"{place}/edit")
    async def edit_view(page: Page, saved_view: str) -> Response:
        view = await get_view(page.connection, page.actor, kind.name, saved_view)
        return _form(page, kind, Form({"name": view.name, "shared": view.shared}), view)

    @pages.post(f"{place}/edit")
    async def rename_view(page: Page, saved_view: str) -> Response:
        view = await get_view(page.connection, page.actor, kind.name, saved_view)
        form = page.read_form(ViewForm)
        saved = await page.submit(
            form,
            lambda change, body: actions.change_view(change, kind.name, view.id, name=body.name, shared=body.shared),
        )
        if saved is None:
            return _form(page, kind, form, view, status=UNPROCESSABLE)
        return page.redirect(_path(kind, saved), toast=f"Saved {saved.name}")

    @pages.post(f"{place}/query")
    async def save_query(page: Page, saved_view: str) -> Response:
        view = await get_view(page.connection, page.actor, kind.name, saved_view)
        query = kind.normalise(page.field("query")[:MAX_QUERY])
        saved = await page.commit(lambda change: actions.change_view(change, kind.name, view.id, query=query))
        undo = f"{kind.path}/views/{view.id}/query/undo?{urlencode({'query': view.query})}"
        return page.redirect(_path(kind, saved), toast=f"Saved {saved.name}", undo=undo)

    @pages.post(f"{place}/query/undo")
    async def take_query_back(page: Page, saved_view: str) -> Response:
        query = kind.normalise(page.query_params.get("query", "")[:MAX_QUERY])
        saved = await page.commit(lambda change: actions.change_view(change, kind.name, saved_view, query=query))
        return page.redirect(_path(kind, saved), toast=f"{saved.name} is as before")

    @pages.post(f"{place}/delete")
    async def delete(page: Page, saved_view: str) -> Response:
        view = await page.commit(lambda change: actions.delete_view(change, kind.name, saved_view))
        undo = f"{kind.path}/views/{view.id}/restore"
        return page.redirect(kind.path, toast=f"Deleted the view {view.name}", undo=undo)

    @pages.post(f"{place}/restore")
    async def restore(page: Page, saved_view: str) -> Response:
        view = await page.commit(lambda change: actions.restore_view(change, kind.name, saved_view))
        return page.redirect(_path(kind, view), toast=f"The view {view.name} is back")


def _declare_habits(pages: PageRoutes, kind: Kind) -> None:
    place = f"{kind.path}/views/{{saved_view}}"

    @pages.post(f"{place}/default")
    async def set_default(page: Page, saved_view: str) -> Response:
        view = await get_view(page.connection, page.actor, kind.name, saved_view)
        chosen = None if page.field("off") else view.id
        await page.commit(lambda change: actions.open_with(change, kind.name, chosen))
        words = f"{view.name} opens first now" if chosen else f"{kind.all} opens first again"
        return page.redirect(_path(kind, view), toast=words)

    @pages.post(f"{place}/move")
    async def move(page: Page, saved_view: str) -> Response:
        steps = -1 if page.field("way") == "left" else 1
        await page.commit(lambda change: actions.move_view(change, kind.name, saved_view, steps))
        return page.redirect(f"{kind.path}?view={saved_view}")

    @pages.post(f"{kind.path}/columns")
    async def set_columns(page: Page) -> Response:
        chosen = kind.columns([one for one in page.sent.getlist("columns") if isinstance(one, str)])
        back = local_path(page.field("back"), kind.path)
        if page.field("reset"):
            chosen = []
        elif not chosen:
            raise ApiError(400, "missing_field", "Choose at least one column.", field="columns")
        query = [pair for pair in parse_qsl(urlsplit(back).query) if pair[0] != "columns"]
        if any(name == "view" and value != EVERYTHING for name, value in query):
            # What a view shows is the view's: it is kept with it, and not for the list as such.
            return page.redirect(f"{kind.path}?{urlencode([*query, ('columns', ','.join(chosen))])}")

        async def work(change: Change) -> None:
            await actions.choose_columns(change, kind.name, chosen or None)

        await page.commit(work)
        return page.redirect(f"{kind.path}?{urlencode(query)}" if query else kind.path)


def _path(kind: Kind, view: SavedView) -> str:
    return f"{kind.path}?view={view.id}"


def _form(
    page: Page, kind: Kind, form: Form[ViewForm], view: SavedView | None = None, *, status: int = 200
) -> Response:
    return page.render("views/form.html", block="form", status=status, kind=kind, form=form, view=view)
