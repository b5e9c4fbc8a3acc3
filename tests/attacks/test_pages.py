"""All pages under attack: scripts in every text, stored or reflected; forms without a token; ways to lead elsewhere.

Fabrikam has one of each thing, and every text of it is the attacker's. Every page is read the way a browser reads it.
"""

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.web.routes import PageRoute
from tests.harness import World
from tests.tenancy.test_pages import filled, pages
from tests.tenancy.test_tenancy import Owned, belongings
from tests.tenancy.test_tenancy import theirs as their_things
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

theirs = their_things  # the fixture
PROBE = """x"'`></title></textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"""
# What people write; the other columns of text hold what the product itself has put there, or has looked at.
WRITTEN = re.compile(
    r"name|title|summary|description|notes|body|reason|.*_name|completed_by|user_agent|plan|note|subject|label|text"
)
# Their names stand in what is checked: a page of theirs would be of somebody else.
KEPT = {("facets", "name"), ("tags", "tag")}
COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
WHERE c.table_schema = 'public' AND c.data_type = 'text' AND t.table_type = 'BASE TABLE'
    AND (t.table_name IN ('people', 'workspaces') OR EXISTS (
        SELECT FROM information_schema.columns w WHERE w.table_name = t.table_name AND w.column_name = 'workspace_id'))
"""
# Anything that an address of a page may be asked with.
ASKED = (
    *(
        "q",
        "after",
        "before",
        "cursor",
        "sort",
        "status",
        "plan",
        "tag",
        "owner",
        "state",
        "template",
        "customer",
        "view",
    ),
    *(
        "next",
        "type",
        "actor",
        "phase",
        "lane",
        "month",
        "group",
        "last",
        "date",
        "to",
        "from",
        "columns",
        "name",
        "key",
    ),
)
BROWSER = {"accept": "text/html"}
ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example")
ENDS = {"/sign-out", "/settings/sessions/{session}/end"}
_URLS = {"href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "srcset"}
_SAFE = re.compile(r"(?!//|/\\)(/|#|\?|https?://|mailto:|data:image/)|$", re.IGNORECASE)


class Reader(HTMLParser):
    """Reads a page as a browser does, and notes whatever in it would run, or lead where scripts are."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and not given.get("src", "").startswith("/assets/"):
            self.found.append(f"<script> {given}")
        if tag in {"base", "object", "embed", "iframe", "style"}:
            self.found.append(f"<{tag}> {given}")
        for name, value in given.items():
            runs = name.startswith(("on", "hx-on")) or name == "style"
            if runs or (name in _URLS and not _SAFE.match(value.strip())):
                self.found.append(f"<{tag} {name}={value!r}>")


def dangers(text: str) -> list[str]:
    reader = Reader()
    reader.feed(text)
    return reader.found


def test_the_reader_finds_what_it_looks_for() -> None:
    for text in (
        PROBE,
        '<p onclick="x">',
        '<p style="x">',
        '<a href=" javascript:x">',
        '<a href="//evil.example">',
        '<form action="/\\evil.example">',
    ):
        assert dangers(text), text
    fine = '<a href="/customers?x=1"><script src="/assets/app.js"></script><img src="data:image/png;base64,">'
    assert not dangers(fine)


@pytest.fixture
async def poisoned(connection: "Connection", theirs: Owned) -> int:  # noqa: ARG001 - it has to be there
    """Put the probe into whatever somebody may have written; the number of columns that took it."""
    taken = 0
    for table, column in await connection.fetch(COLUMNS):
        if WRITTEN.fullmatch(column) and (table, column) not in KEPT:
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table} WHERE {column} IS NOT NULL)"):
                taken += 1
            await connection.execute(f"UPDATE {table} SET {column} = $1 WHERE {column} IS NOT NULL", PROBE)
    return taken


async def test_what_somebody_wrote_never_runs_on_any_page(fabian: Visitor, theirs: Owned, poisoned: int) -> None:
    assert poisoned > 25
    shown, wrong = 0, []
    for route in pages():
        if route.method == "GET":
            path = filled(route, theirs, 0)
            for fragment in (False, True):
                answer = await fabian.get(path, fragment=fragment)
                wrong += [f"{path}: {answer.status_code}"] if answer.status_code >= 500 else []
                if answer.headers.get("content-type", "").startswith("text/html"):
                    shown += "alert(1)" in answer.text
                    wrong += [f"{path}: {found}" for found in dangers(answer.text)]
    assert not wrong
    assert shown > 40


async def test_what_an_address_says_never_runs_on_any_page(fabian: Visitor, theirs: Owned) -> None:
    wrong = []
    for route in pages():
        if route.method == "GET":
            for query in (dict.fromkeys(ASKED, PROBE), *({name: PROBE} for name in ASKED if "{" not in route.path)):
                answer = await fabian.client.get(filled(route, theirs, 0), params=query, headers=BROWSER)
                wrong += [f"{route.path} {query}: {answer.status_code}"] if answer.status_code >= 500 else []
                if answer.headers.get("content-type", "").startswith("text/html"):
                    wrong += [f"{route.path} {list(query)}: {found}" for found in dangers(answer.text)]
    assert not wrong


async def test_no_form_works_without_its_token(
    fabian: Visitor, connection: "Connection", world: World, theirs: Owned
) -> None:
    before = await belongings(connection, world.fabrikam.id)
    wrong = []
    for route in pages():
        if route.method == "POST":
            for fields in ({}, {"csrf": "x"}, {"csrf": await another_token(fabian)}):
                answer = await fabian.client.post(filled(route, theirs, 0), data=fields)
                wrong += [f"{route.path}: {answer.status_code}"] if answer.status_code != 403 else []
    assert not wrong
    assert await belongings(connection, world.fabrikam.id) == before


async def another_token(visitor: Visitor) -> str:
    """Return a token as if it were of another session: with its last letters turned round."""
    token = await visitor.token()
    return token[:-4] + token[-4:].swapcase()


async def test_no_page_leads_off_our_site(fabian: Visitor, theirs: Owned) -> None:
    wrong, token = [], await fabian.token()
    for route in pages():
        # A session that has ended leads to the sign-in, whatever else it is asked.
        if route.path in ENDS:
            continue
        for target in ELSEWHERE:
            answer = await told_to_lead(fabian, route, filled(route, theirs, 0), target, token)
            for name in ("location", "hx-redirect", "hx-push-url", "hx-location"):
                place = answer.headers.get(name, "/")
                if not place.startswith("/") or place.startswith(("//", "/\\")):
                    wrong.append(f"{route.method} {route.path}: {place}")
    assert not wrong
    assert (await fabian.get("/customers")).status_code == 200


async def told_to_lead(visitor: Visitor, route: PageRoute, path: str, target: str, token: str) -> httpx.Response:
    """Return the answer of a page that is told in every way at once to lead elsewhere."""
    fields = dict.fromkeys(("next", "back", "from", "came_from", "return_to", "undo"), target)
    headers = {**BROWSER, "referer": target, "hx-current-url": target}
    if route.method == "GET":
        return await visitor.client.get(path, params=fields, headers=headers)
    return await visitor.client.post(path, params=fields, data={**fields, "csrf": token}, headers=headers)


async def test_no_page_can_be_framed_sniffed_or_kept(fabian: Visitor, theirs: Owned) -> None:
    wrong = []
    for route in pages():
        if route.method == "GET":
            for path in (filled(route, theirs, 0), filled(route, theirs, 0) + "/nowhere"):
                headers = (await fabian.get(path)).headers
                policy = headers.get("content-security-policy", "")
                kept = headers.get("cache-control", "")
                fine = (
                    "frame-ancestors 'none'" in policy
                    and "script-src 'self';" in policy
                    and "unsafe" not in policy
                    and headers.get("x-content-type-options") == "nosniff"
                    and ("no-store" in kept or "immutable" in kept)
                )
                wrong += [] if fine else [f"{path}: {dict(headers)}"]
    assert not wrong
