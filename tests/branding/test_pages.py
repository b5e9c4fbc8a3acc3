"""The look of a workspace: chosen by admins, seen by everybody at once, brought back, and harmless whatever comes."""

import contextlib
import re
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from pivotal_server.comments.models import file_key
from pivotal_server.core.settings import Settings
from tests.branding.images import chunk, jpeg, png
from tests.harness import World
from tests.support import SteeredClock
from tests.tenancy.test_tenancy import TENANT_TABLES
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/branding"
INK = "#0f766e"
PROBE = '"><script>alert(1)</script>'


async def give(visitor: Visitor, place: str, data: bytes, name: str = "logo.png", type_: str = "image/png") -> int:
    answer = await visitor.submit(f"{PATH}/images/{place}", files={"image": (name, data, type_)})
    return answer.status_code


async def look_of(connection: "Connection", world: World) -> dict[str, str | None]:
    row = await connection.fetchrow("SELECT * FROM brands WHERE workspace_id = $1", world.northwind.id)
    return {name: row[name] for name in ("accent", "logo", "dark_logo", "favicon")} if row else {}


async def undo(visitor: Visitor) -> httpx.Response:
    found = re.search(rf'action="({PATH}/restore[^"]+)"', (await visitor.get(PATH)).text)
    assert found
    return await visitor.submit(found.group(1).replace("&amp;", "&"))


async def summaries(connection: "Connection") -> list[tuple[str, str]]:
    rows = await connection.fetch("SELECT actor_name, summary FROM activity WHERE type = 'brand.updated' ORDER BY id")
    return [(row["actor_name"], row["summary"]) for row in rows]


async def test_a_colour_is_there_with_the_next_page_for_everybody(
    maya: Visitor, tomas: Visitor, connection: "Connection"
) -> None:
    assert "/brand/colours/" not in (await tomas.get("/customers")).text
    assert (await maya.submit(f"{PATH}/accent", {"accent": " 0F766E ", "was": ""})).headers["location"] == PATH
    page = (await tomas.get("/customers")).text
    sheet = re.search(r'<link rel="stylesheet" href="(/brand/colours/0f766e\.css)">', page)
    assert sheet
    assert page.index("app") < page.index(sheet.group(1))
    answer = await maya.client.get(sheet.group(1))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text.startswith(":root{--brand-h:")
    assert await summaries(connection) == [("Maya", "Changed the look of the workspace: colour")]


async def test_another_workspace_keeps_its_own_look(maya: Visitor, fabian: Visitor) -> None:
    await maya.submit(f"{PATH}/accent", {"accent": INK, "was": ""})
    await give(maya, "logo", png())
    page = (await fabian.get("/customers")).text
    assert "/brand/" not in page


@pytest.mark.parametrize(
    "accent", ["", "red", "#12345", "url(//x)", "#fff;}*{display:none", PROBE, "#4f46e5\n}", "javascript:1", "x" * 200]
)
async def test_what_is_no_colour_is_refused_beside_the_field(
    maya: Visitor, connection: "Connection", world: World, accent: str
) -> None:
    for path in (f"{PATH}/accent", f"{PATH}/preview"):
        answer = await maya.submit(path, {"accent": accent, "was": ""})
        assert answer.status_code == 422
        assert 'id="accent-note"' in answer.text
        assert PROBE not in answer.text
        assert '<svg class="specimen"' not in answer.text
    assert (await maya.submit(f"{PATH}/preview", {"accent": accent}, fragment=True)).status_code == 422
    assert await look_of(connection, world) == {}


@pytest.mark.parametrize(
    "path",
    ["/brand/colours/red.css", "/brand/colours/4f46e5", "/brand/colours/4f46e5%7D.css", "/brand/colours/4F46E5.css",
     "/brand/colours/..%2f..%2fapp.css", "/brand/images/org_x/../../x", "/brand/images/org_x/%2e%2e%2fx",
     "/brand/images/org_x/c01", "/brand", "/brand/"],
)  # fmt: skip
async def test_other_addresses_lead_nowhere(maya: Visitor, path: str) -> None:
    assert (await maya.client.get(path)).status_code == 404


async def test_a_preview_tells_what_is_made_of_a_colour_and_saves_nothing(
    maya: Visitor, connection: "Connection", world: World
) -> None:
    answer = await maya.submit(f"{PATH}/preview", {"accent": "#ffee00"}, fragment=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div class="form" id="colours"')
    assert "Shown as #" in answer.text
    assert "Nothing is saved yet" in answer.text
    assert "<h1>Branding</h1>" in (await maya.submit(f"{PATH}/preview", {"accent": "#ffee00"})).text
    assert await look_of(connection, world) == {}


async def test_two_who_choose_a_colour_see_both(maya: Visitor, connection: "Connection", world: World) -> None:
    await maya.submit(f"{PATH}/accent", {"accent": INK, "was": ""})
    answer = await maya.submit(f"{PATH}/accent", {"accent": "#b91c1c", "was": ""})
    assert answer.status_code == 409
    assert "Maya chose #0F766E meanwhile" in answer.text
    assert 'value="#b91c1c"' in answer.text
    assert (await look_of(connection, world))["accent"] == INK
    await maya.submit(f"{PATH}/accent", {"accent": "#b91c1c", "was": INK})
    assert (await look_of(connection, world))["accent"] == "#b91c1c"


async def test_a_logo_is_shown_to_everybody_and_served_safely(
    maya: Visitor, tomas: Visitor, connection: "Connection", world: World
) -> None:
    data = png(240, 64)
    assert await give(maya, "logo", data) == 303
    place = f"/brand/images/{world.northwind.id}/{(await look_of(connection, world))['logo']}"
    assert (
        f'<img class="brand-logo plated light" src="{place}" alt="Northwind">' in (await tomas.get("/customers")).text
    )
    tomas.client.cookies.clear()
    answer = await tomas.client.get(place)
    assert answer.content == data
    assert {name: answer.headers[name] for name in (
        "content-type", "cache-control", "x-content-type-options", "content-security-policy", "content-length")} == {
        "content-type": "image/png",
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "content-length": str(len(data)),
    }  # fmt: skip
    assert "set-cookie" not in answer.headers
    head = await tomas.client.head(place)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(data)))
    # Under another workspace's name there is nothing.
    assert (await tomas.client.get(place.replace(world.northwind.id, world.fabrikam.id))).status_code == 404


async def test_each_scheme_has_its_logo_and_the_tab_its_icon(
    maya: Visitor, connection: "Connection", world: World
) -> None:
    await give(maya, "logo", png())
    await give(maya, "dark_logo", jpeg(), "logo.jpg", "image/jpeg")
    await give(maya, "favicon", png(64, 64))
    look = await look_of(connection, world)
    page = (await maya.get("/customers")).text
    images = f"/brand/images/{world.northwind.id}"
    assert f'<img class="brand-logo in-light" src="{images}/{look["logo"]}"' in page
    assert f'<img class="brand-logo in-dark" src="{images}/{look["dark_logo"]}"' in page
    assert f'<link rel="icon" href="{images}/{look["favicon"]}">' in page
    assert "favicon.svg" not in page
    assert (await maya.client.get(f"{images}/{look['dark_logo']}")).headers["content-type"] == "image/jpeg"
    assert "120 × 40" in (await maya.get(PATH)).text


@pytest.mark.parametrize(
    ("place", "content", "words"),
    [
        ("logo", b"", "Choose an image first."),
        ("logo", b"<html><script>alert(1)</script></html>", "This is no PNG, JPEG or WebP image"),
        ("logo", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "This is no PNG, JPEG or WebP image"),
        ("logo", png() + b"<script>alert(1)</script>", "This image is broken"),
        ("dark_logo", png(50_000, 50_000), "At most 2048 on each side"),
        ("dark_logo", png(extra=chunk(b"tEXt", bytes(300_000))), "At most 256 KiB"),
        ("favicon", png(64, 32), "An icon is square"),
        ("favicon", png(16, 16), "at least 32 pixels wide"),
    ],
    ids=lambda value: "image" if isinstance(value, bytes) else value[:12],
)
async def test_what_is_no_such_image_is_refused_beside_its_field(
    maya: Visitor, connection: "Connection", world: World, place: str, content: bytes, words: str
) -> None:
    answer = await maya.submit(f"{PATH}/images/{place}", files={"image": (f"{PROBE}.png", content, "image/png")})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{place}-note" role="alert"' in answer.text
    assert PROBE not in answer.text
    assert await look_of(connection, world) == {}
    assert await connection.fetchval("SELECT count(*) FROM leftover_files") == 0


async def test_a_form_without_a_file_asks_for_one(maya: Visitor) -> None:
    assert "Choose an image first." in (await maya.submit(f"{PATH}/images/logo", {"image": "text"})).text
    assert (await maya.submit(f"{PATH}/images/banner", files={"image": ("x", png(), "image/png")})).status_code == 404
    assert (await maya.submit(f"{PATH}/images/banner/remove")).status_code == 404


async def test_words_inside_an_image_do_nothing(maya: Visitor, connection: "Connection", world: World) -> None:
    data = png(extra=chunk(b"tEXt", b"Comment\0<script>alert(1)</script>"))
    assert await give(maya, "logo", data, "../../etc/passwd.html", "text/html") == 303
    logo = (await look_of(connection, world))["logo"]
    answer = await maya.client.get(f"/brand/images/{world.northwind.id}/{logo}")
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_what_was_removed_comes_back_for_a_day(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await give(maya, "logo", png())
    before = await look_of(connection, world)
    assert (await maya.submit(f"{PATH}/images/logo/remove")).status_code == 303
    assert (await look_of(connection, world))["logo"] is None
    assert (await connection.fetchval("SELECT id FROM leftover_files")) == before["logo"]
    assert (await undo(maya)).status_code == 303
    assert await look_of(connection, world) == before
    assert await connection.fetchval("SELECT count(*) FROM leftover_files") == 0
    await maya.submit(f"{PATH}/images/logo/remove")
    clock.advance(25 * 3600)
    answer = await undo(maya)
    assert answer.status_code == 400
    assert "This image is not kept any more" in answer.text


async def test_pivotals_look_comes_back_and_can_be_taken_back(
    maya: Visitor, connection: "Connection", world: World
) -> None:
    await maya.submit(f"{PATH}/accent", {"accent": INK, "was": ""})
    await give(maya, "logo", png())
    await give(maya, "favicon", png(64, 64))
    before = await look_of(connection, world)
    await maya.submit(f"{PATH}/reset")
    assert set((await look_of(connection, world)).values()) == {None}
    await undo(maya)
    assert await look_of(connection, world) == before
    assert (await summaries(connection))[3] == ("Maya", "Changed the look of the workspace: colour, logo, icon")


async def test_a_replaced_image_is_cleaned_up(
    maya: Visitor, connection: "Connection", world: World, settings: Settings
) -> None:
    await give(maya, "logo", png())
    old = (await look_of(connection, world))["logo"]
    assert old
    await give(maya, "logo", png(64, 64))
    new = (await look_of(connection, world))["logo"]
    assert new
    assert [row["id"] for row in await connection.fetch("SELECT id FROM leftover_files")] == [old]
    assert (settings.data / "files" / file_key(world.northwind.id, new)).is_file()
    # The clean-up has removed it since.
    await connection.execute("DELETE FROM leftover_files")
    (settings.data / "files" / file_key(world.northwind.id, old)).unlink()
    assert (await maya.client.get(f"/brand/images/{world.northwind.id}/{old}")).status_code == 404
    await give(maya, "dark_logo", png())
    assert old not in {row["id"] for row in await connection.fetch("SELECT id FROM brand_images")}


@pytest.mark.parametrize(
    "query",
    ["accent=red", "accent=%23fff", "accent=%234F46E5", "logo=c01ygv9645fc9fx9jguribspr", "logo=../../x",
     "favicon=%3Cscript%3E"],
)  # fmt: skip
async def test_only_what_there_was_comes_back(
    maya: Visitor, connection: "Connection", world: World, query: str
) -> None:
    assert (await maya.submit(f"{PATH}/restore?{query}")).status_code == 400
    assert await look_of(connection, world) == {}


async def test_another_workspaces_image_is_no_part_of_a_look(
    maya: Visitor, fabian: Visitor, connection: "Connection", world: World
) -> None:
    await give(fabian, "logo", png())
    await fabian.submit(f"{PATH}/images/logo/remove")
    theirs = await connection.fetchval("SELECT id FROM brand_images")
    assert (await maya.submit(f"{PATH}/restore?logo={theirs}")).status_code == 400
    assert await look_of(connection, world) == {}


async def test_members_do_not_change_the_look(tomas: Visitor, connection: "Connection", world: World) -> None:
    paths = ("accent", "preview", "reset", "restore?accent=", "images/logo/remove")
    for path in paths:
        assert (await tomas.submit(f"{PATH}/{path}", {"accent": INK})).status_code == 403
    assert await give(tomas, "logo", png()) == 403
    assert (await tomas.get(PATH)).status_code == 403
    assert await look_of(connection, world) == {}


async def test_the_sign_in_page_is_the_only_workspaces_or_nobodys(
    maya: Visitor, connection: "Connection", world: World
) -> None:
    await maya.submit(f"{PATH}/accent", {"accent": INK, "was": ""})
    maya.client.cookies.clear()
    for path in ("/sign-in", "/sign-in/sent"):
        assert "/brand/" not in (await maya.get(path)).text
    tables = [row[0] for row in await connection.fetch(TENANT_TABLES)]
    for table in tables * 3:  # until what refers to others is gone
        with contextlib.suppress(asyncpg.ForeignKeyViolationError):
            await connection.execute(f"DELETE FROM {table} WHERE workspace_id = $1", world.fabrikam.id)
    await connection.execute("DELETE FROM workspaces WHERE id = $1", world.fabrikam.id)
    for path in ("/sign-in", "/sign-in/sent"):
        assert "/brand/colours/0f766e.css" in (await maya.get(path)).text
