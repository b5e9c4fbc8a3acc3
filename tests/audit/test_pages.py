"""The audit log in the settings: everything that happened, narrowed, looked through in bounded steps, as a file."""

import csv
import io
import re
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.audit import queries
from tests.harness import World
from tests.support import SteeredClock, body_of, create_customer, create_onboarding
from tests.visitors import Visitor
from tests.webhooks.support import create_endpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/audit"
_ENTRY = re.compile(r'<span class="audit-what">([^<]*?) *<')
_MORE = re.compile(r'<a class="button ghost" href="(/settings/audit\?[^"]+)"')
# Entries a second apart, the last at $2.
_MANY = """
INSERT INTO activity (workspace_id, id, created_at, type, summary, actor_type, actor_id, actor_name, livemode,
    subject_type, subject_id, data)
SELECT $1, 'e' || n, $2::timestamptz - n * interval '1 second', 'customer.updated', 'Entry ' || n, 'person',
    'p' || n % 2, 'Person ' || n % 2, true, 'customer', 'c' || n % 3, '{}'
FROM generate_series(1, $3) n
"""


def entries(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return _ENTRY.findall(page.text)


def next_of(page: httpx.Response) -> str | None:
    more = _MORE.search(page.text)
    return more.group(1).replace("&amp;", "&") if more else None


async def lines_of(visitor: Visitor, query: str = "") -> list[list[str]]:
    answer = await visitor.get(f"{PATH}.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


async def test_everything_is_told_with_who_and_from_where(
    maya: Visitor, api: httpx.AsyncClient, test_api: httpx.AsyncClient, world: World
) -> None:
    await maya.submit("/customers", {"name": "Aurora", "status": "active"})
    made = await api.post("/customers", json={"name": "Borealis"})
    await create_customer(test_api, name="Cirrus")
    endpoint = await create_endpoint(api, url="https://hooks.aurora.example/secret-path?token=1")
    body_of(await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"url": "https://other.example/hidden"}))
    page = await maya.get(PATH)
    assert len(entries(page)) == 5
    for words in (world.maya.name, "API: northwind-live", "API: northwind-test", "127.0.0.1"):
        assert words in page.text
    assert made.headers["x-request-id"] in page.text
    assert "https://other.example" in page.text
    for secret in ("secret-path", "token=1", "hidden", endpoint["secret"]):
        assert f"{secret}<" not in page.text
        assert f"/{secret}" not in page.text


async def test_what_was_done_cannot_become_markup_or_a_formula(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name="=HYPERLINK(1)")
    body_of(await api.patch(f"/customers/{customer['id']}", json={"name": "<script>alert(1)</script>"}))
    page = (await maya.get(PATH)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert not [cell for line in await lines_of(maya) for cell in line if cell.startswith(("=", "+", "@"))]


async def test_the_log_is_narrowed_by_its_address(maya: Visitor, api: httpx.AsyncClient, world: World) -> None:
    await maya.submit("/customers", {"name": "Aurora", "status": "active"})
    customer = await create_customer(api, name="Borealis")
    await create_onboarding(api, customer["id"])
    everything = len(entries(await maya.get(PATH)))
    assert everything >= 3
    assert len(entries(await maya.get(PATH, actor=world.maya.id))) == 1
    assert len(entries(await maya.get(PATH, type="customer"))) == 2
    assert len(entries(await maya.get(PATH, type="customer.created", actor=world.maya.id))) == 1
    assert len(entries(await maya.get(PATH, subject=customer["id"]))) == 1
    assert entries(await maya.get(PATH, type="webhook_endpoint")) == []
    assert len(entries(await maya.get(PATH, since="2026-03-02T08:59", until="2026-03-02T09:30"))) == everything
    assert entries(await maya.get(PATH, until="2026-03-02T08:59")) == []
    chips = (await maya.get(PATH, actor=world.maya.id, type="customer")).text
    assert f"Remove the filter Who is {world.maya.name}" in chips
    assert "Remove the filter What is Customers" in chips
    assert f'href="{PATH}.csv?actor={world.maya.id}&amp;type=customer"' in chips


@pytest.mark.parametrize("query", ["type=Task", "type=a.b.c", "since=x", "after=x", f"subject={'x' * 101}"])
async def test_what_the_log_cannot_be_asked_for_is_refused(maya: Visitor, query: str) -> None:
    assert (await maya.get(f"{PATH}?{query}")).status_code == 400
    assert (await maya.get(f"{PATH}.csv?{query}")).status_code == 400


async def test_the_log_is_read_page_by_page_and_whole_as_a_file(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await connection.execute(_MANY, world.northwind.id, clock.now(), 2100)
    seen: list[str] = []
    address: str | None = f"{PATH}?actor=p1&subject=c1"
    while address:
        page = await maya.get(address, fragment=bool(seen))
        assert ("<html" in page.text) is (not seen)
        seen += entries(page)
        address = next_of(page)
    expected = [f"Entry {number}" for number in range(1, 2101) if number % 2 == 1 and number % 3 == 1]
    assert seen == expected
    lines = await lines_of(maya)
    assert [line[5] for line in lines[1:]] == [f"Entry {number}" for number in range(1, 2101)]
    assert all(len(line) == len(lines[0]) == 12 for line in lines)
    assert [line[5] for line in await lines_of(maya, "?actor=p1&subject=c1")][1:] == expected


async def test_one_look_goes_back_so_far_and_the_next_goes_on(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await connection.execute(_MANY, world.northwind.id, clock.now(), queries.MOST_LOOKED_AT + 10)
    for number in (queries.MOST_LOOKED_AT + 1, queries.MOST_LOOKED_AT + 9):
        await connection.execute("UPDATE activity SET subject_id = 'needle' WHERE id = $1", f"e{number}")
    first = await maya.get(PATH, subject="needle")
    assert entries(first) == []
    assert "Look further back" in first.text
    more = next_of(first)
    assert more
    second = await maya.get(more, fragment=True)
    expected = [f"Entry {queries.MOST_LOOKED_AT + 1}", f"Entry {queries.MOST_LOOKED_AT + 9}"]
    assert entries(second) == expected
    assert "Look further back" not in second.text
    assert [line[5] for line in await lines_of(maya, "?subject=needle")][1:] == expected


async def test_members_have_no_audit_log(tomas: Visitor) -> None:
    assert (await tomas.get(PATH)).status_code == 403
    assert (await tomas.get(f"{PATH}.csv")).status_code == 403
