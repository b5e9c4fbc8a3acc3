"""Pages of one's own profile, sessions and workspaces, of the team, and of an invitation."""

from typing import TYPE_CHECKING

import pytest
from markupsafe import escape

from pivotal_server.identity.people import add_member, list_members
from tests.conftest import SignedIn
from tests.harness import World
from tests.people.conftest import Stranger
from tests.people.support import PostOffice
from tests.support import SteeredClock
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

ADA = "ada@northwind.example"
PROBE = '"><img src=x onerror=alert(1)>'
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def roles(connection: "Connection", world: World) -> dict[str, str]:
    return {person.name: person.role for person in await list_members(connection, world.northwind.id)}


async def invitation_id(connection: "Connection") -> str:
    return str(await connection.fetchval("SELECT id FROM invitations"))


async def test_a_person_changes_their_name(maya: Visitor, connection: "Connection", world: World) -> None:
    assert 'value="Maya"' in (await maya.get("/settings/profile")).text
    response = await maya.submit("/settings/profile", {"name": f" Maya {PROBE} "})
    assert response.headers["location"] == "/settings/profile"
    assert f"Maya {PROBE}" in await roles(connection, world)
    for path in ("/settings/profile", "/settings/team", "/customers"):
        text = (await maya.get(path)).text
        assert "<img" not in text
        assert "onerror=alert(1)&gt;" in text
    for wrong in ("", " ", "a" * 256):
        refused = await maya.submit("/settings/profile", {"name": wrong})
        assert refused.status_code == 422


async def test_a_person_sees_and_ends_their_sessions(
    maya: Visitor, signed_in: SignedIn, world: World, connection: "Connection", clock: SteeredClock
) -> None:
    others = [await signed_in(world.maya) for _ in range(3)]
    await connection.execute("UPDATE sessions SET user_agent = $1", FIREFOX)
    page = (await maya.get("/settings/sessions")).text
    assert page.count("Firefox on Linux") == 4
    assert page.count("this browser") == 1
    clock.advance(60)
    await others[0].get("/customers")
    newest = str(await connection.fetchval("SELECT id FROM sessions ORDER BY last_seen_at DESC LIMIT 1"))
    await maya.submit(f"/settings/sessions/{newest}/end")
    assert (await others[0].get("/customers")).status_code == 303
    assert (await maya.submit(f"/settings/sessions/{newest}/end")).status_code == 404
    await maya.submit("/settings/sessions/end-others")
    assert "Signed out of 2 other browsers" in (await maya.get("/settings/sessions")).text
    for other in others:
        assert (await other.get("/customers")).status_code == 303
    await maya.submit("/settings/sessions/end-others")
    assert "There was no other browser" in (await maya.get("/settings/sessions")).text
    told = await connection.fetch("SELECT summary FROM activity ORDER BY created_at")
    assert [row[0] for row in told] == ["Signed out of another browser", "Signed out of 2 other browsers"]


async def test_a_browser_says_what_it_likes(maya: Visitor, connection: "Connection") -> None:
    await connection.execute("UPDATE sessions SET user_agent = $1", PROBE)
    page = (await maya.get("/settings/sessions")).text
    assert "An unknown browser" in page
    assert "<img" not in page


async def test_a_person_goes_from_one_workspace_to_another(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await add_member(connection, world.fabrikam.id, email=world.maya.email, name="", role="member", now=clock.now())
    page = (await maya.get("/workspaces")).text
    assert "Northwind" in page
    assert "Fabrikam" in page
    before = await maya.token()
    assert (await maya.submit("/workspaces/fabrikam/enter")).headers["location"] == "/"
    assert "Fabrikam" in (await maya.get("/customers")).text
    # A form that was open in the other workspace changes nothing in this one.
    stale = await maya.client.post("/customers", data={"name": "Aurora", "csrf": before})
    assert stale.status_code == 403
    assert (await maya.submit("/settings/team/invitations", {"emails": ADA})).status_code == 403


async def test_a_person_makes_a_workspace(tomas: Visitor, connection: "Connection") -> None:
    response = await tomas.submit("/workspaces", {"name": f"Ours {PROBE}"})
    assert response.headers["location"] == "/"
    page = (await tomas.get("/settings/team")).text
    assert "Ours" in page
    assert "<img" not in page
    assert "Hand over the workspace" in page
    assert (
        await connection.fetchval(
            "SELECT count(*) FROM phases p JOIN workspaces w ON w.id = p.workspace_id WHERE w.slug LIKE 'ours%'"
        )
        == 7
    )
    assert (await tomas.submit("/workspaces", {"name": " "})).status_code == 422


async def test_whoever_belongs_nowhere_is_told_what_to_do(maya: Visitor, tomas: Visitor, world: World) -> None:
    await maya.submit(f"/settings/team/{world.tomas.id}/remove")
    tomas = Visitor(tomas.client, home="/workspaces")
    assert (await tomas.get("/customers")).headers["location"] == "/workspaces"
    assert (await tomas.submit("/customers", {"name": "Aurora"})).headers["location"] == "/workspaces"
    assert "You do not belong to any workspace" in (await tomas.get("/workspaces")).text
    assert (await tomas.submit("/sign-out")).headers["location"] == "/sign-in"


async def test_people_are_invited_from_the_page(
    maya: Visitor, stranger: Stranger, post: PostOffice, connection: "Connection", world: World
) -> None:
    assert (await maya.submit("/settings/team/invitations", {"emails": ADA, "role": "admin"})).status_code == 303
    assert "Invited 1 person" in (await maya.get("/settings/team")).text
    (mail,) = await post.write()
    browser = Visitor(stranger().client, home=f"/invitations/{mail.token}")
    page = await browser.get(f"/invitations/{mail.token}")
    assert f"Maya invites {ADA} to Northwind, as an admin." in page.text
    assert (await browser.submit(f"/invitations/{mail.token}", {"name": ""})).status_code == 422
    joined = await browser.submit(f"/invitations/{mail.token}", {"name": "Ada"})
    assert joined.headers["location"] == "/"
    assert (await browser.get("/customers")).status_code == 200
    assert (await roles(connection, world))["Ada"] == "admin"
    assert (await browser.get(f"/invitations/{mail.token}")).status_code == 409


async def test_a_list_with_mistakes_says_which_line_is_which(maya: Visitor, world: World) -> None:
    page = await maya.submit(
        "/settings/team/invitations", {"emails": f"{ADA}\n{PROBE}\n{world.tomas.email}", "role": "member"}
    )
    assert page.status_code == 200
    for words in ("Invited", "Not an e-mail address", "In the team already"):
        assert words in page.text
    assert "<img" not in page.text
    # What is wrong can be mended; the rest is done.
    assert f"\n{escape(PROBE)}</textarea>" in page.text
    for wrong in ("", " , ", "\n".join(f"p{number}@x.example" for number in range(51))):
        refused = await maya.submit("/settings/team/invitations", {"emails": wrong})
        assert refused.status_code == 422


async def test_an_invitation_is_sent_again_and_taken_back(
    maya: Visitor, connection: "Connection", post: PostOffice, stranger: Stranger
) -> None:
    await maya.submit("/settings/team/invitations", {"emails": ADA})
    await post.write()
    id_ = await invitation_id(connection)
    await maya.submit(f"/settings/team/invitations/{id_}/resend")
    first, second = await post.write()
    assert (await stranger().get(f"/invitations/{first.token}")).status_code == 404
    assert (await stranger().get(f"/invitations/{second.token}")).status_code == 200
    await maya.submit(f"/settings/team/invitations/{id_}/revoke")
    assert (await stranger().get(f"/invitations/{second.token}")).status_code == 404
    assert (await maya.submit(f"/settings/team/invitations/{id_}/revoke")).status_code == 404
    assert (await stranger().get("/invitations/made-up")).status_code == 404


async def test_an_invitation_of_somebody_known_asks_them_to_sign_in(
    maya: Visitor, tomas: Visitor, fabian: Visitor, stranger: Stranger, post: PostOffice, world: World
) -> None:
    await maya.submit("/settings/team/invitations", {"emails": world.fabian.email})
    (mail,) = await post.write()
    path = f"/invitations/{mail.token}"
    for other in (Visitor(stranger().client, home=path), tomas):
        assert "Sign in as fabian@fabrikam.example to accept" in (await other.get(path)).text
        assert (await other.submit(path, {"name": "Fabian"})).status_code == 409
    assert "Join Northwind" in (await fabian.get(path)).text
    assert (await fabian.submit(path)).headers["location"] == "/"
    assert "Northwind" in (await fabian.get("/customers")).text


async def test_the_team_as_each_role_sees_it(maya: Visitor, tomas: Visitor, world: World) -> None:
    owner, member = (await maya.get("/settings/team")).text, (await tomas.get("/settings/team")).text
    for text in (owner, member):
        assert world.maya.email in text
    for words in ("Invite people", "Hand over", f"/settings/team/{world.tomas.id}/role"):
        assert words in owner
        assert words not in member
    assert "Leave the workspace" in member
    assert f"/settings/team/{world.tomas.id}/remove" in member
    assert f"/settings/team/{world.maya.id}/" not in owner + member
    assert (await tomas.get(f"/settings/team/{world.maya.id}/remove")).status_code == 403


async def test_the_owner_changes_a_role_and_removes(
    maya: Visitor, tomas: Visitor, connection: "Connection", world: World
) -> None:
    await maya.submit(f"/settings/team/{world.tomas.id}/role", {"role": "admin"})
    assert await roles(connection, world) == {"Maya": "owner", "Tomas": "admin"}
    assert (await tomas.submit(f"/settings/team/{world.maya.id}/role", {"role": "member"})).status_code == 403
    assert (await tomas.submit(f"/settings/team/{world.maya.id}/remove")).status_code == 409
    assert (await maya.submit(f"/settings/team/{world.tomas.id}/role", {"role": "king"})).status_code == 400
    assert "loses access at once" in (await maya.get(f"/settings/team/{world.tomas.id}/remove")).text
    await maya.submit(f"/settings/team/{world.tomas.id}/remove")
    assert await roles(connection, world) == {"Maya": "owner"}
    assert (await tomas.get("/customers")).headers["location"] == "/workspaces"
    assert "hand it over" in (await maya.submit(f"/settings/team/{world.maya.id}/remove")).text
    assert "a workspace has one" in (await maya.get(f"/settings/team/{world.maya.id}/remove")).text


async def test_a_member_leaves(tomas: Visitor, connection: "Connection", world: World) -> None:
    path = f"/settings/team/{world.tomas.id}/remove"
    assert "Leave Northwind" in (await tomas.get(path)).text
    assert (await tomas.submit(path)).headers["location"] == "/workspaces"
    assert await roles(connection, world) == {"Maya": "owner"}


async def test_the_workspace_is_handed_over_with_its_name_written_out(
    maya: Visitor, connection: "Connection", world: World
) -> None:
    assert "Tomas (tomas@northwind.example)" in (await maya.get("/settings/team/transfer")).text
    for fields, field in (
        ({"person_id": world.tomas.id, "workspace_name": "northwind"}, "exactly as it is"),
        ({"person_id": "", "workspace_name": "Northwind"}, "Fill this in."),
        ({"person_id": world.maya.id, "workspace_name": "Northwind"}, "Choose somebody else."),
    ):
        refused = await maya.submit("/settings/team/transfer", fields)
        assert refused.status_code == 422
        assert field in refused.text
    done = await maya.submit("/settings/team/transfer", {"person_id": world.tomas.id, "workspace_name": "Northwind"})
    assert done.headers["location"] == "/settings/team"
    assert await roles(connection, world) == {"Maya": "admin", "Tomas": "owner"}
    assert (await maya.get("/settings/team/transfer")).status_code == 403


@pytest.mark.parametrize("path", ["/settings/team/transfer", "/settings/team/invitations"])
async def test_members_get_neither_page_nor_form(tomas: Visitor, path: str) -> None:
    assert (await tomas.submit(path, {"emails": ADA})).status_code == 403
