"""The dialog that wins a lead: what it offers, what it refuses and keeps, and where it leads."""

from html import unescape

import httpx
import pytest

from tests.harness import World
from tests.leads.support import create_lead
from tests.support import Json, body_of, create_contact, create_customer, error_of
from tests.visitors import Visitor

PROBE = '"><script>alert(1)</script>'


@pytest.fixture
async def ines(api: httpx.AsyncClient, world: World) -> Json:
    fields = {"name": "Ines Moreau", "email": "ines@saltgrass.example", "company": "Saltgrass Swim"}
    return await create_lead(api, **fields, owner=world.tomas.id)


def path_of(lead: Json) -> str:
    return f"/leads/{lead['display_id']}-ines-moreau"


async def stored(api: httpx.AsyncClient, lead: Json) -> Json:
    return body_of(await api.get(f"/leads/{lead['id']}"))


async def test_it_offers_what_is_known(maya: Visitor, api: httpx.AsyncClient, ines: Json) -> None:
    await create_customer(api, name="Blue Heron")
    page = (await maya.get(f"{path_of(ines)}/win")).text
    for words in ('value="Saltgrass Swim"', 'value="ines@saltgrass.example"', "Blue Heron", "selected>Tomas"):
        assert words in page, words
    assert "<html" not in (await maya.get(f"{path_of(ines)}/win", fragment=True)).text


async def test_it_becomes_a_new_customer_with_an_onboarding(
    maya: Visitor, api: httpx.AsyncClient, world: World, ines: Json
) -> None:
    fields = {"whose": "new", "customer_name": "Saltgrass", "domain": "saltgrass.example", "starts": "yes"}
    plan = {"name": "Launch in spring", "target_launch_date": "2026-07-15", "csm_id": world.tomas.id, "template_id": ""}
    answer = await maya.submit(f"{path_of(ines)}/win", {**fields, **plan, "email": "ines@saltgrass.example"})
    lead = await stored(api, ines)
    customer = body_of(await api.get(f"/customers/{lead['customer_id']}"))
    onboarding = body_of(await api.get(f"/onboardings/{lead['onboarding_id']}"))
    assert answer.headers["location"] == f"/customers/{customer['display_id']}-saltgrass"
    assert (lead["status"], customer["name"], customer["domain"]) == ("won", "Saltgrass", "saltgrass.example")
    assert (onboarding["name"], onboarding["csm_id"]) == ("Launch in spring", world.tomas.id)
    assert onboarding["target_launch_date"] == "2026-07-15T00:00:00.000Z"
    page = (await maya.get(answer.headers["location"])).text
    assert "Won Ines Moreau, and Launch in spring has begun" in page
    assert "Ines Moreau" in page
    page = (await maya.get(path_of(ines))).text
    assert f'href="/customers/{customer["display_id"]}-saltgrass"' in page
    assert f'href="/onboardings/{onboarding["display_id"]}-launch-in-spring"' in page
    assert "data-edit" not in page
    assert (await maya.get(f"{path_of(ines)}/win")).headers["location"] == path_of(ines)
    again = await maya.submit(f"{path_of(ines)}/win", {**fields, **plan, "email": "ines@saltgrass.example"})
    assert again.headers["location"] == answer.headers["location"]
    assert (await maya.submit(f"/leads/{ines['id']}/properties/phone", {"phone": "1"})).status_code == 422


async def test_it_becomes_a_contact_of_a_customer_that_is_there(
    maya: Visitor, api: httpx.AsyncClient, ines: Json
) -> None:
    heron = await create_customer(api, name="Blue Heron")
    fields = {"whose": "existing", "customer_id": heron["id"], "customer_name": "Not this one", "starts": "no"}
    answer = await maya.submit(f"{path_of(ines)}/win", fields, fragment=True)
    assert answer.headers["hx-redirect"] == f"/customers/{heron['display_id']}-blue-heron"
    lead = await stored(api, ines)
    assert (lead["customer_id"], lead["onboarding_id"]) == (heron["id"], None)
    history = (await maya.get(f"/customers/{heron['display_id']}-blue-heron/activity")).text
    assert "added lead Ines Moreau" in history


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"whose": "new", "customer_name": ""}, "Fill this in."),
        ({"whose": "new", "domain": "x" * 254}, "At most 253 characters."),
        ({"whose": "existing", "customer_id": ""}, "Choose the customer."),
        ({"whose": "existing", "customer_id": "nobody"}, "customer"),
        ({"email": "ines"}, "This is not an e-mail address."),
        ({"template_id": "none-such"}, "template"),
        ({"csm_id": "nobody"}, "teammate"),
        ({"target_launch_date": "soon"}, "This is not a date."),
        ({"name": PROBE * 20}, "At most 255 characters."),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    maya: Visitor, api: httpx.AsyncClient, ines: Json, fields: dict[str, str], words: str
) -> None:
    sent = {"whose": "new", "customer_name": "Typed by hand", "email": "ines@typed.example", "starts": "yes"} | fields
    for fragment in (True, False):
        answer = await maya.submit(f"{path_of(ines)}/win", sent, fragment=fragment)
        assert answer.status_code == 422
        note = answer.text[answer.text.index("field-error") :]
        assert words in unescape(note)
        assert "<script>alert" not in answer.text
        assert ("<html" in answer.text) is not fragment
        assert fields.get("customer_name", "Typed by hand") in answer.text
        assert fields.get("email", "ines@typed.example") in answer.text
    assert (await stored(api, ines))["status"] == "open"
    error_of(await api.get("/customers/typed-by-hand"), 404)


async def test_an_e_mail_that_is_lacking_or_taken_is_asked_for(maya: Visitor, api: httpx.AsyncClient) -> None:
    bo = await create_lead(api, name="Bo", email=None)
    path = f"/leads/{bo['display_id']}-bo/win"
    lacking = await maya.submit(path, {"whose": "new", "customer_name": "Bo's", "email": "", "starts": "no"})
    assert lacking.status_code == 422
    assert "win-email-note" in lacking.text
    heron = await create_customer(api, name="Blue Heron", domain="heron.example")
    same = await maya.submit(
        path, {"whose": "new", "customer_name": "Bo", "domain": "heron.example", "email": "b@o.example"}
    )
    assert same.status_code == 422
    assert "win-domain-note" in same.text
    await create_contact(api, heron["id"], email="bo@heron.example")
    fields = {"whose": "existing", "customer_id": heron["id"], "starts": "no"}
    taken = await maya.submit(path, {**fields, "email": "bo@heron.example"})
    assert taken.status_code == 422
    assert "win-email-note" in taken.text
    assert (await maya.submit(path, {**fields, "email": "bo2@heron.example"})).status_code == 303


async def test_nobody_of_another_workspace_reaches_it(fabian: Visitor, ines: Json) -> None:
    assert (await fabian.get(f"{path_of(ines)}/win")).status_code == 404
    assert (await fabian.submit(f"{path_of(ines)}/win", {"whose": "new"})).status_code == 404
