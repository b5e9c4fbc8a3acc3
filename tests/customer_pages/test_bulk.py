"""Many customers edited at once: seen before it is done, all or nothing, and undone where nobody else has been."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_customer, events
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/customers/bulk"
DAY = 86_400
TOMAS = "tomas@northwind.example"

Sight = list[object]


@pytest.fixture
async def three(api: httpx.AsyncClient) -> list[Json]:
    names = ({"name": "Aurora", "tags": ["retail"]}, {"name": "Blue", "plan": "Pro"}, {"name": "Cobalt"})
    return [await create_customer(api, **body) for body in names]


def ids(customers: list[Json]) -> list[str]:
    return [one["id"] for one in customers]


async def shown(api: httpx.AsyncClient, customers: list[Json], field: str) -> Sight:
    listed = {one["id"]: one for one in body_of(await api.get("/customers"))["data"]}
    return [listed[id_][field] for id_ in ids(customers) if id_ in listed]


async def undo_of(visitor: Visitor) -> str:
    found = re.search(r'action="(/customers/bulk/[^"]+/undo)"', (await visitor.get("/customers")).text)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("fields", "field", "before", "after"),
    [
        ({"action": "add_tag", "tag": "retail"}, "tags", [["retail"], [], []], [["retail"], ["retail"], ["retail"]]),
        ({"action": "remove_tag", "tag": "retail"}, "tags", [["retail"], [], []], [[], [], []]),
        ({"action": "status", "status": "low_touch"}, "status", ["active"] * 3, ["low_touch"] * 3),
        ({"action": "owner", "owner": TOMAS}, "owner_email", [None] * 3, [TOMAS] * 3),
        ({"action": "archive"}, "archived", [False] * 3, []),
    ],
)
async def test_seen_done_and_undone(
    maya: Visitor, api: httpx.AsyncClient, three: list[Json], fields: Json, field: str, before: Sight, after: Sight
) -> None:
    changing = sum(one not in after for one in before) if after else 3
    if field == "tags":
        changing = 2 if fields["action"] == "add_tag" else 1
    body = {"ids": ids(three), "back": "/customers?sort=name", **fields}
    preview = await maya.submit(PATH, body)
    assert preview.status_code == 200
    assert f"{changing} customer{'s' if changing > 1 else ''} will change" in preview.text
    assert ("like that already" in preview.text) is (changing < 3)
    assert await shown(api, three, field) == before
    done = await maya.submit(PATH, {**body, "seen": "true"})
    assert done.headers["location"] == "/customers?sort=name"
    assert await shown(api, three, field) == after
    assert len(await events(api, "customer.updated")) == changing
    await maya.submit(await undo_of(maya))
    assert await shown(api, three, field) == before


async def test_what_was_changed_since_stays(maya: Visitor, api: httpx.AsyncClient, three: list[Json]) -> None:
    await maya.submit(PATH, {"ids": ids(three), "action": "status", "status": "low_touch", "seen": "true"})
    undo = await undo_of(maya)
    await api.patch(f"/customers/{three[0]['id']}", json={"status": "onboarding"})
    await api.delete(f"/customers/{three[1]['id']}")
    await maya.submit(undo)
    assert await shown(api, [three[0], three[2]], "status") == ["onboarding", "active"]
    assert "2 had been changed since and stay" in (await maya.get("/customers")).text


async def test_undone_for_thirty_days(
    maya: Visitor, connection: "Connection", clock: SteeredClock, three: list[Json], fabian: Visitor
) -> None:
    await maya.submit(PATH, {"ids": ids(three), "action": "archive", "seen": "true"})
    undo = await undo_of(maya)
    assert (await fabian.submit(undo)).status_code == 404
    assert (await maya.submit("/customers/bulk/x/undo")).status_code == 404
    assert (await maya.submit(f"/customers/bulk/{'9' * 40}-req_x/undo")).status_code == 404
    clock.advance(31 * DAY)
    await connection.execute("UPDATE sessions SET expires_at = $1, last_seen_at = $2", clock.ahead(DAY), clock.now())
    late = await maya.submit(undo)
    assert late.status_code == 409
    assert "for 30 days" in late.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "add_tag", "tag": " "}, "Fill this in."),
        ({"action": "status", "status": "churned"}, "Choose one of these."),
        ({"action": "owner", "owner": "nobody@northwind.example", "seen": "true"}, "No teammate of this workspace"),
        ({"action": "archive", "ids": []}, "Choose 1 to 500 customers"),
        ({"action": "archive", "ids": ["x"] * 501}, "Choose 1 to 500 customers"),
    ],
)
async def test_what_cannot_be_done_says_why(maya: Visitor, three: list[Json], fields: Json, words: str) -> None:
    answer = await maya.submit(PATH, {"ids": ids(three), **fields})
    assert answer.status_code == 422
    assert words in answer.text


async def test_one_of_another_workspace_stops_all(
    maya: Visitor, api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, three: list[Json]
) -> None:
    theirs = await create_customer(fabrikam_api, name="Theirs")
    for seen in ("", "true"):
        answer = await maya.submit(PATH, {"ids": [*ids(three), theirs["id"]], "action": "archive", "seen": seen})
        assert answer.status_code in {404, 422}
        assert "Theirs" not in answer.text
    assert await shown(api, three, "archived") == [False] * 3
    assert body_of(await fabrikam_api.get(f"/customers/{theirs['id']}"))["archived"] is False


async def test_without_an_action_it_asks_and_leads_nowhere_else(maya: Visitor, three: list[Json]) -> None:
    page = await maya.submit(PATH, {"ids": ids(three), "back": "https://evil.example"})
    assert page.status_code == 200
    assert "Edit 3 customers" in page.text
    assert "evil.example" not in page.text
