"""A stage for components: a page of the app's own frame, styles, scripts and headers that shows what a test says."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
from playwright.async_api import Page, Request, Route

from pivotal_server.web.assets import Assets
from pivotal_server.web.forms import Form
from pivotal_server.web.rendering import Renderer
from pivotal_server.web.security import PAGE_HEADERS
from pivotal_server.web.shell import Entry

ORIGIN = "http://localhost"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_PAGE = SimpleNamespace(
    csrf="token-of-the-page",
    brand=None,
    toast=None,
    url=SimpleNamespace(path="/stage"),
    visitor=SimpleNamespace(
        workspace_id="org_1", workspace_name="Northwind", person_id="per_1", person_name="Maya Chen", in_sample=False
    ),
)
_FRAME = """{% extends "web/layout.html" %}
{% block title %}Stage{% endblock %}
{% block content %}<h1 class="unseen">Stage</h1>CONTENT{% endblock %}"""

Answer = str | tuple[int, dict[str, str], str]
Respond = Callable[[Request], Answer | Awaitable[Answer]]


@functools.cache  # compiling the components takes a tenth of a second
def _renderer() -> Renderer:
    return Renderer(Assets.load(), (Entry("Stage", "/stage", "rocket", keys="g s"),), ())


class Stage:
    """What the browser takes for a server.

    Args:
        page: whose requests are answered here, all of them.

    Attributes:
        requests: method, path and body of what the page sent, assets aside.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[tuple[str, str, str]] = []
        self._answers: dict[str, Respond] = {}
        self._templates = _renderer()._environment
        self._assets = httpx.AsyncClient(transport=httpx.ASGITransport(Assets.load()), base_url=ORIGIN)

    def render(self, template: str, **context: Any) -> str:  # noqa: ANN401 - the template's
        """Return the HTML of a piece of template, which knows ``ui`` and ``form(values, errors)``."""
        given = {"page": _PAGE, "now": NOW, "form": _form, **context}
        return self._templates.from_string(template).render(given)

    def answer(self, path: str, answer: Respond | Answer) -> None:
        """Say what a path answers: HTML, or status, headers and HTML."""
        self._answers[path] = answer if callable(answer) else lambda _: answer

    async def show(self, content: str, **context: Any) -> None:  # noqa: ANN401 - likewise
        """Open a page with this template as its content."""
        self.answer("/stage", self.render(_FRAME.replace("CONTENT", content), **context))
        await self.page.route("**/*", self._respond)
        await self.page.goto(f"{ORIGIN}/stage")
        await self.page.wait_for_load_state("networkidle")

    async def _respond(self, route: Route, request: Request) -> None:
        path = httpx.URL(request.url).path
        if path.startswith("/assets/"):
            asset = await self._assets.get(path, headers={"accept-encoding": "identity"})
            await route.fulfill(status=asset.status_code, headers=dict(asset.headers), body=asset.content)
            return
        self.requests.append((request.method, path, request.post_data or ""))
        found = self._answers[path](request)
        answer = await found if inspect.isawaitable(found) else found
        status, headers, body = (200, {}, answer) if isinstance(answer, str) else answer
        html = {"content-type": "text/html; charset=utf-8", **PAGE_HEADERS, **headers}
        await route.fulfill(status=status, headers=html, body=body)


def _form(values: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> Form[Any]:
    made: Form[Any] = Form(values or {})
    made.errors = errors or {}
    return made
