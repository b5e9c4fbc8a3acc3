"""Finds what answers a request: an API route, by its path's segments in a dictionary; else a page or an asset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from fastapi import APIRouter

from pivotal_server.core.errors import ApiError
from pivotal_server.rest.dialect import dialect_at
from pivotal_server.rest.route import ApiRoute, Match, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from pivotal_server.rest.call import Services
    from pivotal_server.rest.dialect import Dialect

_Shape = tuple[str | None, ...]
_NOT_FOUND = 404
_API, _ASSETS = "/api/", "/assets/"


class PagesApp(Protocol):
    """The application of the pages."""

    def takes(self, path: str, accept: bytes) -> bool:
        """Return whether the answer to a path is a page."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""


class DocsApp(Protocol):
    """The application of the documentation."""

    def takes(self, path: str) -> bool:
        """Return whether a path is one of the documentation's."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""


class Dispatcher:
    """The ASGI application: API routes are answered here, the lifespan is the FastAPI application's.

    Args:
        app: handles the lifespan; it documents the routes but does not serve them.
        routers: whose ``ApiRoute`` routes are served.
        dialects: whose manners are kept at their paths, where there is no route as well.
        services: gives the process's services, once the application has started.
        pages: answers what is no API route's.
        assets: answers below ``/assets/``.
        docs: answers at the paths that it takes.
    """

    def __init__(
        self,
        app: ASGIApp,
        routers: Iterable[APIRouter],
        dialects: Sequence[Dialect],
        services: Callable[[], Services],
        pages: PagesApp,
        assets: ASGIApp,
        docs: DocsApp,
    ) -> None:
        self._app, self._pages, self._assets, self._docs = app, pages, assets, docs
        self._dialects, self._services = dialects, services
        self._by_shape: dict[_Shape, dict[str, ApiRoute]] = {}
        for router in routers:
            for route in router.routes:
                if isinstance(route, ApiRoute):
                    self._add(route)
        self._wild: dict[int, list[tuple[int, ...]]] = {}
        for shape in self._by_shape:
            places = tuple(place for place, segment in enumerate(shape) if segment is None)
            known = self._wild.setdefault(len(shape), [])
            if places not in known:
                known.append(places)
        for known in self._wild.values():
            known.sort(key=len)  # a path without parameters wins: /customers/count over /customers/{id}

    def _add(self, route: ApiRoute) -> None:
        shape = tuple(None if part.startswith("{") else part for part in route.path.split("/"))
        methods = self._by_shape.setdefault(shape, {})
        for method in route.methods or ():
            methods[method] = route
        if "GET" in methods:
            methods.setdefault("HEAD", methods["GET"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        match = self.match(scope["method"], _segments(scope))
        if dialect := dialect_at(self._dialects, path):
            await answer(self._services(), scope, receive, send, replace(match, dialect=dialect))
        elif match.refusal is None or match.refusal.status != _NOT_FOUND or path.startswith(_API):
            await answer(self._services(), scope, receive, send, match)
        elif path.startswith(_ASSETS):
            await self._assets(scope, receive, send)
        elif self._docs.takes(path):
            await self._docs(scope, receive, send)
        elif self._pages.takes(path, _accepted(scope)):
            await self._pages(scope, receive, send)
        else:
            await answer(self._services(), scope, receive, send, match)

    def match(self, method: str, parts: list[str]) -> Match:
        """Return the route for a method and the segments of a path, or the 404 or 405 that answers it."""
        for places in self._wild.get(len(parts), ()):
            shape = tuple(None if place in places else part for place, part in enumerate(parts))
            methods = self._by_shape.get(shape)
            if methods is None:
                continue
            route = methods.get(method)
            if route is not None:
                names = (part[1:-1] for part in route.path.split("/") if part.startswith("{"))
                return Match(route, dict(zip(names, (parts[place] for place in places), strict=True)))
            allow = ", ".join(sorted(methods)).encode()
            message = f"{method} is not allowed here. Allowed: {', '.join(sorted(methods))}."
            return Match(None, {}, ApiError(405, "http_exception", message, headers=((b"allow", allow),)))
        return Match(None, {}, ApiError(404, "http_exception", "There is nothing at this URL."))


def _segments(scope: Scope) -> list[str]:
    """Return the segments of the path; a slash that is written ``%2F`` is part of one, as whoever wrote it so means it.

    A NUL is in no path of ours, and PostgreSQL cannot hold it: it may not reach a statement.
    """
    path: str = scope["path"]
    if "\0" in path:
        return []
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" not in raw and b"%2F" not in raw:
        return path.split("/")
    return [unquote(part) for part in raw.decode("latin-1").split("/")]


def _accepted(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"accept"), b"")
