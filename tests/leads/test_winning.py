"""A lead is won: customer, contact and onboarding at once, or nothing of it."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.harness import World
from tests.leads.support import create_lead, stored
from tests.support import (
    Json,
    SteeredClock,
    body_of,
    create_contact,
    create_customer,
    create_onboarding,
    error_of,
    events,
    eventually,
)
from tests.templates.support import create_template

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# Ends whoever waits for a lock.
CUT = """
SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO onboardings%'
"""


async def win(api: httpx.AsyncClient, lead: Json, **body: Any) -> httpx.Response:  # noqa: ANN401 - JSON
    return await api.post(f"/leads/{lead['id']}/win", json=body)


async def told(api: httpx.AsyncClient, since: int) -> list[str]:
    """Return the types of the events after the first so many."""
    return [event["type"] for event in (await events(api))[since:]]


async def test_a_won_lead_is_a_customer_with_its_contact_and_its_onboarding(
    api: httpx.AsyncClient, world: World
) -> None:
    lead = await create_lead(
        api, name="Ines Moreau", email="ines@saltgrass.example", company="Saltgrass Swim", owner=world.tomas.id,
        title="COO", labels=["north"], metadata={"seen": 3},
    )  # fmt: skip
    body_of(await api.post(f"/leads/{lead['id']}/move", json={"stage": "qualified"}))
    before = len(await events(api))
    won = body_of(await win(api, lead, reason="Signed on Monday"))
    assert await told(api, before) == [
        "customer.created", "contact.created", "onboarding.created", "lead.stage_changed", "lead.won",
    ]  # fmt: skip
    assert won["object"] == "lead_win"
    customer, contact, onboarding = won["customer"], won["contact"], won["onboarding"]
    assert (customer["name"], customer["status"]) == ("Saltgrass Swim", "onboarding")
    assert customer["owner_email"] == world.tomas.email
    assert (contact["id"], contact["display_id"]) == (lead["id"], lead["display_id"])
    assert contact["customer_id"] == onboarding["customer_id"] == customer["id"]
    assert (contact["email"], contact["title"], contact["is_primary"]) == ("ines@saltgrass.example", "COO", True)
    assert (contact["labels"], contact["metadata"]) == (["north"], {"seen": 3})
    after = won["lead"]
    assert (after["status"], after["stage"]) == ("won", "won")
    assert after["closed_at"] == after["stage_entered_at"]
    assert (after["customer_id"], after["onboarding_id"]) == (customer["id"], onboarding["id"])
    for path, resource in (
        ("leads", after), ("customers", customer), ("contacts", contact), ("onboardings", onboarding),
    ):  # fmt: skip
        assert body_of(await api.get(f"/{path}/{resource['id']}")) == resource
    assert body_of(await api.get(f"/customers/{customer['id']}/contacts"))["data"] == [contact]


async def test_the_steps_of_the_lead_go_with_it(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    body_of(await api.post(f"/leads/{lead['id']}/move", json={"stage": "contacted"}))
    customer = body_of(await win(api, lead, reason="Signed"))["customer"]
    steps = body_of(await api.get(f"/leads/{lead['id']}/stage_transitions"))["data"]
    assert [(step["to_stage"], step["reason"]) for step in steps] == [
        ("won", "Signed"), ("contacted", None), ("new", None),
    ]  # fmt: skip
    entries = body_of(await api.get(f"/customers/{customer['id']}/timeline"))["data"]
    assert [entry["type"] for entry in reversed(entries)] == [
        "lead.created", "lead.stage_changed", "customer.created", "contact.created", "onboarding.created",
        "lead.stage_changed",
    ]  # fmt: skip
    assert entries[0]["summary"] == f"Won lead {lead['name']}"
    assert entries[0]["data"]["changes"]["status"] == ["open", "won"]


async def test_the_events_tell_what_the_lead_was(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example", company="Saltgrass Swim")
    won = body_of(await win(api, lead))
    (event,) = await events(api, "lead.won")
    assert event["data"]["object"] == won["lead"]
    previous = event["data"]["previous_attributes"]
    assert previous.items() >= {
        "status": "open", "stage": "new", "customer_id": None, "onboarding_id": None, "closed_at": None,
    }.items()  # fmt: skip
    assert "seconds_in_stage" not in previous


async def test_it_may_be_won_without_an_onboarding(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, name="Ines Moreau", email="ines@saltgrass.example")
    won = body_of(await win(api, lead, onboarding=None))
    assert won["onboarding"] is None
    assert won["lead"]["onboarding_id"] is None
    assert (won["customer"]["name"], won["customer"]["status"]) == ("Ines Moreau", "active")
    assert won["customer"]["owner_email"] is None


async def test_the_body_says_what_customer_and_onboarding_are_to_be(api: httpx.AsyncClient, world: World) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example", owner=world.tomas.id)
    template = await create_template(api)
    customer = {"name": "Saltgrass", "slug": "saltgrass", "domain": "saltgrass.example", "status": "low_touch",
                "owner_email": world.maya.email, "tags": ["swim"]}  # fmt: skip
    onboarding = {"name": "Rollout", "template_id": template["id"], "target_launch_date": "2026-07-15T00:00:00Z",
                  "csm_id": world.maya.id}  # fmt: skip
    won = body_of(await win(api, lead, customer=customer, onboarding=onboarding))
    assert won["customer"].items() >= customer.items()
    expected = onboarding | {"target_launch_date": "2026-07-15T00:00:00.000Z"}
    assert won["onboarding"].items() >= expected.items()
    tasks = body_of(await api.get(f"/onboardings/{won['onboarding']['id']}/tasks"))["data"]
    assert {task["title"] for task in tasks} >= {"Hold the kickoff call", "Announce the launch"}


async def test_a_customer_that_is_there_gets_the_contact(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    primary = await create_contact(api, customer["id"])
    for number, (sent, is_primary) in enumerate((({}, False), ({"is_primary": True}, True))):
        lead = await create_lead(api, email=f"lead-{number}@saltgrass.example", company="Elsewhere")
        won = body_of(await win(api, lead, customer_id=str(customer["display_id"]), **sent))
        assert won["customer"] == customer
        assert won["contact"]["is_primary"] is is_primary
        still = body_of(await api.get(f"/contacts/{primary['id']}"))
        assert still["is_primary"] is not is_primary


async def test_the_first_contact_of_a_customer_is_primary_unless_it_says_otherwise(api: httpx.AsyncClient) -> None:
    for sent, is_primary in (({}, True), ({"is_primary": False}, False)):
        customer = await create_customer(api)
        lead = await create_lead(api, email="ines@saltgrass.example")
        won = body_of(await win(api, lead, customer_id=customer["id"], **sent))
        assert won["contact"]["is_primary"] is is_primary


async def test_winning_again_answers_the_same_and_changes_nothing(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    won = body_of(await win(api, lead))
    written = await stored(connection)
    for body in ({}, {"customer": {"name": "Another"}}, {"customer_id": "0" * 25}, {"onboarding": None}):
        assert body_of(await win(api, lead, **body)) == won
    clock.advance(60)
    later = body_of(await win(api, lead))["lead"]
    assert later == won["lead"] | {"seconds_in_stage": later["seconds_in_stage"]}
    assert await stored(connection) == written
    body_of(await api.delete(f"/customers/{won['customer']['id']}"))
    assert body_of(await win(api, lead))["customer"]["id"] == won["customer"]["id"]


async def test_of_several_at_once_one_wins(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    answers = [body_of(answer) for answer in await asyncio.gather(*(win(api, lead) for _ in range(6)))]
    assert all(answer == answers[0] for answer in answers)
    for path in ("customers", "onboardings"):
        assert len(body_of(await api.get(f"/{path}"))["data"]) == 1
    assert len(await events(api, "lead.won")) == 1


async def test_win_and_move_at_once_end_in_one_of_both(api: httpx.AsyncClient) -> None:
    for number in range(4):
        lead = await create_lead(api, email=f"{number}@saltgrass.example")
        won, moved = await asyncio.gather(
            win(api, lead), api.post(f"/leads/{lead['id']}/move", json={"stage": "contacted"})
        )
        assert body_of(won)["lead"]["status"] == "won"
        assert moved.status_code == 200 or error_of(moved, 409)["code"] == "lead_won"
        assert body_of(await api.get(f"/leads/{lead['id']}"))["status"] == "won"


async def test_what_is_cut_off_in_the_middle_leaves_nothing(api: httpx.AsyncClient, connection: "Connection") -> None:
    async def cut() -> bool:
        await connection.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees no news of other sessions
        return bool(await connection.fetchval(CUT))

    lead = await create_lead(api, email="ines@saltgrass.example")
    await create_onboarding(api)
    written = await stored(connection)
    async with connection.transaction():
        # Customer and contact are there by the time that the onboarding waits for its number.
        await connection.execute("SELECT FROM counters WHERE resource = 'onboarding' FOR UPDATE")
        winning = asyncio.create_task(win(api, lead))
        await eventually(cut)
        error_of(await winning, 500)
    assert await stored(connection) == written
    assert body_of(await win(api, lead))["lead"]["status"] == "won"


async def test_a_dry_run_shows_it_and_writes_nothing(api: httpx.AsyncClient, connection: "Connection") -> None:
    lead = await create_lead(api, email="ines@saltgrass.example", company="Saltgrass Swim")
    written = await stored(connection)
    seen = body_of(await win(api, lead, dry_run=True))
    assert await stored(connection) == written
    assert (seen["customer"]["name"], seen["lead"]["status"]) == ("Saltgrass Swim", "won")
    assert error_of(await win(api, lead, dry_run=True, onboarding={"template_id": "7"}), 400)["code"] == "invalid_field"
    won = body_of(await win(api, lead))
    assert won["customer"]["display_id"] == seen["customer"]["display_id"]


REFUSED: tuple[tuple[Json, int, str, str], ...] = (
    ({"customer": {"slug": "taken"}}, 409, "slug_taken", "customer.slug"),
    ({"customer": {"domain": "taken.example"}}, 409, "shopify_domain_taken", "customer.domain"),
    ({"customer": {"owner_email": "nobody@northwind.example"}}, 400, "invalid_field", "customer.owner_email"),
    ({"customer": {"custom_fields": {"stores": "many"}}}, 400, "invalid_type", "customer.custom_fields.stores"),
    ({"customer": {"name": ""}}, 400, "too_small", "customer.name"),
    ({"customer": {"status": "won"}}, 400, "invalid_enum_value", "customer.status"),
    ({"customer": {}, "customer_id": "1"}, 400, "invalid_field", "customer_id"),
    ({"customer_id": "0" * 25}, 404, "customer_not_found", "customer_id"),
    ({"customer_id": "2"}, 409, "email_taken", "email"),
    ({"onboarding": {"template_id": "7"}}, 400, "invalid_field", "onboarding.template_id"),
    ({"onboarding": {"csm_id": "nobody"}}, 400, "invalid_field", "onboarding.csm_id"),
    ({"onboarding": {"phase": "nowhere"}}, 400, "invalid_enum_value", "onboarding.phase"),
    ({"onboarding": {"target_launch_date": "soon"}}, 400, "invalid_string", "onboarding.target_launch_date"),
    ({"onboarding": []}, 400, "invalid_type", "onboarding"),
    ({"email": "ines"}, 400, "invalid_string", "email"),
    ({"is_primary": None}, 400, "invalid_type", "is_primary"),
    ({"dry_run": "yes"}, 400, "invalid_type", "dry_run"),
)


async def test_a_refusal_names_the_field_and_leaves_nothing(
    api: httpx.AsyncClient, connection: "Connection", subtests: pytest.Subtests
) -> None:
    definition = {"resource": "customer", "key": "stores", "name": "Stores", "type": "number"}
    body_of(await api.post("/custom_fields", json=definition), 201)
    await create_customer(api, slug="taken", domain="taken.example")
    await create_contact(api, (await create_customer(api))["id"], email="ines@saltgrass.example")
    lead = await create_lead(api, email="ines@saltgrass.example")
    written = await stored(connection)
    for body, status, code, field in REFUSED:
        with subtests.test(str(body)):
            error = error_of(await win(api, lead, **body), status)
            assert (error["code"], error["field"]) == (code, field)
            assert await stored(connection) == written
    other = body_of(await win(api, lead, customer_id="2", email="head@taken.example"))
    assert other["contact"]["email"] == "head@taken.example"


async def test_a_plan_that_cannot_land_is_refused_with_all_the_rest(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    template = await create_template(api)
    written = await stored(connection)
    plan = {"template_id": template["id"], "target_launch_date": "0001-01-01T00:00:00Z"}
    error = error_of(await win(api, lead, onboarding=plan), 409)
    assert (error["code"], error["field"]) == ("date_out_of_range", "onboarding")
    assert await stored(connection) == written


async def test_a_lead_needs_an_e_mail_to_be_won(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, name="Ines Moreau", email=None)
    error = error_of(await win(api, lead), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "email")
    won = body_of(await win(api, lead, email="Ines@Saltgrass.example"))
    assert won["lead"]["email"] == won["contact"]["email"] == "ines@saltgrass.example"
    (event,) = await events(api, "lead.won")
    assert event["data"]["previous_attributes"]["email"] is None


async def test_a_lost_or_archived_lead_may_be_won_after_all(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    body_of(await api.post(f"/leads/{lead['id']}/move", json={"stage": "lost", "reason": "No budget"}))
    body_of(await api.patch(f"/leads/{lead['id']}", json={"archived": True}))
    won = body_of(await win(api, lead))
    assert (won["lead"]["lost_reason"], won["lead"]["archived"], won["contact"]["archived"]) == (None, False, False)


async def test_a_deleted_lead_cannot_be_won(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    body_of(await api.delete(f"/leads/{lead['id']}"))
    for reference in (lead, {"id": "0" * 25}, {"id": "nothing"}):
        assert error_of(await win(api, reference), 404)["code"] == "lead_not_found"


async def test_whoever_works_on_a_lead_has_to_see_its_customer(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    customer = await create_customer(api)
    await connection.execute("UPDATE customers SET restricted = true WHERE id = $1", customer["id"])
    for part in ({"owner": world.tomas.id}, {"assignees": [world.tomas.id]}):
        lead = await create_lead(api, email="ines@saltgrass.example", **part)
        error = error_of(await win(api, lead, customer_id=customer["id"]), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "customer_id")
    lead = await create_lead(api, email="ines@saltgrass.example", owner=world.maya.id)
    error = error_of(await win(api, lead, customer_id=customer["id"], onboarding={"csm_id": world.tomas.id}), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "onboarding.csm_id")
    assert body_of(await win(api, lead, customer_id=customer["id"]))["lead"]["owner"] == world.maya.id


async def test_the_owner_who_left_leaves_the_customer_to_nobody(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example", owner=world.tomas.id)
    await connection.execute("UPDATE memberships SET removed_at = now() WHERE person_id = $1", world.tomas.id)
    assert body_of(await win(api, lead))["customer"]["owner_email"] is None


async def test_a_key_has_to_be_allowed_to(api: httpx.AsyncClient, connection: "Connection") -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    await connection.execute("UPDATE api_keys SET scopes = '{leads:read}'")
    for scope in ("leads:write", "customers:write", "contacts:write", "onboardings:write"):
        error = error_of(await win(api, lead), 403)
        assert (error["code"], scope in error["message"]) == ("insufficient_scope", True)
        await connection.execute("UPDATE api_keys SET scopes = scopes || $1::text", scope)
    await connection.execute("UPDATE api_keys SET scopes = array_remove(scopes, 'onboardings:write')")
    assert body_of(await win(api, lead, onboarding=None))["onboarding"] is None


async def test_a_test_key_wins_without_side_effects(test_api: httpx.AsyncClient) -> None:
    lead = await create_lead(test_api, email="ines@saltgrass.example")
    body_of(await win(test_api, lead))
    assert not [event for event in await events(test_api) if event["livemode"]]


async def test_a_repeated_request_gets_the_answer_of_the_first(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, email="ines@saltgrass.example")
    path, headers = f"/leads/{lead['id']}/win", {"Idempotency-Key": "win-ines"}
    first = await api.post(path, json={}, headers=headers)
    again = await api.post(path, json={}, headers=headers)
    assert (again.content, again.headers["idempotent-replay"]) == (first.content, "true")
