"""The SLA clock: it runs from the day a phase is entered and stands still while the customer is waited for."""

import httpx

from tests.support import Json, SteeredClock, body_of, create_onboarding


async def patch(api: httpx.AsyncClient, onboarding: Json, **fields: object) -> Json:
    return body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=fields))


async def clock_of(api: httpx.AsyncClient, onboarding: Json) -> tuple[int, int]:
    """Return the seconds in the phase and the seconds waiting, which every way of reading shows alike."""
    found = body_of(await api.get(f"/onboardings/{onboarding['id']}"))
    assert body_of(await api.get("/onboardings"))["data"] == [found]
    assert body_of(await api.get(f"/customers/{onboarding['customer_id']}/onboardings"))["data"] == [found]
    return found["time_in_phase_seconds"], found["time_waiting_seconds"]


async def last_transition(api: httpx.AsyncClient, onboarding: Json) -> tuple[int, int]:
    step = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"][0]
    return step["time_in_phase_seconds"], step["time_waiting_seconds"]


async def test_it_stands_still_while_waiting(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(100)
    assert await clock_of(api, onboarding) == (100, 0)
    await patch(api, onboarding, state="waiting")
    clock.advance(1000)
    assert await clock_of(api, onboarding) == (100, 1000)
    await patch(api, onboarding, notes="Still nothing")
    clock.advance(1000)
    await patch(api, onboarding, waiting_on_customer=False)
    clock.advance(20)
    assert await clock_of(api, onboarding) == (120, 2000)
    await patch(api, onboarding, waiting_on_customer=True)
    clock.advance(5)
    assert await clock_of(api, onboarding) == (120, 2005)


async def test_other_states_let_it_run(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    for state in ("paused", "blocked", "at_risk", "active"):
        await patch(api, onboarding, state=state)
        clock.advance(10)
    assert await clock_of(api, onboarding) == (40, 0)


async def test_many_short_waits_add_up(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    for _ in range(10):
        await patch(api, onboarding, state="waiting")
        clock.advance(0.5)
        await patch(api, onboarding, state="active")
        clock.advance(0.75)
    clock.advance(0.25)
    assert await clock_of(api, onboarding) == (7, 5)


async def test_each_phase_has_a_clock_of_its_own(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(100)
    await patch(api, onboarding, state="waiting")
    clock.advance(50)
    moved = await patch(api, onboarding, phase="program_design", state="active")
    assert (moved["phase_entered_at"], moved["phase_target_days"]) == ("2026-03-02T09:02:30.123Z", 14)
    assert await last_transition(api, onboarding) == (100, 50)
    assert await clock_of(api, onboarding) == (0, 0)
    clock.advance(7)
    await patch(api, onboarding, phase="review")
    assert await last_transition(api, onboarding) == (7, 0)


async def test_a_wait_that_goes_on_counts_for_each_phase_in_turn(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(10)
    since = (await patch(api, onboarding, state="waiting"))["waiting_on_customer_since"]
    clock.advance(100)
    moved = await patch(api, onboarding, phase="review")
    assert moved["waiting_on_customer_since"] == since
    assert await last_transition(api, onboarding) == (10, 100)
    clock.advance(30)
    assert await clock_of(api, onboarding) == (0, 30)
    await patch(api, onboarding, state="active")
    clock.advance(4)
    assert await clock_of(api, onboarding) == (4, 30)
    await patch(api, onboarding, phase="launch", state="waiting")
    assert await last_transition(api, onboarding) == (4, 30)
    clock.advance(9)
    assert await clock_of(api, onboarding) == (0, 9)


async def test_an_onboarding_may_begin_waiting(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api, state="waiting")
    clock.advance(30)
    assert await clock_of(api, onboarding) == (0, 30)


async def test_time_never_runs_backwards(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(-3600)
    assert await clock_of(api, onboarding) == (0, 0)
    moved = await patch(api, onboarding, phase="review", state="waiting")
    assert moved["updated_at"] >= onboarding["updated_at"]
    assert await last_transition(api, onboarding) == (0, 0)
    assert await clock_of(api, onboarding) == (0, 0)
