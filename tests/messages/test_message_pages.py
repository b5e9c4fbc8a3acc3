"""The settings of messages: texts edited with merge fields, tried out, given back, and where two people meet."""

import re
from typing import TYPE_CHECKING

import httpx

from pivotal_server.messages.catalogue import KINDS, REMINDER
from tests.support import body_of
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = '"><img src=x onerror=alert(1)>'
PATH = "/settings/messages/reminder"
OWN = {"subject": "{{customer.name}}: a word", "body": "Hello {{contact.first_name}},\r\n\r\nplease."}


async def version(visitor: Visitor) -> str:
    found = re.search(r'name="version" value="([^"]*)"', (await visitor.get(PATH)).text)
    assert found
    return found.group(1)


async def test_every_text_is_listed_and_shown_as_it_reads(maya: Visitor) -> None:
    page = (await maya.get("/settings/messages")).text
    for kind in KINDS.values():
        assert kind.name in page
        assert (await maya.get(f"/settings/messages/{kind.key}")).status_code == 200
    shown = (await maya.get(PATH)).text
    assert "Hi Mira," in shown
    assert "{{contact.first_name}}" in shown
    assert "<h1>Aurora loyalty programme is live</h1>" in (await maya.get("/settings/messages/launch_recap")).text
    assert (await maya.get("/settings/messages/nothing")).status_code == 404


async def test_a_text_is_changed_and_given_back(maya: Visitor, api: httpx.AsyncClient) -> None:
    saved = await maya.submit(PATH, OWN | {"version": ""})
    assert saved.headers["location"] == PATH
    kept = body_of(await api.get("/message_templates/reminder"))
    assert (kept["subject"], kept["body"]) == (OWN["subject"], "Hello {{contact.first_name}},\n\nplease.\n")
    assert "Your own" in (await maya.get("/settings/messages")).text
    assert "Hello Mira," in (await maya.get(PATH)).text
    asked = await maya.get(f"{PATH}/reset", fragment=True)
    assert REMINDER.default.subject in asked.text
    assert (await maya.submit(f"{PATH}/reset")).headers["location"] == PATH
    assert body_of(await api.get("/message_templates/reminder"))["customized"] is False
    assert (await maya.submit(f"{PATH}/reset")).status_code == 303


async def test_our_own_text_sent_back_is_no_text_of_the_workspaces(maya: Visitor, api: httpx.AsyncClient) -> None:
    default = REMINDER.default
    await maya.submit(PATH, {"subject": default.subject, "body": default.body.replace("\n", "\r\n"), "version": ""})
    assert body_of(await api.get("/message_templates/reminder"))["customized"] is False


async def test_problems_stand_beside_their_fields(maya: Visitor, connection: "Connection") -> None:
    for fields, words in (
        ({"subject": ""}, "Fill this in."),
        ({"body": "  "}, "Fill this in."),
        ({"subject": "a" * 256}, "At most 255 characters."),
        ({"body": "Hi {{nobody}}"}, "{{nobody}} is no merge field of this text."),
        ({"subject": f"{{{{ {PROBE}"}, "is no merge field of this text."),
    ):
        page = await maya.submit(PATH, OWN | {"version": ""} | fields)
        assert page.status_code == 422
        assert words in page.text
        assert f'id="{next(iter(fields))}-note"' in page.text
        assert "<img" not in page.text
    assert await connection.fetchval("SELECT count(*) FROM message_templates") == 0


async def test_what_is_being_written_is_tried_out(maya: Visitor, connection: "Connection") -> None:
    part = await maya.submit(
        f"{PATH}/preview", {"subject": f"{PROBE} {{{{customer.name}}}}", "body": "x"}, fragment=True
    )
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "onerror=alert(1)&gt; Aurora Cosmetics" in part.text
    whole = await maya.submit(f"{PATH}/preview", {"subject": "Hi {{nobody}}", "body": PROBE})
    assert "<html" in whole.text
    assert "{{nobody}} is no merge field" in whole.text
    assert "<img" not in whole.text
    recap = await maya.submit("/settings/messages/launch_recap/preview", {"subject": "x", "body": f"# {PROBE}"})
    assert "<img" not in recap.text
    assert await connection.fetchval("SELECT count(*) FROM message_templates") == 0


async def test_two_people_at_one_text_both_see_what_they_wrote(maya: Visitor, api: httpx.AsyncClient) -> None:
    before = await version(maya)
    body_of(await api.patch("/message_templates/reminder", json={"subject": f"Theirs {PROBE}"}))
    page = await maya.submit(PATH, OWN | {"version": before})
    assert page.status_code == 409
    for words in ("changed this text meanwhile", "Theirs", "API: ", "please."):
        assert words in page.text
    assert "<img" not in page.text
    assert body_of(await api.get("/message_templates/reminder"))["subject"].startswith("Theirs")
    # Whoever has seen it may replace it; and the same text is no conflict.
    assert (await maya.submit(PATH, OWN | {"version": await version(maya)})).status_code == 303
    assert (await maya.submit(PATH, OWN | {"version": before})).status_code == 303


async def test_texts_are_for_admins(tomas: Visitor) -> None:
    for path in ("/settings/messages", PATH, f"{PATH}/reset"):
        assert (await tomas.get(path)).status_code == 403
    for path in (PATH, f"{PATH}/preview", f"{PATH}/reset"):
        assert (await tomas.submit(path, OWN)).status_code == 403
