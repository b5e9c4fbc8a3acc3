"""Moves as verbs: they are the same as a PATCH of the phase, and know which phase is meant."""

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_onboarding, error_of, events


async def move(api: httpx.AsyncClient, onboarding: Json, verb: str, **body: object) -> httpx.Response:
    return await api.post(f"/onboardings/{onboarding['id']}/{verb}", json=body)


async def transitions(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    """Return the onboarding's steps, oldest first."""
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"]
    return found[::-1]


async def test_advancing_goes_to_the_end_and_no_further(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = moved = await create_onboarding(api)
    seen = [onboarding["phase"]]
    for _ in range(6):
        clock.advance(60)
        moved = body_of(await move(api, onboarding, "advance", reason="Done"))
        seen.append(moved["phase"])
    assert seen == [phase["key"] for phase in body_of(await api.get("/phases"))["data"]]
    assert moved["completed_at"] == moved["phase_entered_at"]
    assert moved == body_of(await api.get(f"/onboardings/{onboarding['id']}"))

    error = error_of(await move(api, onboarding, "advance"), 409)
    assert (error["code"], error["message"]) == ("no_next_phase", "Completed is the last phase.")
    steps = await transitions(api, onboarding)
    assert [step["to_phase"] for step in steps] == seen
    assert [(step["reason"], step["time_in_phase_seconds"]) for step in steps[1:]] == [("Done", 60)] * 6
    assert [event["type"] for event in (await events(api))[2:]] == [
        *["onboarding.phase_changed"] * 5,
        "onboarding.launched",
        "onboarding.phase_changed",
        "onboarding.completed",
    ]


async def test_sending_back_reopens_and_needs_a_reason(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, phase="completed")
    refused: list[tuple[Json, str]] = [
        ({}, "missing_field"),
        ({"to": "review"}, "missing_field"),
        ({"reason": None}, "invalid_type"),
        ({"reason": "  "}, "invalid_string"),
    ]
    for body, code in refused:
        error = error_of(await move(api, onboarding, "send_back", **body), 400)
        assert (error["code"], error["field"]) == (code, "reason")
    back = body_of(await move(api, onboarding, "send_back", reason="Customer found a defect"))
    assert (back["phase"], back["completed_at"]) == ("launch", None)
    back = body_of(await move(api, onboarding, "send_back", reason="Design is wrong", to="program_design"))
    assert back["phase"] == "program_design"
    steps = await transitions(api, onboarding)
    assert [(step["to_phase"], step["reason"]) for step in steps[1:]] == [
        ("launch", "Customer found a defect"),
        ("program_design", "Design is wrong"),
    ]
    # Out of completion into the launch phase: that it is live again is an event of its own.
    assert [event["type"] for event in (await events(api))[2:]] == [
        "onboarding.phase_changed",
        "onboarding.launched",
        "onboarding.phase_changed",
    ]


async def test_there_is_nothing_before_the_first_phase(api: httpx.AsyncClient) -> None:
    error = error_of(await move(api, await create_onboarding(api), "send_back", reason="Again"), 409)
    assert (error["code"], error["message"]) == ("no_previous_phase", "Before getting started is the first phase.")


async def test_skipping_leaves_out_what_lies_between(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    skipped = body_of(await move(api, onboarding, "skip", to="internal_qa"))
    assert skipped["phase"] == "internal_qa"
    assert [step["to_phase"] for step in await transitions(api, onboarding)] == [onboarding["phase"], "internal_qa"]
    done = body_of(await move(api, onboarding, "skip", to="completed", reason="Went live without us"))
    assert done["completed_at"] is not None


@pytest.mark.parametrize(
    ("verb", "to", "code"),
    [
        ("send_back", "review", "invalid_field"),
        ("send_back", "launch", "invalid_field"),
        ("send_back", "kickoff", "invalid_enum_value"),
        ("skip", "review", "invalid_field"),
        ("skip", "program_buildout", "invalid_field"),
        ("skip", "program_design", "invalid_field"),
        ("skip", "kickoff", "invalid_enum_value"),
    ],
)
async def test_a_target_in_the_wrong_direction_is_refused(
    verb: str, to: str, code: str, api: httpx.AsyncClient
) -> None:
    onboarding = await create_onboarding(api, phase="review")
    error = error_of(await move(api, onboarding, verb, to=to, reason="Why not"), 400)
    assert (error["code"], error["field"]) == (code, "to")
    assert len(await transitions(api, onboarding)) == 1


async def test_a_repeated_move_moves_once(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    path, headers = f"/onboardings/{onboarding['display_id']}/advance", {"Idempotency-Key": "next"}
    first, second = [await api.post(path, json={}, headers=headers) for _ in range(2)]
    assert second.content == first.content
    assert second.headers["idempotent-replay"] == "true"
    assert len(await transitions(api, onboarding)) == 2


async def test_a_deleted_onboarding_does_not_move(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    for verb, body in (("advance", {}), ("send_back", {"reason": "Why"}), ("skip", {"to": "launch"})):
        assert error_of(await move(api, onboarding, verb, **body), 404)["code"] == "onboarding_not_found"
