"""The settings' page of phases: what it shows, each edit and refusal, retiring, and switching to a preset."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import body_of, create_customer, create_onboarding
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/phases"
PRESETS = f"{PATH}/presets"
PROBE = "<script>x</script>\"'<img src=x onerror=y>"
SEVEN = [
    "before_getting_started",
    "program_design",
    "review",
    "program_buildout",
    "internal_qa",
    "launch",
    "completed",
]


async def keys(api: httpx.AsyncClient) -> list[str]:
    return [phase["key"] for phase in body_of(await api.get("/phases"))["data"]]


def shown(html: str) -> list[str]:
    return re.findall(r'data-move="/settings/phases/(\w+)/move"', html)


async def set_value(
    maya: Visitor, key: str, name: str, text: str, was: str, *, fragment: bool = False
) -> httpx.Response:
    return await maya.submit(f"{PATH}/{key}/properties/{name}", {name: text, "was": was}, fragment=fragment)


async def test_the_page_shows_the_phases_in_order_with_what_is_in_them(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    for _ in range(2):
        await create_onboarding(api, customer["id"], phase="review")
    page = await maya.get(PATH)
    assert page.status_code == 200
    assert shown(page.text) == SEVEN
    assert "2 onboardings" in page.text
    fragment = await maya.get(PATH, fragment=True)
    assert fragment.text.lstrip().startswith('<div class="stack" id="phases"')


async def test_phases_are_for_admins(tomas: Visitor) -> None:
    assert (await tomas.get(PATH)).status_code == 403
    assert PATH not in (await tomas.get("/settings/team")).text


async def test_a_phase_is_added_and_taken_back(maya: Visitor, api: httpx.AsyncClient) -> None:
    response = await maya.submit(PATH, {"name": "Security review", "target_days": "5"})
    assert response.headers["location"] == PATH
    assert await keys(api) == [*SEVEN[:-1], "security_review", "completed"]
    assert "Added Security review" in (await maya.get(PATH)).text
    await maya.submit(f"{PATH}/security_review/retire")
    assert await keys(api) == SEVEN


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "target_days": "5"}, "Fill this in."),
        ({"name": "x" * 256, "target_days": "5"}, "At most 255 characters."),
        ({"name": "A", "target_days": "soon"}, "A whole number"),
        ({"name": "A", "target_days": "-1"}, "At least 0."),
        ({"name": "A", "target_days": "3651"}, "At most 3650."),
    ],
)
async def test_what_cannot_be_added_is_told_beside_its_field(
    maya: Visitor, api: httpx.AsyncClient, fields: dict[str, str], words: str
) -> None:
    response = await maya.submit(PATH, fields)
    assert response.status_code == 422
    assert words in response.text
    assert await keys(api) == SEVEN


async def test_no_more_phases_than_there_may_be(maya: Visitor) -> None:
    for number in range(23):
        await maya.submit(PATH, {"name": f"Step {number}", "target_days": "1"})
    response = await maya.submit(PATH, {"name": "One more", "target_days": "1"})
    assert response.status_code == 422
    assert "A workspace has at most 30 phases" in response.text


@pytest.mark.parametrize(
    ("name", "text", "was"),
    [("name", PROBE, "Review"), ("target_days", "9", "7"), ("kind", "normal", "launch")],
)
async def test_a_value_is_changed_in_place(
    maya: Visitor, api: httpx.AsyncClient, name: str, text: str, was: str
) -> None:
    key = "launch" if name == "kind" else "review"
    response = await set_value(maya, key, name, text, was, fragment=True)
    assert response.status_code == 200
    assert "data-saved" in response.text
    assert PROBE not in response.text
    assert str(body_of(await api.get(f"/phases/{key}"))[name]) == text
    assert PROBE not in (await maya.get(PATH)).text
    plain = await set_value(maya, key, name, was, text)
    assert plain.headers["location"] == PATH


@pytest.mark.parametrize(
    ("key", "name", "text", "words"),
    [
        ("review", "name", "", "Fill this in."),
        ("review", "name", "x" * 256, "At most 255 characters."),
        ("review", "target_days", "", "A whole number"),
        ("review", "target_days", "9999", "At most 3650."),
        ("review", "kind", "launch", "Launch is the launch phase already."),
        ("completed", "kind", "normal", "The last phase is the terminal one."),
    ],
)
async def test_what_a_value_cannot_be_is_told_with_what_was_typed(
    maya: Visitor, api: httpx.AsyncClient, key: str, name: str, text: str, words: str
) -> None:
    before = body_of(await api.get(f"/phases/{key}"))
    for fragment in (True, False):
        response = await set_value(maya, key, name, text, str(before[name]), fragment=fragment)
        assert response.status_code == 422
        assert words in response.text
        assert name == "kind" or f'value="{text}"' in response.text
    assert body_of(await api.get(f"/phases/{key}")) == before


async def test_two_who_change_the_same_value_see_each_other(maya: Visitor, api: httpx.AsyncClient) -> None:
    await set_value(maya, "review", "name", "Sign-off", "Review")
    for fragment in (True, False):
        response = await set_value(maya, "review", "name", "Check", "Review", fragment=fragment)
        assert response.status_code == 409
        assert "Maya changed this to <strong>Sign-off</strong> meanwhile" in response.text
        assert 'value="Check"' in response.text
    kept = await set_value(maya, "review", "name", "Check", "Sign-off", fragment=True)
    assert kept.status_code == 200
    assert body_of(await api.get("/phases/review"))["name"] == "Check"


async def test_nothing_else_of_a_phase_is_changed_in_place(maya: Visitor) -> None:
    assert (await set_value(maya, "review", "position", "1", "3")).status_code == 404
    assert (await set_value(maya, "nowhere", "name", "A", "B")).status_code == 404


async def test_a_phase_is_moved_and_moved_back(maya: Visitor, api: httpx.AsyncClient) -> None:
    response = await maya.submit(f"{PATH}/review/move", {"position": "1"}, fragment=True)
    assert response.status_code == 204
    assert "Review is number 1" in response.headers["hx-trigger"]
    assert await keys(api) == ["review", *[key for key in SEVEN if key != "review"]]
    assert (await maya.submit(f"{PATH}/review/move?position=3")).status_code == 303
    assert await keys(api) == SEVEN


@pytest.mark.parametrize(("key", "place"), [("review", "7"), ("review", "0"), ("review", "x"), ("completed", "1")])
async def test_a_phase_goes_to_no_place_that_is_none(
    maya: Visitor, api: httpx.AsyncClient, key: str, place: str
) -> None:
    for fragment in (True, False):
        assert (await maya.submit(f"{PATH}/{key}/move", {"position": place}, fragment=fragment)).status_code == 400
    assert await keys(api) == SEVEN


async def test_retiring_says_what_it_means_and_moves_what_is_there(maya: Visitor, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, phase="review")
    asked = await maya.get(f"{PATH}/review/retire")
    assert "1 onboarding is in it and moves to the phase below" in asked.text
    assert re.search(r'<option value="program_design">Program design</option>\s*<option value="before', asked.text)
    response = await maya.submit(f"{PATH}/review/retire", {"move_to": "internal_qa"}, fragment=True)
    assert response.status_code == 204
    assert '"undo": null' in response.headers["hx-trigger"]
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "internal_qa"
    page = await maya.get(PATH)
    assert "its onboardings went to Internal QA" in page.text
    assert "It was retired on" in (await maya.get(f"{PATH}/review/retire")).text
    await maya.submit(f"{PATH}/review/restore")
    assert await keys(api) == SEVEN


async def test_an_empty_phase_comes_back_by_an_undo(maya: Visitor, api: httpx.AsyncClient) -> None:
    response = await maya.submit(f"{PATH}/review/retire", {"move_to": "internal_qa"}, fragment=True)
    assert f'"undo": "{PATH}/review/restore"' in response.headers["hx-trigger"]
    await maya.submit(f"{PATH}/review/restore")
    assert await keys(api) == SEVEN


@pytest.mark.parametrize(
    ("key", "to", "words"),
    [
        ("completed", "launch", "The terminal phase cannot be retired."),
        ("review", "review", "Invalid enum value"),
        ("review", "nowhere", "Invalid enum value"),
    ],
)
async def test_what_cannot_be_retired_stays(
    maya: Visitor, api: httpx.AsyncClient, key: str, to: str, words: str
) -> None:
    for fragment in (True, False):
        response = await maya.submit(f"{PATH}/{key}/retire", {"move_to": to}, fragment=fragment)
        assert response.status_code == 422
        assert words in response.text
    assert "cannot be retired" in (await maya.get(f"{PATH}/completed/retire")).text
    assert await keys(api) == SEVEN


async def test_a_preset_is_seen_changed_and_switched_to(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    onboarding = await create_onboarding(api, phase="review")
    page = await maya.get(PRESETS)
    assert "1 onboarding moves to another phase." in page.text
    assert '<option value="integration" selected>' in page.text
    fields = {"preset": "five_phases", **{f"to.{key}": "kickoff" for key in SEVEN[:5]}}
    fields |= {"to.launch": "launch", "to.completed": "adoption"}
    seen = await maya.submit(PRESETS, {**fields, "preview": "true"}, fragment=True)
    assert seen.status_code == 200
    assert "Goes on under the new name" in seen.text
    assert await keys(api) == SEVEN
    response = await maya.submit(PRESETS, fields)
    assert response.headers["location"] == PATH
    assert await keys(api) == ["kickoff", "integration", "uat", "launch", "adoption"]
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "kickoff"
    assert "from kickoff to adoption: 1 onboarding moved" in (await maya.get(PATH)).text
    sql = "SELECT actor_name FROM activity WHERE workspace_id = $1 AND type = 'phases.preset_applied'"
    assert await connection.fetchval(sql, world.northwind.id) == "Maya"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"preset": "nine"}, 404, "There is no such preset."),
        ({"preset": "five_phases"}, 422, "Say where the onboardings of review go."),
        ({"preset": "five_phases", "to.review": "nowhere"}, 422, "Invalid enum value"),
        ({"preset": "five_phases", "to.nowhere": "uat", "preview": "true"}, 422, "A mapping is from phases"),
    ],
)
async def test_what_is_no_mapping_changes_nothing(
    maya: Visitor, api: httpx.AsyncClient, fields: dict[str, str], status: int, words: str
) -> None:
    await create_onboarding(api, phase="review")
    response = await maya.submit(PRESETS, fields)
    assert response.status_code == status
    assert words in response.text
    assert await keys(api) == SEVEN
