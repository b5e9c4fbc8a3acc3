"""The first steps of a workspace: they tick themselves, for admins, until they are done or hidden."""

import re
from typing import TYPE_CHECKING

import httpx

from pivotal_server.home.first_steps import STEPS
from tests.conftest import SignedIn
from tests.harness import World
from tests.support import body_of, create_customer, create_onboarding
from tests.templates.support import create_template
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


def taken(html: str) -> list[str]:
    return re.findall(r"Done: </span>([^<]+)<", html)


async def new_workspace(visitor: Visitor) -> None:
    """Make a workspace of their own and go there."""
    assert (await visitor.submit("/workspaces", {"name": "Brand new"})).status_code == 303


async def test_each_step_leads_to_a_page(maya: Visitor) -> None:
    for step in STEPS:
        assert (await maya.get(step.path)).status_code == 200, step.path


async def test_they_tick_themselves_and_go_in_the_end(fabian: Visitor, connection: "Connection") -> None:
    await new_workspace(fabian)
    page = (await fabian.get("/")).text
    assert "First steps" in page
    assert taken(page) == []
    await fabian.submit("/customers", {"name": "Aurora"})
    assert taken((await fabian.get("/")).text) == ["Add your first customer"]
    await fabian.submit("/first-steps/phases")
    await fabian.submit("/settings/team/invitations", {"emails": "ada@fabrikam.example", "role": "admin"})
    found = taken((await fabian.get("/")).text)
    assert found == ["Add your first customer", "Invite a teammate", "Look at your phases"]
    workspace_id = await connection.fetchval("SELECT id FROM workspaces WHERE slug = 'brand-new'")
    # What Fabrikam has, where they belong as well, counts for Fabrikam alone.
    assert await connection.fetchval("SELECT count(*) FROM first_steps WHERE workspace_id = $1", workspace_id) == 1


async def test_other_phases_than_ours_were_looked_at(maya: Visitor, api: httpx.AsyncClient) -> None:
    assert "Look at your phases" not in taken((await maya.get("/")).text)
    body_of(await api.post("/phases", json={"name": "Handover", "target_days": 3}), 201)
    assert "Look at your phases" in taken((await maya.get("/")).text)


async def test_nothing_is_left_when_all_are_taken(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    await create_onboarding(api, customer["id"])
    body_of(await api.patch("/calendar", json={"time_zone": "Europe/Berlin"}))
    await create_template(api)
    body_of(await api.post("/webhook_endpoints", json={"url": "https://hooks.example.com/", "events": ["*"]}), 201)
    assert "First steps" in (await maya.get("/")).text
    await maya.submit("/first-steps/phases")
    assert "First steps" not in (await maya.get("/")).text


async def test_they_are_hidden_for_one_or_for_all(
    maya: Visitor, signed_in: SignedIn, world: World, connection: "Connection"
) -> None:
    await maya.submit(f"/settings/team/{world.tomas.id}/role", {"role": "admin"})
    tomas = await signed_in(world.tomas)
    answer = await maya.submit("/first-steps/hide", fragment=True)
    assert '"/first-steps/show"' in answer.headers["hx-trigger"]
    assert "First steps" not in (await maya.get("/")).text
    assert "First steps" in (await tomas.get("/")).text
    await maya.submit("/first-steps/show")
    assert "First steps" in (await maya.get("/")).text
    await tomas.submit("/first-steps/hide", {"whose": "everybody"})
    assert "First steps" not in (await maya.get("/")).text
    assert (await maya.submit("/first-steps/show?whose=everybody")).headers["location"] == "/"
    assert "First steps" in (await maya.get("/")).text
    noted = await connection.fetch("SELECT type FROM activity WHERE type LIKE 'workspace.first%' ORDER BY created_at")
    assert [row["type"] for row in noted] == ["workspace.first_steps_hidden", "workspace.first_steps_shown"]


async def test_members_have_none(tomas: Visitor) -> None:
    assert "First steps" not in (await tomas.get("/")).text
    for path in ("phases", "hide", "show"):
        assert (await tomas.submit(f"/first-steps/{path}")).status_code == 403
