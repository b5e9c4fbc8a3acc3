"""Every event is what the catalogue says of it: the examples, and whatever the application really tells."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from jsonschema_rs import Draft202012Validator

from pivotal_server.onboardings.phases import DEFAULT_PHASES
from pivotal_server.webhooks.catalogue import NAMES, resource_of
from pivotal_server.webhooks.examples import example_of
from pivotal_server.webhooks.payloads import resource_schema, schema_of
from tests.harness import World
from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, create_task, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# This has no emitter before the feature that it tells of.
WAITING = {"customer.health_score_dropped"}


def problems(event: Json) -> list[str]:
    """Return what is wrong with an event by its type's schema, formats and unknown fields included."""
    name, data = event["type"], event["data"]
    validator = Draft202012Validator(schema_of(name), validate_formats=True)
    found = [f"{name} {list(error.instance_path)}: {error.message}" for error in validator.iter_errors(event)]
    known = set(resource_schema(resource_of(name))["properties"])
    if name == "customer.health_score_dropped":
        known.add("previous_health_score")
    if unknown := set(data["object"]) ^ known:
        found.append(f"{name} differs from its schema in {unknown}")
    if unknown := set(data["previous_attributes"] or ()) - known_before(name):
        found.append(f"{name} has former values that it never tells: {unknown}")
    return found


def known_before(name: str) -> set[str]:
    """Return the fields whose former values the type's schema tells of."""
    node = schema_of(name)["properties"]["data"]["properties"]["previous_attributes"]
    while "properties" not in node and node.get("type") != "null":
        node = (node.get("anyOf") or node["allOf"])[0]
    return set(node.get("properties", ()))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_stands_alone(name: str) -> None:
    schema = schema_of(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$ref" not in json.dumps(schema)
    Draft202012Validator(schema)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_what_its_schema_says(name: str) -> None:
    assert problems(example_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_shows_what_it_tells(name: str) -> None:
    event = example_of(name)
    resource, previous = event["data"]["object"], event["data"]["previous_attributes"] or {}
    assert event["type"] == name
    assert event["created_at"] == resource["updated_at"] >= resource["created_at"]
    assert all(resource[field] != former for field, former in previous.items())
    if resource["object"] == "customer":
        assert resource["at_risk"] == (resource["status"] == "at_risk")
        assert resource["churned"] == (resource["status"] == "churned")
        assert resource["arr"] == 12 * resource["mrr"]
    if resource["object"] == "onboarding":
        phase = next(phase for phase in DEFAULT_PHASES if phase.key == resource["phase"])
        assert resource["phase_target_days"] == phase.target_days
        assert resource["waiting_on_customer"] == (resource["state"] == "waiting")
        assert (resource["completed_at"] is not None) == (phase.kind == "terminal")
        assert name != "onboarding.launched" or phase.kind == "launch"
    if resource["object"] == "task":
        assert (resource["completed_at"] is not None) == (resource["status"] == "completed")


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("customer.created", lambda event: event["data"]["object"].pop("slug")),
        ("customer.created", lambda event: event["data"]["object"].update(mrr="49900")),
        ("customer.created", lambda event: event["data"].update(previous_attributes={})),
        ("customer.created", lambda event: event.update(type="customer.updated")),
        ("customer.created", lambda event: event.update(created_at="yesterday")),
        ("customer.created", lambda event: event.pop("org_id")),
        ("customer.updated", lambda event: event["data"].update(previous_attributes=None)),
        ("customer.updated", lambda event: event["data"]["previous_attributes"].update(plan=1)),
        ("customer.health_score_dropped", lambda event: event["data"]["object"].pop("previous_health_score")),
        ("customer.health_score_dropped", lambda event: event["data"]["object"].update(health_score=None)),
        ("onboarding.phase_changed", lambda event: event["data"].update(previous_attributes={"state": "active"})),
        ("onboarding.state_changed", lambda event: event["data"]["object"].update(object="customer")),
    ],
)
def test_what_is_not_as_told_is_found(name: str, break_it: Callable[[Json], object]) -> None:
    event = json.loads(json.dumps(example_of(name)))
    break_it(event)
    assert problems(event)


async def tell_everything(api: httpx.AsyncClient, world: World) -> None:
    """Do everything that tells of something, by every way that there is."""
    customer = await create_customer(api, owner_email=world.maya.email, metadata={"a": [1, None]}, mrr=1)
    contact = await create_contact(api, customer["id"], labels=["billing"])
    onboarding = await create_onboarding(api, customer["id"], csm_id=world.maya.id)
    await create_contact(api, customer["id"], is_primary=True)
    task = await create_task(api, onboarding["id"], assignee_role="csm", due={"type": "start", "days": 3})
    await create_task(api, onboarding["id"], depends_on=[{"task_id": task["id"]}], description="*Now*")
    await create_task(api, onboarding["id"], parent_id=task["id"], assignee_contact_id=contact["id"])
    for path, body in (("complete", {"subtasks": True}), ("reopen", {})):
        body_of(await api.post(f"/tasks/{task['id']}/{path}", json=body))
    body_of(await api.patch(f"/tasks/{task['id']}", json={"due_date": "2026-04-01T00:00:00Z", "title": "New"}))
    cleared = dict.fromkeys(("slug", "mrr", "owner_email", "metadata", "custom_fields"))
    await tell_of_leads(api, world)
    for path, changes in (
        (f"/customers/{customer['id']}", [{"name": "New"}, {"status": "at_risk"}, {"status": "churned", "mrr": None}]),
        (f"/customers/{customer['id']}", [cleared, {"archived": True}, {"archived": False}, {"tags": ["a"]}]),
        (f"/contacts/{contact['id']}", [{"title": "COO"}, {"is_primary": True}, {"archived": True}, {"metadata": {}}]),
        (f"/onboardings/{onboarding['id']}", [{"state": state} for state in ("at_risk", "waiting", "blocked")]),
        (f"/onboardings/{onboarding['id']}", [{"phase": phase.key} for phase in DEFAULT_PHASES]),
        (f"/onboardings/{onboarding['id']}", [{"phase": "launch", "state": "at_risk"}, {"state": "active"}]),
        (f"/onboardings/{onboarding['id']}", [{"csm_id": None, "phase": "review", "notes": "n", "reason": "r"}]),
    ):
        for change in changes:
            body_of(await api.patch(path, json=change))
    for path in (f"/contacts/{contact['id']}", f"/onboardings/{onboarding['id']}", f"/customers/{customer['id']}"):
        body_of(await api.delete(path))


async def tell_of_leads(api: httpx.AsyncClient, world: World) -> None:
    body = {"first_name": "Ines", "last_name": "Moreau", "owner": world.maya.id, "assignees": [world.tomas.id]}
    lead = f"/leads/{body_of(await api.post('/leads', json=body), 201)['id']}"
    for change in ({"name": "Ines M."}, {"owner": None, "email": "INES@saltgrass.example"}, {"archived": True}):
        body_of(await api.patch(lead, json=change))
    for stage in ("contacted", "lost", "qualified"):
        body_of(await api.post(f"{lead}/move", json={"stage": stage, "reason": "r"}))
    body_of(await api.post(f"{lead}/win", json={}))
    duplicate = body_of(await api.post("/leads", json=body | {"email": "ines@saltgrass.example", "phone": "1"}), 201)
    merge = body_of(await api.post(f"{lead}/merge", json={"duplicate": duplicate["id"]}))
    body_of(await api.post(f"/lead_merges/{merge['id']}/undo", json={}))
    body_of(await api.delete(f"/leads/{body_of(await api.post('/leads', json=body), 201)['id']}"))


async def test_every_event_that_is_told_is_what_its_schema_says(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, world: World
) -> None:
    for client in (api, test_api):
        await tell_everything(client, world)
    told = await events(api)
    assert {event["livemode"] for event in told} == {True, False}
    assert [problem for event in told for problem in problems(event)] == []
    assert {event["type"] for event in told} == set(NAMES) - WAITING


async def test_a_phase_of_the_workspaces_own_is_no_surprise(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    await connection.execute(
        "INSERT INTO phases (workspace_id, key, name, position, target_days, kind) "
        "VALUES ($1, 'kickoff', 'Kickoff', 99, 3, 'normal')",
        world.northwind.id,
    )
    onboarding = await create_onboarding(api)
    for phase in ("kickoff", "review"):
        body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": phase}))
    to, away = await events(api, "onboarding.phase_changed")
    assert to["data"]["object"]["phase"] == away["data"]["previous_attributes"]["phase"] == "kickoff"
    assert problems(to) == problems(away) == []


def test_the_catalogue_has_every_event_that_the_code_can_tell() -> None:
    sources = Path(__file__).parents[2] / "src" / "pivotal_server"
    text = "\n".join(
        file.read_text(encoding="utf-8") for file in sources.rglob("*.py") if file.parent != sources / "webhooks"
    )
    # Given to emit(), yielded alone to who gives it to emit(), or found there by a status.
    told = re.findall(
        r'(?:emit\(|yield |": )"((?:customer|contact|lead|onboarding|task)\.[a-z_]+)"(?=[,)}]|$)(?!, f")',
        text,
        re.MULTILINE,
    )
    assert set(told) == set(NAMES) - WAITING
