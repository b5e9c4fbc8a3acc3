"""The settings' pages of custom fields: making, changing, ordering, archiving and deleting them, and their options."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.field_pages.actions import MAX_RENAMED
from tests.fields.support import create, define
from tests.harness import World
from tests.support import Json, body_of, events
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/fields"
PROBE = "<script>x</script>\"'<img src=x onerror=y>"


async def fields(api: httpx.AsyncClient, resource: str = "customer", **query: str) -> list[Json]:
    found: list[Json] = body_of(await api.get("/custom_fields", params={"resource": resource} | query))["data"]
    return found


def seen_in(html: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', html)
    assert found
    return found.group(1)


async def save(
    maya: Visitor, field: Json, options: list[tuple[str, str]] | None = None, **fields: str
) -> httpx.Response:
    """Send the form of a field as it stands on its page; options are pairs of what they were and what they are."""
    path = f"{PATH}/{field['id']}"
    pairs = [(one, one) for one in field["options"]] if options is None else options
    sent = {"name": field["name"], "seen": seen_in((await maya.get(path)).text), **fields}
    lists = {"was": [was for was, _ in pairs], "option": [now for _, now in pairs]}
    return await maya.submit(path, sent | lists)


async def test_the_page_lists_fields_by_what_has_them_with_their_uses(maya: Visitor, api: httpx.AsyncClient) -> None:
    empty = await maya.get(PATH)
    assert "Customers have no fields of your own yet." in empty.text
    await define(api, "tier", "select")
    await define(api, "go_live", "date", "onboarding")
    await define(api, "seats", "number")
    for number in range(2):
        await create(api, "customer", name=f"C{number}", custom_fields={"tier": "gold", "seats": number})
    await create(api, "onboarding", custom_fields={"go_live": "2026-05-01"})
    page = (await maya.get(PATH)).text
    assert page.count("2 have it") == 2
    assert page.count("1 has it") == 1
    assert page.index("Seats") < page.index("Go_Live")
    fragment = await maya.get(PATH, fragment=True)
    assert fragment.text.lstrip().startswith('<div class="stack" id="fields"')


async def test_fields_are_for_admins(tomas: Visitor) -> None:
    assert (await tomas.get(PATH)).status_code == 403
    assert PATH not in (await tomas.get("/settings/team")).text


@pytest.mark.parametrize("type_", ["string", "number", "date", "select"])
async def test_a_field_of_each_type_is_made(maya: Visitor, api: httpx.AsyncClient, type_: str) -> None:
    form = await maya.get(f"{PATH}/new", resource="onboarding")
    assert '<option value="onboarding" selected>' in form.text
    sent = {"name": "Größe & Rang", "resource": "onboarding", "type": type_, "description": "S, M or L"}
    response = await maya.submit(PATH, sent | {"was": ["", "", ""], "option": ["L", "", "S"]})
    assert response.headers["location"] == PATH
    (made,) = await fields(api, "onboarding")
    assert (made["key"], made["name"], made["type"]) == ("groe_rang", "Größe & Rang", type_)
    assert made["options"] == (["L", "S"] if type_ == "select" else [])
    assert made["description"] == "S, M or L"
    assert "Added Größe &amp; Rang" in (await maya.get(PATH)).text


async def test_two_fields_of_one_label_have_two_keys(maya: Visitor, api: httpx.AsyncClient) -> None:
    for _ in range(2):
        await maya.submit(PATH, {"name": "Tier", "resource": "customer", "type": "string"})
    (first, second) = await fields(api)
    assert (first["key"], second["key"]) == ("tier", "tier_2")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "Fill this in."),
        ({"name": "x" * 256}, "At most 255 characters."),
        ({"type": "select"}, "A select needs options."),
        ({"type": "select", "was": ["", ""], "option": ["A", "A"]}, "Every option can be there once"),
        ({"type": "select", "was": [""], "option": ["x" * 101]}, "At most 100 characters."),
        ({"description": "x" * 501}, "At most 500 characters."),
        ({"resource": "task"}, "Invalid enum value"),
    ],
)
async def test_what_cannot_be_made_is_told_with_what_was_typed(
    maya: Visitor, api: httpx.AsyncClient, sent: dict[str, object], words: str
) -> None:
    response = await maya.submit(PATH, {"name": "Kept", "resource": "customer", "type": "string", **sent})
    assert response.status_code == 422
    assert words in response.text
    assert sent.get("name") == "" or "Kept" in response.text or "xxx" in response.text
    assert await fields(api) == []


async def test_no_more_fields_than_there_may_be(maya: Visitor, api: httpx.AsyncClient) -> None:
    for number in range(100):
        await define(api, f"f{number}", "string")
    response = await maya.submit(PATH, {"name": "One more", "resource": "customer", "type": "string"})
    assert response.status_code == 422
    assert "at most 100 custom fields" in response.text


async def test_options_are_added_carried_and_taken_away_without_a_script(maya: Visitor, api: httpx.AsyncClient) -> None:
    field = await define(api, "tier", "select", options=["A", "B", "C"])
    path = f"{PATH}/{field['id']}"
    seen = seen_in((await maya.get(path)).text)
    rows = {"row": ["0", "1", "2"], "was": ["A", "B", "C"], "option": ["A", "B", "C"]}
    for do, expected in (
        ("up-2", ["A", "C", "B"]),
        ("down-0", ["B", "A", "C"]),
        ("remove-1", ["A", "C"]),
        ("add", ["A", "B", "C", ""]),
        ("up-0", ["A", "B", "C"]),
        ("remove-99", ["A", "B", "C"]),
        ("nonsense", ["A", "B", "C"]),
    ):
        for fragment in (True, False):
            sent = {"name": "Typed", "seen": seen, "do": do, **rows}
            response = await maya.submit(path, sent, fragment=fragment)
            assert response.status_code == 200
            assert re.findall(r'name="option" value="([^"]*)"', response.text) == expected
            assert 'value="Typed"' in response.text
    carried = {"row": ["2", "0", "1"], "was": ["C", "A", "B"], "option": ["C", "A", "B"]}
    response = await maya.submit(path, {"name": "Typed", "seen": seen, "do": "remove-0", **carried})
    assert re.findall(r'name="option" value="([^"]*)"', response.text) == ["C", "B"]
    made = await maya.submit(PATH, {"name": "New", "resource": "customer", "type": "select", "do": "add"})
    assert made.status_code == 200
    assert (await fields(api))[0]["options"] == ["A", "B", "C"]


async def test_an_option_gets_another_name_and_whoever_has_it_follows(maya: Visitor, api: httpx.AsyncClient) -> None:
    field = await define(api, "tier", "select")
    customers = [await create(api, "customer", custom_fields={"tier": tier, "x": 1}) for tier in ("gold", "silver")]
    await api.patch(f"/customers/{customers[1]['id']}", json={"archived": True})
    page = await maya.get(f"{PATH}/{field['id']}")
    assert page.text.count("1 has it") == 2
    response = await save(maya, field, [("silver", "gold"), ("gold", "platinum"), ("", "bronze")], name="Rank")
    assert response.headers["location"] == PATH
    assert "Saved Rank; 2 customers followed" in (await maya.get(PATH)).text
    (after,) = await fields(api)
    assert (after["name"], after["options"]) == ("Rank", ["gold", "platinum", "bronze"])
    values = [body_of(await api.get(f"/customers/{one['id']}"))["custom_fields"] for one in customers]
    assert values == [{"tier": "platinum", "x": 1}, {"tier": "gold", "x": 1}]
    assert (await events(api))[-1]["type"] == "customer.updated"


async def test_an_option_of_onboardings_gets_another_name(maya: Visitor, api: httpx.AsyncClient) -> None:
    field = await define(api, "tier", "select", "onboarding")
    onboarding = await create(api, "onboarding", custom_fields={"tier": "gold"})
    await save(maya, field, [("gold", PROBE), ("silver", "silver")])
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["custom_fields"] == {"tier": PROBE}
    for path in (PATH, f"{PATH}/{field['id']}"):
        assert PROBE not in (await maya.get(path)).text


async def test_too_many_to_follow_are_told_of(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    field = await define(api, "tier", "select")
    sql = """
    INSERT INTO facets (workspace_id, list, kind, key, value, created_at, resource_id)
    SELECT $1, 'customers', 'text', 'tier', 'gold', now(), 'c' || n FROM generate_series(1, $2::integer) n
    """
    await connection.execute(sql, world.northwind.id, MAX_RENAMED + 1)
    response = await save(maya, field, [("gold", "platinum"), ("silver", "silver")])
    assert response.status_code == 422
    assert f"More than {MAX_RENAMED} customers have an option" in response.text
    assert (await fields(api))[0]["options"] == ["gold", "silver"]


@pytest.mark.parametrize(
    ("options", "sent", "words"),
    [
        ([("silver", "silver")], {}, "1 customer still has an option that would go."),
        ([("gold", ""), ("silver", "")], {}, "Keep at least one option."),
        ([("gold", "same"), ("silver", "same")], {}, "Every option can be there once"),
        (None, {"name": ""}, "Fill this in."),
        (None, {"description": "x" * 501}, "At most 500 characters."),
    ],
)
async def test_what_cannot_be_saved_is_told(
    maya: Visitor,
    api: httpx.AsyncClient,
    options: list[tuple[str, str]] | None,
    sent: dict[str, str],
    words: str,
) -> None:
    field = await define(api, "tier", "select")
    await create(api, "customer", custom_fields={"tier": "gold"})
    response = await save(maya, field, options, **sent)
    assert response.status_code == 422
    assert words in response.text
    assert await fields(api) == [field]


async def test_two_who_change_a_field_see_each_other(maya: Visitor, api: httpx.AsyncClient) -> None:
    field = await define(api, "tier", "select")
    path = f"{PATH}/{field['id']}"
    old = seen_in((await maya.get(path)).text)
    await save(maya, field, name="Rank")
    response = await save(maya, field, name="Class", seen=old)
    assert response.status_code == 409
    assert "Maya changed this field meanwhile" in response.text
    assert "<strong>Rank</strong>" in response.text
    assert 'value="Class"' in response.text
    await save(maya, field, name="Class", seen=seen_in(response.text))
    assert (await fields(api))[0]["name"] == "Class"


async def test_fields_are_put_in_another_order(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    ids = [(await define(api, key, "string", position=5))["id"] for key in ("a", "b", "c")]
    other = await define(api, "z", "string", "onboarding", position=7)
    response = await maya.submit(f"{PATH}/{ids[2]}/move", {"position": "1"}, fragment=True)
    assert response.status_code == 204
    assert f'"undo": "{PATH}/{ids[2]}/move?position=3"' in response.headers["hx-trigger"]
    after = await fields(api)
    assert [(row["key"], row["position"]) for row in after] == [("c", 1), ("a", 2), ("b", 3)]
    await maya.submit(f"{PATH}/{ids[2]}/move?position=3")
    assert [row["key"] for row in await fields(api)] == ["a", "b", "c"]
    await maya.submit(f"{PATH}/{ids[2]}/move", {"position": "3"})
    assert (await fields(api, "onboarding"))[0] == other
    sql = "SELECT count(*) FROM activity WHERE workspace_id = $1 AND summary = 'Moved custom field C'"
    assert await connection.fetchval(sql, world.northwind.id) == 2


@pytest.mark.parametrize("place", ["0", "3", "x", ""])
async def test_a_field_goes_to_no_place_that_is_none(maya: Visitor, api: httpx.AsyncClient, place: str) -> None:
    field = await define(api, "a", "string")
    await define(api, "b", "string")
    assert (await maya.submit(f"{PATH}/{field['id']}/move", {"position": place})).status_code == 400
    await maya.submit(f"{PATH}/{field['id']}/archive")
    assert (await maya.submit(f"{PATH}/{field['id']}/move", {"position": "1"})).status_code == 409


async def test_a_field_is_archived_and_restored(maya: Visitor, api: httpx.AsyncClient) -> None:
    field = await define(api, "tier", "select")
    response = await maya.submit(f"{PATH}/{field['id']}/archive", fragment=True)
    assert f'"undo": "{PATH}/{field["id"]}/restore"' in response.headers["hx-trigger"]
    assert await fields(api) == []
    page = await maya.get(PATH)
    assert "1 archived field" in page.text
    assert "It is archived since" in (await maya.get(f"{PATH}/{field['id']}")).text
    await maya.submit(f"{PATH}/{field['id']}/restore")
    assert len(await fields(api)) == 1


async def test_a_field_is_deleted_by_its_name(maya: Visitor, api: httpx.AsyncClient) -> None:
    field = await define(api, "tier", "select", name="Tier")
    customer = await create(api, "customer", custom_fields={"tier": "gold"})
    path = f"{PATH}/{field['id']}/delete"
    asked = await maya.get(path)
    assert "1 customer has a value in it" in asked.text
    for fragment in (True, False):
        response = await maya.submit(path, {"name": PROBE}, fragment=fragment)
        assert response.status_code == 422
        assert "Type Tier to delete it." in response.text
        assert PROBE not in response.text
    assert (await maya.submit(path, {"name": "Tier"})).headers["location"] == PATH
    assert await fields(api) == []
    assert body_of(await api.get(f"/customers/{customer['id']}"))["custom_fields"] == {"tier": "gold"}
    assert (await maya.get(f"{PATH}/{field['id']}")).status_code == 404
