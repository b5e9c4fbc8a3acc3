"""Views of a list: keeping, showing, changing, sharing, ordering and deleting them, and the columns of the list."""

import re
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.views.models import MAX_VIEWS
from tests.harness import World
from tests.support import body_of, create_customer
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = '"><script>alert(1)</script>'
_NAME = re.compile(r'<th scope="row"><a href="/customers/\d+-[^"]+">([^<]*)</a>')


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [unescape(name) for name in _NAME.findall(response.text)]


def tabs(response: httpx.Response) -> list[str]:
    bar = re.search(r'<nav class="tabs" aria-label="Views">(.*?)</nav>', response.text, re.DOTALL)
    assert bar
    return [unescape(name).strip() for name in re.findall(r'class="tab"[^>]*>(?:<span[^>]*>)?([^<]+)', bar.group(1))]


def current(response: httpx.Response) -> str:
    found = re.search(r'class="tab"[^>]*aria-current="page"[^>]*>(?:<span[^>]*>)?([^<]+)', response.text)
    assert found
    return unescape(found.group(1)).strip()


def heads(response: httpx.Response) -> list[str]:
    head = re.search(r"<thead>(.*?)</thead>", response.text, re.DOTALL)
    assert head
    cells = re.findall(r"<th[^>]*>(.*?)</th>", head.group(1), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells][1:]


@pytest.fixture
async def shop(api: httpx.AsyncClient) -> None:
    field = {"resource": "customer", "key": "stores", "name": "Stores", "type": "number"}
    body_of(await api.post("/custom_fields", json=field), 201)
    await create_customer(api, name="Aurora", status="active", custom_fields={"stores": 7})
    await create_customer(api, name="Heron", status="at_risk", plan="Pro")
    await create_customer(api, name="Cobalt", status="at_risk", domain="cobalt.example")


async def keep(visitor: Visitor, name: str, query: str, **fields: str) -> str:
    answer = await visitor.submit("/customers/views", {"name": name, "query": query, **fields})
    assert answer.status_code == 303, answer.text
    place: str = answer.headers["location"]
    return place.removeprefix("/customers?view=")


@pytest.mark.usefixtures("shop")
async def test_a_view_shows_what_was_kept(maya: Visitor) -> None:
    plain = await maya.get("/customers")
    assert tabs(plain) == ["All customers"]
    assert "views/new" not in plain.text
    narrowed = await maya.get("/customers", status="at_risk", sort="name", q="")
    link = re.search(r'href="(/customers/views/new\?[^"]+)"', narrowed.text)
    assert link
    form = await maya.get(unescape(link.group(1)), fragment=True)
    assert "<html" not in form.text
    query = re.search(r'name="query" value="([^"]*)"', form.text)
    assert query
    assert unescape(query.group(1)) == "sort=name&status=at_risk"
    id_ = await keep(maya, "Watch", unescape(query.group(1)))
    page = await maya.get("/customers", view=id_)
    assert (tabs(page), current(page)) == (["All customers", "Watch"], "Watch")
    assert names(page) == ["Cobalt", "Heron"]
    assert "Save as a new view" not in page.text
    by_address = await maya.get("/customers", status="at_risk", sort="name")
    assert names(by_address) == names(page)


@pytest.mark.usefixtures("shop")
async def test_a_change_from_the_view_can_be_saved_and_taken_back(maya: Visitor) -> None:
    id_ = await keep(maya, "Watch", "status=at_risk")
    removal = re.search(
        r'<a href="([^"]+)" aria-label="Remove the filter', (await maya.get("/customers", view=id_)).text
    )
    assert removal
    page = await maya.get(unescape(removal.group(1)))
    assert len(names(page)) == 3
    assert current(page) == "Watch"
    assert "Save as a new view" in page.text
    changed = await maya.get("/customers", view=id_, status="at_risk", plan="Pro", fragment=True)
    assert f'action="/customers/views/{id_}/query"' in changed.text
    kept = re.search(r'name="query" value="([^"]*)"', changed.text)
    assert kept
    saved = await maya.submit(f"/customers/views/{id_}/query", {"query": unescape(kept.group(1))})
    assert saved.headers["location"] == f"/customers?view={id_}"
    undone = await maya.get("/customers", view=id_)
    assert names(undone) == ["Heron"]
    undo = re.search(r'<form method="post" action="([^"]+undo[^"]*)"', undone.text)
    assert undo
    await maya.submit(unescape(undo.group(1)))
    assert names(await maya.get("/customers", view=id_)) == ["Cobalt", "Heron"]


@pytest.mark.usefixtures("shop")
async def test_a_shared_view_is_the_teams_and_a_private_one_is_nobody_elses(maya: Visitor, tomas: Visitor) -> None:
    mine, ours = await keep(maya, "Mine", "status=active"), await keep(maya, "Ours", "plan=Pro", shared="true")
    his = await keep(tomas, "His", "plan=Pro", shared="true")
    page = await tomas.get("/customers", view=ours)
    assert sorted(tabs(page)) == ["All customers", "His", "Ours"]
    assert names(page) == ["Heron"]
    assert f"/customers/views/{ours}/edit" not in page.text
    assert (await tomas.get("/customers", view=mine)).status_code == 404
    for id_, status in ((mine, 404), (ours, 403)):
        for act in ("edit", "query", "query/undo", "delete", "restore"):
            answer = await tomas.submit(f"/customers/views/{id_}/{act}", {"name": "x", "query": ""})
            shown = answer.status_code if act != "edit" or status == 404 else 403 * (answer.status_code == 422)
            assert shown == status, (act, answer.text)
    # An owner may change what a member shares, and takes it back with that.
    answer = await maya.submit(f"/customers/views/{his}/edit", {"name": "His no more"})
    assert answer.status_code == 303
    assert (await maya.get("/customers", view=his)).status_code == 404
    assert "His no more" in tabs(await tomas.get("/customers"))


@pytest.mark.usefixtures("shop")
async def test_renaming_deleting_and_bringing_back(maya: Visitor) -> None:
    id_ = await keep(maya, "Watch", "status=at_risk")
    form = await maya.get(f"/customers/views/{id_}/edit")
    assert 'value="Watch"' in form.text
    for wrong in ("", " ", "x" * 61):
        again = await maya.submit(f"/customers/views/{id_}/edit", {"name": wrong}, fragment=True)
        assert again.status_code == 422
        assert "view-name-note" in again.text
    await maya.submit(f"/customers/views/{id_}/edit", {"name": PROBE, "shared": "true"})
    page = await maya.get("/customers", view=id_)
    assert PROBE in tabs(page)
    assert PROBE not in page.text
    answer = await maya.submit(f"/customers/views/{id_}/delete")
    assert answer.headers["location"] == "/customers"
    assert tabs(await maya.get("/customers")) == ["All customers"]
    assert (await maya.get("/customers", view=id_)).status_code == 404
    for _ in range(2):
        await maya.submit(f"/customers/views/{id_}/restore")
        assert PROBE in tabs(await maya.get("/customers", view=id_))


@pytest.mark.usefixtures("shop")
async def test_the_list_opens_with_the_view_that_somebody_chose(maya: Visitor, tomas: Visitor) -> None:
    id_ = await keep(maya, "Watch", "status=at_risk", shared="true")
    await maya.submit(f"/customers/views/{id_}/default")
    opened = await maya.get("/customers")
    assert (current(opened), sorted(names(opened))) == ("Watch", ["Cobalt", "Heron"])
    everything = await maya.get("/customers?view=all")
    assert (current(everything), len(names(everything))) == ("All customers", 3)
    assert len(names(await maya.get("/customers", sort="name"))) == 3
    assert len(names(await tomas.get("/customers"))) == 3
    await maya.submit(f"/customers/views/{id_}/default", {"off": "true"})
    assert len(names(await maya.get("/customers"))) == 3
    await tomas.submit(f"/customers/views/{id_}/default")
    await maya.submit(f"/customers/views/{id_}/delete")
    assert len(names(await tomas.get("/customers"))) == 3


@pytest.mark.usefixtures("shop")
async def test_everybody_has_the_views_in_their_own_order(maya: Visitor, tomas: Visitor) -> None:
    ids = [await keep(maya, name, "", shared="true") for name in ("A", "B", "C")]
    await maya.submit(f"/customers/views/{ids[2]}/move", {"way": "left"})
    assert tabs(await maya.get("/customers")) == ["All customers", "A", "C", "B"]
    for _ in range(3):
        await maya.submit(f"/customers/views/{ids[0]}/move", {"way": "right"})
    assert tabs(await maya.get("/customers")) == ["All customers", "C", "B", "A"]
    assert tabs(await tomas.get("/customers")) == ["All customers", "A", "B", "C"]


@pytest.mark.usefixtures("shop")
async def test_what_a_view_cannot_ask_for_is_refused(maya: Visitor, connection: "Connection", world: World) -> None:
    for query in ("status=nonsense", "sort=x"):
        assert (await maya.submit("/customers/views", {"name": "A", "query": query})).status_code in {400, 422}
    assert (await maya.submit("/customers/views", {"name": "A", "query": "q=" + "x" * 5000})).status_code == 422
    await connection.execute(
        """INSERT INTO saved_views (workspace_id, id, kind, name, query, owner_id, shared, created_at, updated_at)
        SELECT $1, 'v' || n, 'customers', 'v' || n, '', $2, false, now(), now() FROM generate_series(2, $3::int) n""",
        world.northwind.id, world.maya.id, MAX_VIEWS,
    )  # fmt: skip
    id_ = await keep(maya, "The last", "")
    again = await maya.submit("/customers/views", {"name": "One more", "query": ""})
    assert again.status_code == 422
    assert f"You have {MAX_VIEWS} views" in again.text
    await maya.submit(f"/customers/views/{id_}/delete")
    await keep(maya, "In its place", "")
    assert (await maya.submit(f"/customers/views/{id_}/restore")).status_code == 409


@pytest.mark.usefixtures("shop")
async def test_a_view_of_a_field_that_is_gone_leads_to_the_list(maya: Visitor, api: httpx.AsyncClient) -> None:
    id_ = await keep(maya, "Large", "custom_fields[stores][gte]=5")
    assert names(await maya.get("/customers", view=id_)) == ["Aurora"]
    field = body_of(await api.get("/custom_fields"))["data"][0]
    body_of(await api.delete(f"/custom_fields/{field['id']}"))
    answer = await maya.get("/customers", view=id_)
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers?view=all")
    assert "a field that there is no more" in (await maya.get("/customers?view=all")).text


@pytest.mark.usefixtures("shop")
async def test_columns_are_remembered_for_the_list_and_kept_with_a_view(maya: Visitor, tomas: Visitor) -> None:
    own = heads(await maya.get("/customers"))
    assert own[:3] == ["Name", "Status", "Plan"]
    chosen = {"columns": ["domain", "custom_stores", "evil"], "back": "/customers?q=o"}
    answer = await maya.submit("/customers/columns", chosen)
    assert answer.headers["location"] == "/customers?q=o"
    page = await maya.get("/customers")
    assert heads(page) == ["Name", "Domain", "Stores"]
    assert "cobalt.example" in page.text
    assert re.search(r'<td class="number"><span class="truncate">7</span></td>', page.text)
    assert heads(await tomas.get("/customers")) == own
    shown = await maya.get("/customers", columns="plan,status", sort="name")
    assert heads(shown) == ["Name", "Status", "Plan"]
    id_ = await keep(maya, "Plans", "columns=plan")
    assert heads(await maya.get("/customers", view=id_)) == ["Name", "Plan"]
    answer = await maya.submit("/customers/columns", {"columns": "tags", "back": f"/customers?view={id_}&columns=plan"})
    changed = await maya.get(answer.headers["location"])
    assert heads(changed) == ["Name", "Tags"]
    assert "Save as a new view" in changed.text
    assert heads(await maya.get("/customers?view=all")) == ["Name", "Domain", "Stores"]
    assert (await maya.submit("/customers/columns", {"back": "//evil.example"})).status_code == 400
    await maya.submit("/customers/columns", {"reset": "true"})
    assert heads(await maya.get("/customers")) == own
    file = await maya.get("/customers.csv", columns="plan")
    assert file.text.startswith("Number,Name,Domain,Status")


@pytest.mark.usefixtures("shop")
async def test_what_is_shared_stands_in_the_activity(maya: Visitor, connection: "Connection") -> None:
    await keep(maya, "Mine", "")
    id_ = await keep(maya, "Ours", "", shared="true")
    await maya.submit(f"/customers/views/{id_}/edit", {"name": "All ours", "shared": "true"})
    await maya.submit(f"/customers/views/{id_}/edit", {"name": "Mine again"})
    sql = "SELECT summary, actor_name FROM activity WHERE subject_type = 'saved_view' ORDER BY created_at"
    assert [tuple(row) for row in await connection.fetch(sql)] == [
        ("Shared the view Ours of customers", "Maya"),
        ("Changed the view All ours of customers", "Maya"),
        ("Took back the view All ours of customers", "Maya"),
    ]
