"""Routes of pages: who may see one stands in its declaration; everything else about a request is the same for all."""

from __future__ import annotations

import contextlib
import gzip
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.responses import Response
from starlette.routing import compile_path

from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.core.telemetry import count_request
from pivotal_server.identity.models import Role
from pivotal_server.identity.rights import has_role
from pivotal_server.identity.sessions import find_visitor
from pivotal_server.identity.sight import seen_by
from pivotal_server.rest.pieces import read_pieces
from pivotal_server.web.assets import accepted_encodings
from pivotal_server.web.page import Page
from pivotal_server.web.security import (
    BROWSER_SECONDS,
    PAGE_HEADERS,
    Cookies,
    comes_from_elsewhere,
    csrf_token_fits,
    local_path,
    new_browser_token,
)

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from starlette.convertors import Convertor
    from starlette.types import Receive, Scope, Send

    from pivotal_server.rest.call import Services
    from pivotal_server.web.rendering import Renderer
    from pivotal_server.web.shell import Counts

    Handler = Callable[..., Awaitable[Response]]

logger = logging.getLogger(__name__)

MAX_FORM_BYTES = 1024 * 1024
_BROWSER_TOKEN_LENGTHS = range(20, 100)
_SIGN_IN = "/sign-in"
# Below, a page fits into one packet anyway. At this level 250 KiB take a millisecond.
_LEAST_COMPRESSED, _COMPRESSION = 1024, 4


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One page, or one thing that can be done on it.

    Attributes:
        method: GET or POST.
        path: with ``{names}`` that become the handler's arguments.
        handler: gets the ``Page`` and the path's values.
        role: the least role in the workspace; None opens it to strangers.
        workspace: False for what a person does outside of any workspace.
        limit: how many bytes a form may have.
        streams: the handler takes the body, or keeps the answer open, itself: it has a connection only while it asks.
    """

    method: str
    path: str
    handler: Handler
    role: Role | None
    workspace: bool
    limit: int
    streams: bool


class PageRoutes:
    """The pages of a slice, declared one by one as a decorator."""

    def __init__(self) -> None:
        self.routes: list[PageRoute] = []

    def get(
        self, path: str, *, role: Role | None = "member", workspace: bool = True, streams: bool = False
    ) -> Callable[[Handler], Handler]:
        """Declare the handler of a page."""
        return self._add("GET", path, role=role, workspace=workspace, limit=0, streams=streams)

    def post(
        self,
        path: str,
        *,
        role: Role | None = "member",
        workspace: bool = True,
        limit: int = MAX_FORM_BYTES,
        streams: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare the handler of a form."""
        return self._add("POST", path, role=role, workspace=workspace, limit=limit, streams=streams)

    def _add(self, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:  # noqa: ANN401 - of PageRoute
        def declare(handler: Handler) -> Handler:
            self.routes.append(PageRoute(method, path, handler, **options))
            return handler

        return declare


@dataclass(frozen=True, slots=True)
class _Place:
    pattern: re.Pattern[str]
    convertors: dict[str, Convertor[Any]]
    methods: dict[str, PageRoute]


class Pages:
    """The ASGI application of all pages.

    Args:
        collections: the slices' pages; among paths that match, the first declared wins.
        services: gives the process's services, once the application has started.
        renderer: makes the HTML.
        cookies: names and flags of the app's cookies.
        counts: reads what the shell shows of what waits.
    """

    def __init__(
        self,
        collections: Iterable[PageRoutes],
        services: Callable[[], Services],
        renderer: Renderer,
        cookies: Cookies,
        counts: Counts,
    ) -> None:
        self._services, self._renderer, self._cookies, self._counts = services, renderer, cookies, counts
        places: dict[str, _Place] = {}
        for route in (route for collection in collections for route in collection.routes):
            pattern, _, convertors = compile_path(route.path)
            place = places.setdefault(route.path, _Place(pattern, convertors, {}))
            place.methods[route.method] = route
        self._places = list(places.values())
        self._fixed = {path: place for path, place in places.items() if "{" not in path}

    def takes(self, path: str, accept: bytes) -> bool:
        """Return whether the answer to a path is a page: one of ours, or a browser's that leads nowhere."""
        return self._find(path) is not None or b"text/html" in accept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter_ns()
        page = Page(scope, receive)
        page.services, page.renderer, page.cookie_names = self._services(), self._renderer, self._cookies
        page.id, page.ip = new_prefixed_id("req"), _client_ip(page)
        kept = page.cookies.get(self._cookies.browser, "")
        page.browser = kept if len(kept) in _BROWSER_TOKEN_LENGTHS else new_browser_token()
        found = self._find(scope["path"])
        route = found[0].methods.get("GET" if scope["method"] == "HEAD" else scope["method"]) if found else None
        response = await self._answer(page, found[0] if found else None, route, found[1] if found else {})
        response.headers.update({**PAGE_HEADERS, "x-request-id": page.id})
        response.headers.setdefault("cache-control", "no-store")
        if page.browser != kept:
            self._cookies.put(response, self._cookies.browser, page.browser, BROWSER_SECONDS)
        _compress(response, page.headers.get("accept-encoding", ""))
        if scope["method"] == "HEAD":
            response.body = b""  # its length stays, as that of the GET
        await response(scope, receive, send)
        seconds = (time.perf_counter_ns() - started) / 1e9
        count_request(scope["method"], route.path if route else None, response.status_code, seconds)

    def _find(self, path: str) -> tuple[_Place, dict[str, Any]] | None:
        if "\0" in path:
            return None
        if place := self._fixed.get(path):
            return place, {}
        for place in self._places:
            if match := place.pattern.match(path):
                values = {name: place.convertors[name].convert(text) for name, text in match.groupdict().items()}
                return place, values
        return None

    async def _answer(
        self, page: Page, place: _Place | None, route: PageRoute | None, values: dict[str, Any]
    ) -> Response:
        """Return the answer; whatever happens, it is a page that says what to do."""
        try:
            if route is None:
                return await self._lost(page, place)
            return await self._perform(page, route, values)
        except ApiError as error:
            return _refusal(page, error)
        except Exception:
            logger.exception("Request %s failed: %s %r", page.id, page.method, page.url.path)
            return _failure(page)
        finally:
            await page.sent.close()  # the files that came with the form

    async def _lost(self, page: Page, place: _Place | None) -> Response:
        """Return the page for an address that leads nowhere, in the shell of whoever asks."""
        async with page.services.pool.acquire() as connection:
            await self._recognise(page, connection)
        if place is None:
            raise ApiError(404, "http_exception", "There is nothing at this address.")
        allowed = ", ".join(sorted(place.methods))
        raise ApiError(
            405, "http_exception", "This address does something else.", headers=((b"allow", allowed.encode()),)
        )

    async def _perform(self, page: Page, route: PageRoute, values: dict[str, Any]) -> Response:
        if route.method == "POST" and comes_from_elsewhere(page.headers, page.headers.get("host", "")):
            raise ApiError(403, "http_exception", "This form was sent from another site; nothing was changed.")
        async with page.services.pool.acquire() as connection:
            await self._recognise(page, connection)
            if turned_away := _turn_away(page, route):
                return turned_away
            if route.method == "GET" and not route.streams:
                page.connection = connection
                async with seen_by(connection, page.maybe_visitor):
                    return await route.handler(page, **values)
        # Nothing is read from a stranger, and a slow form holds no connection.
        if route.method == "POST" and not route.streams:
            page.sent = await _read_form(page, route.limit)
        if route.method == "POST":
            _check_token(page)
        if route.streams:
            return await route.handler(page, **values)
        async with page.connect() as connection:
            page.connection = connection
            return await route.handler(page, **values)

    async def _recognise(self, page: Page, connection: Any) -> None:  # noqa: ANN401 - the pool's connection
        token = page.cookies.get(self._cookies.session)
        if token:
            page.maybe_visitor = await find_visitor(connection, token, page.services.clock.now())
        if page.maybe_visitor and page.maybe_visitor.workspace_id and not page.wants_fragment:
            async with seen_by(connection, page.maybe_visitor):
                page.counts = await self._counts(connection, page.actor)


def _compress(response: Response, accepted: str) -> None:
    """Compress a page for a browser that takes it: rows of a list are a tenth of their size then.

    What is secret in a page (the forms' token) is masked anew for each, so that its size tells nothing.
    """
    if not response.headers.get("content-type", "").startswith("text/html") or len(response.body) < _LEAST_COMPRESSED:
        return
    response.headers.add_vary_header("Accept-Encoding")
    if b"gzip" in accepted_encodings(accepted.encode("latin-1")):
        response.body = gzip.compress(response.body, _COMPRESSION, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))


def _turn_away(page: Page, route: PageRoute) -> Response | None:
    """Return where a request goes that may not have what it asks for, or None where it may.

    Raises:
        ApiError: 403 for a role that is too low.
    """
    visitor = page.maybe_visitor
    if route.role is not None:
        if visitor is None:
            back = page.address if route.method == "GET" and not page.wants_fragment else _came_from(page)
            return page.redirect(f"{_SIGN_IN}?next={quote(back, safe='/')}")
        if route.workspace and (visitor.workspace_id is None or visitor.role is None):
            return page.redirect("/workspaces")
        if route.workspace and not has_role(visitor.role, route.role):
            raise ApiError(403, "insufficient_role", "Your role in this workspace does not reach as far as this page.")
    return None


def _check_token(page: Page) -> None:
    """Return where a form comes from a page of ours.

    Raises:
        ApiError: 403 where it does not.
    """
    token = page.headers.get("x-csrf-token") or page.field("csrf")
    if not csrf_token_fits(token, page.csrf_secret, page.csrf_purpose):
        raise ApiError(
            403,
            "http_exception",
            "This page had been open since before you signed in or changed to another workspace; nothing was"
            " changed. Load it again and repeat what you did.",
        )


def _came_from(page: Page) -> str:
    """Return the page that a form or a fragment belongs to, as the browser tells it."""
    address = page.headers.get("hx-current-url") or page.headers.get("referer") or "/"
    _, _, rest = address.partition("://")
    return local_path("/" + rest.partition("/")[2])


async def _read_form(page: Page, limit: int) -> FormData:
    """Return what was sent.

    Raises:
        ApiError: 413 for too much of it, 415 for no form, 400 for a broken one.
    """
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    pieces: AsyncIterator[bytes] = read_pieces(page.receive, page.headers.get("content-length"), limit)
    try:
        if kind == "multipart/form-data":
            data = await MultiPartParser(page.headers, pieces, max_files=20, max_fields=1000).parse()  # type: ignore[arg-type]
        elif kind == "application/x-www-form-urlencoded":
            data = await FormParser(page.headers, pieces).parse()  # type: ignore[arg-type]
        elif not kind:
            async for _ in pieces:
                raise ApiError(415, "http_exception", "Say what the form comes as: application/x-www-form-urlencoded.")
            return FormData()
        else:
            raise ApiError(415, "http_exception", "Forms come as application/x-www-form-urlencoded.")
    except (MultiPartException, HTTPException, ValueError, KeyError):
        raise ApiError(400, "http_exception", "The form arrived broken; nothing was changed.") from None
    if any("\0" in name or (isinstance(value, str) and "\0" in value) for name, value in data.multi_items()):
        raise ApiError(400, "http_exception", "The form has a character in it that no text has (NUL).")
    return data


def _refusal(page: Page, error: ApiError) -> Response:
    """Return the page for an expected failure; htmx gets the words alone, and tells them in a toast."""
    if page.wants_fragment:
        response = page.say(Response(status_code=error.status), error.message)
        response.headers["hx-reswap"] = "none"
    else:
        response = page.render("web/error.html", status=error.status, title=_TITLES.get(error.status), error=error)
    response.headers.update({name.decode(): value.decode() for name, value in error.headers})
    return response


def _failure(page: Page) -> Response:
    error = ApiError(500, "internal_error", f"Something went wrong on our side. Quote request {page.id}.")
    with contextlib.suppress(Exception):
        return _refusal(page, error)
    return Response(error.message, 500, media_type="text/plain")  # where even the shell cannot be made


_TITLES = {
    403: "This is not for your role",
    404: "There is nothing here",
    405: "That is not done here",
    413: "That is too large",
    500: "Something went wrong",
}


def _client_ip(page: Page) -> str:
    """Return the client's address: the connection's, or the nearest that a trusted proxy names."""
    forwarded = page.headers.get("x-forwarded-for")
    if page.services.settings.trust_proxy and forwarded:
        return forwarded.rpartition(",")[2].strip()[:64]
    return page.client.host if page.client else ""
