"""An onboarding on its way through the phases, and what may be in its way (documentation: Onboarding phases)."""

import itertools

import httpx
import pytest

from tests.journeys.steps import ids, timeline
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, error_of, events

PHASES = [
    "before_getting_started",
    "program_design",
    "review",
    "program_buildout",
    "internal_qa",
    "launch",
    "completed",
]
DAY = 24 * 60 * 60


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    customer = await create_customer(api, name="Aurora Outfitters")
    return await create_onboarding(api, str(customer["display_id"]), phase=PHASES[0], state="active")


async def transitions(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    """Return the onboarding's steps, oldest first."""
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"]
    return found[::-1]


async def test_an_onboarding_walks_through_every_phase(
    api: httpx.AsyncClient, onboarding: Json, clock: SteeredClock
) -> None:
    path, updates = f"/onboardings/{onboarding['display_id']}", []
    for days, phase in enumerate(PHASES):
        clock.advance(days * DAY)
        body = body_of(await api.patch(path, json={"phase": phase}))
        assert body["phase"] == phase
        assert (body["completed_at"] is not None) == (phase == "completed")
        updates.append(body["updated_at"])
    # The first PATCH named the phase that it was in, and so was none.
    assert updates[0] == onboarding["updated_at"]
    assert updates == sorted(set(updates))

    steps = await transitions(api, onboarding)
    assert [(step["from_phase"], step["to_phase"]) for step in steps] == list(
        zip([None, *PHASES], PHASES, strict=False)
    )
    assert [step["time_in_phase_seconds"] for step in steps[1:]] == [days * DAY for days in range(1, 7)]
    assert {step["actor"]["name"] for step in steps} == {"API: northwind-live"}

    entries = await timeline(api, onboarding["customer_id"])
    moves = [entry for entry in entries if entry["type"] == "onboarding.phase_changed"]
    assert [entry["data"]["changes"]["phase"] for entry in moves] == [list(pair) for pair in itertools.pairwise(PHASES)]
    assert {entry["actor"]["name"] for entry in moves} == {"API: northwind-live"}

    told = [event for event in await events(api) if event["type"].startswith("onboarding.")]
    assert [event["type"] for event in told] == [
        "onboarding.created",
        *["onboarding.phase_changed"] * 5,
        "onboarding.launched",
        "onboarding.phase_changed",
        "onboarding.completed",
    ]
    moved = [event["data"] for event in told if event["type"] == "onboarding.phase_changed"]
    assert [data["object"]["phase"] for data in moved] == PHASES[1:]
    assert [data["previous_attributes"]["phase"] for data in moved] == PHASES[:-1]


async def test_the_state_says_whether_something_is_wrong_and_leaves_the_phase_alone(
    api: httpx.AsyncClient, onboarding: Json
) -> None:
    path = f"/onboardings/{onboarding['display_id']}"
    for state in ("paused", "at_risk", "active"):
        body = body_of(await api.patch(path, json={"state": state}))
        assert (body["state"], body["phase"]) == (state, PHASES[0])
    assert len(await transitions(api, onboarding)) == 1
    told = [event["type"] for event in await events(api)]
    assert told[2:] == [
        "onboarding.state_changed",
        *["onboarding.state_changed", "onboarding.at_risk"],
        *["onboarding.state_changed", "onboarding.back_on_track"],
    ]


async def test_waiting_on_the_customer_stops_the_clock_until_the_state_flips_back(
    api: httpx.AsyncClient, onboarding: Json, clock: SteeredClock
) -> None:
    path = f"/onboardings/{onboarding['id']}"
    clock.advance(DAY)
    body = body_of(await api.patch(path, json={"state": "waiting", "waiting_on_customer": True}))
    assert (body["state"], body["waiting_on_customer"]) == ("waiting", True)
    assert body["waiting_on_customer_since"] == "2026-03-03T09:00:00.123Z"
    clock.advance(5 * DAY)
    assert body_of(await api.get(path))["time_in_phase_seconds"] == DAY
    body = body_of(await api.patch(path, json={"state": "active"}))
    assert (body["waiting_on_customer"], body["waiting_on_customer_since"]) == (False, None)
    clock.advance(DAY)
    body_of(await api.patch(path, json={"phase": "program_design"}))
    left = (await transitions(api, onboarding))[-1]
    assert (left["time_in_phase_seconds"], left["time_waiting_seconds"]) == (2 * DAY, 5 * DAY)


async def test_what_is_in_launch_this_week_is_a_query(api: httpx.AsyncClient) -> None:
    launching = [(await create_onboarding(api, phase="launch"))["id"] for _ in range(3)]
    await create_onboarding(api, phase="review")
    paused = await create_onboarding(api, phase="launch", state="paused")
    assert await ids(api, "/onboardings", phase="launch", state="active", limit="50") == launching[::-1]
    assert await ids(api, "/onboardings", phase="launch") == [paused["id"], *launching[::-1]]
    first = body_of(await api.get("/onboardings", params={"phase": "launch", "state": "active", "limit": "2"}))
    rest = {"phase": "launch", "state": "active", "limit": "2", "cursor": first["next_cursor"]}
    assert await ids(api, "/onboardings", **rest) == [launching[0]]


async def test_a_deleted_onboarding_moves_no_more(api: httpx.AsyncClient, onboarding: Json) -> None:
    path = f"/onboardings/{onboarding['id']}"
    assert body_of(await api.delete(path))["deleted"] is True
    error = error_of(await api.patch(path, json={"phase": "launch"}), 404)
    assert (error["type"], error["code"]) == ("not_found", "onboarding_not_found")


async def test_a_phase_that_does_not_exist_is_told_with_those_that_do(api: httpx.AsyncClient, onboarding: Json) -> None:
    error = error_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "kickoff"}), 400)
    assert (error["code"], error["field"]) == ("invalid_enum_value", "phase")
    places = [error["message"].index(phase) for phase in PHASES]
    assert places == sorted(places)
