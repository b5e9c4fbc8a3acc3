"""The list of customers: its order, its filters, its pages and its file, with and without htmx."""

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.support import SteeredClock, body_of, create_customer, create_onboarding
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = '"><script>alert(1)</script>'
_NAME = re.compile(r'<th scope="row"><a href="(/customers/\d+-[^"]+)">([^<]*)</a>')


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [unescape(name) for _, name in _NAME.findall(response.text)]


async def follow(visitor: Visitor, address: str, *, fragment: bool = False) -> httpx.Response:
    parts = urlsplit(unescape(address))
    query: dict[str, Any] = dict(parse_qsl(parts.query))
    return await visitor.get(parts.path, fragment=fragment, **query)


@pytest.fixture
async def shop(api: httpx.AsyncClient, clock: SteeredClock) -> list[dict[str, Any]]:
    """Four customers that differ in everything that the list can tell apart."""
    for field in (
        {"key": "region", "name": "Sales region", "type": "select", "options": ["EMEA", "APAC"]},
        {"key": "stores", "name": "Stores", "type": "number"},
    ):
        body_of(await api.post("/custom_fields", json={"resource": "customer", **field}), 201)
    made = []
    for body in (
        {"name": "Aurora Outfitters", "domain": "aurora.example", "status": "active", "plan": "Pro", "arr": 500_00},
        {"name": "blue Heron", "status": "at_risk", "tags": ["retail"], "custom_fields": {"region": "EMEA"}},
        {"name": "Cobalt", "plan": "Solo", "arr": 900_00, "owner_email": "tomas@northwind.example"},
        {"name": "Dune", "tags": ["retail"], "custom_fields": {"region": "APAC", "stores": 12}},
    ):
        clock.advance(60)
        made.append(await create_customer(api, **body))
    return made


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-created", "DCbA"),
        ("created", "AbCD"),
        ("name", "AbCD"),
        ("-name", "DCbA"),
        ("-arr", "CA"),
        ("-updated", "DCbA"),
    ],
)
async def test_the_order_is_the_one_asked_for(maya: Visitor, shop: list[Any], sort: str, expected: str) -> None:
    assert len(shop) == 4
    assert "".join(name[0] for name in names(await maya.get("/customers", sort=sort))).startswith(expected)


@pytest.mark.parametrize(
    ("query", "expected", "sentence"),
    [
        ({"status": "at_risk"}, "b", ("Status", "is", "At risk")),
        ({"plan": "Pro"}, "A", ("Plan", "is", "Pro")),
        ({"owner": "tomas@northwind.example"}, "C", ("Owner", "is", "Tomas")),
        ({"owner": "nobody"}, "AbD", ("Owner", "is", "nobody")),
        ({"owner": "stranger@elsewhere.example"}, "", ("Owner", "is", "stranger@elsewhere.example")),
        ({"tag": "retail"}, "bD", ("Tag", "is", "retail")),
        ({"custom_fields[region]": "EMEA"}, "b", ("Sales region", "is", "EMEA")),
        ({"custom_fields[stores][gte]": "12"}, "D", ("Stores", "is at least", "12")),
        ({"custom_fields[stores][lte]": "11"}, "", ("Stores", "is at most", "11")),
        ({"q": "aurora.ex"}, "A", ("Name or domain", "has", "aurora.ex")),
        ({"q": "HERON"}, "b", ("Name or domain", "has", "HERON")),
        ({"q": "%"}, "", ("Name or domain", "has", "%")),
        ({"archived": "true"}, "", ("State", "is", "archived")),
        ({"tag": "retail", "status": "active", "custom_fields[region]": "APAC"}, "D", ("Tag", "is", "retail")),
    ],
)
async def test_filters_narrow_the_list_and_read_as_a_sentence(
    maya: Visitor, shop: list[Any], query: dict[str, Any], expected: str, sentence: tuple[str, ...]
) -> None:
    assert len(shop) == 4
    whole = await maya.get("/customers", sort="name", **query)
    assert "".join(name[0] for name in names(whole)) == expected
    chip = re.search(r'<span class="chip">(.*?)</span>\s*(?=<span|$)', whole.text, re.DOTALL)
    assert chip
    for word in sentence:
        assert word in unescape(whole.text)
    removals = re.findall(r'<a href="([^"]+)" aria-label="Remove the filter', whole.text)
    assert len(removals) == len(query)
    address = removals[0]
    for _ in range(len(query) - 1):
        again = await follow(maya, address)
        address = re.findall(r'<a href="([^"]+)" aria-label="Remove the filter', again.text)[0]
    assert len(names(await follow(maya, address))) == 4
    part = await maya.get("/customers", fragment=True, sort="name", **query)
    assert "<html" not in part.text
    assert names(part) == names(whole)


async def test_what_the_form_leaves_empty_asks_for_nothing(maya: Visitor, shop: list[Any]) -> None:
    empty: dict[str, Any] = {
        "status": "",
        "owner": "",
        "plan": " ",
        "tag": "",
        "custom_fields[stores][gte]": "",
        "q": "",
    }
    response = await maya.get("/customers", **empty)
    assert len(names(response)) == len(shop)
    assert 'class="chip"' not in response.text


@pytest.mark.parametrize("sort", ["name", "-name", "arr", "-arr", "created", "-created", "updated", "-updated"])
async def test_pages_follow_each_other_without_a_gap(
    maya: Visitor, connection: "Connection", api: httpx.AsyncClient, sort: str
) -> None:
    one = await create_customer(api, name="Same")
    await connection.execute(
        """INSERT INTO customers (workspace_id, id, display_id, name, status, arr, created_at, updated_at)
        SELECT workspace_id, 'c' || n, 1000 + n, 'Same ' || n / 40, status, n / 50,
            created_at + n * interval '1 second', updated_at + n / 10 * interval '1 second'
        FROM customers, generate_series(1, 119) n WHERE id = $1""",
        one["id"],
    )
    whole = await maya.get("/customers", sort=sort)
    assert "120 customers" in whole.text
    found, seen = _NAME.findall(whole.text), whole
    while more := re.search(r'hx-get="([^"]+after=[^"]+)"', seen.text):
        seen = await follow(maya, more.group(1), fragment=True)
        assert "<table" not in seen.text
        found += _NAME.findall(seen.text)
    assert len(found) == 120
    assert len({href for href, _ in found}) == 120


async def test_a_place_that_is_none_is_refused(maya: Visitor, shop: list[Any]) -> None:
    assert shop
    queries: list[dict[str, Any]] = [
        {"sort": "arr", "after": "x"},
        {"after": "yesterday"},
        {"sort": "nothing"},
        {"status": "x"},
    ]
    queries.append({"custom_fields[nothing]": "1"})
    for query in queries:
        assert (await maya.get("/customers", **query)).status_code == 400


async def test_a_row_tells_what_is_under_way(maya: Visitor, api: httpx.AsyncClient, shop: list[Any]) -> None:
    await create_onboarding(api, shop[0]["id"], target_launch_date="2026-09-01T00:00:00Z")
    page = (await maya.get("/customers", q="aurora")).text
    assert 'datetime="2026-09-01" title="1 Sep 2026"' in page
    assert re.search(r'<td class="number">1</td>', page)


async def test_many_are_counted_up_to_a_bound(maya: Visitor, connection: "Connection", api: httpx.AsyncClient) -> None:
    one = await create_customer(api, name="Aurora")
    await connection.execute(
        """INSERT INTO customers (workspace_id, id, display_id, name, status, created_at, updated_at)
        SELECT workspace_id, 'c' || n, 1000 + n, name, status, created_at + n * interval '1 second', updated_at
        FROM customers, generate_series(1, 10001) n WHERE id = $1""",
        one["id"],
    )
    assert "10,000+ customers" in (await maya.get("/customers")).text
    rows = list(csv.reader(io.StringIO((await maya.get("/customers.csv", q="aur")).text)))
    assert len(rows) == 10_003
    assert len({row[0] for row in rows}) == 10_003


async def test_the_file_is_the_list(maya: Visitor, api: httpx.AsyncClient, shop: list[Any]) -> None:
    assert shop
    await create_customer(api, name="=HYPERLINK(1)", tags=["retail"], custom_fields={"stores": 3})
    response = await maya.get("/customers.csv", tag="retail", sort="name")
    assert response.headers["content-type"].startswith("text/csv")
    assert "customers.csv" in response.headers["content-disposition"]
    head, *rows = csv.DictReader(io.StringIO(response.text)), *csv.DictReader(io.StringIO(response.text))
    assert head.fieldnames is not None
    assert [row["Name"] for row in rows] == ["'=HYPERLINK(1)", "blue Heron", "Dune"]
    assert rows[2]["Stores"] == "12"
    assert rows[2]["Sales region"] == "APAC"
    assert (await maya.get("/customers.csv", status="x")).status_code == 400


async def test_another_workspace_is_not_in_it(maya: Visitor, fabian: Visitor, shop: list[Any]) -> None:
    assert len(names(await maya.get("/customers"))) == len(shop)
    assert names(await fabian.get("/customers")) == []
    assert len((await fabian.get("/customers.csv")).text.splitlines()) == 1


async def test_nothing_typed_becomes_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    await create_customer(api, name=PROBE, domain="x.example", plan=PROBE, tags=[PROBE])
    queries: list[dict[str, Any]] = [{}, {"q": PROBE}, {"plan": PROBE}, {"tag": PROBE}, {"owner": PROBE}]
    for query in queries:
        for fragment in (False, True):
            assert "<script>alert" not in (await maya.get("/customers", fragment=fragment, **query)).text


async def test_an_empty_list_says_what_to_do(maya: Visitor) -> None:
    assert "No customers yet" in (await maya.get("/customers")).text
    assert "No customer is like that" in (await maya.get("/customers", q="x")).text


async def test_an_open_list_gets_the_rows_that_changed_and_how_many_are_new(
    maya: Visitor,
    api: httpx.AsyncClient,
    clock: SteeredClock,
    shop: list[dict[str, Any]],
    fabrikam_api: httpx.AsyncClient,
) -> None:
    made = clock.now().isoformat()
    clock.advance(60)
    aurora, heron, *_ = shop
    theirs = await create_customer(fabrikam_api, name="Fabrikam's own")
    body_of(await api.patch(f"/customers/{heron['id']}", json={"archived": True}))
    rows = ",".join((aurora["id"], heron["id"], theirs["id"], "nonsense"))
    now = await maya.get("/customers/rows", rows=rows, made=made, fragment=True)
    assert names(now) == ["Aurora Outfitters"]
    assert "data-news" not in now.text
    await create_customer(api, name=PROBE, tags=["retail"])
    await create_customer(api, name="Elm")
    now = await maya.get("/customers/rows", rows=aurora["id"], made=made)
    assert names(now) == ["Aurora Outfitters"]
    assert '<a class="button primary small" href="/customers">' in now.text
    assert "2 new</a>" in now.text
    # What a filter leaves out is not counted, and is shown where it stands already.
    back = "/customers?tag=retail&sort=name"
    now = await maya.get(
        "/customers/rows", rows=aurora["id"], made=made, tag="retail", sort="name", columns="plan,domain", back=back
    )
    assert names(now) == ["Aurora Outfitters"]
    assert "aurora.example" in now.text
    assert 'href="/customers?tag=retail&amp;sort=name"' in now.text
    assert "1 new</a>" in now.text
    now = await maya.get("/customers/rows", made=made, back="//elsewhere.example")
    assert 'href="/customers">' in now.text
    nonsenses: tuple[dict[str, Any], ...] = ({}, {"rows": ",", "made": "soon"}, {"made": "0001-01-01T00:00:00+14:00"})
    for nonsense in nonsenses:
        assert names(await maya.get("/customers/rows", **nonsense)) == []


async def test_no_more_than_a_hundred_rows_are_given_at_once(maya: Visitor, api: httpx.AsyncClient) -> None:
    many = [(await create_customer(api, name=f"Customer {number}"))["id"] for number in range(120)]
    assert len(names(await maya.get("/customers/rows", rows=",".join(many)))) == 100
