"""The target launch date: every change is kept with its reason, and slippage is counted from the first date."""

import httpx

from tests.support import Json, SteeredClock, body_of, create_onboarding


async def aim(api: httpx.AsyncClient, onboarding: Json, date: str | None, **fields: object) -> Json:
    target = date and f"{date}T00:00:00Z"
    return body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"target_launch_date": target} | fields))


async def shifts(api: httpx.AsyncClient, onboarding: Json, **query: str) -> Json:
    return body_of(await api.get(f"/onboardings/{onboarding['id']}/launch_date_shifts", params=query))


async def test_every_change_is_kept_with_its_reason(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api, target_launch_date="2026-07-15T00:00:00Z")
    assert onboarding["slippage_days"] == 0
    assert (await shifts(api, onboarding))["data"] == []
    clock.advance(60)
    moved = await aim(api, onboarding, "2026-07-22", reason="New theme goes live later")
    assert moved["slippage_days"] == 7
    (shift,) = (await shifts(api, onboarding))["data"]
    assert shift == {
        "object": "launch_date_shift",
        "id": shift["id"],
        "onboarding_id": onboarding["id"],
        "from_date": "2026-07-15T00:00:00.000Z",
        "to_date": "2026-07-22T00:00:00.000Z",
        "days": 7,
        "reason": "New theme goes live later",
        "actor": {"type": "api_key", "id": shift["actor"]["id"], "name": "API: northwind-live"},
        "created_at": moved["updated_at"],
    }
    entry = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"][0]
    assert (entry["type"], entry["summary"]) == (
        "onboarding.launch_date_shifted",
        "Moved the target launch date 7 days later",
    )
    assert entry["data"] == {
        "changes": {
            "target_launch_date": ["2026-07-15T00:00:00.000Z", "2026-07-22T00:00:00.000Z"],
            "slippage_days": [0, 7],
        },
        "reason": "New theme goes live later",
    }


async def test_slippage_is_counted_from_the_first_date_that_ever_was(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    assert onboarding["slippage_days"] is None
    seen = [
        (await aim(api, onboarding, date))["slippage_days"]
        for date in ("2026-07-15", "2026-07-16", None, "2026-06-30", "2026-07-10")
    ]
    assert seen == [0, 1, None, -15, -5]
    found = (await shifts(api, onboarding))["data"]
    assert [shift["days"] for shift in reversed(found)] == [None, 1, None, None, 10]
    timeline = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"]
    assert [entry["summary"] for entry in reversed(timeline)][2:] == [
        "Set the target launch date",
        "Moved the target launch date 1 day later",
        "Cleared the target launch date",
        "Set the target launch date",
        "Moved the target launch date 10 days later",
    ]


async def test_lists_show_slippage_too(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date="2026-07-15T00:00:00Z")
    moved = await aim(api, onboarding, "2026-07-13")
    assert moved["slippage_days"] == -2
    assert body_of(await api.get("/onboardings"))["data"] == [moved]


async def test_a_date_that_stays_is_no_shift_and_another_hour_is_one_of_no_days(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date="2026-07-15T00:00:00Z")
    await aim(api, onboarding, "2026-07-15", reason="The same")
    assert (await shifts(api, onboarding))["data"] == []
    body = {"target_launch_date": "2026-07-15T09:30:00Z"}
    assert body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=body))["slippage_days"] == 0
    assert [shift["days"] for shift in (await shifts(api, onboarding))["data"]] == [0]
    entry = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"][0]
    assert entry["summary"] == "Changed the target launch date"


async def test_shifts_come_in_pages(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date="2026-07-01T00:00:00Z")
    for day in ("02", "03", "04"):
        await aim(api, onboarding, f"2026-07-{day}")
    first = await shifts(api, onboarding, limit="2")
    rest = await shifts(api, onboarding, limit="2", cursor=first["next_cursor"])
    assert [shift["to_date"][:10] for shift in first["data"]] == ["2026-07-04", "2026-07-03"]
    assert [shift["to_date"][:10] for shift in rest["data"]] == ["2026-07-02"]
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)
