"""Moves of leads, and the history that they leave."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.leads.support import create_lead, move
from tests.support import Json, SteeredClock, body_of, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

WIN = """
UPDATE contacts SET status = 'won', stage = 'won', customer_id = $3, closed_at = now()
WHERE workspace_id = $1 AND id = $2
"""


async def test_the_way_of_a_lead_is_told_with_the_time_in_each_stage(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    lead = await create_lead(api)
    clock.advance(3600)
    await move(api, lead, "contacted")
    clock.advance(60)
    lost = await move(api, lead, "lost", reason="Chose another system")
    assert (lost["status"], lost["lost_reason"]) == ("lost", "Chose another system")
    assert lost["closed_at"] == lost["stage_entered_at"]
    clock.advance(5)
    back = await move(api, lead, "qualified")
    assert (back["status"], back["lost_reason"], back["closed_at"]) == ("open", None, None)
    listed = body_of(await api.get(f"/leads/{lead['display_id']}/stage_transitions"))
    steps = [(one["from_stage"], one["to_stage"], one["seconds_in_stage"], one["reason"]) for one in listed["data"]]
    assert steps == [
        ("lost", "qualified", 5, None),
        ("contacted", "lost", 60, "Chose another system"),
        ("new", "contacted", 3600, None),
        (None, "new", None, None),
    ]
    newest = listed["data"][0]
    assert (newest["from_name"], newest["to_name"], newest["lead_id"]) == ("Lost", "Qualified", lead["id"])
    assert newest["actor"]["type"] == "api_key"
    page = body_of(await api.get(f"/leads/{lead['id']}/stage_transitions?limit=3"))
    rest = {"cursor": page["next_cursor"]}
    last = body_of(await api.get(f"/leads/{lead['id']}/stage_transitions", params=rest))["data"]
    assert [one["to_stage"] for one in last] == ["new"]


async def test_a_move_is_told_once_and_a_loss_as_well(api: httpx.AsyncClient, connection: "Connection") -> None:
    lead = await create_lead(api)
    moved = await move(api, lead, "contacted")
    lost = await move(api, lead, "lost", reason="No budget")
    told = [event for event in await events(api) if event["type"] != "lead.created"]
    assert [(event["type"], event["data"]["object"]) for event in told] == [
        ("lead.stage_changed", moved),
        ("lead.stage_changed", lost),
        ("lead.lost", lost),
    ]
    assert told[0]["data"]["previous_attributes"]["stage"] == "new"
    assert told[2]["data"]["previous_attributes"].items() >= {"status": "open", "lost_reason": None}.items()
    noted = await connection.fetch("SELECT summary FROM activity WHERE subject_id = $1 ORDER BY created_at", lead["id"])
    name = lead["name"]
    assert [row[0] for row in noted] == [f"Added lead {name}", f"Moved lead {name} to Contacted", f"Lost lead {name}"]


async def test_where_it_is_already_nothing_happens(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api)
    assert await move(api, lead, "new", pipeline=lead["pipeline_id"], reason="Again") == lead
    assert await events(api, "lead.stage_changed") == []


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "invalid_type", "stage"),
        ({"stage": "nowhere"}, 400, "invalid_field", "stage"),
        ({"stage": "new", "pipeline": "99"}, 400, "invalid_field", "pipeline"),
        ({"stage": "won"}, 409, "win_required", "stage"),
        ({"stage": "lost", "reason": "a" * 1001}, 400, "too_big", "reason"),
    ],
)
async def test_what_is_no_move_is_refused(
    api: httpx.AsyncClient, body: Json, status: int, code: str, field: str
) -> None:
    lead = await create_lead(api)
    error = error_of(await api.post(f"/leads/{lead['id']}/move", json=body), status)
    assert (error["code"], error["field"]) == (code, field)
    assert body_of(await api.get(f"/leads/{lead['id']}")) == lead
    assert error_of(await api.post("/leads/999/move", json={"stage": "new"}), 404)["code"] == "lead_not_found"


async def test_a_won_lead_is_changed_as_a_contact(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    lead = await create_lead(api)
    customer = body_of(await api.post("/customers", json={"name": "Saltgrass Swim"}), 201)
    await connection.execute(WIN, world.northwind.id, lead["id"], customer["id"])
    path = f"/leads/{lead['id']}"
    assert body_of(await api.get(path))["customer_id"] == customer["id"]
    for response in (
        await api.post(f"{path}/move", json={"stage": "new"}),
        await api.patch(path, json={"title": "COO"}),
        await api.delete(path),
    ):
        assert error_of(response, 409)["code"] == "lead_won"
    assert body_of(await api.patch(f"/contacts/{lead['id']}", json={"title": "COO"}))["title"] == "COO"
    assert body_of(await api.get(path))["title"] == "COO"


async def test_a_key_makes_a_move_once(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api)
    answers = [
        await api.post(
            f"/leads/{lead['id']}/move", json={"stage": "contacted"}, headers={"Idempotency-Key": "move-once"}
        )
        for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert len(await events(api, "lead.stage_changed")) == 1
