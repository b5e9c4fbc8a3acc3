"""Moving through the phases: transitions, completion, events and lines on the timeline."""

import asyncio
import itertools

import httpx

from tests.support import Json, SteeredClock, body_of, create_onboarding, events

PHASES = [
    "before_getting_started",
    "program_design",
    "review",
    "program_buildout",
    "internal_qa",
    "launch",
    "completed",
]


async def patch(api: httpx.AsyncClient, onboarding: Json, **fields: object) -> Json:
    return body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=fields))


async def transitions(api: httpx.AsyncClient, onboarding: Json, **query: str) -> Json:
    return body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions", params=query))


async def told(api: httpx.AsyncClient) -> list[str]:
    return [event["type"] for event in await events(api) if event["type"].startswith("onboarding.")]


async def test_a_walk_through_all_phases(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    moved = onboarding
    for phase in PHASES:
        clock.advance(3600)
        moved = await patch(api, onboarding, phase=phase)
        assert moved["phase"] == phase
    assert moved["completed_at"] == moved["phase_entered_at"] == moved["updated_at"] == "2026-03-02T16:00:00.123Z"

    steps = (await transitions(api, onboarding))["data"]
    assert [(step["from_phase"], step["to_phase"]) for step in reversed(steps)] == [
        (None, PHASES[0]),
        *itertools.pairwise(PHASES),
    ]
    assert await told(api) == [
        "onboarding.created",
        *["onboarding.phase_changed"] * 4,
        *("onboarding.phase_changed", "onboarding.launched"),
        *("onboarding.phase_changed", "onboarding.completed"),
    ]
    timeline = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"]
    assert [entry["summary"] for entry in reversed(timeline)][2:] == [
        "Moved to Program design",
        "Moved to Review",
        "Moved to Program buildout",
        "Moved to Internal QA",
        "Moved to Launch",
        "Moved to Completed",
    ]


async def test_a_transition_tells_who_when_why_and_how_long(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(90.9)
    await patch(api, onboarding, phase="program_design", reason="Requirements are signed off")
    second, first = (await transitions(api, onboarding))["data"]
    assert first == {
        "object": "phase_transition",
        "id": first["id"],
        "onboarding_id": onboarding["id"],
        "from_phase": None,
        "to_phase": "before_getting_started",
        "actor": {"type": "api_key", "id": first["actor"]["id"], "name": "API: northwind-live"},
        "reason": None,
        "time_in_phase_seconds": None,
        "time_waiting_seconds": None,
        "created_at": "2026-03-02T09:00:00.123Z",
    }
    assert second == first | {
        "id": second["id"],
        "from_phase": "before_getting_started",
        "to_phase": "program_design",
        "reason": "Requirements are signed off",
        "time_in_phase_seconds": 90,
        "time_waiting_seconds": 0,
        "created_at": "2026-03-02T09:01:31.023Z",
    }
    entry = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"][0]
    assert (entry["type"], entry["data"]) == (
        "onboarding.phase_changed",
        {
            "changes": {"phase": ["before_getting_started", "program_design"]},
            "reason": "Requirements are signed off",
        },
    )


async def test_transitions_come_in_pages(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    for phase in ("review", "launch"):
        await patch(api, onboarding, phase=phase)
    first = await transitions(api, onboarding, limit="2")
    assert [step["to_phase"] for step in first["data"]] == ["launch", "review"]
    assert first["has_more"] is True
    rest = await transitions(api, onboarding, limit="2", cursor=first["next_cursor"])
    assert [step["to_phase"] for step in rest["data"]] == ["before_getting_started"]
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)


async def test_creation_is_one_event_wherever_it_begins(api: httpx.AsyncClient) -> None:
    launched = await create_onboarding(api, phase="launch", state="at_risk")
    completed = await create_onboarding(api, phase="completed")
    assert launched["completed_at"] is None
    assert completed["completed_at"] == completed["created_at"]
    assert await told(api) == ["onboarding.created"] * 2
    event = (await events(api, "onboarding.created"))[1]
    assert event["data"] == {"object": completed, "previous_attributes": None}


async def test_leaving_the_terminal_phase_clears_completion(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, phase="completed")
    reopened = await patch(api, onboarding, phase="internal_qa")
    assert reopened["completed_at"] is None
    event = (await events(api, "onboarding.phase_changed"))[0]
    assert event["data"] == {
        "object": reopened,
        "previous_attributes": {"phase": "completed", "completed_at": onboarding["completed_at"]},
    }
    assert (await patch(api, onboarding, phase="review"))["completed_at"] is None


async def test_an_explicit_completion_date_wins(api: httpx.AsyncClient) -> None:
    then = "2026-01-31T12:00:00.000Z"
    assert (await create_onboarding(api, phase="completed", completed_at=then))["completed_at"] == then
    assert (await create_onboarding(api, phase="completed", completed_at=None))["completed_at"] is None

    onboarding = await create_onboarding(api)
    assert (await patch(api, onboarding, phase="completed", completed_at=then))["completed_at"] == then
    assert (await patch(api, onboarding, phase="launch", completed_at=then))["completed_at"] == then
    assert (await patch(api, onboarding, phase="completed"))["completed_at"] > then
    assert (await patch(api, onboarding, completed_at=None))["completed_at"] is None
    assert (await patch(api, onboarding, phase="review"))["completed_at"] is None


async def test_a_phase_that_stays_is_no_transition(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    assert await patch(api, onboarding, phase="before_getting_started", reason="Again") == onboarding
    assert len((await transitions(api, onboarding))["data"]) == 1
    assert await told(api) == ["onboarding.created"]


async def test_many_moves_at_once_make_one_unbroken_chain(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    await asyncio.gather(*(patch(api, onboarding, phase=phase) for phase in PHASES * 3))
    steps = list(reversed((await transitions(api, onboarding))["data"]))
    assert [step["from_phase"] for step in steps[1:]] == [step["to_phase"] for step in steps[:-1]]
    assert steps[-1]["to_phase"] == body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"]
    assert all(step["from_phase"] != step["to_phase"] for step in steps)
    assert len(await events(api, "onboarding.phase_changed")) == len(steps) - 1
    assert all(step["time_in_phase_seconds"] == 0 for step in steps[1:])
