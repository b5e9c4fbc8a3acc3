"""States: waiting is one truth with two names, risk has events of its own, the reason is kept."""

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_onboarding, events

SINCE = "2026-03-02T09:01:00.123Z"


async def patch(api: httpx.AsyncClient, onboarding: Json, **fields: object) -> Json:
    return body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=fields))


def waiting_of(onboarding: Json) -> tuple[str, bool, str | None]:
    return onboarding["state"], onboarding["waiting_on_customer"], onboarding["waiting_on_customer_since"]


async def story(api: httpx.AsyncClient) -> list[tuple[str, Json | None]]:
    """What was told about onboardings since they began: each event's type and former values."""
    return [
        (event["type"].removeprefix("onboarding."), event["data"]["previous_attributes"])
        for event in await events(api)
        if event["type"].startswith("onboarding.") and event["type"] != "onboarding.created"
    ]


@pytest.mark.parametrize("fields", [{"state": "waiting"}, {"waiting_on_customer": True}])
async def test_the_state_and_the_flag_are_one(api: httpx.AsyncClient, clock: SteeredClock, fields: Json) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(60)
    assert waiting_of(await patch(api, onboarding, **fields)) == ("waiting", True, SINCE)
    assert body_of(await api.get("/onboardings", params={"state": "waiting"}))["data"][0]["id"] == onboarding["id"]
    assert await story(api) == [
        ("state_changed", {"state": "active", "waiting_on_customer": False, "waiting_on_customer_since": None})
    ]
    clock.advance(60)
    assert waiting_of(await patch(api, onboarding, state="waiting", waiting_on_customer=True)) == (
        "waiting",
        True,
        SINCE,
    )
    assert len(await story(api)) == 1


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"waiting_on_customer": False}, "active"),
        ({"state": "paused"}, "paused"),
        ({"state": "active"}, "active"),
        # Where the two disagree, the state decides.
        ({"state": "blocked", "waiting_on_customer": True}, "blocked"),
        ({"state": "active", "waiting_on_customer": True}, "active"),
    ],
)
async def test_waiting_ends(api: httpx.AsyncClient, fields: Json, state: str) -> None:
    onboarding = await create_onboarding(api, state="waiting")
    assert waiting_of(onboarding) == ("waiting", True, onboarding["created_at"])
    assert waiting_of(await patch(api, onboarding, **fields)) == (state, False, None)
    assert await story(api) == [
        (
            "state_changed",
            {
                "state": "waiting",
                "waiting_on_customer": True,
                "waiting_on_customer_since": onboarding["created_at"],
            },
        )
    ]


@pytest.mark.parametrize("state", ["active", "paused", "at_risk", "blocked"])
async def test_not_waiting_while_not_waiting_changes_nothing(api: httpx.AsyncClient, state: str) -> None:
    onboarding = await create_onboarding(api, state=state)
    assert await patch(api, onboarding, waiting_on_customer=False) == onboarding
    assert await story(api) == []


async def test_saying_waiting_and_not_waiting_is_waiting(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    changed = await patch(api, onboarding, state="waiting", waiting_on_customer=False)
    assert changed["waiting_on_customer"] is True


async def test_risk_comes_and_goes(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    for state in ("paused", "at_risk", "at_risk", "active", "at_risk", "blocked", "active"):
        await patch(api, onboarding, state=state)
    assert await story(api) == [
        ("state_changed", {"state": "active"}),
        ("state_changed", {"state": "paused"}),
        ("at_risk", {"state": "paused"}),
        ("state_changed", {"state": "at_risk"}),
        ("back_on_track", {"state": "at_risk"}),
        ("state_changed", {"state": "active"}),
        ("at_risk", {"state": "active"}),
        ("state_changed", {"state": "at_risk"}),
        ("back_on_track", {"state": "at_risk"}),
        ("state_changed", {"state": "blocked"}),
    ]
    timeline = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"]
    assert [entry["summary"] for entry in reversed(timeline)][2:] == [
        "Paused the onboarding",
        "Marked the onboarding as at risk",
        "Set the onboarding active",
        "Marked the onboarding as at risk",
        "Marked the onboarding as blocked",
        "Set the onboarding active",
    ]


async def test_waiting_after_risk_is_back_on_track(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, state="at_risk")
    await patch(api, onboarding, waiting_on_customer=True)
    assert [type_ for type_, _ in await story(api)] == ["state_changed", "back_on_track"]


async def test_one_patch_tells_of_each_change_with_all_former_values(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    onboarding = await create_onboarding(api, notes="Old", target_launch_date="2026-07-15T00:00:00Z")
    clock.advance(60)
    changed = await patch(
        api, onboarding, phase="completed", state="at_risk", notes="New", target_launch_date=None, reason="Slipped"
    )
    previous = {
        "phase": "before_getting_started",
        "state": "active",
        "completed_at": None,
        "target_launch_date": "2026-07-15T00:00:00.000Z",
        "slippage_days": 0,
        "notes": "Old",
    }
    told = [event for event in await events(api) if event["type"].startswith("onboarding.")][1:]
    assert [event["type"] for event in told] == [
        "onboarding.phase_changed",
        "onboarding.completed",
        "onboarding.state_changed",
        "onboarding.at_risk",
    ]
    for event in told:
        assert event["data"] == {"object": changed, "previous_attributes": previous}

    entries = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"][:4]
    assert [(entry["summary"], entry["data"]) for entry in reversed(entries)] == [
        (
            "Moved to Completed",
            {
                "changes": {
                    "phase": ["before_getting_started", "completed"],
                    "completed_at": [None, changed["completed_at"]],
                },
                "reason": "Slipped",
            },
        ),
        ("Marked the onboarding as at risk", {"changes": {"state": ["active", "at_risk"]}, "reason": "Slipped"}),
        (
            "Cleared the target launch date",
            {
                "changes": {
                    "target_launch_date": ["2026-07-15T00:00:00.000Z", None],
                    "slippage_days": [0, None],
                },
                "reason": "Slipped",
            },
        ),
        ("Changed the onboarding: notes", {"changes": {"notes": ["Old", "New"]}, "reason": "Slipped"}),
    ]


async def test_other_fields_have_a_line_and_no_event(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, name="Q3 rollout")
    await patch(api, onboarding, reminder_email=False)
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    timeline = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"]
    assert [(entry["type"], entry["summary"]) for entry in reversed(timeline)][1:] == [
        ("onboarding.created", "Started onboarding Q3 rollout"),
        ("onboarding.updated", "Changed the onboarding: e-mail reminders"),
        ("onboarding.deleted", "Deleted onboarding Q3 rollout"),
    ]
    assert await story(api) == []


async def test_sending_back_what_was_read_changes_nothing(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(
        api, phase="completed", state="waiting", target_launch_date="2026-07-15T00:00:00.123456Z", metadata={"a": 1}
    )
    clock.advance(60)
    same = await patch(api, onboarding, **onboarding, reason="No reason")
    assert same == onboarding | {"time_waiting_seconds": 60}
    assert await patch(api, onboarding) == same
    assert await story(api) == []


async def test_a_test_keys_events_say_so(test_api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(test_api)
    await patch(test_api, onboarding, phase="launch")
    assert {event["livemode"] for event in await events(test_api) if "onboarding" in event["type"]} == {False}
