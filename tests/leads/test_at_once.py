"""Leads and pipelines that are changed at the same moment, and leads that come back."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.models import Actor
from pivotal_server.leads.actions import restore_lead
from pivotal_server.timeline.change import Change
from tests.harness import World
from tests.leads.support import create_lead
from tests.support import Json, SteeredClock, body_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

TWO = [{"key": "new", "name": "New"}, {"key": "won", "name": "Won"}, {"key": "lost", "name": "Lost"}]


async def test_no_lead_is_in_a_stage_that_has_gone(api: httpx.AsyncClient, connection: "Connection") -> None:
    leads = [await create_lead(api) for _ in range(4)]

    async def move(lead: Json) -> int:
        return (await api.post(f"/leads/{lead['id']}/move", json={"stage": "contacted"})).status_code

    async def add() -> int:
        return (await api.post("/leads", json={"name": "A", "stage": "contacted"})).status_code

    moves = {"moved_stages": {"contacted": "new"}}

    async def edit() -> int:
        return (await api.patch("/pipelines/1", json={"stages": TWO} | moves)).status_code

    *statuses, edited = await asyncio.gather(*map(move, leads), add(), add(), edit())
    assert edited == 200
    assert set(statuses) <= {200, 201, 400}
    stages = await connection.fetch("SELECT DISTINCT stage FROM contacts WHERE pipeline_id IS NOT NULL")
    assert [row[0] for row in stages] == ["new"]


async def test_of_two_who_move_a_lead_each_is_told_where_it_came_from(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api)
    path = f"/leads/{lead['id']}/move"
    answers = await asyncio.gather(*(api.post(path, json={"stage": key}) for key in ("contacted", "qualified")))
    assert [answer.status_code for answer in answers] == [200, 200]
    newest, second, _ = body_of(await api.get(f"/leads/{lead['id']}/stage_transitions"))["data"]
    assert (newest["from_stage"], second["from_stage"]) == (second["to_stage"], "new")


async def test_a_deleted_lead_comes_back_where_it_was(
    api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    lead = await create_lead(api, stage="qualified")
    body_of(await api.delete(f"/leads/{lead['id']}"))
    for _ in range(2):
        await do(connection, world, clock, lead)
    assert body_of(await api.get(f"/leads/{lead['id']}"))["stage"] == "qualified"
    assert len(await events(api, "lead.created")) == 2


async def test_a_lead_of_a_deleted_pipeline_does_not_come_back(
    api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    pipeline = body_of(await api.post("/pipelines", json={"name": "Partners"}), 201)
    lead = await create_lead(api, pipeline=pipeline["id"])
    body_of(await api.delete(f"/leads/{lead['id']}"))
    body_of(await api.delete(f"/pipelines/{pipeline['id']}"))
    with pytest.raises(ApiError, match="Pipeline not found"):
        await do(connection, world, clock, lead)


async def do(connection: "Connection", world: World, clock: SteeredClock, lead: Json) -> None:
    """Restore a lead as Maya would in the app."""
    actor = Actor(world.northwind.id, "person", world.maya.id, "Maya", role="owner")
    async with connection.transaction():
        change = Change(connection, actor, clock)
        await restore_lead(change, lead["id"])
        await change.write_records()
