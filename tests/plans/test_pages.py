"""The pages of one onboarding: its head, tabs, moves, state, launch date and properties."""

import re

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task, events
from tests.visitors import Visitor

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    customer = await create_customer(api, name="Aurora Outfitters")
    return await create_onboarding(
        api, customer["id"], name="Aurora rollout", target_launch_date="2026-04-01T00:00:00Z"
    )


def place(onboarding: Json, rest: str = "") -> str:
    return f"/onboardings/{onboarding['display_id']}{rest}"


async def now(api: httpx.AsyncClient, onboarding: Json) -> Json:
    return body_of(await api.get(f"/onboardings/{onboarding['id']}"))


async def test_every_tab_is_a_page_below_the_same_head(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    await create_task(api, onboarding["id"], title="Kick-off", due_date="2026-03-05T00:00:00Z")
    for tab in ("", "/timeline", "/comments", "/activity"):
        page = await maya.get(f"{place(onboarding)}-aurora-rollout{tab}")
        assert page.status_code == 200
        assert page.text.lstrip().startswith("<!doctype html>")
        for words in ("Aurora rollout", "Aurora Outfitters", "Advance to Program design", "1 Apr 2026"):
            assert words in page.text
        assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on", page.text)


@pytest.mark.parametrize("tab", ["", "/timeline?zoom=month", "/comments", "/activity?type=task"])
async def test_any_slug_leads_to_the_page_as_it_is_called_now(maya: Visitor, onboarding: Json, tab: str) -> None:
    for way in (onboarding["id"], str(onboarding["display_id"]), f"{onboarding['display_id']}-formerly"):
        response = await maya.get(f"/onboardings/{way}{tab}")
        assert response.status_code == 303
        assert response.headers["location"] == place(onboarding, f"-aurora-rollout{tab}")


@pytest.mark.parametrize("part", ["/header", "/properties", "/plan"])
async def test_parts_of_the_page_can_be_had_by_themselves(maya: Visitor, onboarding: Json, part: str) -> None:
    assert (await maya.get(place(onboarding, part))).status_code == 303
    fragment = await maya.get(place(onboarding, part), fragment=True)
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert 'hx-trigger="refresh from:body, live"' in fragment.text
    assert f"onboarding:{onboarding['id']}" in fragment.text


@pytest.mark.parametrize(
    "path", ["", "/timeline", "/comments", "/activity", "/move", "/state", "/launch", "/delete", "/tasks/new", "/plan"]
)
async def test_there_is_no_page_of_what_is_not_there(maya: Visitor, path: str) -> None:
    assert (await maya.get(f"/onboardings/999{path}")).status_code == 404


async def test_advancing_says_what_will_happen_and_can_be_taken_back(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    await create_task(api, onboarding["id"], title="Design", phase="program_design", due={"type": "phase", "days": 2})
    shown = await maya.get(place(onboarding, "/move"), fragment=True)
    assert "Advance to Program design" in shown.text
    assert "Moves 1 task." in shown.text
    assert (await now(api, onboarding))["phase"] == "before_getting_started"

    response = await maya.submit(place(onboarding, "/move"), {"to": "program_design", "reason": ""}, fragment=True)
    assert response.status_code == 204
    assert "Moved to Program design; 1 task moved" in response.headers["hx-trigger"]
    undo = re.search(r'"undo": "([^"]+)"', response.headers["hx-trigger"])
    assert undo
    assert (await now(api, onboarding))["phase"] == "program_design"
    [event] = await events(api, "onboarding.phase_changed")
    assert event["data"]["object"]["id"] == onboarding["id"]

    assert (await maya.submit(undo[1])).status_code == 303
    assert (await now(api, onboarding))["phase"] == "before_getting_started"
    assert "gone on to another phase" in (await maya.submit(undo[1])).text


@pytest.mark.parametrize(("to", "verb"), [("before_getting_started", "Send back"), ("launch", "Skip to")])
async def test_going_back_and_skipping_want_a_reason(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, to: str, verb: str
) -> None:
    await api.post(f"/onboardings/{onboarding['id']}/advance", json={})
    assert verb in (await maya.get(place(onboarding, f"/move?to={to}"))).text
    refused = await maya.submit(place(onboarding, "/move"), {"to": to})
    assert refused.status_code == 422
    assert "Say why, for those who read this later." in refused.text
    done = await maya.submit(place(onboarding, "/move"), {"to": to, "reason": "Other tiers"})
    assert done.headers["location"] == place(onboarding, "-aurora-rollout")
    assert (await now(api, onboarding))["phase"] == to
    assert "Other tiers" in (await maya.get(place(onboarding, "-aurora-rollout/activity"))).text


async def test_a_member_cannot_skip(tomas: Visitor, onboarding: Json) -> None:
    assert "Skipping phases is for admins" in (await tomas.get(place(onboarding, "/move?to=launch"))).text
    refused = await tomas.submit(place(onboarding, "/move"), {"to": "launch", "reason": "Why not"})
    assert refused.status_code == 422
    assert "Only admins" in refused.text


async def test_there_is_nowhere_to_go_from_the_last_phase_or_to_a_phase_that_is_not_there(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    assert (await maya.get(place(onboarding, "/move?to=nowhere"))).status_code == 404
    assert (await maya.submit(place(onboarding, "/move"), {"to": "nowhere"})).status_code == 404
    await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "completed"})
    assert (await maya.get(place(onboarding, "/move"))).status_code == 404
    page = await maya.get(place(onboarding, "-aurora-rollout"))
    assert "Advance to" not in page.text
    assert "Completed" in page.text


async def test_a_state_that_somebody_asks_about_wants_a_reason(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    refused = await maya.submit(place(onboarding, "/state"), {"state": "blocked", "reason": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.text
    response = await maya.submit(place(onboarding, "/state"), {"state": "blocked", "reason": "No API access"})
    assert response.status_code == 303
    assert (await now(api, onboarding))["state"] == "blocked"
    assert (await maya.submit(place(onboarding, "/state/undo?to=active"))).status_code == 303
    assert (await now(api, onboarding))["state"] == "active"
    assert (await maya.submit(place(onboarding, "/state/undo?to=happy"))).status_code == 404
    assert (await maya.submit(place(onboarding, "/state"), {"state": "happy"})).status_code == 422


async def test_moving_the_launch_shows_what_moves_and_keeps_why(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    await create_task(api, onboarding["id"], title="Rehearse", due={"type": "launch", "days": -2})
    fields = {"target_launch_date": "2026-04-08"}
    preview = await maya.submit(place(onboarding, "/launch"), {**fields, "preview": "true"}, fragment=True)
    assert preview.status_code == 200
    assert "Moves 1 task." in preview.text
    assert "Rehearse" in preview.text
    assert (await now(api, onboarding))["target_launch_date"] == "2026-04-01T00:00:00.000Z"
    assert (await maya.submit(place(onboarding, "/launch"), fields)).status_code == 422
    response = await maya.submit(place(onboarding, "/launch"), {**fields, "reason": "Theme is late"}, fragment=True)
    assert "The target launch is 8 April 2026; 1 task moved" in response.headers["hx-trigger"]
    assert (await now(api, onboarding))["slippage_days"] == 7
    shown = await maya.get(place(onboarding, "/launch"))
    assert "Theme is late" in shown.text
    assert "+7 days" in (await maya.get(place(onboarding, "-aurora-rollout"))).text


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "0001-01-01T"])
async def test_a_date_that_is_none_stands_beside_its_field(maya: Visitor, onboarding: Json, day: str) -> None:
    response = await maya.submit(place(onboarding, "/launch"), {"target_launch_date": day, "reason": "x"})
    assert response.status_code == 422
    assert "This is not a date." in response.text


@pytest.mark.parametrize(
    ("name", "value", "field", "stored"),
    [
        ("name", "Aurora, phase two", "name", "Aurora, phase two"),
        ("tags", "retail, eu , retail,", "tags", ["retail", "eu"]),
        ("notes", "Decides slowly.", "notes", "Decides slowly."),
        ("notes", "", "notes", None),
        ("reminder_email", "false", "reminder_email", False),
        ("reminder_frequency_days", "5", "reminder_frequency_days", 5),
        ("custom_shops", "12", "custom_fields", {"shops": 12, "other": "kept"}),
        ("custom_shops", "", "custom_fields", {"other": "kept"}),
    ],
)
async def test_a_property_is_saved_in_place(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, name: str, value: str, field: str, stored: object
) -> None:
    field_body = {"resource": "onboarding", "key": "shops", "name": "Shops", "type": "number"}
    body_of(await api.post("/custom_fields", json=field_body), 201)
    await api.patch(f"/onboardings/{onboarding['id']}", json={"custom_fields": {"shops": 3, "other": "kept"}})
    response = await maya.submit(place(onboarding, f"/properties/{name}"), {name: value}, fragment=True)
    assert response.status_code == 200
    assert "data-saved" in response.text
    assert (await now(api, onboarding))[field] == stored


async def test_whose_part_it_is_can_be_chosen(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    path = place(onboarding, "/properties/csm_id")
    assert (await maya.submit(path, {"csm_id": world.tomas.id, "was": ""})).status_code == 303
    assert (await now(api, onboarding))["owner_email"] == "tomas@northwind.example"
    refused = await maya.submit(path, {"csm_id": world.fabian.id}, fragment=True)
    assert refused.status_code == 422
    assert "No teammate of this workspace has this id." in refused.text


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("name", "x" * 256), ("reminder_frequency_days", "often"), ("custom_shops", "many")],
)
async def test_what_cannot_be_saved_is_kept_as_it_was_typed(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, name: str, value: str
) -> None:
    field_body = {"resource": "onboarding", "key": "shops", "name": "Shops", "type": "number"}
    body_of(await api.post("/custom_fields", json=field_body), 201)
    for fragment in (True, False):
        response = await maya.submit(place(onboarding, f"/properties/{name}"), {name: value}, fragment=fragment)
        assert response.status_code == 422
        assert "field-error" in response.text
        assert f'value="{value}"' in response.text
    assert (await maya.submit(place(onboarding, "/properties/nothing"), {"nothing": "x"})).status_code == 404


async def test_what_somebody_else_saved_meanwhile_is_shown_with_what_was_typed(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    path = place(onboarding, "/properties/notes")
    await tomas.submit(path, {"notes": "Decides quickly.", "was": ""})
    for fragment in (True, False):
        response = await maya.submit(path, {"notes": "Decides slowly.", "was": ""}, fragment=fragment)
        assert response.status_code == 409
        assert "Tomas changed this to <strong>Decides quickly.</strong>" in response.text
        assert "Decides slowly." in response.text
    assert (await now(api, onboarding))["notes"] == "Decides quickly."
    kept = await maya.submit(path, {"notes": "Decides slowly.", "was": "Decides quickly."}, fragment=True)
    assert kept.status_code == 200
    assert (await now(api, onboarding))["notes"] == "Decides slowly."


async def test_deleting_wants_the_title(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    assert "leaves the board" in (await maya.get(place(onboarding, "/delete"))).text
    assert (await maya.submit(place(onboarding, "/delete"), {"name": "Aurora"})).status_code == 422
    response = await maya.submit(place(onboarding, "/delete"), {"name": "Aurora rollout"})
    assert response.headers["location"] == f"/customers/{onboarding['customer_id']}"
    assert (await api.get(f"/onboardings/{onboarding['id']}")).status_code == 404


async def test_the_activity_can_be_narrowed_and_goes_on(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    for number in range(55):
        await create_task(api, onboarding["id"], title=f"Task {number}")
    await tomas.submit(place(onboarding, "/properties/notes"), {"notes": "Hello"})
    path = place(onboarding, "-aurora-rollout/activity")
    whole = (await maya.get(path)).text
    assert whole.count("activity-mark") == 50
    more = re.search(r'hx-get="([^"]+cursor[^"]+)"', whole)
    assert more
    rest = await maya.client.get(more[1].replace("&amp;", "&"), headers={"hx-request": "true"})
    assert rest.text.count("activity-mark") == 7
    assert "started onboarding" in rest.text
    assert (await maya.get(path, type="onboarding")).text.count("activity-mark") == 2
    only = await maya.get(path, fragment=True, actor=world.tomas.id)
    assert only.text.count("activity-mark") == 1
    assert "Nothing here" in (await maya.get(path, type="comment")).text
    assert (await maya.get(path, cursor="soon")).status_code == 400


async def test_nothing_that_people_wrote_is_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name=PROBE)
    onboarding = await create_onboarding(api, customer["id"], name=PROBE, notes=PROBE, tags=[PROBE])
    task = await create_task(api, onboarding["id"], title=PROBE, description=PROBE, due_date="2026-03-05T00:00:00Z")
    await api.post(f"/onboardings/{onboarding['id']}/comments", json={"body": PROBE})
    await api.post(f"/tasks/{task['id']}/pin", json={})
    await api.patch(f"/onboardings/{onboarding['id']}", json={"state": "blocked", "reason": PROBE})
    page = (await maya.get(place(onboarding))).headers["location"]
    paths = [page, *(page + tab for tab in ("/timeline", "/comments", "/activity"))]
    paths += [place(onboarding, end) for end in ("/move", "/state", "/launch", "/delete", "/tasks/new")]
    paths += [f"/tasks/{task['display_id']}{end}" for end in ("", "/edit", "/due")]
    for path in paths:
        answer = await maya.get(path)
        assert answer.status_code == 200, path
        assert "<script>x" not in answer.text, path
        assert "<img" not in answer.text, path
    asked = {"name": PROBE * 20, "was": "?"}
    refused = await maya.submit(place(onboarding, "/properties/name"), asked)
    assert refused.status_code in {409, 422}
    assert "<img" not in refused.text


async def test_the_head_tells_how_the_phases_went(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, clock: SteeredClock
) -> None:
    clock.advance(5 * 86_400)
    await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "review"})
    clock.advance(9 * 86_400)
    head = (await maya.get(place(onboarding, "/header"), fragment=True)).text
    assert "5 of 7 days" in head
    assert "(skipped)" in head
    assert "day 10 of 7" in head
    assert "Longer in Review than planned" in head
