"""API keys in the settings: shown once, used at once, refused as soon as they are revoked, none of it for members."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import ClientOf
from tests.support import body_of, error_of
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/api-keys"
KEY = re.compile(r'value="(pivotal_(?:test_)?[0-9A-Za-z]{46})"')


async def made(visitor: Visitor, **fields: object) -> str:
    """Make a key on the page and return its cleartext."""
    response = await visitor.submit(PATH, {"name": "prod-server", "mode": "live", "reach": "all", **fields})
    assert response.status_code == 200, response.text
    found = KEY.search(response.text)
    assert found
    return found.group(1)


async def row_of(connection: "Connection", name: str = "prod-server") -> str:
    return str(await connection.fetchval("SELECT id FROM api_keys WHERE name = $1", name))


async def test_a_key_is_shown_once_and_works_at_once(maya: Visitor, client: ClientOf) -> None:
    text = await made(maya)
    assert body_of(await client(text).get("/me"))["key_name"] == "prod-server"
    page = (await maya.get(PATH)).text
    assert "prod-server" in page
    assert text not in page
    assert text[: len("pivotal_") + 8] in page


async def test_a_key_reaches_as_far_as_was_chosen(maya: Visitor, client: ClientOf) -> None:
    text = await made(maya, mode="test", reach="some", scopes=["customers:read", "events:read"])
    assert text.startswith("pivotal_test_")
    narrow = client(text)
    assert (await narrow.get("/customers")).status_code == 200
    assert error_of(await narrow.post("/customers", json={"name": "A"}), 403)["code"] == "insufficient_scope"


async def test_the_last_day_counts(maya: Visitor, connection: "Connection") -> None:
    await made(maya, last_day="2026-03-09")
    expires = await connection.fetchval("SELECT expires_at FROM api_keys WHERE name = 'prod-server'")
    assert expires.isoformat() == "2026-03-10T00:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Fill this in."),
        ({"name": "x" * 256}, "At most 255 characters."),
        ({"reach": "some"}, "Choose at least one"),
        ({"reach": "some", "scopes": ["everything"]}, "Unknown scopes: everything"),
        ({"last_day": "2026-03-01"}, "A day that is still to come."),
        ({"last_day": "tomorrow"}, "date"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field(
    maya: Visitor, connection: "Connection", fields: dict[str, object], words: str
) -> None:
    before = await connection.fetchval("SELECT count(*) FROM api_keys")
    response = await maya.submit(PATH, {"name": "kept as typed", "mode": "live", "reach": "all", **fields})
    assert response.status_code == 422
    assert words in response.text
    assert await connection.fetchval("SELECT count(*) FROM api_keys") == before


async def test_a_revoked_key_is_refused_from_its_next_request_on(
    maya: Visitor, client: ClientOf, connection: "Connection"
) -> None:
    api = client(await made(maya))
    body_of(await api.get("/me"))
    path = f"{PATH}/{await row_of(connection)}/revoke"
    assert (await maya.submit(path, {"name": "another"})).status_code == 422
    body_of(await api.get("/me"))
    assert (await maya.submit(path, {"name": "prod-server"})).status_code == 303
    assert error_of(await api.get("/me"), 401)["code"] == "api_key_revoked"
    assert (await maya.get(path)).status_code == 404
    assert "Revoked" in (await maya.get(PATH)).text


async def test_making_and_revoking_stand_in_the_audit_log_without_the_key(
    maya: Visitor, connection: "Connection"
) -> None:
    text = await made(maya)
    await maya.submit(f"{PATH}/{await row_of(connection)}/revoke", {"name": "prod-server"})
    entries = await connection.fetch("SELECT type, actor_name, to_jsonb(a)::text AS whole FROM activity a ORDER BY id")
    assert [tuple(entry)[:2] for entry in entries] == [("api_key.created", "Maya"), ("api_key.revoked", "Maya")]
    assert not [entry for entry in entries if text in entry["whole"]]


async def test_a_member_sees_and_makes_none(tomas: Visitor, connection: "Connection", api: httpx.AsyncClient) -> None:
    before = await connection.fetchval("SELECT count(*) FROM api_keys")
    assert (await tomas.get(PATH)).status_code == 403
    assert (await tomas.submit(PATH, {"name": "mine", "mode": "live", "reach": "all"})).status_code == 403
    assert await connection.fetchval("SELECT count(*) FROM api_keys") == before
    body_of(await api.get("/me"))


async def test_names_are_text_wherever_they_stand(maya: Visitor, connection: "Connection") -> None:
    name = "<script>alert(1)</script>"
    response = await maya.submit(PATH, {"name": name, "mode": "live", "reach": "all"})
    pages = [response, await maya.get(PATH), await maya.get(f"{PATH}/{await row_of(connection, name)}/revoke")]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
