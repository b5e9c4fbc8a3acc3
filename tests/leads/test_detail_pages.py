"""The page of a lead: where it is, its fields in place, its way through the stages, its activity."""

import re
from html import unescape

import httpx
import pytest

from tests.harness import World
from tests.leads.support import create_lead, move
from tests.support import Json, SteeredClock, body_of, events
from tests.visitors import Visitor

PROBE = '"><script>alert(1)</script>'
DAY = 86_400


@pytest.fixture
async def ines(api: httpx.AsyncClient, world: World) -> Json:
    fields = {"name": "Ines Moreau", "email": "ines@saltgrass.example", "company": "Saltgrass Swim"}
    return await create_lead(api, **fields, owner=world.maya.id, lead_source="trade fair", labels=["north"])


def path_of(lead: Json) -> str:
    return f"/leads/{lead['display_id']}-ines-moreau"


async def stored(api: httpx.AsyncClient, lead: Json) -> Json:
    return body_of(await api.get(f"/leads/{lead['id']}"))


async def test_every_way_to_name_it_leads_to_one_address(maya: Visitor, ines: Json) -> None:
    number = ines["display_id"]
    for place in (str(number), f"{number}-anything", ines["id"]):
        for tab in ("", "/activity"):
            response = await maya.get(f"/leads/{place}{tab}")
            assert response.headers["location"] == path_of(ines) + tab
    page = await maya.get(path_of(ines))
    assert page.status_code == 200
    for words in ("Ines Moreau", "Saltgrass Swim", "Open", "trade fair", "Maya", "Move to Contacted", "north"):
        assert words in page.text, words
    assert (await maya.get("/leads/99999")).status_code == 404
    assert (await maya.get("/leads/nobody")).status_code == 404


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("name", "Ines M. Moreau", "name", "Ines M. Moreau"),
        ("email", "I.Moreau@Saltgrass.Example", "email", "i.moreau@saltgrass.example"),
        ("email", "", "email", None),
        ("phone", "+33 1 99 00 12 34", "phone", "+33 1 99 00 12 34"),
        ("title", "COO", "title", "COO"),
        (
            "linkedin_url",
            "https://www.linkedin.example/in/ines",
            "linkedin_url",
            "https://www.linkedin.example/in/ines",
        ),
        ("owner", "", "owner", None),
        ("labels", "north, vip,, north", "labels", ["north", "vip"]),
    ],
)
async def test_a_field_is_changed_in_place(
    maya: Visitor, api: httpx.AsyncClient, ines: Json, name: str, text: str, field: str, value: object
) -> None:
    path = f"/leads/{ines['display_id']}/properties/{name}"
    part = await maya.submit(path, {name: text}, fragment=True)
    assert part.status_code == 200, part.text
    assert "data-saved" in part.text
    assert "<html" not in part.text
    assert (await stored(api, ines))[field] == value
    assert (await maya.submit(path, {name: text})).status_code == 303
    assert len(await events(api, "lead.updated")) == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("name", "", "Fill this in."),
        ("email", "ines", "This is not an e-mail address."),
        ("owner", "nobody", "No teammate of this workspace has this id."),
        ("company", PROBE * 20, "At most 255 characters."),
    ],
)
async def test_what_does_not_fit_stands_beside_its_field(
    maya: Visitor, api: httpx.AsyncClient, ines: Json, name: str, text: str, words: str
) -> None:
    for fragment in (True, False):
        answer = await maya.submit(f"/leads/{ines['id']}/properties/{name}", {name: text}, fragment=fragment)
        assert answer.status_code == 422
        assert words in unescape(answer.text)
        assert "<script>alert" not in answer.text
        assert ("<html" in answer.text) is not fragment
    after = await stored(api, ines)
    assert {key: after[key] for key in ("name", "email", "owner", "company")} == {
        key: ines[key] for key in ("name", "email", "owner", "company")
    }
    assert (await maya.submit(f"/leads/{ines['id']}/properties/nothing", {"nothing": "1"})).status_code == 404


async def test_what_somebody_else_saved_meanwhile_is_shown_and_not_overwritten(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, ines: Json
) -> None:
    path = f"/leads/{ines['id']}/properties/phone"
    await tomas.submit(path, {"phone": "111", "was": ""}, fragment=True)
    answer = await maya.submit(path, {"phone": "222", "was": ""}, fragment=True)
    assert answer.status_code == 409
    assert "Tomas" in answer.text
    assert "<strong>111</strong>" in answer.text
    assert (await stored(api, ines))["phone"] == "111"
    theirs = await maya.submit(path, {"phone": "222", "was": "111", "theirs": "111"}, fragment=True)
    assert (theirs.status_code, (await stored(api, ines))["phone"]) == (200, "111")
    assert (await maya.submit(path, {"phone": "222", "was": "111"}, fragment=True)).status_code == 200
    assert (await stored(api, ines))["phone"] == "222"


async def test_who_works_on_it_is_chosen_by_two_at_once(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, world: World, ines: Json
) -> None:
    path = f"{path_of(ines)}/assignees"
    assert "<html" not in (await maya.get(path, fragment=True)).text
    both = sorted([world.maya.id, world.tomas.id])
    assert (await maya.submit(path, {"assignees": both, "was": ""})).headers["location"] == path_of(ines)
    assert sorted((await stored(api, ines))["assignees"]) == both
    assert (
        "Maya, Tomas" in (await maya.get(path_of(ines))).text or "Tomas, Maya" in (await maya.get(path_of(ines))).text
    )
    conflict = await tomas.submit(path, {"assignees": [world.tomas.id], "was": ""}, fragment=True)
    assert conflict.status_code == 409
    assert "Maya changed this to" in conflict.text
    refused = await tomas.submit(path, {"assignees": ["nobody"], "was": ", ".join(both)})
    assert refused.status_code == 422
    assert "No teammate of this workspace" in refused.text
    await tomas.submit(path, {"was": ", ".join(both)})
    assert (await stored(api, ines))["assignees"] == []


async def test_the_way_so_far_with_the_time_in_each_stage(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock, ines: Json
) -> None:
    clock.advance(3 * DAY)
    await move(api, ines, "qualified", reason=f"Has a budget {PROBE}")
    clock.advance(5 * 3600)
    page = unescape((await maya.get(path_of(ines))).text)
    assert "3 days" in page
    assert "5 h" in page
    assert "Has a budget" in page
    assert re.search(r"Contacted<span class=\"unseen\"> \(skipped\)", page)
    assert '<rect class="bar" width="100.0%"' in page
    await move(api, ines, "lost", reason="No money")
    page = (await maya.get(path_of(ines))).text
    assert "Lost: No money" in page
    assert "Reopen in New" in page


async def test_a_long_way_comes_page_by_page(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock, ines: Json
) -> None:
    for number in range(24):
        clock.advance(60)
        await move(api, ines, "contacted" if number % 2 else "qualified")
    page = (await maya.get(path_of(ines))).text
    seen = page.count('<th scope="row">')
    more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', page)
    while more:
        part = await maya.client.get(unescape(more.group(1)), headers={"hx-request": "true"})
        assert "<html" not in part.text
        seen += part.text.count('<th scope="row">')
        more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', part.text)
    assert seen == 25
    assert (await maya.get(path_of(ines), cursor="yesterday")).status_code == 400


async def test_activity_page_by_page(maya: Visitor, clock: SteeredClock, ines: Json) -> None:
    for number in range(60):
        clock.advance(1)
        await maya.submit(f"/leads/{ines['id']}/properties/title", {"title": f"Title {number}"})
    page = await maya.get(f"{path_of(ines)}/activity")
    assert "changed lead Ines Moreau: job title" in page.text
    assert page.text.count("What changed") == 50
    more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', page.text)
    assert more
    rest = await maya.client.get(unescape(more.group(1)), headers={"hx-request": "true"})
    assert "<html" not in rest.text
    assert "added lead Ines Moreau" in rest.text


async def test_archived_and_back(maya: Visitor, api: httpx.AsyncClient, ines: Json) -> None:
    await maya.submit(f"{path_of(ines)}/archive")
    assert (await stored(api, ines))["archived"] is True
    assert "Archived" in (await maya.get(path_of(ines))).text
    await maya.submit(f"{path_of(ines)}/unarchive")
    assert (await stored(api, ines))["archived"] is False


async def test_nothing_typed_becomes_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    fields = ("name", "phone", "company", "title", "linkedin_url", "location", "source", "lead_source")
    made = await create_lead(api, **dict.fromkeys(fields, PROBE), labels=[PROBE])
    await move(api, made, "lost", reason=PROBE)
    for tab in ("", "/activity", "/assignees"):
        page = await maya.get(f"/leads/{made['display_id']}-script-alert-1-script{tab}")
        assert page.status_code == 200, tab
        assert "<script>alert" not in page.text


async def test_nobody_of_another_workspace_reaches_it(fabian: Visitor, ines: Json) -> None:
    for tab in ("", "/activity", "/assignees"):
        assert (await fabian.get(path_of(ines) + tab)).status_code == 404
