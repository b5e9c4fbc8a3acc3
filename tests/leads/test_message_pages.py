"""The log of messages on the pages of leads and of customers' contacts: read page by page, and written by hand."""

import re
from html import unescape

import httpx
import pytest

from tests.leads.support import create_lead
from tests.support import Json, SteeredClock, body_of, create_contact
from tests.visitors import Visitor

PROBE = '"><script>alert(1)</script>'


@pytest.fixture
async def ines(api: httpx.AsyncClient) -> str:
    """The path of a lead."""
    lead = await create_lead(api, name="Ines Moreau")
    return f"/leads/{lead['display_id']}-ines-moreau"


@pytest.fixture
async def mira(api: httpx.AsyncClient) -> str:
    """The path of a customer's contact."""
    return f"/contacts/{(await create_contact(api, name='Mira Chen'))['display_id']}"


async def logged(api: httpx.AsyncClient, path: str) -> list[Json]:
    number = re.search(r"\d+", path)
    assert number
    return list(body_of(await api.get(f"/contacts/{number[0]}/messages"))["data"])


async def test_logged_by_hand_with_a_lead_and_with_a_contact(
    maya: Visitor, api: httpx.AsyncClient, ines: str, mira: str
) -> None:
    for path in (ines, mira):
        assert "No messages yet" in (await maya.get(f"{path}/messages")).text
        assert "<html" not in (await maya.get(f"{path}/messages/new", fragment=True)).text
        fields = {"channel": "call", "direction": "inbound", "status": "", "subject": "", "body": f"Asked {PROBE}"}
        answer = await maya.submit(f"{path}/messages/new", fields)
        assert answer.headers["location"] == f"{path}/messages"
        [one] = await logged(api, path)
        assert (one["channel"], one["direction"], one["status"]) == ("call", "inbound", "delivered")
        page = await maya.get(f"{path}/messages")
        for words in ("Call from", "Incoming", "Delivered", "logged by Maya", "Asked", "Logged a message from"):
            assert words in page.text, words
        assert "<script>alert" not in page.text
    assert "Asked" in (await maya.get(ines)).text
    assert "a call from Ines Moreau" in (await maya.get(f"{ines}/activity")).text


async def test_it_says_when_and_how_far_it_got(maya: Visitor, api: httpx.AsyncClient, ines: str) -> None:
    fields = {"channel": "email", "direction": "outbound", "status": "failed", "error": "No such mailbox"}
    await maya.submit(f"{ines}/messages/new", {**fields, "subject": "Hello", "sent_at": "2026-03-01T08:30"})
    [one] = await logged(api, ines)
    assert (one["status"], one["error"], one["sent_at"]) == ("failed", "No such mailbox", "2026-03-01T08:30:00.000Z")
    page = (await maya.get(f"{ines}/messages")).text
    assert "No such mailbox" in page
    assert "1 Mar 2026, 08:30 UTC" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"channel": "pigeon"}, "pigeon"),
        ({"direction": "sideways"}, "sideways"),
        ({"sent_at": "yesterday"}, "This is not a date."),
        ({"subject": "x" * 999}, "At most 998 characters."),
        ({"status": "lost"}, "lost"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    maya: Visitor, api: httpx.AsyncClient, ines: str, mira: str, fields: dict[str, str], words: str
) -> None:
    sent = {"channel": "email", "direction": "outbound", "body": "Kept as it was", **fields}
    for path in (ines, mira):
        for fragment in (True, False):
            answer = await maya.submit(f"{path}/messages/new", sent, fragment=fragment)
            assert answer.status_code == 422
            assert words in unescape(answer.text)
            assert "Kept as it was" in answer.text
            assert ("<html" in answer.text) is not fragment
        assert await logged(api, path) == []


async def test_a_long_log_comes_page_by_page(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock, ines: str, mira: str
) -> None:
    for path in (ines, mira):
        number = re.search(r"\d+", path)
        assert number
        for _ in range(60):
            clock.advance(1)
            body = {"channel": "sms", "direction": "outbound", "body": "A line\n" * 9}
            body_of(await api.post(f"/contacts/{number[0]}/messages", json=body), 201)
        page = (await maya.get(f"{path}/messages")).text
        assert page.count('id="message-c') == 50
        more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', page)
        assert more
        rest = await maya.client.get(unescape(more.group(1)), headers={"hx-request": "true"})
        assert "<html" not in rest.text
        assert rest.text.count('id="message-c') == 10
        assert (await maya.client.get(unescape(more.group(1)))).text.count('id="message-c') == 10
        assert (await maya.get(f"{path}/messages", cursor="yesterday")).status_code == 400
    assert (await maya.get(ines)).text.count('id="message-c') == 3


async def test_nobody_of_another_workspace_reaches_it(fabian: Visitor, ines: str, mira: str) -> None:
    for path in (ines, mira):
        for page in ("/messages", "/messages/new"):
            assert (await fabian.get(path + page)).status_code == 404
        assert (await fabian.submit(f"{path}/messages/new", {"channel": "call"})).status_code == 404
