"""A page: one request of a teammate (or of a stranger who is about to sign in) on its way to an answer."""

from __future__ import annotations

import contextlib
import functools
import json
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import Actor
from pivotal_server.identity.sight import seen_by
from pivotal_server.timeline.change import Change
from pivotal_server.web.forms import Form
from pivotal_server.web.security import csrf_token, local_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.types import Receive, Scope

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Brand
    from pivotal_server.identity.sessions import Visitor
    from pivotal_server.rest.call import Services
    from pivotal_server.web.rendering import Renderer
    from pivotal_server.web.security import Cookies

Result = TypeVar("Result")
Model = TypeVar("Model", bound=BaseModel)

UNPROCESSABLE = 422
_TOAST_SECONDS = 60
_PAGES = {str(number): number for number in range(1, 11)}


class _TakenBackError(Exception):
    """Rolls a preview back; carries its result."""

    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result


class Page(Request):
    """A request for a page, with the database connection it works on.

    Attributes:
        connection: one connection for the whole request.
        services: what the process shares between its requests.
        id: the request's own, as logs and audit entries name it.
        ip: the client's address.
        browser: tells this browser from others, signed in or not.
        counts: what waits for the person, by name; empty for fragments, which have no shell around them.
    """

    connection: Connection
    services: Services
    renderer: Renderer
    cookie_names: Cookies
    id: str
    ip: str
    browser: str
    sent: FormData

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self.maybe_visitor: Visitor | None = None
        self.known_brand: Brand | None = None
        self.sent = FormData()
        self.counts: Mapping[str, int] = {}

    @property
    def visitor(self) -> Visitor:
        """The person who is signed in; routes that are open to strangers ask ``maybe_visitor``."""
        assert self.maybe_visitor is not None  # noqa: S101 - the route has seen to it
        return self.maybe_visitor

    @property
    def actor(self) -> Actor:
        """Who does something here: the teammate, in the workspace that they are in."""
        visitor = self.visitor
        assert visitor.workspace_id is not None  # noqa: S101 - likewise
        return Actor(
            workspace_id=visitor.workspace_id,
            type="person",
            id=visitor.person_id,
            name=visitor.person_name,
            role=visitor.role or "member",
            request_id=self.id,
            ip=self.ip,
        )

    @property
    def brand(self) -> Brand | None:
        """How the page looks: as the workspace that it shows, or that a page for strangers is known to be of."""
        return self.maybe_visitor.brand if self.maybe_visitor else self.known_brand

    @functools.cached_property
    def csrf(self) -> str:
        """A token for the forms of this page."""
        return csrf_token(self.csrf_secret, self.csrf_purpose)

    @property
    def csrf_secret(self) -> bytes:
        """What the tokens of this page's forms are made with."""
        return self.maybe_visitor.csrf_secret if self.maybe_visitor else self.browser.encode()

    @property
    def csrf_purpose(self) -> str:
        """The workspace that the page's forms are about, if any."""
        return (self.maybe_visitor.workspace_id or "") if self.maybe_visitor else ""

    @property
    def wants_fragment(self) -> bool:
        """Whether htmx asks, which takes a block of the page instead of all of it."""
        return self.headers.get("hx-request") == "true" and self.headers.get("hx-history-restore-request") != "true"

    @property
    def pages_shown(self) -> int:
        """How many pages of a list are open and asked for again in one (``pages``); 1 where that is not said."""
        return _PAGES.get(self.query_params.get("pages", ""), 1)

    @property
    def address(self) -> str:
        """The path and query of this page, to come back to."""
        query = self.url.query
        return f"{self.url.path}?{query}" if query else self.url.path

    def read_form(self, model: type[Model], extra: Mapping[str, Any] | None = None) -> Form[Model]:
        """Return what was sent, validated by ``model``; see ``Form.read``."""
        return Form.read(self.sent, model, extra)

    def field(self, name: str) -> str:
        """Return one value of what was sent, without the space around it; empty where there is none."""
        value = self.sent.get(name)
        return value.strip() if isinstance(value, str) else ""

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        """Hold a connection for a while, on which there is what this person may see: where the route streams."""
        async with self.services.pool.acquire() as connection, seen_by(connection, self.maybe_visitor):
            yield connection

    async def commit(self, work: Callable[[Change], Awaitable[Result]]) -> Result:
        """Run an action in a transaction and return its result; the one place where pages commit.

        Raises:
            ApiError: what the action refused; nothing is written then.
        """
        done: Change | None = None

        async def run() -> Result:
            nonlocal done
            change = Change(self.connection, self.actor, self.services.clock)
            result = await work(change)
            await change.write_records()
            done = change
            return result

        result = await in_transaction(self.connection, self.services.clock, run)
        if done is not None:
            self.services.announce(done)
        return result

    async def preview(self, work: Callable[[Change], Awaitable[Result]]) -> Result:
        """Return what an action would do: it is run, and taken back.

        Raises:
            ApiError: what the action refused.
        """

        async def run() -> Result:
            raise _TakenBackError(await work(Change(self.connection, self.actor, self.services.clock)))

        try:
            return await in_transaction(self.connection, self.services.clock, run)
        except _TakenBackError as preview:
            result: Result = preview.result  # type: ignore[assignment]
            return result

    async def submit(self, form: Form[Model], work: Callable[[Change, Model], Awaitable[Result]]) -> Result | None:
        """Run an action with a form's body and return its result; None where the form says what is wrong instead."""
        if form.body is None:
            return None
        body = form.body
        try:
            return await self.commit(lambda change: work(change, body))
        except ApiError as error:
            form.refuse(error)
            return None

    def render(self, template: str, *, block: str | None = None, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - whatever the template needs
        """Return the page that a template makes; of a request by htmx only the block, where one is named.

        Args:
            template: such as ``customers/list.html``, which is ``customers/templates/list.html``.
            block: the block that is the page's fragment.
            status: 422 shows a form with its problems.
            context: what the template needs.
        """
        fragment = block if block is not None and self.wants_fragment else None
        response = HTMLResponse(self.renderer.render(self, template, fragment, context), status)
        response.headers["vary"] = "HX-Request, Cookie"
        if fragment is None and self.cookies.get(self.cookie_names.toast):
            self.cookie_names.drop(response, self.cookie_names.toast)
        return response

    def fragment(self, template: str, block: str, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - likewise
        """Return one block of a template, whoever asks."""
        response = HTMLResponse(self.renderer.render(self, template, block, context), status)
        response.headers["vary"] = "HX-Request, Cookie"
        return response

    def redirect(self, path: str, *, toast: str | None = None, undo: str | None = None) -> Response:
        """Return the answer that leads on to a page of ours, with a word on what was done.

        Args:
            path: a path of this server.
            toast: what was done, in a few words.
            undo: the path to which a POST takes it back.
        """
        place = local_path(path)
        if self.wants_fragment:
            response = Response(status_code=204, headers={"hx-redirect": place})
        else:
            response = RedirectResponse(place, 303)
        if toast is not None:
            text = orjson.dumps({"text": toast, "undo": undo}).hex()
            self.cookie_names.put(response, self.cookie_names.toast, text, _TOAST_SECONDS)
        return response

    def done(self, path: str, toast: str, *, undo: str | None = None) -> Response:
        """Return the answer of an action after which the page stays as it is, but for what was done.

        A browser goes on to ``path``, or to where the form says that it came from, in a field ``back``. To htmx there
        is nothing to show: whatever on the page has ``hx-trigger="refresh from:body"`` fetches itself anew.

        Args:
            path: a path of this server.
            toast: what was done, in a few words.
            undo: the path to which a POST takes it back.
        """
        if not self.wants_fragment:
            return self.redirect(local_path(self.field("back") or None, path), toast=toast, undo=undo)
        response = Response(status_code=204)
        told = {"toast": {"text": toast, "undo": undo}, "refresh": True, "done": True}
        response.headers["hx-trigger"] = json.dumps(told)
        return response

    @property
    def came_from(self) -> str | None:
        """The page of ours that the browser says that it comes from, to go back to; None where it does not say."""
        address = urlsplit(self.headers.get("referer", ""))
        if address.netloc.lower() != self.headers.get("host", "").lower():
            return None
        return local_path(address._replace(scheme="", netloc="", fragment="").geturl())

    def say(self, response: Response, toast: str, *, undo: str | None = None) -> Response:
        """Add a word on what was done to the answer of a request by htmx, and return the answer."""
        # A header holds ASCII, which this writer keeps to and the faster one does not.
        response.headers["hx-trigger"] = json.dumps({"toast": {"text": toast, "undo": undo}})
        return response

    @property
    def toast(self) -> dict[str, Any] | None:
        """What the page before did, to be told once."""
        try:
            value = orjson.loads(bytes.fromhex(self.cookies.get(self.cookie_names.toast, "")))
        except ValueError:
            return None
        undo = value.get("undo") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            return None
        return {"text": value["text"][:500], "undo": local_path(undo, "") if isinstance(undo, str) else None}
