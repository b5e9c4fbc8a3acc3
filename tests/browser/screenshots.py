"""Pictures of every page, for people to look at: ``python -m tests.browser.screenshots`` (``make screenshots``).

Three workspaces show each page empty, as a team uses it, and full, and forms what they say to nonsense; each is seen in
light, in dark and on a phone. Pages are those of the application's routes, so that a new one is among them at once.
"""

import argparse
import asyncio
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg
from bench.page_data import Size, load_scene
from bench.server import running_server
from playwright.async_api import async_playwright

from pivotal_server.app import PAGES, doc_library
from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from pivotal_server.core.migrations import migrate
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import storage_of
from pivotal_server.demo.keys import DEMO_SLUG
from pivotal_server.demo.seed import seed
from pivotal_server.identity.sessions import start_session
from pivotal_server.provisioning import provision_workspace
from pivotal_server.web.routes import PageRoute

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

    from pivotal_server.core.db import Connection

ROOT = Path(__file__).parents[2]
FULL = Size(10_000, 2_000)
# A page may be as long as it likes; a picture of it may not.
LONGEST_PX = 4_000
_PLACE = re.compile(r"{(\w+)(?::\w+)?}")
# What a name in a path stands for: a reference of one of them, that which has most to show first.
REFERENCES = {
    "customer": """SELECT display_id::text FROM customers c WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY (
        SELECT count(*) FROM onboardings o WHERE o.workspace_id = $1 AND o.customer_id = c.id) DESC LIMIT 1""",
    "onboarding": """SELECT display_id::text FROM onboardings o WHERE workspace_id = $1 AND deleted_at IS NULL
        ORDER BY completed_at IS NULL DESC, (SELECT count(*) FROM comments m WHERE m.workspace_id = $1
            AND m.onboarding_id = o.id) DESC, started_at LIMIT 1""",
    "task": """SELECT display_id::text FROM tasks WHERE workspace_id = $1 AND status = 'open' AND deleted_at IS NULL
        LIMIT 1""",
    "contact": """SELECT id FROM contacts WHERE workspace_id = $1 AND customer_id IS NOT NULL AND deleted_at IS NULL
        LIMIT 1""",
    "lead": """SELECT display_id::text FROM contacts WHERE workspace_id = $1 AND status = 'open' AND deleted_at IS NULL
        ORDER BY last_message_at DESC NULLS LAST, display_id LIMIT 1""",
    "pipeline": "SELECT display_id::text FROM pipelines WHERE workspace_id = $1 ORDER BY position LIMIT 1",
    "stage": "SELECT 'contacted' FROM workspaces WHERE id = $1",
    "comment": "SELECT id FROM comments WHERE workspace_id = $1 AND author_id = $2 ORDER BY created_at DESC LIMIT 1",
    "api_key": "SELECT id FROM api_keys WHERE workspace_id = $1 LIMIT 1",
    "member": "SELECT person_id FROM memberships WHERE workspace_id = $1 AND role = 'member' LIMIT 1",
    "template": "SELECT display_id::text FROM templates WHERE workspace_id = $1 ORDER BY display_id LIMIT 1",
    "phase": "SELECT key FROM phases WHERE workspace_id = $1 ORDER BY position LIMIT 1",
    "custom_field": "SELECT id FROM custom_fields WHERE workspace_id = $1 LIMIT 1",
    "template_task": """SELECT v.content::jsonb -> 'tasks' -> 0 ->> 'key' FROM template_versions v
        JOIN templates m ON m.workspace_id = v.workspace_id AND m.id = v.template_id
        WHERE v.workspace_id = $1 AND v.task_count > 0 ORDER BY m.display_id, v.number LIMIT 1""",
    "version": "SELECT number::text FROM template_versions WHERE workspace_id = $1 ORDER BY number LIMIT 1",
    "endpoint": "SELECT id FROM webhook_endpoints WHERE workspace_id = $1 LIMIT 1",
    "delivery": "SELECT id FROM deliveries WHERE workspace_id = $1 LIMIT 1",
    "message": "SELECT 'reminder' FROM workspaces WHERE id = $1",
    "saved_view": "SELECT id FROM saved_views WHERE workspace_id = $1 LIMIT 1",
}
_DEMO = f"SELECT id FROM workspaces WHERE slug = '{DEMO_SLUG}'"
_OWNER = "SELECT person_id FROM memberships WHERE workspace_id = $1 ORDER BY role = 'owner' DESC LIMIT 1"
# Files and streams; what leads elsewhere; what only people with a link of their own get to.
_NO_PAGES = re.compile(
    r"\.csv$|/download$|/export$|^/live$|^/attachments/|^/brand|^/sign-in/sso|^/invitations/|^/dev/mail/"
)
# What a page also shows, by what its address says.
_ALSO = {
    "/onboardings": ("?as=list", "?as=lanes", "?as=calendar"),
    "/leads": ("?as=list",),
    "/leads/{lead}/move": ("?to=lost",),
    "/search": ("?q=aurora", "?q=rollout"),
}
_STATES = ("empty", "normal", "full", "failing")
_LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}
_FORMS = re.compile(r"/(new|edit|paste|launch|status|transfer|delete|remove)$")
_MISSING = ("/customers/{customer}", "/onboardings/{onboarding}", "/leads/{lead}", "/tasks/{task}")
_EMPTY_FORM = """
(form) => {
  form.noValidate = true;
  for (const field of form.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea")) {
    field.value = "";
  }
  setTimeout(() => form.requestSubmit());
}
"""
_IS_QUIET = "() => document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')"


class Workspace(NamedTuple):
    """One of the workspaces that are looked at.

    Attributes:
        state: what it shows: ``empty``, ``normal`` or ``full``.
        session: the token of a session of its owner's.
    """

    state: str
    workspace_id: str
    person_id: str
    session: str


def main() -> None:
    """Take the pictures that the command line asks for; exit with status 1 where a page failed."""
    parser = argparse.ArgumentParser(prog="make screenshots", description="Take pictures of every page.")
    parser.add_argument("--only", default="", metavar="TEXT", help="pages whose path has this in it")
    parser.add_argument("--state", choices=_STATES, help="one state instead of all")
    parser.add_argument("--to", type=Path, default=ROOT / "screenshots", help="where to (screenshots/)")
    options = parser.parse_args()
    states = [options.state] if options.state else list(_STATES)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pivotal-screenshots-")))
        os.environ["PIVOTAL_DATA"] = str(place / "data")
        postgres = stack.enter_context(EmbeddedPostgres(place / "postgres"))
        failed = asyncio.run(take(postgres.dsn, place, states, options.only, options.to))
    for problem in failed:
        _tell(f"FAILED {problem}")
    _tell(f"Written to {options.to}: open index.html")
    sys.exit(1 if failed else 0)


async def take(dsn: str, place: Path, states: Sequence[str], only: str, into: Path) -> list[str]:
    """Take the pictures of some states.

    Args:
        dsn: of a database with nothing in it.
        place: directory for what is only needed meanwhile.
        states: which.
        only: part of the paths that are wanted.
        into: directory for the pictures; what is there goes.

    Returns:
        What went wrong.
    """
    connection = await asyncpg.connect(dsn)
    await migrate(connection)
    workspaces = [await _make(connection, state) for state in states]
    routes = [route for route in pages() if only in route.path]
    shutil.rmtree(into, ignore_errors=True)
    found = subprocess.run([ROOT / "tools" / "chromium"], check=True, capture_output=True, text=True)  # noqa: ASYNC221
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    problems = []
    with running_server(dsn, place / "server.log") as server:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=found.stdout.strip(), args=flags)
            for workspace in workspaces:
                paths = [(route, await _path(connection, workspace, route)) for route in routes]
                open_paths: list[tuple[PageRoute | None, str]] = [
                    (route, path + query)
                    for route, path in paths
                    if path is not None
                    for query in ("", *_ALSO.get(route.path, ()))
                ]
                if workspace.state == "normal":
                    open_paths += [(None, path) for path in _docs() if only in path]
                if workspace.state == "failing":
                    open_paths = [(route, path) for route, path in open_paths if _FORMS.search(path)] + _missing(routes)
                base = f"http://127.0.0.1:{server.port}"
                problems += await _picture(browser, base, workspace, open_paths, into / workspace.state)
            await browser.close()
    await connection.close()
    (into / "index.html").write_text(_index(into), encoding="utf-8")
    return problems


async def _make(connection: "Connection", state: str) -> Workspace:
    now = datetime.now(UTC)
    _tell(f"Making what is {state}")
    match state:
        case "empty":
            owner = "maya@harbour.example"
            made = await provision_workspace(connection, slug="harbour", name="Harbour", now=now, owner_email=owner)
            workspace_id = made.id
        case "normal" | "failing":
            workspace_id = await connection.fetchval(_DEMO) or (await seed(connection, storage_of(Settings()), now)).id
        case _:
            workspace_id = (await load_scene(connection, "full", FULL, lambda _: None)).workspace_id
    person_id = await connection.fetchval(_OWNER, workspace_id)
    session = await start_session(
        connection, person_id, ip="127.0.0.1", user_agent="Chromium", now=now, workspace_id=workspace_id
    )
    return Workspace(state, workspace_id, person_id, session)


def pages() -> Iterable[PageRoute]:
    """Return the routes of all pages that there are pictures of."""
    for collection in PAGES:
        for route in collection.routes:
            if route.method == "GET" and not _NO_PAGES.search(route.path):
                yield route


def names_of(route: PageRoute) -> list[str]:
    """Return the names in a page's path."""
    return [match.group(1) for match in _PLACE.finditer(route.path)]


async def _path(connection: "Connection", workspace: Workspace, route: PageRoute) -> str | None:
    """Return a path of the page in this workspace, or None where it has nothing of the kind."""
    path = route.path
    for match in _PLACE.finditer(route.path):
        sql = REFERENCES.get(match.group(1))
        if sql is None:
            raise LookupError(f"REFERENCES has no {match.group(1)}, which is in {route.path}")
        values = (workspace.workspace_id, workspace.person_id)
        reference = await connection.fetchval(sql, *values[: 2 if "$2" in sql else 1])
        if reference is None:
            return None
        path = path.replace(match.group(0), str(reference))
    return path


async def _picture(
    browser: "Browser", base: str, workspace: Workspace, paths: Sequence[tuple[PageRoute | None, str]], into: Path
) -> list[str]:
    problems = []
    for look, options in _LOOKS.items():
        context = await browser.new_context(base_url=base, locale="en-GB", reduced_motion="reduce", **options)
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        for route, path in paths:
            await _enter(context, base, workspace, route)
            answer = await page.goto(path, wait_until="load")
            status = answer.status if answer else 0
            if workspace.state == "failing" and status < 400:
                await _send_nonsense(page)
            name = path.strip("/").replace("/", "_").replace("?", "-") or "home"
            await _shoot(page, into / f"{name}-{look}.png")
            if status >= 500:
                problems.append(f"{workspace.state} {path}: {status}")
        await context.close()
    return problems


async def _enter(context: "BrowserContext", base: str, workspace: Workspace, route: PageRoute | None) -> None:
    """Be signed in on the pages that want it, and a stranger on the others."""
    await context.clear_cookies()
    if route is not None and route.role is not None:
        await context.add_cookies([{"name": "pivotal_session", "value": workspace.session, "url": base}])


def _docs() -> Iterator[str]:
    """Yield paths of the documentation: its beginning, each section, a page of each, and what was sought."""
    yield from ("/docs", "/docs/search?q=webhook", "/docs/nowhere")
    for section in doc_library(Settings()).sections:
        yield section.address
        yield section.documents[-1].address


def _missing(routes: Iterable[PageRoute]) -> list[tuple[PageRoute | None, str]]:
    """Return pages of what is not there."""
    return [(route, _PLACE.sub("999999", route.path)) for route in routes if route.path in _MISSING]


async def _send_nonsense(page: "Page") -> None:
    """Send the page's form with its words taken out, as a browser would never do that checks it first."""
    form = page.locator("main form[method=post]").last
    if await form.count():
        async with page.expect_response(lambda answer: answer.request.method == "POST"):
            await form.evaluate(_EMPTY_FORM)
        await page.wait_for_load_state("load")


async def _shoot(page: "Page", file: Path) -> None:
    await page.wait_for_function(_IS_QUIET)
    height = int(await page.evaluate("document.documentElement.scrollHeight"))
    size = page.viewport_size
    assert size is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(max(height, size["height"]), LONGEST_PX)}
    await page.screenshot(path=file, full_page=True, clip=clip)  # type: ignore[arg-type]  # a FloatRect


def _index(into: Path) -> str:
    """Return a page that shows all pictures, state by state."""
    parts = ["<!doctype html><meta charset=utf-8><title>Screenshots</title>"]
    for state in sorted(path for path in into.iterdir() if path.is_dir()):
        parts.append(f"<h1>{state.name}</h1>")
        for file in sorted(state.glob("*.png")):
            source = html.escape(f"{state.name}/{file.name}")
            parts.append(
                f'<figure><figcaption>{source}</figcaption><img loading="lazy" width="480" src="{source}"></figure>'
            )
    return "\n".join(parts)


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
