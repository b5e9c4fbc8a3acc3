"""Pipelines over the API: read, added, changed with their stages, deleted."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import NewKeyOf
from tests.leads.support import create_lead, move
from tests.support import Json, SteeredClock, body_of, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from tests.harness import ClientOf

SALES = ["new", "contacted", "qualified", "proposal", "won", "lost"]
THREE = [{"name": "Open"}, {"name": "Won", "kind": "won"}, {"name": "Lost", "kind": "lost"}]
STAYING = [{"key": key, "name": key.capitalize()} for key in SALES]


async def create_pipeline(api: httpx.AsyncClient, name: str = "Partners", **fields: object) -> Json:
    return body_of(await api.post("/pipelines", json={"name": name} | fields), 201)


def keys(pipeline: Json) -> list[str]:
    return [stage["key"] for stage in pipeline["stages"]]


async def names(api: httpx.AsyncClient) -> list[tuple[str, int]]:
    return [(one["name"], one["position"]) for one in body_of(await api.get("/pipelines"))["data"]]


async def test_a_new_workspace_has_a_pipeline(api: httpx.AsyncClient) -> None:
    listed = body_of(await api.get("/pipelines"))
    (pipeline,) = listed["data"]
    assert (listed["has_more"], listed["next_cursor"]) == (False, None)
    assert (pipeline["name"], pipeline["position"], pipeline["display_id"]) == ("Sales", 1, 1)
    assert [(stage["key"], stage["kind"], stage["position"]) for stage in pipeline["stages"]] == [
        *((key, "open", place) for place, key in enumerate(SALES[:4], 1)),
        ("won", "won", 5),
        ("lost", "lost", 6),
    ]
    for reference in (pipeline["id"], "1", "01"):
        assert body_of(await api.get(f"/pipelines/{reference}")) == pipeline
    assert error_of(await api.get("/pipelines/99"), 404)["code"] == "pipeline_not_found"


async def test_another_pipeline_takes_its_place_and_its_leads(api: httpx.AsyncClient) -> None:
    stages = [*THREE, {"name": "Löst!", "kind": "lost"}, {"key": "nurture", "name": "Open"}]
    response = await api.post("/pipelines", json={"name": "Partners", "stages": stages, "position": 1})
    made = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/pipelines/{made['id']}"
    assert keys(made) == ["open", "won", "lost", "lost_2", "nurture"]
    assert await names(api) == [("Partners", 1), ("Sales", 2)]
    lead = await create_lead(api)
    assert (lead["pipeline_id"], lead["stage"]) == (made["id"], "open")
    moved = await move(api, lead, "qualified", pipeline="1")
    assert moved["pipeline_id"] != made["id"]
    (event,) = await events(api, "lead.stage_changed")
    assert event["data"]["previous_attributes"].items() >= {"pipeline_id": made["id"], "stage": "open"}.items()
    assert keys(await create_pipeline(api, "Third")) == SALES


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "invalid_type", "name"),
        ({"name": "A", "stages": []}, 400, "too_small", "stages"),
        ({"name": "A", "stages": THREE[:2]}, 400, "invalid_field", "stages"),
        ({"name": "A", "stages": THREE[1:]}, 400, "invalid_field", "stages"),
        ({"name": "A", "stages": [*THREE, THREE[1]]}, 400, "invalid_field", "stages"),
        ({"name": "A", "stages": [*THREE, *([{"key": "a", "name": "A"}] * 2)]}, 400, "invalid_field", "stages.3.key"),
        ({"name": "A", "stages": [{"key": "A b", "name": "A"}]}, 400, "invalid_string", "stages.0.key"),
        ({"name": "A", "stages": [{"name": "A", "kind": "shut"}]}, 400, "invalid_enum_value", "stages.0.kind"),
        ({"name": "A", "stages": [THREE[0]] * 31}, 400, "too_big", "stages"),
        ({"name": "A", "position": 3}, 400, "invalid_field", "position"),
        ({"name": "SALES"}, 409, "pipeline_name_taken", "name"),
    ],
)
async def test_what_is_no_pipeline_is_refused(
    api: httpx.AsyncClient, body: Json, status: int, code: str, field: str
) -> None:
    error = error_of(await api.post("/pipelines", json=body), status)
    assert (error["code"], error["field"]) == (code, field)
    assert await names(api) == [("Sales", 1)]


async def test_there_are_twenty_at_most(api: httpx.AsyncClient) -> None:
    for number in range(19):
        await create_pipeline(api, f"Pipeline {number}", stages=THREE)
    error = error_of(await api.post("/pipelines", json={"name": "Pipeline 20"}), 409)
    assert error["code"] == "pipeline_limit_reached"


async def test_stages_are_renamed_added_removed_and_put_in_another_order(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    clock.advance(60)
    stages = [
        {"key": "contacted", "name": "In touch"},
        {"key": "new", "name": "New"},
        {"name": "Trial", "kind": "open"},
        {"key": "lost", "name": "Gone"},
        {"key": "won", "name": "Won"},
    ]
    changed = body_of(await api.patch("/pipelines/1", json={"name": "Direct", "stages": stages}))
    assert [(one["key"], one["name"], one["kind"]) for one in changed["stages"]] == [
        ("contacted", "In touch", "open"),
        ("new", "New", "open"),
        ("trial", "Trial", "open"),
        ("lost", "Gone", "lost"),
        ("won", "Won", "won"),
    ]
    assert changed["updated_at"] > changed["created_at"]
    assert body_of(await api.get("/pipelines/1")) == changed
    (note,) = await connection.fetch("SELECT summary FROM activity WHERE type = 'pipeline.updated'")
    assert note[0] == "Changed the pipeline Sales: name, stages"
    assert (
        body_of(
            await api.patch(
                "/pipelines/1", json={"stages": [*stages[:2], {"key": "trial", "name": "Trial"}, *stages[3:]]}
            )
        )
        == changed
    )


async def test_leads_leave_a_stage_that_goes(api: httpx.AsyncClient) -> None:
    lead, lost, there = (
        await create_lead(api, stage="proposal"),
        await create_lead(api, stage="lost"),
        await create_lead(api),
    )
    body: Json = {"stages": [*STAYING[:3], {"name": "Closed", "kind": "won"}, {"name": "Lost again", "kind": "lost"}]}
    for moved_stages, missing in (({}, "Proposal"), ({"proposal": "new"}, "Lost")):
        error = error_of(await api.patch("/pipelines/1", json=body | {"moved_stages": moved_stages}), 409)
        assert (error["code"], error["field"]) == ("stage_in_use", "stages")
        assert missing in error["message"]
    for moved_stages, field in (
        ({"proposal": "closed", "lost": "lost_again"}, "moved_stages.proposal"),
        ({"proposal": "nowhere"}, "moved_stages.proposal"),
        ({"new": "contacted"}, "moved_stages.new"),
    ):
        error = error_of(await api.patch("/pipelines/1", json=body | {"moved_stages": moved_stages}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", field)
    assert keys(body_of(await api.get("/pipelines/1"))) == SALES
    body["moved_stages"] = {"proposal": "contacted", "lost": "lost_again"}
    assert keys(body_of(await api.patch("/pipelines/1", json=body))) == [*SALES[:3], "closed", "lost_again"]
    stages = {one["id"]: one["stage"] for one in body_of(await api.get("/leads"))["data"]}
    assert stages == {lead["id"]: "contacted", lost["id"]: "lost_again", there["id"]: "new"}
    told = await events(api, "lead.stage_changed")
    assert [event["data"]["previous_attributes"]["stage"] for event in told] == ["proposal", "lost"]
    assert await events(api, "lead.lost") == []
    newest = body_of(await api.get(f"/leads/{lead['id']}/stage_transitions"))["data"][0]
    assert (newest["from_name"], newest["to_name"]) == ("Proposal", "Contacted")
    assert newest["reason"] == "The stages of the pipeline were changed"


async def test_a_stage_with_leads_keeps_its_kind(api: httpx.AsyncClient) -> None:
    await create_lead(api)
    other = [STAYING[0] | {"kind": "lost"}, *STAYING[1:]]
    assert error_of(await api.patch("/pipelines/1", json={"stages": other}), 409)["code"] == "stage_in_use"
    swapped = [*STAYING[:4], STAYING[4] | {"kind": "lost"}, STAYING[5] | {"kind": "won"}]
    changed = body_of(await api.patch("/pipelines/1", json={"stages": swapped}))
    assert [stage["kind"] for stage in changed["stages"][4:]] == ["lost", "won"]


async def test_a_deleted_lead_holds_no_stage(api: httpx.AsyncClient, connection: "Connection") -> None:
    lead = await create_lead(api, stage="proposal")
    body_of(await api.delete(f"/leads/{lead['id']}"))
    body_of(await api.patch("/pipelines/1", json={"stages": [*STAYING[:3], *STAYING[4:]]}))
    assert await connection.fetchval("SELECT stage FROM contacts WHERE id = $1", lead["id"]) == "new"
    assert await events(api, "lead.stage_changed") == []


async def test_a_pipeline_goes_without_leads_and_the_last_one_stays(api: httpx.AsyncClient) -> None:
    assert error_of(await api.delete("/pipelines/1"), 409)["code"] == "pipeline_required"
    other, lead = await create_pipeline(api), await create_lead(api)
    assert error_of(await api.delete("/pipelines/1"), 409)["code"] == "pipeline_in_use"
    await move(api, lead, "new", pipeline=other["id"])
    for _ in range(2):
        assert body_of(await api.delete("/pipelines/1"))["display_id"] == 1
    assert error_of(await api.get("/pipelines/1"), 404)["code"] == "pipeline_not_found"
    assert error_of(await api.patch("/pipelines/1", json={"name": "A"}), 404)["code"] == "pipeline_not_found"
    assert error_of(await api.post("/leads", json={"name": "A", "pipeline": "1"}), 400)["field"] == "pipeline"
    assert await names(api) == [("Partners", 1)]
    assert (await create_pipeline(api, "sales"))["position"] == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Partners"}, 409, "pipeline_name_taken"),
        ({"position": 3}, 400, "invalid_field"),
        ({"position": 0}, 400, "too_small"),
        ({"moved_stages": {"new": "lost"}}, 400, "invalid_field"),
        ({"stages": STAYING[:4]}, 400, "invalid_field"),
    ],
)
async def test_what_is_no_change_of_a_pipeline_is_refused(
    api: httpx.AsyncClient, body: Json, status: int, code: str
) -> None:
    await create_pipeline(api)
    before = body_of(await api.get("/pipelines"))
    assert error_of(await api.patch("/pipelines/1", json=body), status)["code"] == code
    assert body_of(await api.patch("/pipelines/1", json={"name": "Sales", "position": 1})) == before["data"][0]
    assert body_of(await api.get("/pipelines")) == before


async def test_another_place_shifts_the_others(api: httpx.AsyncClient) -> None:
    await create_pipeline(api)
    assert body_of(await api.patch("/pipelines/1", json={"position": 2}))["position"] == 2
    assert await names(api) == [("Partners", 1), ("Sales", 2)]


async def test_pipelines_are_read_with_leads_and_changed_with_the_settings(
    client: "ClientOf", new_key: NewKeyOf
) -> None:
    reader, editor = client(await new_key(scopes=("leads:read",))), client(await new_key(scopes=("settings:write",)))
    assert (await reader.get("/pipelines")).is_success
    assert error_of(await reader.patch("/pipelines/1", json={}), 403)["code"] == "insufficient_scope"
    assert (await editor.patch("/pipelines/1", json={"name": "Direct"})).is_success
    assert error_of(await editor.get("/pipelines"), 403)["code"] == "insufficient_scope"
