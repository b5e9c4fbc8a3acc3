"""Two leads that are the same person: told of on the page, compared field by field, made one, and two again."""

import re
from html import unescape

import httpx
import pytest

from tests.harness import World
from tests.leads.support import create_lead
from tests.support import Json, body_of, error_of
from tests.visitors import Visitor

PROBE = '"><script>alert(1)</script>'
MAIL = "ines@saltgrass.example"


@pytest.fixture
async def ines(api: httpx.AsyncClient, world: World) -> Json:
    return await create_lead(
        api, name="Ines Moreau", email=MAIL, company="Saltgrass", owner=world.maya.id, labels=["a"]
    )


@pytest.fixture
async def other(api: httpx.AsyncClient, world: World) -> Json:
    lead = await create_lead(
        api,
        name="I. Moreau",
        email=MAIL,
        company=f"Salt {PROBE}",
        phone="+33 6",
        labels=["b"],
        assignees=[world.tomas.id],
    )
    message = {"channel": "call", "direction": "inbound", "body": "Called"}
    body_of(await api.post(f"/contacts/{lead['id']}/messages", json=message), 201)
    return lead


def path_of(lead: Json) -> str:
    return f"/leads/{lead['display_id']}"


async def stored(api: httpx.AsyncClient, lead: Json) -> Json:
    return body_of(await api.get(f"/leads/{lead['id']}"))


async def test_shown_before_and_undone_after(maya: Visitor, api: httpx.AsyncClient, ines: Json, other: Json) -> None:
    page = (await maya.get(f"{path_of(ines)}-ines-moreau")).text
    assert "Another lead has the same e-mail" in page
    for fragment in (True, False):
        preview = await maya.get(f"{path_of(ines)}/merge", fragment=fragment)
        assert ("<html" in preview.text) is not fragment
        for words in ("+33 6", "taken over", "a, b", "Tomas", "with 1 message", "Keep I. Moreau instead"):
            assert words in unescape(preview.text), words
        assert "<script>alert" not in preview.text
    assert (await stored(api, ines))["phone"] is None

    answer = await maya.submit(f"{path_of(ines)}/merge", {"duplicate": other["id"]})
    assert answer.headers["location"] == f"{path_of(ines)}-ines-moreau"
    merged = await stored(api, ines)
    assert (merged["phone"], merged["company"], merged["labels"]) == ("+33 6", "Saltgrass", ["a", "b"])
    error_of(await api.get(f"/leads/{other['id']}"), 404)
    page = (await maya.get(answer.headers["location"])).text
    assert "I. Moreau is a part of Ines Moreau now" in page
    assert "Another lead has the same e-mail" not in page
    undo = re.search(r'action="(/lead-merges/\d+/undo)"', page)
    assert undo
    assert "are two leads again" in (await maya.get((await maya.submit(undo[1])).headers["location"])).text
    assert (await stored(api, ines))["phone"] is None
    assert (await stored(api, other))["phone"] == "+33 6"


async def test_what_is_no_duplicate_is_refused(maya: Visitor, api: httpx.AsyncClient, ines: Json) -> None:
    assert "No other lead has the e-mail" in (await maya.get(f"{path_of(ines)}/merge")).text
    stranger = await create_lead(api, email="else@saltgrass.example")
    for duplicate, words in (
        (stranger["id"], "Duplicates have the same e-mail."),
        (ines["id"], "This is the lead itself."),
        ("nobody", "lead"),
        ("", "Fill this in."),
    ):
        answer = await maya.submit(f"{path_of(ines)}/merge", {"duplicate": duplicate}, fragment=True)
        assert answer.status_code == 422
        assert words in unescape(answer.text)
    assert (await stored(api, stranger))["email"] == "else@saltgrass.example"


async def test_which_of_several_can_be_chosen(maya: Visitor, api: httpx.AsyncClient, ines: Json, other: Json) -> None:
    third = await create_lead(api, name="Moreau I.", email=MAIL, phone="+33 7")
    assert "2 other leads have the same e-mail" in (await maya.get(f"{path_of(ines)}-ines-moreau")).text
    page = (await maya.get(f"{path_of(ines)}/merge", duplicate=str(third["display_id"]))).text
    assert "+33 7" in page
    assert f'name="duplicate" value="{third["id"]}"' in page
    assert f'href="{path_of(ines)}/merge?duplicate={other["display_id"]}"' in page


async def test_nobody_of_another_workspace_reaches_it(fabian: Visitor, ines: Json, other: Json) -> None:
    assert (await fabian.get(f"{path_of(ines)}/merge")).status_code == 404
    assert (await fabian.submit(f"{path_of(ines)}/merge", {"duplicate": other["id"]})).status_code == 404
