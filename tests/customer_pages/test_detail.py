"""The page of a customer: where it is, its fields in place, its status, its activity, and the end of it."""

import csv
import io
import re
from html import unescape

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, error_of, events
from tests.visitors import Visitor

PROBE = '"><script>alert(1)</script>'


@pytest.fixture
async def aurora(api: httpx.AsyncClient) -> Json:
    body_of(
        await api.post(
            "/custom_fields", json={"resource": "customer", "key": "stores", "name": "Stores", "type": "number"}
        ),
        201,
    )
    return await create_customer(api, name="Aurora Outfitters", slug="aurora", plan="Pro", arr=598_800, tags=["retail"])


def path_of(customer: Json) -> str:
    return f"/customers/{customer['display_id']}-aurora-outfitters"


async def stored(api: httpx.AsyncClient, customer: Json) -> Json:
    return body_of(await api.get(f"/customers/{customer['id']}"))


async def test_every_way_to_name_it_leads_to_one_address(maya: Visitor, aurora: Json) -> None:
    number = aurora["display_id"]
    for place in (str(number), f"{number}-anything", aurora["id"], "aurora"):
        for tab in ("", "/activity"):
            response = await maya.get(f"/customers/{place}{tab}")
            assert response.headers["location"] == path_of(aurora) + tab
    page = await maya.get(path_of(aurora))
    assert page.status_code == 200
    assert "5,988 ARR" in page.text
    assert (await maya.get("/customers/nothing-like-it")).status_code == 404
    assert (await maya.get("/customers/99999")).status_code == 404


async def test_it_shows_what_is_under_way(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    onboarding = await create_onboarding(api, aurora["id"], name="Launch in spring")
    for title in ("Kick-off", "Data"):
        body_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json={"title": title}), 201)
    page = (await maya.get(path_of(aurora))).text
    assert f'href="/onboardings/{onboarding["display_id"]}-launch-in-spring"' in page
    assert "0/2" in page
    assert "No contacts yet" in page


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("name", "Aurora & Sons", "name", "Aurora & Sons"),
        ("plan", "", "plan", None),
        ("arr", "1,234.50", "arr", 123_450),
        ("monthly_orders", "1800", "monthly_orders", 1800),
        ("owner_email", "tomas@northwind.example", "owner_email", "tomas@northwind.example"),
        ("tags", "retail, vip,, retail", "tags", ["retail", "vip"]),
        ("domain", "Aurora.example", "domain", "aurora.example"),
        ("custom_stores", "12", "custom_fields", {"stores": 12}),
    ],
)
async def test_a_field_is_changed_in_place(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json, name: str, text: str, field: str, value: object
) -> None:
    path = f"/customers/{aurora['display_id']}/properties/{name}"
    part = await maya.submit(path, {name: text}, fragment=True)
    assert part.status_code == 200, part.text
    assert "data-saved" in part.text
    assert "<html" not in part.text
    assert (await stored(api, aurora))[field] == value
    assert (await maya.submit(path, {name: text})).status_code == 303
    assert len(await events(api, "customer.updated")) == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("name", "", "Fill this in."),
        ("arr", "a lot", "A whole number, such as 1200."),
        ("arr", "1.005", "A whole number, such as 1200."),
        ("arr", "-5", "At least 0."),
        ("slug", "Not One", "This has characters that do not belong here."),
        ("owner_email", "nobody@northwind.example", "No teammate of this workspace has this e-mail."),
        ("custom_stores", "many", "Expected number, received string"),
        ("plan", PROBE * 20, "At most 255 characters."),
    ],
)
async def test_what_does_not_fit_stands_beside_its_field(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json, name: str, text: str, words: str
) -> None:
    before = await stored(api, aurora)
    for fragment in (True, False):
        answer = await maya.submit(f"/customers/{aurora['id']}/properties/{name}", {name: text}, fragment=fragment)
        assert answer.status_code == 422
        assert words in unescape(answer.text)
        assert "<script>alert" not in answer.text
        assert ("<html" in answer.text) is not fragment
    assert await stored(api, aurora) == before
    assert (await maya.submit(f"/customers/{aurora['id']}/properties/nothing", {"nothing": "1"})).status_code == 404


async def test_what_somebody_else_saved_meanwhile_is_shown_and_not_overwritten(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, aurora: Json
) -> None:
    path = f"/customers/{aurora['id']}/properties/plan"
    await tomas.submit(path, {"plan": "Solo", "was": "Pro"}, fragment=True)
    answer = await maya.submit(path, {"plan": "Growth", "was": "Pro"}, fragment=True)
    assert answer.status_code == 409
    assert "Tomas" in answer.text
    assert "<strong>Solo</strong>" in answer.text
    assert 'value="Growth"' in answer.text
    assert (await stored(api, aurora))["plan"] == "Solo"
    was = re.search(r'name="was" value="([^"]*)"', answer.text)
    assert was
    assert (await maya.submit(path, {"plan": "Growth", "was": was.group(1)}, fragment=True)).status_code == 200
    assert (await stored(api, aurora))["plan"] == "Growth"


async def test_a_grave_status_needs_a_reason_which_stands_on_the_timeline(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json
) -> None:
    path = f"/customers/{aurora['id']}/status"
    assert "<html" not in (await maya.get(path, fragment=True)).text
    refused = await maya.submit(path, {"status": "at_risk", "reason": ""})
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert (await maya.submit(path, {"status": "nothing"})).status_code == 422
    response = await maya.submit(path, {"status": "at_risk", "reason": f"Champion left {PROBE}"})
    assert response.headers["location"] == path_of(aurora)
    assert (await stored(api, aurora))["at_risk"] is True
    assert len(await events(api, "customer.at_risk")) == 1
    page = (await maya.get(f"{path_of(aurora)}/activity")).text
    assert "Champion left" in page
    assert "<script>alert" not in page


async def test_activity_by_what_and_by_whom_on_pages_and_as_a_file(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock, aurora: Json
) -> None:
    for number in range(60):
        clock.advance(1)
        await maya.submit(f"/customers/{aurora['id']}/properties/plan", {"plan": f"Plan {number}"})
    await api.post(f"/customers/{aurora['id']}/contacts", json={"name": "Mira", "email": "mira@aurora.example"})
    path = f"{path_of(aurora)}/activity"
    whole = await maya.get(path)
    assert whole.text.count("data-relative") >= 50
    more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', whole.text)
    assert more
    rest = await maya.client.get(unescape(more.group(1)), headers={"hx-request": "true"})
    assert "<html" not in rest.text
    assert "Created customer Aurora Outfitters".lower()[1:] in rest.text.lower()
    contacts = await maya.get(path, fragment=True, type="contact")
    assert "added contact Mira" in contacts.text
    assert "Plan 5" not in contacts.text
    person = re.search(r'<option value="([^"]+)">Maya</option>', whole.text)
    assert person
    assert "Mira" not in (await maya.get(path, fragment=True, actor=person.group(1))).text
    rows = list(csv.DictReader(io.StringIO((await maya.get(f"{path}.csv")).text)))
    assert len(rows) == 62
    assert len(list(csv.DictReader(io.StringIO((await maya.get(f"{path}.csv", type="contact")).text)))) == 1
    assert (await maya.get(path, cursor="yesterday")).status_code == 400


async def test_archived_and_back_and_deleted_by_its_name(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    path = path_of(aurora)
    await maya.submit(f"{path}/archive")
    assert (await stored(api, aurora))["archived"] is True
    page = await maya.get(path)
    undo = re.search(r'<form method="post" action="([^"]+/restore)"><input type="hidden" name="csrf"', page.text)
    assert undo
    await maya.submit(undo.group(1))
    assert (await stored(api, aurora))["archived"] is False
    assert "<html" not in (await maya.get(f"{path}/delete", fragment=True)).text
    refused = await maya.submit(f"{path}/delete", {"name": "Aurora"})
    assert refused.status_code == 422
    assert "This is not the customer&#39;s name" in refused.text
    assert (await maya.submit(f"{path}/delete", {"name": "Aurora Outfitters"})).headers["location"] == "/customers"
    error_of(await api.get(f"/customers/{aurora['id']}"), 404)
    assert (await maya.get(path)).status_code == 404
    assert (await maya.get("/customers/aurora")).status_code == 404


async def test_nothing_typed_becomes_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    made = await create_customer(api, name=PROBE, plan=PROBE, tags=[PROBE], hubspot_deal_id=PROBE)
    body = {"name": PROBE, "email": "mira@aurora.example", "title": PROBE}
    contact = body_of(await api.post(f"/customers/{made['id']}/contacts", json=body), 201)
    await create_onboarding(api, made["id"], name=PROBE)
    place = f"/customers/{made['display_id']}-script-alert-1-script"
    for path in (place, f"{place}/activity", f"{place}/status", f"{place}/delete", f"{place}/contacts/new"):
        page = await maya.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
    assert "<script>alert" not in (await maya.get(f"/contacts/{contact['id']}/edit")).text


async def test_nobody_of_another_workspace_reaches_it(fabian: Visitor, aurora: Json) -> None:
    for place in (path_of(aurora), "/customers/aurora"):
        assert (await fabian.get(place)).status_code == 404
