"""The board in lanes: who has one, what stands in it, and giving a card to another owner."""

import re
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import Json, body_of, create_customer, create_onboarding
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora")


def lanes_of(html: str) -> dict[str, dict[str, list[str]]]:
    """Return the titles of the cards by owner and phase, where there are any."""
    found = {}
    for lane in html.split('<section class="lane" ')[1:]:
        owner = re.findall(r'data-owner="([^"]+)"', lane)[0]
        cells = re.findall(r'<section class="column" data-key="(\w+)"(.*?)</section>', lane, re.DOTALL)
        found[owner] = {phase: titles for phase, cell in cells if (titles := re.findall(r'data-title="([^"]*)"', cell))}
    return found


async def test_everybody_who_owns_something_has_a_lane(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, world: World
) -> None:
    for name, fields in (
        ("His", {"csm_id": world.tomas.id}),
        ("His too", {"csm_id": world.tomas.id, "phase": "review", "target_launch_date": "2026-05-01T00:00:00Z"}),
        ("His first", {"csm_id": world.tomas.id, "phase": "review", "target_launch_date": "2026-04-01T00:00:00Z"}),
        ("Hers", {"csm_id": world.maya.id, "phase": "completed"}),
        ("Nobody's", {"tags": ["eu"]}),
    ):
        await create_onboarding(api, customer["id"], name=name, **fields)
    page = await maya.get("/onboardings?as=lanes")
    assert lanes_of(unescape(page.text)) == {
        world.maya.id: {"completed": ["Hers"]},
        world.tomas.id: {"before_getting_started": ["His"], "review": ["His first", "His too"]},
        "nobody": {"before_getting_started": ["Nobody's"]},
    }
    assert 'aria-label="3 onboardings"' in page.text
    part = await maya.get("/onboardings?as=lanes", fragment=True)
    assert "<html" not in part.text
    assert lanes_of(part.text).keys() == lanes_of(page.text).keys()
    for query, owners in (
        ("tag=eu", ["nobody"]),
        (f"owner={world.tomas.id}", [world.tomas.id]),
        ("owner=nobody", ["nobody"]),
        ("q=hers", [world.maya.id]),
        ("q=nothing+like+it", []),
        ("phase=review", [world.tomas.id]),
    ):
        assert list(lanes_of((await maya.get(f"/onboardings?as=lanes&{query}")).text)) == owners
    assert "No onboarding is like that" in (await maya.get("/onboardings?as=lanes&q=nothing")).text


async def test_a_cell_brings_more_of_its_own(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, world: World
) -> None:
    for number in range(7):
        day = f"2026-04-{number + 1:02}T00:00:00Z"
        await create_onboarding(
            api, customer["id"], name=f"his {number}", csm_id=world.tomas.id, target_launch_date=day
        )
        await create_onboarding(api, customer["id"], name=f"free {number}", target_launch_date=day)
    html = (await maya.get("/onboardings?as=lanes")).text
    lanes = lanes_of(html)
    for owner, name in ((world.tomas.id, "his"), ("nobody", "free")):
        assert lanes[owner]["before_getting_started"] == [f"{name} {number}" for number in range(3)]
        more = re.search(rf'href="(/onboardings/column\?[^"]*owner={owner}[^"]*)"', html)
        assert more
        part = await maya.get(unescape(more[1]), fragment=True)
        assert re.findall(r'data-title="([^"]*)"', part.text) == [f"{name} {number}" for number in range(3, 7)]


async def test_more_lanes_than_a_page_has(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, connection: "Connection"
) -> None:
    made = await create_onboarding(api, customer["id"])
    await connection.execute(
        """INSERT INTO people (id, email, name, created_at)
        SELECT 'p' || n, 'p' || n || '@northwind.example', 'Person ' || n, now() FROM generate_series(100, 121) n"""
    )
    await connection.execute(
        """INSERT INTO memberships (workspace_id, person_id, role, created_at)
        SELECT o.workspace_id, p.id, 'member', now() FROM onboardings o, people p
        WHERE o.id = $1 AND p.name LIKE 'Person %'""",
        made["id"],
    )
    await connection.execute(
        """INSERT INTO onboardings (workspace_id, id, display_id, customer_id, name, phase, state, started_at, csm_id,
            reminder_email, reminder_slack, reminder_frequency_days, phase_entered_at, created_at, updated_at)
        SELECT workspace_id, 'o' || n, 1000 + n, customer_id, name, phase, state, started_at, 'p' || n, false,
            false, 1, phase_entered_at, created_at + n * interval '1 second', updated_at
        FROM onboardings, generate_series(100, 121) n WHERE id = $1""",
        made["id"],
    )
    page = await maya.get("/onboardings?as=lanes")
    assert list(lanes_of(page.text)) == [f"p{number}" for number in range(100, 120)]
    more = re.search(r'hx-get="([^"]+from=20)"', page.text)
    assert more
    part = await maya.get(unescape(more[1]), fragment=True)
    assert list(lanes_of(part.text)) == ["p120", "p121", "nobody"]
    assert "lane-phases" not in part.text
    for odd in ("x", "-1", "9" * 30, "999"):
        assert (await maya.get(f"/onboardings?as=lanes&from={odd}")).status_code == 200


async def test_given_to_another_owner_and_taken_back(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, world: World
) -> None:
    made = await create_onboarding(api, customer["id"], name="Rollout", csm_id=world.tomas.id)
    place = f"/onboardings/{made['display_id']}"

    async def owner() -> str | None:
        return str(body_of(await api.get(place))["csm_id"])

    done = await maya.submit(f"{place}/owner", {"csm": world.maya.id}, fragment=True)
    assert done.status_code == 204
    assert "Rollout is Maya's now" in done.headers["hx-trigger"]
    undo = re.search(r'"undo": "([^"]+)"', done.headers["hx-trigger"])
    assert undo
    assert await owner() == world.maya.id
    await maya.submit(undo[1])
    assert await owner() == world.tomas.id
    assert (await maya.submit(undo[1])).status_code == 409
    await maya.submit(f"{place}/owner", {"csm": "nobody"})
    assert await owner() == "None"
    for stranger in (world.fabian.id, "x"):
        assert (await maya.submit(f"{place}/owner", {"csm": stranger})).status_code == 404


async def test_another_lane_and_phase_at_once_say_both_before(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, world: World
) -> None:
    made = await create_onboarding(api, customer["id"], name="Rollout", csm_id=world.tomas.id)
    place = f"/onboardings/{made['display_id']}"
    form = await maya.get(f"{place}/move?to=program_design&csm={world.maya.id}", fragment=True)
    assert "It goes to Maya." in form.text
    assert f'name="csm" value="{world.maya.id}"' in form.text
    assert "Nobody has it from then on." in (await maya.get(f"{place}/move?to=review&csm=nobody")).text
    done = await maya.submit(f"{place}/move", {"to": "program_design", "csm": world.maya.id}, fragment=True)
    row = body_of(await api.get(place))
    assert (row["csm_id"], row["phase"]) == (world.maya.id, "program_design")
    undo = re.search(r'"undo": "([^"]+)"', done.headers["hx-trigger"])
    assert undo
    await maya.submit(undo[1])
    row = body_of(await api.get(place))
    assert (row["csm_id"], row["phase"]) == (world.tomas.id, "before_getting_started")
    refused = await maya.submit(f"{place}/move", {"to": "program_design", "csm": world.fabian.id})
    assert refused.status_code == 422
    assert "No teammate of this workspace has this id." in refused.text
    assert body_of(await api.get(place))["phase"] == "before_getting_started"
    odd = await maya.get(f"{place}/move?to=review&csm={PROBE}")
    assert odd.status_code == 200
    assert PROBE not in odd.text
