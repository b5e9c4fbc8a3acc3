"""A workspace edits its phases: add, rename, reorder, retire, restore; and what becomes of the onboardings in them."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_onboarding, error_of, events, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

SEVEN = [
    "before_getting_started",
    "program_design",
    "review",
    "program_buildout",
    "internal_qa",
    "launch",
    "completed",
]


async def phases(api: httpx.AsyncClient, **query: str) -> list[Json]:
    found: list[Json] = body_of(await api.get("/phases", params=query))["data"]
    return found


async def keys(api: httpx.AsyncClient) -> list[str]:
    """Return the phases' keys in their order, which their positions count through."""
    found = await phases(api)
    assert [phase["position"] for phase in found] == list(range(1, len(found) + 1))
    return [phase["key"] for phase in found]


async def add(api: httpx.AsyncClient, name: str, **fields: object) -> Json:
    return body_of(await api.post("/phases", json={"name": name, "target_days": 5} | fields), 201)


async def retire(api: httpx.AsyncClient, key: str, **query: str) -> Json:
    return body_of(await api.delete(f"/phases/{key}", params=query))


async def activity(connection: "Connection", world: World) -> list[tuple[str, str]]:
    sql = "SELECT type, summary FROM activity WHERE workspace_id = $1 AND subject_type = 'phase' ORDER BY created_at"
    return [(row["type"], row["summary"]) for row in await connection.fetch(sql, world.northwind.id)]


async def test_a_phase_is_added_before_the_last_one(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    response = await api.post("/phases", json={"name": "Security review", "target_days": 5})
    phase = body_of(response, 201)
    assert phase == {
        "object": "phase",
        "key": "security_review",
        "name": "Security review",
        "position": 7,
        "target_days": 5,
        "kind": "normal",
        "retired_at": None,
        "moved_to": None,
    }
    assert body_of(await api.get(f"http://testserver{response.headers['location']}")) == phase
    assert await keys(api) == [*SEVEN[:-1], "security_review", "completed"]
    assert await activity(connection, world) == [("phase.created", "Added the phase Security review")]
    onboarding = await create_onboarding(api, phase="security_review")
    assert onboarding["phase_target_days"] == 5


async def test_a_phase_is_added_at_a_position(api: httpx.AsyncClient) -> None:
    await add(api, "Kickoff", position=1, key="first")
    await add(api, "Training", position=4)
    assert await keys(api) == ["first", *SEVEN[:2], "training", *SEVEN[2:]]
    assert (await create_onboarding(api))["phase"] == "first"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Prüfung & Abnahme", "prufung_abnahme"),
        ("2nd review", "phase_2nd_review"),
        ("検収", "phase"),
        ("Review", "review_2"),
        ("Apply preset", "apply_preset_2"),
        ("A" * 60, "a" * 50),
    ],
)
async def test_a_key_is_made_of_the_name(name: str, key: str, api: httpx.AsyncClient) -> None:
    assert (await add(api, name))["key"] == key


async def test_a_key_is_never_given_twice(api: httpx.AsyncClient) -> None:
    await retire(api, "review")
    for key in ("launch", "review", "apply_preset"):
        error = error_of(await api.post("/phases", json={"name": "X", "target_days": 1, "key": key}), 409)
        assert (error["code"], error["field"]) == ("phase_key_taken", "key")
    assert (await add(api, "Review"))["key"] == "review_2"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"target_days": 1}, "invalid_type", "name"),
        ({"name": "X"}, "invalid_type", "target_days"),
        ({"name": "", "target_days": 1}, "too_small", "name"),
        ({"name": "X", "target_days": -1}, "too_small", "target_days"),
        ({"name": "X", "target_days": 4000}, "too_big", "target_days"),
        ({"name": "X", "target_days": 1, "key": "Kick-off"}, "invalid_string", "key"),
        ({"name": "X", "target_days": 1, "key": "kickoff\n"}, "invalid_string", "key"),
        ({"name": "X", "target_days": 1, "kind": "last"}, "invalid_enum_value", "kind"),
        ({"name": "X", "target_days": 1, "position": 0}, "too_small", "position"),
        ({"name": "X", "target_days": 1, "position": 8}, "invalid_field", "position"),
    ],
)
async def test_what_is_no_phase_is_refused(body: Json, code: str, field: str, api: httpx.AsyncClient) -> None:
    error = error_of(await api.post("/phases", json=body), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert await keys(api) == SEVEN


async def test_there_are_thirty_phases_at_most(api: httpx.AsyncClient) -> None:
    for number in range(23):
        await add(api, f"Step {number}")
    error = error_of(await api.post("/phases", json={"name": "One more", "target_days": 1}), 409)
    assert error["code"] == "phase_limit_reached"
    await retire(api, "review")
    await add(api, "One more")
    assert error_of(await api.post("/phases/review/restore"), 409)["code"] == "phase_limit_reached"


async def test_a_phase_is_renamed_and_keeps_its_key(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    onboarding = await create_onboarding(api, phase="review")
    changed = body_of(await api.patch("/phases/review", json={"name": "Sign-off", "target_days": 3}))
    assert (changed["key"], changed["name"], changed["target_days"]) == ("review", "Sign-off", 3)
    assert body_of(await api.patch("/phases/review", json={"name": "Sign-off", "position": 3})) == changed
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}")) == onboarding | {"phase_target_days": 3}
    assert await activity(connection, world) == [("phase.updated", "Changed the phase Review: name, target days")]


@pytest.mark.parametrize(("key", "position"), [("review", 1), ("review", 6), ("before_getting_started", 4)])
async def test_reordering_shifts_the_others(key: str, position: int, api: httpx.AsyncClient) -> None:
    assert body_of(await api.patch(f"/phases/{key}", json={"position": position}))["position"] == position
    expected = [phase for phase in SEVEN if phase != key]
    expected.insert(position - 1, key)
    assert await keys(api) == expected


@pytest.mark.parametrize(("key", "position"), [("review", 7), ("review", 99), ("completed", 3)])
async def test_the_terminal_phase_stays_last(key: str, position: int, api: httpx.AsyncClient) -> None:
    error = error_of(await api.patch(f"/phases/{key}", json={"position": position}), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "position")
    assert await keys(api) == SEVEN


async def test_there_is_one_terminal_phase_and_at_most_one_for_the_launch(api: httpx.AsyncClient) -> None:
    for kind in ("launch", "terminal"):
        error = error_of(await api.post("/phases", json={"name": "X", "target_days": 1, "kind": kind}), 409)
        assert (error["code"], error["field"]) == ("phase_kind_taken", "kind")
        error = error_of(await api.patch("/phases/review", json={"kind": kind}), 409)
        assert (error["code"], error["field"]) == ("phase_kind_taken", "kind")
    error = error_of(await api.patch("/phases/completed", json={"kind": "normal"}), 409)
    assert (error["code"], error["field"]) == ("phase_required", "kind")

    body_of(await api.patch("/phases/launch", json={"kind": "normal"}))
    onboarding = await create_onboarding(api, phase="internal_qa")
    body_of(await api.patch("/phases/internal_qa", json={"kind": "launch"}))
    assert [event["type"] for event in await events(api)][2:] == []  # nobody launches by a phase's kind
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}")) == onboarding


async def test_at_least_one_normal_phase_remains(api: httpx.AsyncClient) -> None:
    for key in SEVEN[:4]:
        await retire(api, key)
    assert error_of(await api.delete("/phases/internal_qa"), 409)["code"] == "phase_required"
    assert error_of(await api.delete("/phases/completed"), 409)["code"] == "phase_required"
    await retire(api, "launch")
    error = error_of(await api.patch("/phases/internal_qa", json={"kind": "launch"}), 409)
    assert (error["code"], error["field"]) == ("phase_required", "kind")
    assert await keys(api) == ["internal_qa", "completed"]


async def test_retiring_a_phase_moves_its_onboardings_to_the_one_before(
    api: httpx.AsyncClient, clock: SteeredClock, connection: "Connection", world: World
) -> None:
    first, second = [await create_onboarding(api, phase="review") for _ in range(2)]
    gone = await create_onboarding(api, phase="review")
    other = await create_onboarding(api, phase="launch")
    body_of(await api.delete(f"/onboardings/{gone['id']}"))
    clock.advance(600)
    retired = await retire(api, "review")
    assert (retired["retired_at"], retired["moved_to"]) == ("2026-03-02T09:10:00.123Z", "program_design")
    assert await keys(api) == [key for key in SEVEN if key != "review"]

    for before in (first, second):
        after = body_of(await api.get(f"/onboardings/{before['id']}"))
        changed = {name for name, value in after.items() if value != before[name]}
        assert changed == {"phase", "phase_entered_at", "phase_target_days", "updated_at"}
        assert (after["phase"], after["time_in_phase_seconds"]) == ("program_design", 0)
        step = body_of(await api.get(f"/onboardings/{before['id']}/phase_transitions"))["data"][0]
        assert (step["from_phase"], step["to_phase"], step["reason"]) == (
            "review",
            "program_design",
            "The phase Review was retired",
        )
        assert (step["time_in_phase_seconds"], step["created_at"]) == (600, after["updated_at"])
        entry = body_of(await api.get(f"/customers/{before['customer_id']}/timeline"))["data"][0]
        assert (entry["type"], entry["summary"]) == ("onboarding.phase_changed", "Moved to Program design")
    assert body_of(await api.get(f"/onboardings/{other['id']}"))["phase"] == "launch"
    told = [event["data"] for event in await events(api, "onboarding.phase_changed")]
    assert [data["object"]["id"] for data in told] == [first["id"], second["id"]]
    assert {data["previous_attributes"]["phase"] for data in told} == {"review"}
    assert await activity(connection, world) == [
        ("phase.retired", "Retired the phase Review in favour of Program design")
    ]

    clock.advance(60)
    assert await retire(api, "review", move_to="launch") == retired  # again: the same answer, and nothing happens
    assert len(await activity(connection, world)) == 1


async def test_onboardings_of_the_first_phase_move_to_the_next(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    assert (await retire(api, SEVEN[0]))["moved_to"] == "program_design"
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "program_design"
    assert (await create_onboarding(api))["phase"] == "program_design"


async def test_a_named_target_has_the_effects_of_any_move(api: httpx.AsyncClient) -> None:
    launching, done = [await create_onboarding(api, phase=phase) for phase in ("review", "internal_qa")]
    await retire(api, "review", move_to="launch")
    await retire(api, "internal_qa", move_to="completed")
    assert body_of(await api.get(f"/onboardings/{launching['id']}"))["completed_at"] is None
    finished = body_of(await api.get(f"/onboardings/{done['id']}"))
    assert finished["completed_at"] == finished["phase_entered_at"]
    assert [event["type"] for event in await events(api)][4:] == [
        "onboarding.phase_changed",
        "onboarding.launched",
        "onboarding.phase_changed",
        "onboarding.completed",
    ]


@pytest.mark.parametrize("move_to", ["review", "kickoff", ""])
async def test_a_target_that_is_no_other_phase_is_refused(move_to: str, api: httpx.AsyncClient) -> None:
    error = error_of(await api.delete("/phases/review", params={"move_to": move_to}), 400)
    assert (error["code"], error["field"]) == ("invalid_enum_value", "move_to")
    assert await keys(api) == SEVEN


async def test_a_retired_phase_is_history(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, phase="review")
    retired = await retire(api, "review")
    assert await phases(api, retired="true") == [retired]
    assert body_of(await api.get("/phases/review")) == retired
    for response in (
        await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "review"}),
        await api.post("/onboardings", json={"customer_id": onboarding["customer_id"], "phase": "review"}),
        await api.get("/onboardings", params={"phase": "review"}),
    ):
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == ("invalid_enum_value", "phase")
    assert error_of(await api.patch("/phases/review", json={"name": "X"}), 409)["code"] == "phase_retired"
    steps = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"]
    assert [step["to_phase"] for step in steps] == ["program_design", "review"]


async def test_a_retired_phase_can_be_restored(api: httpx.AsyncClient, connection: "Connection", world: World) -> None:
    onboarding = await create_onboarding(api, phase="review")
    await retire(api, "review")
    restored = body_of(await api.post("/phases/review/restore"))
    assert (restored["position"], restored["retired_at"], restored["moved_to"]) == (3, None, None)
    assert await keys(api) == SEVEN
    assert body_of(await api.post("/phases/review/restore")) == restored
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "program_design"
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "review"}))
    assert [type_ for type_, _ in await activity(connection, world)] == ["phase.retired", "phase.restored"]


async def test_a_restored_phase_finds_room_before_the_last_and_gives_way_in_kind(api: httpx.AsyncClient) -> None:
    await retire(api, "launch")
    body_of(await api.patch("/phases/internal_qa", json={"kind": "launch"}))
    for key in ("review", "program_buildout"):
        await retire(api, key)
    restored = body_of(await api.post("/phases/launch/restore"))
    assert (restored["kind"], restored["position"]) == ("normal", 4)
    assert await keys(api) == [*SEVEN[:2], "internal_qa", "launch", "completed"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_phase_is_not_found(method: str, api: httpx.AsyncClient) -> None:
    body = {"name": "X"} if method == "PATCH" else None
    assert error_of(await api.request(method, "/phases/nowhere", json=body), 404)["code"] == "phase_not_found"


# As many onboardings as $2 like that whose id is $1.
MULTIPLY = """
INSERT INTO onboardings SELECT (jsonb_populate_record(o, jsonb_build_object(
    'id', o.id || n, 'display_id', o.display_id + n, 'created_at', o.created_at + n * interval '1 microsecond'))).*
FROM onboardings o, generate_series(1, $2) n WHERE o.id = $1
"""


async def test_five_thousand_onboardings_move_at_once_and_more_do_not(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    onboarding = await create_onboarding(api, phase="review")
    await connection.execute(MULTIPLY, onboarding["id"], 5000)
    assert error_of(await api.delete("/phases/review"), 409)["code"] == "too_many_onboardings"
    assert await keys(api) == SEVEN
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    await retire(api, "review")
    moved = "SELECT count(*) FROM onboardings WHERE phase = 'program_design'"
    steps = "SELECT count(*) FROM phase_transitions WHERE to_phase = 'program_design'"
    told = "SELECT count(*) FROM events WHERE type = 'onboarding.phase_changed'"
    assert [await connection.fetchval(sql) for sql in (moved, steps, told)] == [5000] * 3


async def test_editing_phases_takes_a_scope_of_its_own(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    scopes = ["onboardings:read", "onboardings:write"]
    await connection.execute("UPDATE api_keys SET scopes = $1 WHERE workspace_id = $2", scopes, world.northwind.id)
    body_of(await api.get("/phases"))
    for response in (
        await api.post("/phases", json={"name": "X", "target_days": 1}),
        await api.patch("/phases/review", json={"name": "X"}),
        await api.delete("/phases/review"),
        await api.post("/phases/review/restore"),
        await api.post("/phases/apply_preset", json={"preset": "five_phases"}),
        await api.get("/phase_presets"),
    ):
        assert error_of(response, 403)["code"] == "insufficient_scope"


WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


async def test_retiring_waits_for_who_is_about_to_enter(api: httpx.AsyncClient, connection: "Connection") -> None:
    customer_id = (await create_onboarding(api))["customer_id"]
    async with connection.transaction():
        await connection.execute("SELECT FROM counters FOR UPDATE")  # a new onboarding has its phase, and no number yet
        beginning = asyncio.create_task(create_onboarding(api, customer_id, phase="review"))
        await eventually(lambda: connection.fetchval(f"SELECT ({WAITING}) = 1"))
        retiring = asyncio.create_task(retire(api, "review"))
        await eventually(lambda: connection.fetchval(f"SELECT ({WAITING}) = 2"))
    onboarding, retired = await asyncio.gather(beginning, retiring)
    assert (onboarding["phase"], retired["moved_to"]) == ("review", "program_design")
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"] == "program_design"


async def test_who_comes_while_a_phase_is_being_retired_finds_it_gone(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    onboarding = await create_onboarding(api)
    async with connection.transaction():
        await connection.execute("LOCK TABLE activity IN SHARE MODE")  # all is done but the telling
        retiring = asyncio.create_task(retire(api, SEVEN[0]))
        await eventually(lambda: connection.fetchval(f"SELECT ({WAITING}) = 1"))
        fields = {"customer_id": onboarding["customer_id"]}
        named = asyncio.create_task(api.post("/onboardings", json=fields | {"phase": SEVEN[0]}))
        unnamed = asyncio.create_task(api.post("/onboardings", json=fields))
        moving = asyncio.create_task(api.post(f"/onboardings/{onboarding['id']}/advance", json={}))
        await eventually(lambda: connection.fetchval(f"SELECT ({WAITING}) = 4"))
    await retiring
    assert error_of(await named, 400)["code"] == "invalid_enum_value"
    assert body_of(await unnamed, 201)["phase"] == "program_design"
    assert body_of(await moving)["phase"] == "review"


async def test_nobody_enters_a_phase_while_it_is_retired(api: httpx.AsyncClient, connection: "Connection") -> None:
    """Whoever comes first: in the end no onboarding is in a retired phase, and every chain of steps is unbroken."""
    onboardings = [await create_onboarding(api, phase="review") for _ in range(6)]

    async def wander(onboarding: Json) -> None:
        for phase in ("program_design", "review", "internal_qa", "review"):
            response = await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": phase})
            assert response.status_code in {200, 400}, response.text

    async def begin(customer_id: str) -> None:
        for _ in range(4):
            response = await api.post("/onboardings", json={"customer_id": customer_id, "phase": "review"})
            assert response.status_code in {201, 400}, response.text

    async def flicker() -> None:
        for _ in range(4):
            await retire(api, "review")
            body_of(await api.post("/phases/review/restore"))
        await retire(api, "review")

    customers = [onboarding["customer_id"] for onboarding in onboardings[:2]]
    await asyncio.gather(flicker(), *map(wander, onboardings), *map(begin, customers))
    assert await connection.fetchval("SELECT count(*) FROM onboardings WHERE phase = 'review'") == 0
    for onboarding in onboardings:
        steps = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"][::-1]
        assert [step["from_phase"] for step in steps[1:]] == [step["to_phase"] for step in steps[:-1]]
        assert steps[-1]["to_phase"] == body_of(await api.get(f"/onboardings/{onboarding['id']}"))["phase"]
    assert await keys(api) == [key for key in SEVEN if key != "review"]


async def test_edits_at_once_leave_one_order(api: httpx.AsyncClient) -> None:
    await asyncio.gather(
        *(add(api, f"Step {number}", position=2) for number in range(5)),
        *(api.patch("/phases/review", json={"position": position}) for position in (1, 6, 3)),
        api.delete("/phases/program_buildout"),
        api.delete("/phases/internal_qa"),
    )
    found = await keys(api)
    assert sorted(found) == sorted([*{*SEVEN} - {"program_buildout", "internal_qa"}, *(f"step_{n}" for n in range(5))])
    assert found[-1] == "completed"
