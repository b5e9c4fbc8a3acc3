"""Contacts on the page of their customer: added, pasted, corrected, starred, archived, deleted and back."""

import re
from html import unescape

import httpx
import pytest

from tests.support import Json, body_of, create_customer, events
from tests.visitors import Visitor

TABLE = """Email;Name;Job title
mira@aurora.example;Mira Chen;Head of Ops
not an address;Ken Ito;
;Nobody;
MIRA@aurora.example;Mira again;
sven@aurora.example;Sven <b>Berg</b>;
"""


@pytest.fixture
async def aurora(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora")


async def contacts(api: httpx.AsyncClient, customer: Json, archived: str = "false") -> list[Json]:
    answer = await api.get(f"/customers/{customer['id']}/contacts", params={"archived": archived})
    return list(body_of(answer)["data"])


async def add(visitor: Visitor, customer: Json, name: str) -> None:
    body = {"name": name, "email": f"{name.lower()}@aurora.example", "title": ""}
    response = await visitor.submit(f"/customers/{customer['id']}/contacts/new", body)
    assert response.headers["location"] == f"/customers/{customer['display_id']}-aurora"


async def test_added_one_by_one_and_taken_back(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    await add(maya, aurora, "Mira")
    [one] = await contacts(api, aurora)
    assert (one["name"], one["title"], one["is_primary"]) == ("Mira", None, True)
    page = (await maya.get(f"/customers/{aurora['display_id']}-aurora")).text
    undo = re.search(r'action="(/contacts/\d+/delete)"', page)
    assert undo
    assert "Added Mira" in page
    await maya.submit(undo.group(1))
    assert await contacts(api, aurora) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "email": "mira@aurora.example"}, "Fill this in."),
        ({"name": "Mira", "email": "mira"}, "This is not an e-mail address."),
        (
            {"name": "Mira", "email": "mira@aurora.example", "linkedin_url": "javascript:alert(1)"},
            "A web address that begins with https://.",
        ),
        ({"name": "Mira", "email": "taken@aurora.example"}, "Another contact of this customer has this e-mail."),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    maya: Visitor, aurora: Json, fields: dict[str, str], words: str
) -> None:
    await add(maya, aurora, "Taken")
    path = f"/customers/{aurora['id']}/contacts/new"
    assert "<html" not in (await maya.get(path, fragment=True)).text
    response = await maya.submit(path, fields)
    assert response.status_code == 422
    assert words in unescape(response.text)
    assert f'value="{fields["email"]}"' in response.text


async def test_a_pasted_table_is_shown_line_by_line_before_anything_is_added(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json
) -> None:
    path = f"/customers/{aurora['id']}/contacts/paste"
    preview = await maya.submit(path, {"text": TABLE})
    text = unescape(preview.text)
    assert "2 contacts can be added, 3 lines have a problem and are left out" in text
    assert "This is no e-mail address." in text
    assert "Another contact of this customer has this e-mail." in text
    assert "Sven <b>" not in preview.text
    assert await contacts(api, aurora) == []
    assert await events(api, "contact.created") == []
    response = await maya.submit(path, {"text": TABLE, "seen": "true"})
    assert response.status_code == 303
    assert {one["name"] for one in await contacts(api, aurora)} == {"Mira Chen", "Sven <b>Berg</b>"}
    assert len(await events(api, "contact.created")) == 2
    again = await maya.submit(path, {"text": TABLE, "seen": "true"})
    assert again.status_code == 422
    assert "None of these could be added." in again.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste at least one line"),
        ("name,email", "There is nothing below the names"),
        ("a,a@b.example\n" * 501, "At most 500 lines at a time; these are 501."),
        ("x" * 140_000, "This is no table that can be read"),
    ],
)
async def test_what_is_no_table_is_refused(maya: Visitor, aurora: Json, text: str, words: str) -> None:
    response = await maya.submit(f"/customers/{aurora['id']}/contacts/paste", {"text": text})
    assert response.status_code == 422
    assert words in response.text


@pytest.mark.parametrize("table", ["Mira,mira@aurora.example,COO", "Mira\tmira@aurora.example\tCOO"])
async def test_without_a_head_columns_are_name_email_title(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json, table: str
) -> None:
    await maya.submit(f"/customers/{aurora['id']}/contacts/paste", {"text": table, "seen": "true"})
    [one] = await contacts(api, aurora)
    assert (one["name"], one["email"], one["title"]) == ("Mira", "mira@aurora.example", "COO")


async def test_corrected(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    await add(maya, aurora, "Mira")
    [one] = await contacts(api, aurora)
    path = f"/contacts/{one['display_id']}/edit"
    assert 'value="mira@aurora.example"' in (await maya.get(path)).text
    refused = await maya.submit(path, {"name": "", "email": "x", "title": "COO"})
    assert refused.status_code == 422
    assert "This is not an e-mail address." in refused.text
    reached = {"phone": "+49 30 901820", "linkedin_url": "https://linkedin.example/in/mira", "location": "Berlin"}
    sent = {"name": "Mira Chen", "email": "m@aurora.example", "title": "COO"} | reached
    await maya.submit(path, sent)
    [one] = await contacts(api, aurora)
    assert one.items() >= sent.items()
    assert 'value="https://linkedin.example/in/mira"' in (await maya.get(path)).text
    await maya.submit(path, {**sent, "phone": "", "location": ""})
    [one] = await contacts(api, aurora)
    assert (one["phone"], one["location"], one["linkedin_url"]) == (None, None, reached["linkedin_url"])


async def test_starred_archived_and_back(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    await add(maya, aurora, "Mira")
    await add(maya, aurora, "Sven")
    sven = next(one for one in await contacts(api, aurora) if one["name"] == "Sven")
    await maya.submit(f"/contacts/{sven['id']}/primary")
    assert [(one["name"], one["is_primary"]) for one in await contacts(api, aurora)] == [
        ("Sven", True),
        ("Mira", False),
    ]
    await maya.submit(f"/contacts/{sven['id']}/archive")
    assert [one["name"] for one in await contacts(api, aurora)] == ["Mira"]
    shown = (await maya.get(f"/customers/{aurora['display_id']}-aurora", contacts="archived")).text
    assert "sven@aurora.example" in shown
    assert "mira@aurora.example" not in shown
    await maya.submit(f"/contacts/{sven['id']}/unarchive")
    assert len(await contacts(api, aurora)) == 2


async def test_deleted_and_back_as_it_was(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    await add(maya, aurora, "Mira")
    [mira] = await contacts(api, aurora)
    await maya.submit(f"/contacts/{mira['id']}/delete")
    assert await contacts(api, aurora) == []
    await maya.submit(f"/contacts/{mira['id']}/restore")
    [back] = await contacts(api, aurora)
    assert back | {"updated_at": None} == mira | {"updated_at": None}
    types = [event["type"] for event in await events(api)]
    assert types == ["customer.created", "contact.created", "contact.deleted", "contact.created"]
    await maya.submit(f"/contacts/{mira['id']}/restore")
    assert len(await contacts(api, aurora)) == 1


async def test_back_beside_whoever_took_the_place(maya: Visitor, api: httpx.AsyncClient, aurora: Json) -> None:
    await add(maya, aurora, "Mira")
    [mira] = await contacts(api, aurora)
    await maya.submit(f"/contacts/{mira['id']}/delete")
    await add(maya, aurora, "Sven")
    await maya.submit(f"/contacts/{mira['id']}/restore")
    assert [(one["name"], one["is_primary"]) for one in await contacts(api, aurora)] == [
        ("Sven", True),
        ("Mira", False),
    ]
    [sven, _] = await contacts(api, aurora)
    await maya.submit(f"/contacts/{sven['id']}/delete")
    await maya.submit(f"/contacts/{mira['id']}/primary")
    await maya.submit(f"/contacts/{mira['id']}/archive")
    assert (await maya.submit(f"/contacts/{sven['id']}/restore")).status_code == 303
    await maya.submit(f"/contacts/{mira['id']}/delete")
    await add(maya, aurora, "Mira")
    refused = await maya.submit(f"/contacts/{mira['id']}/restore")
    assert refused.status_code == 409
    assert "Another contact of this customer has this e-mail." in refused.text
