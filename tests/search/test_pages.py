"""The search: what is found by what, as a page and as the lines of the palette."""

import re
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.search.sought import Sought
from pivotal_server.search.words import pieces
from tests.harness import World
from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, create_task
from tests.visitors import Visitor
from tests.web.test_statements import statements_of

if TYPE_CHECKING:
    from pivotal_server.rest.dispatch import Dispatcher

PROBE = "<script>x</script>\"'<img src=x onerror=y>"
_HIT = re.compile(r'<a class="palette-hit"[^>]* href="([^"]+)" data-title="([^"]*)"')


async def found(visitor: Visitor, text: str) -> list[str]:
    """Return the titles of the palette's lines, places and actions left out."""
    response = await visitor.get("/search", q=text, fragment=True)
    assert response.status_code == 200, response.text
    things = response.text.split('aria-label="Actions"')[0].split('aria-label="Go to"')[0]
    return [unescape(title) for _, title in _HIT.findall(things)]


@pytest.fixture
async def acme(api: httpx.AsyncClient, world: World) -> Json:
    """Customers, onboardings, contacts and tasks, named so that they can be told apart."""
    acme = await create_customer(
        api, name="Acme Rockets", domain="acme.example", status="at_risk", owner_email=world.tomas.email
    )
    await create_customer(api, name="The old Acme")
    await create_customer(api, name="Birch & Sons 100%")
    rollout = await create_onboarding(
        api, acme["id"], name="Spring rollout", phase="review", state="blocked", csm_id=world.maya.id
    )
    await create_contact(api, acme["id"], name="Ada Lovelace", email="ada@acme.example")
    await create_task(api, rollout["id"], title="Sign the contract", assignee_id=world.maya.id)
    done = await create_task(api, rollout["id"], title="Contract call", assignee_id=world.tomas.id)
    body_of(await api.post(f"/tasks/{done['id']}/complete", json={}))
    return acme


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("acme", ["Acme Rockets", "The old Acme", "Spring rollout", "Ada Lovelace"]),
        ("ACME rock", ["Acme Rockets", "Spring rollout"]),
        ("rockets acme", ["Acme Rockets"]),
        ("ac", ["Acme Rockets", "Spring rollout"]),  # too short for the middle of a name
        ('"old acme"', ["The old Acme"]),
        ('"acme old"', []),
        ("100%", ["Birch & Sons 100%"]),
        ("100_", []),
        ("lovelace", ["Ada Lovelace"]),
        ("ada@acme", ["Ada Lovelace"]),
        ("contract", ["Contract call", "Sign the contract"]),
        ("type:task contract", ["Contract call", "Sign the contract"]),
        ("type:customers acme", ["Acme Rockets", "The old Acme"]),
        ("contract status:open", ["Sign the contract"]),
        ("contract status:done", ["Contract call"]),
        ("contract @me", ["Sign the contract"]),
        ("contract @tom", ["Contract call"]),
        ("owner:tomas@northwind.example acme", ["Acme Rockets"]),
        ("@me", ["Spring rollout", "Sign the contract"]),
        ("type:customer @nobody acme", ["The old Acme"]),
        ("@nobody-at-all acme", []),
        ("status:at-risk", ["Acme Rockets"]),
        ("status:purple", []),
        ("status:archived", []),
        ("state:blocked", ["Spring rollout"]),
        ("state:paused", []),
        ("phase:review spring", ["Spring rollout"]),
        ('phase:"program d"', []),
        ("#1", ["Acme Rockets", "Spring rollout", "Ada Lovelace", "Sign the contract"]),
        ("type:customer #2", ["The old Acme"]),
        ("state:blocked status:open", []),
        ("nothing-like-it", []),
        ("\\", []),
        ("colour:blue", []),
    ],
)
async def test_what_is_found(maya: Visitor, acme: Json, text: str, titles: list[str]) -> None:  # noqa: ARG001 - is there
    assert await found(maya, text) == titles


async def test_leads_are_found(maya: Visitor, api: httpx.AsyncClient, world: World) -> None:
    for fields in (
        {"name": "Ines Moreau", "email": "ines@saltgrass.example", "company": "Saltgrass", "owner": world.tomas.id},
        {"name": "Bo Ines", "place": "1/qualified"},
        {"name": "Ines Gone"},
    ):
        assert (await maya.submit("/leads", fields)).status_code == 303
    await maya.submit("/leads/3/delete")
    await maya.submit("/leads/2/move", {"to": "lost"})
    await create_contact(api, (await create_customer(api, name="Acme"))["id"], name="Ines Contact")
    cases = {
        "ines": ["Ines Contact", "Ines Moreau", "Bo Ines"],
        "type:lead ines": ["Ines Moreau", "Bo Ines"],
        "saltgr": ["Ines Moreau"],
        "#1 type:leads": ["Ines Moreau"],
        "type:lead @tomas": ["Ines Moreau"],
        "type:lead @nobody": ["Bo Ines"],
        "stage:lost": ["Bo Ines"],
        "stage:new": ["Ines Moreau"],
        "type:lead status:open": ["Ines Moreau"],
        "type:lead status:won": [],
        "stage:nowhere": [],
    }
    for text, titles in cases.items():
        assert await found(maya, text) == titles, text
    page = await maya.get("/search", q="type:lead ines")
    assert 'href="/leads/1-ines-moreau"' in page.text
    assert "Saltgrass" in page.text
    assert "New lead" in (await maya.get("/search", q="new lead", fragment=True)).text


async def test_what_is_gone_is_not_found(maya: Visitor, api: httpx.AsyncClient, acme: Json) -> None:
    body_of(await api.patch("/customers/2", json={"archived": True}))
    assert await found(maya, "type:customer acme") == ["Acme Rockets"]
    assert await found(maya, "status:archived") == ["The old Acme"]
    body_of(await api.delete(f"/customers/{acme['id']}"))
    for text in ("acme", "rollout", "contract", "lovelace", "#1", "@me"):
        assert await found(maya, text) == []


async def test_another_workspaces_things_are_not_found(
    maya: Visitor, fabrikam_api: httpx.AsyncClient, acme: Json
) -> None:
    theirs = await create_customer(fabrikam_api, name="Acme of theirs")
    await create_task(
        fabrikam_api,
        (await create_onboarding(fabrikam_api, theirs["id"], name="Acme rollout"))["id"],
        title="Acme task",
    )
    assert await found(maya, "acme") == ["Acme Rockets", "The old Acme", "Spring rollout", "Ada Lovelace"]
    assert "theirs" not in (await maya.get("/search", q="acme")).text
    assert acme["name"] == "Acme Rockets"


async def test_the_page_lists_one_kind_as_far_as_there_is(maya: Visitor, api: httpx.AsyncClient) -> None:
    for number in range(53):
        await create_customer(api, name=f"Branch {number}")
    page = await maya.get("/search", q="branch")
    assert page.text.count('class="item-title"') == 6
    more = re.search(r'href="(/search\?q=type%3Acustomer\+branch)"', page.text)
    assert more
    first = await maya.get("/search", q="type:customer branch")
    titles = re.findall(r"</mark> (\d+)</a>", first.text)
    assert titles == [str(number) for number in range(52, 2, -1)]
    following = re.search(r'href="/search\?q=type%3Acustomer\+branch&amp;cursor=([^"]+)"', first.text)
    assert following
    rest = await maya.get("/search", q="type:customer branch", cursor=following.group(1).replace("%3A", ":"))
    assert re.findall(r"</mark> (\d+)</a>", rest.text) == ["2", "1", "0"]
    assert "cursor=" not in rest.text
    assert (await maya.get("/search", q="type:customer branch", cursor="garbage")).status_code == 400


async def test_places_and_actions_are_those_of_the_role(maya: Visitor, tomas: Visitor) -> None:
    nothing = await maya.get("/search", fragment=True)
    for title in ("New customer", "New onboarding", "Invite teammates", "Sign out", "Customers", "API keys", "Team"):
        assert f'data-title="{title}"' in nothing.text
    keys = await maya.get("/search", q="settings keys", fragment=True)
    assert _HIT.findall(keys.text) == [("/settings/api-keys", "API keys")]
    assert _HIT.findall((await tomas.get("/search", q="settings keys", fragment=True)).text) == []
    assert "Invite teammates" not in (await tomas.get("/search", q="invite", fragment=True)).text
    theme = (await maya.get("/search", q="dark", fragment=True)).text
    assert 'data-set-theme="dark"' in theme
    # Without a script there is nothing that would set it; leaving is a form.
    assert "Use the dark theme" not in (await maya.get("/search", q="dark")).text
    assert 'action="/sign-out"' in (await maya.get("/search", q="sign out")).text.split("<main")[1]


async def test_the_page_and_its_fragment(maya: Visitor, acme: Json) -> None:  # noqa: ARG001 - is there
    page = await maya.get("/search", q="acme lo")
    assert page.text.lstrip().startswith("<!doctype html>")
    assert 'value="acme lo"' in page.text
    assert "<mark>Lo</mark>ve<mark>l" not in page.text
    page = await maya.get("/search", q="lovelace")
    assert "Ada <mark>Lovelace</mark>" in page.text
    assert "1 result</p>" in page.text
    assert 'href="/customers/1-acme-rockets#person-1"' in page.text
    part = await maya.get("/search", q="lovelace", fragment=True)
    assert "<html" not in part.text
    assert 'role="option"' in part.text
    none = await maya.get("/search", q="nothing-like-it")
    assert "Nothing is called that" in none.text


async def test_what_is_typed_or_named_is_shown_as_text(maya: Visitor, api: httpx.AsyncClient) -> None:
    await create_customer(api, name=PROBE)
    for fragment in (False, True):
        for text in (PROBE, "script", f"type:{PROBE}", f"owner:{PROBE}", "\0script"):
            response = await maya.get("/search", q=text, fragment=fragment)
            assert response.status_code == 200
            assert "<script>x" not in response.text
            assert "<img" not in response.text


async def test_no_more_is_asked_of_the_database_for_finding_more(
    app: "Dispatcher", maya: Visitor, api: httpx.AsyncClient, acme: Json
) -> None:
    few = len(await statements_of(app, maya, "/search?q=acme"))
    for number in range(10):
        await create_onboarding(api, acme["id"], name=f"Acme {number}")
        await create_customer(api, name=f"Acme {number}")
        await create_contact(api, acme["id"], name=f"Acme {number}", email=f"{number}@acme.example")
    assert len(await found(maya, "acme")) == 6 + 6 + 6
    assert len(await statements_of(app, maya, "/search?q=acme")) == few


def test_a_text_is_taken_apart() -> None:
    sought = Sought.read('type:Tasks "two words" one owner:Me #007 phase:"Program design" x:y @ # type:nothing')
    assert sought.kind == "task"
    assert sought.words == ("two words", "one", "x:y", "@", "#", "type:nothing")
    assert sought.fields == {"owner": "me", "phase": "program design"}
    assert sought.number == 7
    assert sought.kinds == ("task",)
    assert Sought.read('"open').words == ("open",)
    assert Sought.read("status: acme").words == ("status:", "acme")
    assert Sought.read("a" * 500).words == ("a" * 200,)


def test_what_was_typed_is_marked() -> None:
    assert pieces("Acme of Acme", ["acme", "of A"]) == [("Acme", True), (" ", False), ("of A", True), ("cme", False)]
    assert pieces("a.c", [".c"]) == [("a.c", False)]
    assert pieces("x (1+1)", ["(1+"]) == [("x ", False), ("(1+", True), ("1)", False)]
    assert pieces("Banana a", ["a"]) == [("Banana ", False), ("a", True)]
    assert pieces("Acme", []) == [("Acme", False)]
    assert pieces("", ["x"]) == []
