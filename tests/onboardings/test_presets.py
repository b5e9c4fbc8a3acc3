"""Switching a workspace to another set of phases: previewed, by an explicit table, with nobody getting lost."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.onboardings.phases import DEFAULT_PHASES, Phase
from pivotal_server.onboardings.presets import PRESETS, keeps_clock, propose_mapping
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_onboarding, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

FIVE = PRESETS["five_phases"]
TABLE = {
    "before_getting_started": "kickoff",
    "program_design": "kickoff",
    "review": "integration",
    "program_buildout": "integration",
    "internal_qa": "uat",
    "launch": "launch",
    "completed": "adoption",
}


async def switch(api: httpx.AsyncClient, preset: str = "five_phases", **fields: object) -> Json:
    return body_of(await api.post("/phases/apply_preset", json={"preset": preset} | fields))


async def keys(api: httpx.AsyncClient, **query: str) -> list[str]:
    return [phase["key"] for phase in body_of(await api.get("/phases", params=query))["data"]]


async def stored(connection: "Connection") -> dict[str, list[Any]]:
    tables = ("phases", "onboardings", "phase_transitions", "activity", "events", "outbox")
    return {table: await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}


async def test_the_presets_are_listed(api: httpx.AsyncClient) -> None:
    found = body_of(await api.get("/phase_presets"))
    assert (found["has_more"], found["next_cursor"]) == (False, None)
    seven, five = found["data"]
    assert (seven["key"], [phase["key"] for phase in seven["phases"]]) == ("seven_phases", list(TABLE))
    assert (five["object"], five["key"]) == ("phase_preset", "five_phases")
    assert [(phase["name"], phase["kind"]) for phase in five["phases"]] == [
        ("Kickoff", "normal"),
        ("Integration", "normal"),
        ("UAT", "normal"),
        ("Launch", "launch"),
        ("Adoption", "terminal"),
    ]


async def test_a_preview_changes_nothing_and_is_what_the_run_does(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    for phase in ("review", "review", "internal_qa", "completed", "launch"):
        await create_onboarding(api, phase=phase)
    before = await stored(connection)
    preview = await switch(api, dry_run=True)
    assert await stored(connection) == before
    assert (preview["object"], preview["preset"], preview["dry_run"]) == ("phase_preset_switch", "five_phases", True)
    assert preview["mapping"] == TABLE
    assert [(move["from_phase"], move["onboardings"], move["clock"]) for move in preview["moves"]] == [
        ("before_getting_started", 0, "restarts"),
        ("program_design", 0, "restarts"),
        ("review", 2, "restarts"),
        ("program_buildout", 0, "restarts"),
        ("internal_qa", 1, "continues"),
        ("launch", 1, "continues"),
        ("completed", 1, "continues"),
    ]
    assert {move["from_phase"]: move["to_phase"] for move in preview["moves"]} == TABLE

    done = await switch(api, mapping=preview["mapping"])
    assert done == preview | {"dry_run": False}
    assert body_of(await api.get("/phases"))["data"] == done["phases"]
    retired = body_of(await api.get("/phases", params={"retired": "true"}))["data"]
    assert {phase["key"]: phase["moved_to"] for phase in retired} == {
        old: new for old, new in TABLE.items() if old != "launch"
    }
    counted = await connection.fetch("SELECT phase, count(*) AS n FROM onboardings GROUP BY phase")
    assert {row["phase"]: row["n"] for row in counted} == {"integration": 2, "uat": 1, "launch": 1, "adoption": 1}


async def test_a_run_wants_to_be_told_where_onboardings_go(api: httpx.AsyncClient, connection: "Connection") -> None:
    for phase in ("review", "launch", "completed"):
        await create_onboarding(api, phase=phase)
    before = await stored(connection)
    error = error_of(
        await api.post("/phases/apply_preset", json={"preset": "five_phases", "mapping": {"review": "uat"}}), 400
    )
    assert (error["code"], error["field"]) == ("missing_field", "mapping.completed")
    assert await stored(connection) == before
    # Of the others one is empty or stays.
    done = await switch(api, mapping={"review": "uat", "completed": "adoption"})
    assert done["mapping"] == TABLE | {"review": "uat"}


@pytest.mark.parametrize(
    ("mapping", "code", "field"),
    [
        ({"kickoff": "uat"}, "invalid_field", "mapping"),
        ({"review": "internal_qa"}, "invalid_enum_value", "mapping.review"),
        ({"review": 1}, "invalid_type", "mapping.review"),
        ([], "invalid_type", "mapping"),
    ],
)
async def test_a_mapping_of_what_is_no_phase_is_refused(
    mapping: object, code: str, field: str, api: httpx.AsyncClient
) -> None:
    for dry_run in (True, False):
        body = {"preset": "five_phases", "mapping": mapping, "dry_run": dry_run}
        error = error_of(await api.post("/phases/apply_preset", json=body), 400)
        assert (error["code"], error["field"]) == (code, field)


async def test_an_unknown_preset_is_refused(api: httpx.AsyncClient) -> None:
    error = error_of(await api.post("/phases/apply_preset", json={"preset": "six_phases"}), 400)
    assert (error["code"], error["field"]) == ("invalid_enum_value", "preset")


async def test_onboardings_change_their_phase_and_make_no_progress(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    merged, renamed, launched, done = [
        await create_onboarding(api, phase=phase) for phase in ("review", "internal_qa", "launch", "completed")
    ]
    clock.advance(600)
    await switch(api, mapping=TABLE)
    clock.advance(60)

    async def now(onboarding: Json) -> Json:
        return body_of(await api.get(f"/onboardings/{onboarding['id']}"))

    assert (await now(merged))["phase"] == "integration"
    assert (await now(merged))["time_in_phase_seconds"] == 60
    assert ((await now(renamed))["phase"], (await now(renamed))["time_in_phase_seconds"]) == ("uat", 660)
    assert await now(launched) == launched | {"time_in_phase_seconds": 660}
    assert (await now(done))["phase"] == "adoption"
    assert (await now(done))["completed_at"] == done["completed_at"]

    steps = {
        onboarding["id"]: body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"]
        for onboarding in (merged, renamed, launched, done)
    }
    assert len(steps[launched["id"]]) == 1
    for onboarding, seconds in ((merged, 600), (renamed, None), (done, None)):
        step = steps[onboarding["id"]][0]
        assert (step["from_phase"], step["to_phase"]) == (onboarding["phase"], TABLE[onboarding["phase"]])
        assert (step["time_in_phase_seconds"], step["time_waiting_seconds"]) == (seconds, seconds and 0)
        assert step["reason"] == "Switched to the preset Five phases, from kickoff to adoption"
        entry = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"][0]
        assert entry["type"] == "onboarding.phase_changed"
    told = [event for event in await events(api) if event["type"].startswith("onboarding.")][4:]
    assert [event["type"] for event in told] == ["onboarding.phase_changed"] * 3
    assert [event["data"]["previous_attributes"] for event in told] == [
        {"phase": "review"},
        {"phase": "internal_qa"},
        {"phase": "completed"},
    ]


async def test_who_is_mapped_to_launch_or_completion_gets_there(api: httpx.AsyncClient) -> None:
    for phase in ("internal_qa", "launch", "completed"):
        await create_onboarding(api, phase=phase)
    await switch(api, mapping={"internal_qa": "launch", "launch": "adoption", "completed": "uat"})
    told = [event for event in await events(api) if event["type"].startswith("onboarding.")][3:]
    assert [event["type"] for event in told] == [
        *("onboarding.phase_changed", "onboarding.launched"),
        *("onboarding.phase_changed", "onboarding.completed"),
        "onboarding.phase_changed",
    ]
    assert [event["data"]["object"]["completed_at"] is not None for event in told] == [False, False, True, True, False]
    assert told[-1]["data"]["previous_attributes"].keys() == {"phase", "completed_at"}


async def test_there_and_back_again(api: httpx.AsyncClient, connection: "Connection", world: World) -> None:
    onboarding = await create_onboarding(api, phase="internal_qa")
    body_of(await api.patch("/phases/internal_qa", json={"name": "Our own checks"}))
    await switch(api, mapping=TABLE)
    back = (await switch(api, "seven_phases", dry_run=True))["mapping"]
    assert back == {
        "kickoff": "before_getting_started",
        "integration": "program_buildout",
        "uat": "internal_qa",
        "launch": "launch",
        "adoption": "completed",
    }
    await switch(api, "seven_phases", mapping=back)
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "internal_qa"
    phases = body_of(await api.get("/phases"))["data"]
    assert [(phase["key"], phase["name"]) for phase in phases] == [(phase.key, phase.name) for phase in DEFAULT_PHASES]
    assert {phase["retired_at"] for phase in phases} == {None}
    assert sorted(await keys(api, retired="true")) == ["adoption", "integration", "kickoff", "uat"]
    again = await switch(api, "seven_phases")
    assert {move["clock"] for move in again["moves"]} == {"continues"}
    summaries = await connection.fetch(
        "SELECT summary FROM activity WHERE workspace_id = $1 AND type = 'phases.preset_applied'", world.northwind.id
    )
    assert len(summaries) == 3


async def test_a_key_of_the_preset_may_mean_something_else_here(api: httpx.AsyncClient) -> None:
    body_of(await api.patch("/phases/launch", json={"kind": "normal"}))
    body_of(await api.post("/phases", json={"name": "Adoption", "target_days": 9, "position": 7}), 201)
    body_of(await api.post("/phases", json={"name": "Go", "key": "go", "target_days": 1, "kind": "launch"}), 201)
    going, adopting = [await create_onboarding(api, phase=phase) for phase in ("go", "adoption")]
    error = error_of(
        await api.post("/phases/apply_preset", json={"preset": "five_phases", "mapping": {"adoption": "adoption"}}), 400
    )
    assert (error["code"], error["field"]) == ("invalid_field", "mapping.adoption")
    mapping = (await switch(api, dry_run=True))["mapping"]
    assert mapping == TABLE | {"adoption": "launch", "go": "launch"}
    await switch(api, mapping=mapping)
    assert await keys(api) == [phase.key for phase in FIVE.phases]
    for onboarding in (going, adopting):
        assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "launch"


async def test_a_dry_run_keeps_no_answer_for_its_idempotency_key(api: httpx.AsyncClient) -> None:
    await create_onboarding(api, phase="review")
    headers = {"Idempotency-Key": "a-switch"}
    for body in ({"dry_run": True}, {"mapping": TABLE}):
        response = await api.post("/phases/apply_preset", json={"preset": "five_phases"} | body, headers=headers)
        assert "idempotent-replay" not in response.headers
        body_of(response)
    assert await keys(api) == [phase.key for phase in FIVE.phases]


def test_a_phase_of_ones_own_goes_where_the_one_before_it_goes() -> None:
    own = [
        Phase("intake", "Intake", 1, 1, "normal"),
        Phase("kickoff", "Kick-off", 2, 1, "normal"),
        Phase("training", "Training", 3, 1, "normal"),
        Phase("go_live", "Go live", 4, 1, "launch"),
        Phase("hypercare", "Hypercare", 5, 1, "normal"),
        Phase("handed_over", "Handed over", 6, 1, "terminal"),
    ]
    mapping = propose_mapping(own, FIVE)
    assert mapping == {
        "intake": "kickoff",
        "kickoff": "kickoff",
        "training": "kickoff",
        "go_live": "launch",
        "hypercare": "launch",
        "handed_over": "adoption",
    }
    assert [key for key in mapping if keeps_clock(key, mapping, FIVE)] == ["handed_over"]
    swapped = {"a": "uat", "b": "integration", "c": "adoption"}
    assert [key for key in swapped if keeps_clock(key, swapped, FIVE)] == ["c"]
