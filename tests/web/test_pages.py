"""What every page has in common: who may see it, its headers, its forms, its errors."""

import gzip
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support import SteeredClock, body_of, error_of, events
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


def hidden_token(html: str) -> str:
    found = re.search(r'<input type="hidden" name="csrf" value="([^"]+)">', html)
    assert found
    return found.group(1)


async def test_a_stranger_is_led_to_the_sign_in_and_back(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("http://testserver/customers?status=active", headers={"accept": "text/html"})
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/customers%3Fstatus%3Dactive"


def without_tokens(text: str) -> str:
    return re.sub(r'name="csrf" (value|content)="[^"]+"', "", text)


async def test_a_page_is_a_whole_document_and_its_fragment_a_part(maya: Visitor) -> None:
    whole = await maya.get("/customers")
    assert whole.status_code == 200
    assert whole.text.lstrip().startswith("<!doctype html>")
    assert "Northwind" in whole.text
    part = await maya.get("/customers", fragment=True)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert without_tokens(part.text).strip() in without_tokens(whole.text)


async def test_headers_keep_the_page_to_itself(maya: Visitor) -> None:
    for path in ("/customers", "/customers/new", "/nowhere"):
        headers = (await maya.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["x-request-id"].startswith("req_")


async def test_pages_hold_no_inline_script_or_style(maya: Visitor) -> None:
    for path in ("/customers", "/customers/new", "/nowhere"):
        html = (await maya.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)


async def test_a_form_changes_things_as_the_api_does(maya: Visitor, api: httpx.AsyncClient) -> None:
    response = await maya.submit("/customers", {"name": "Aurora Outfitters", "status": "onboarding", "plan": ""})
    assert response.status_code == 303
    [customer] = body_of(await api.get("/customers"))["data"]
    assert (customer["name"], customer["status"], customer["plan"]) == ("Aurora Outfitters", "onboarding", None)
    [event] = await events(api, "customer.created")
    assert event["data"]["object"]["id"] == customer["id"]


async def test_the_teammate_stands_in_the_audit(maya: Visitor, connection: "Connection") -> None:
    await maya.submit("/customers", {"name": "Aurora Outfitters", "status": "active"})
    entry = await connection.fetchrow("SELECT actor_type, actor_name, livemode, request_id FROM activity")
    assert entry is not None
    assert tuple(entry)[:3] == ("person", "Maya", True)
    assert entry["request_id"].startswith("req_")


async def test_problems_stand_beside_their_fields_and_nothing_typed_is_lost(maya: Visitor) -> None:
    response = await maya.submit("/customers", {"name": "", "domain": "aurora.example", "owner_email": "nobody@x"})
    assert response.status_code == 422
    assert "Fill this in." in response.text
    assert "This is not an e-mail address." in response.text
    assert 'value="aurora.example"' in response.text


async def test_what_an_action_refuses_stands_beside_its_field(maya: Visitor) -> None:
    fields = {"name": "Aurora", "owner_email": "nobody@northwind.example"}
    response = await maya.submit("/customers", fields, fragment=True)
    assert response.status_code == 422
    assert "No teammate of this workspace has this e-mail." in response.text
    assert "<html" not in response.text


@pytest.mark.parametrize(
    "broken", ["", "x", "A" * 88, "none of ours"], ids=["missing", "short", "made up", "not base64"]
)
async def test_a_form_without_our_token_changes_nothing(maya: Visitor, connection: "Connection", broken: str) -> None:
    response = await maya.client.post("/customers", data={"name": "Aurora", "csrf": broken})
    assert response.status_code == 403
    assert "nothing was changed" in response.text
    assert await connection.fetchval("SELECT count(*) FROM customers") == 0


async def test_another_persons_token_does_not_fit(maya: Visitor, tomas: Visitor) -> None:
    response = await maya.client.post("/customers", data={"name": "Aurora", "csrf": await tomas.token()})
    assert response.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}]
)
async def test_a_form_from_another_site_is_refused(maya: Visitor, headers: dict[str, str]) -> None:
    data = {"name": "Aurora", "csrf": await maya.token()}
    response = await maya.client.post("/customers", data=data, headers=headers)
    assert response.status_code == 403
    assert (await maya.client.post("/customers", data=data, headers={"origin": "http://testserver"})).is_redirect


async def test_tokens_differ_from_page_to_page(maya: Visitor) -> None:
    tokens = {hidden_token((await maya.get("/customers/new")).text) for _ in range(3)}
    assert len(tokens) == 3


async def test_what_was_done_is_told_once(maya: Visitor) -> None:
    await maya.submit("/customers", {"name": "Aurora <b>"})
    page = await maya.get("/customers")
    assert "Added Aurora &lt;b&gt;" in page.text
    assert "Added Aurora" not in (await maya.get("/customers")).text


async def test_a_made_up_toast_is_text_and_leads_nowhere_else(maya: Visitor) -> None:
    for cookie in ("zz", "5b5d", b'{"text": 1}'.hex(), b'{"text": "<i>", "undo": "//evil.example"}'.hex()):
        page = await maya.client.get("/customers", headers={"cookie": f"pivotal_toast={cookie}"})
        assert page.status_code in {200, 303}
        assert "evil.example" not in page.text
        assert "<i>" not in page.text


async def test_wrong_addresses_and_methods_get_a_page_in_a_browser_and_json_elsewhere(
    maya: Visitor, anonymous: httpx.AsyncClient
) -> None:
    page = await maya.get("/nowhere")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "Northwind" in page.text
    assert error_of(await anonymous.get("http://testserver/nowhere"), 404)["code"] == "http_exception"
    assert error_of(await anonymous.get("/nowhere", headers={"accept": "text/html"}), 404)
    response = await maya.client.request("DELETE", "/customers")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_head_is_get_without_the_page(maya: Visitor) -> None:
    response = await maya.client.head("/customers")
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name=" + b"a" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b'{"name": "a"}', "application/json", 415),
        (b"--x\r\nbroken", "multipart/form-data; boundary=y", 400),
        (b"name=a%00b", "application/x-www-form-urlencoded", 400),
    ],
    ids=["too large", "json", "broken", "NUL"],
)
async def test_what_is_no_form_gets_a_clear_answer(maya: Visitor, body: bytes, kind: str, status: int) -> None:
    headers = {"content-type": kind, "x-csrf-token": await maya.token()}
    response = await maya.client.post("/customers", content=body, headers=headers)
    assert response.status_code == status


async def test_nothing_is_read_from_who_may_not_send_it(maya: Visitor, tomas: Visitor) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"a" * 1000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await tomas.client.post("/settings/api-keys", content=body(), headers=headers)).status_code == 403
    maya.client.cookies.clear()
    assert (await maya.client.post("/customers", content=body(), headers=headers)).is_redirect
    assert read == 0


async def test_a_revoked_session_ends_at_once(maya: Visitor, connection: "Connection", clock: SteeredClock) -> None:
    await connection.execute("UPDATE sessions SET revoked_at = $1", clock.now())
    assert (await maya.get("/customers")).headers["location"].startswith("/sign-in")


async def test_a_page_is_compressed_for_a_browser_that_takes_it(maya: Visitor) -> None:
    answers = {}
    for accepted in ("gzip, br", "identity", "gzip;q=0"):
        headers = {"accept": "text/html", "accept-encoding": accepted}
        async with maya.client.stream("GET", "/customers", headers=headers) as answer:
            raw = b"".join([piece async for piece in answer.aiter_raw()])
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert int(answer.headers["content-length"]) == len(raw)
        answers[accepted] = answer.headers.get("content-encoding"), raw
    encoding, compressed = answers["gzip, br"]
    assert encoding == "gzip"
    assert b"</html>" in gzip.decompress(compressed)
    assert len(compressed) * 2 < len(answers["identity"][1])
    assert [answers[accepted][0] for accepted in ("identity", "gzip;q=0")] == [None, None]
    head = await maya.client.head("/customers", headers={"accept-encoding": "gzip"})
    assert (head.headers["content-encoding"], head.content) == ("gzip", b"")
