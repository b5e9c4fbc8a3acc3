"""Onboardings: started for a customer, read, changed and deleted by their own id."""

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, error_of, events


async def test_a_new_onboarding_shows_every_documented_field(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name="Aurora Outfitters")
    sent = {"customer_id": str(customer["display_id"]), "target_launch_date": "2026-07-15T02:00:00.1239+02:00"}
    response = await api.post("/onboardings", json=sent)
    onboarding = body_of(response, 201)
    now = "2026-03-02T09:00:00.123Z"
    assert response.headers["location"] == f"/api/v1/onboardings/{onboarding['id']}"
    assert onboarding == {
        "object": "onboarding",
        "id": onboarding["id"],
        "display_id": 1,
        "customer_id": customer["id"],
        "template_id": None,
        "name": "Aurora Outfitters",
        "owner_email": None,
        "phase": "before_getting_started",
        "state": "active",
        "started_at": now,
        "completed_at": None,
        "target_launch_date": "2026-07-15T00:00:00.123Z",
        "slippage_days": 0,
        "csm_id": None,
        "se_id": None,
        "designer_id": None,
        "product_ops_id": None,
        "notes": None,
        "waiting_on_customer": False,
        "waiting_on_customer_since": None,
        "wizard_completed_at": None,
        "reminder_email": True,
        "reminder_slack": True,
        "reminder_frequency_days": 1,
        "phase_entered_at": now,
        "phase_target_days": 7,
        "time_in_phase_seconds": 0,
        "time_waiting_seconds": 0,
        "tags": [],
        "custom_fields": {},
        "metadata": {},
        "created_at": now,
        "updated_at": now,
    }
    for reference in (onboarding["id"], "1", "001"):
        assert body_of(await api.get(f"/onboardings/{reference}")) == onboarding


async def test_everything_can_be_said_at_the_start(api: httpx.AsyncClient, world: World) -> None:
    customer = await create_customer(api)
    sent = {
        "name": "Q3 rollout",
        "template_id": None,
        "phase": "review",
        "state": "blocked",
        "target_launch_date": "2026-07-15T00:00:00.000Z",
        "csm_id": world.maya.id,
        "se_id": world.tomas.id,
        "designer_id": world.maya.id,
        "product_ops_id": None,
        "notes": "x" * 100_000,
        "reminder_email": False,
        "reminder_slack": False,
        "reminder_frequency_days": 365,
        "metadata": {"deal": [1, 2]},
    }
    onboarding = await create_onboarding(api, customer["id"], **sent)
    assert {name: onboarding[name] for name in sent} == sent
    assert onboarding["owner_email"] == "maya@northwind.example"
    assert onboarding["phase_target_days"] == 7


CREATE_ONLY: list[tuple[Json, str, str, str]] = [
    ({"customer_id": None}, "invalid_type", "Expected string, received null", "customer_id"),
    ({"customer_id": 17}, "invalid_type", "Expected string, received number", "customer_id"),
    ({"template_id": "tpl_1"}, "invalid_field", "This workspace has no such template.", "template_id"),
]
ANY: list[tuple[Json, str, str, str]] = [
    ({"name": None}, "invalid_type", "Expected string, received null", "name"),
    ({"name": ""}, "too_small", "String must contain at least 1 character(s)", "name"),
    (
        {"phase": "kickoff"},
        "invalid_enum_value",
        (
            "Invalid enum value. Expected 'before_getting_started' | 'program_design' | 'review' | 'program_buildout' "
            "| 'internal_qa' | 'launch' | 'completed', received 'kickoff'"
        ),
        "phase",
    ),
    ({"phase": None}, "invalid_type", "Expected string, received null", "phase"),
    (
        {"state": "completed"},
        "invalid_enum_value",
        "Invalid enum value. Expected 'active' | 'paused' | 'at_risk' | 'waiting' | 'blocked', received 'completed'",
        "state",
    ),
    ({"target_launch_date": "2026-07-15"}, "invalid_string", "Invalid datetime", "target_launch_date"),
    ({"completed_at": "2026-07-15T00:00:00"}, "invalid_string", "Invalid datetime", "completed_at"),
    ({"notes": "x" * 100_001}, "too_big", "String must contain at most 100000 character(s)", "notes"),
    (
        {"reminder_frequency_days": 0},
        "too_small",
        "Number must be greater than or equal to 1",
        "reminder_frequency_days",
    ),
    (
        {"reminder_frequency_days": 366},
        "too_big",
        "Number must be less than or equal to 365",
        "reminder_frequency_days",
    ),
    ({"reminder_email": None}, "invalid_type", "Expected boolean, received null", "reminder_email"),
    ({"metadata": {"x": "x" * 16_384}}, "too_big", "JSON must be at most 16384 bytes", "metadata"),
]


@pytest.mark.parametrize(("fields", "code", "message", "field"), CREATE_ONLY + ANY)
async def test_what_cannot_be_is_refused_at_the_start(
    api: httpx.AsyncClient, fields: Json, code: str, message: str, field: str
) -> None:
    customer = await create_customer(api)
    error = error_of(await api.post("/onboardings", json={"customer_id": customer["id"]} | fields), 400)
    assert (error["code"], error["message"], error["field"]) == (code, message, field)
    assert await events(api, "onboarding.created") == []


@pytest.mark.parametrize(
    ("fields", "code", "message", "field"),
    [
        *ANY,
        (
            {"template_id": "tpl_1"},
            "invalid_field",
            "A template is applied at the start of an onboarding or by apply_template.",
            "template_id",
        ),
        ({"waiting_on_customer": None}, "invalid_type", "Expected boolean, received null", "waiting_on_customer"),
        ({"reason": "x" * 1001}, "too_big", "String must contain at most 1000 character(s)", "reason"),
    ],
)
async def test_what_cannot_be_is_refused_later(
    api: httpx.AsyncClient, fields: Json, code: str, message: str, field: str
) -> None:
    onboarding = await create_onboarding(api)
    error = error_of(await api.patch(f"/onboardings/{onboarding['id']}", json=fields), 400)
    assert (error["code"], error["message"], error["field"]) == (code, message, field)
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}")) == onboarding


@pytest.mark.parametrize("field", ["csm_id", "se_id", "designer_id", "product_ops_id"])
async def test_only_teammates_work_on_an_onboarding(api: httpx.AsyncClient, world: World, field: str) -> None:
    onboarding = await create_onboarding(api)
    for person in ("nobody", world.fabian.id):
        for response in (
            await api.post("/onboardings", json={"customer_id": onboarding["customer_id"], field: person}),
            await api.patch(f"/onboardings/{onboarding['id']}", json={field: person}),
        ):
            error = error_of(response, 400)
            assert (error["code"], error["field"]) == ("invalid_field", field)
    changed = body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={field: world.tomas.id}))
    assert changed[field] == world.tomas.id


async def test_the_customer_must_be_there(api: httpx.AsyncClient) -> None:
    gone = await create_customer(api)
    body_of(await api.delete(f"/customers/{gone['id']}"))
    for reference in (gone["id"], str(gone["display_id"]), "999", "c" + "0" * 24, "", "no such"):
        error = error_of(await api.post("/onboardings", json={"customer_id": reference}), 404)
        assert error["code"] == "customer_not_found"
    error = error_of(await api.post("/onboardings", json={}), 400)
    assert (error["code"], error["message"], error["field"]) == ("invalid_type", "Required", "customer_id")


async def test_an_update_changes_what_it_names_and_null_clears(
    api: httpx.AsyncClient, clock: SteeredClock, world: World
) -> None:
    onboarding = await create_onboarding(
        api, csm_id=world.maya.id, notes="Go", target_launch_date="2026-07-15T00:00:00Z", metadata={"a": 1}
    )
    clock.advance(1)
    changed = body_of(
        await api.patch(f"/onboardings/{onboarding['display_id']}", json={"reminder_frequency_days": 7.0, "name": "Q3"})
    )
    assert changed == onboarding | {
        "name": "Q3",
        "reminder_frequency_days": 7,
        "time_in_phase_seconds": 1,
        "updated_at": "2026-03-02T09:00:01.123Z",
    }
    nothing = {"csm_id": None, "notes": None, "target_launch_date": None, "metadata": None, "template_id": None}
    cleared = body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=nothing))
    assert {name: cleared[name] for name in nothing} == nothing | {"metadata": {}}
    assert cleared["owner_email"] is None


async def test_wizard_and_owner_are_read_only(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, wizard_completed_at="2026-01-01T00:00:00Z", owner_email="x@y.example")
    assert (onboarding["wizard_completed_at"], onboarding["owner_email"]) == (None, None)
    body = {"wizard_completed_at": "2026-01-01T00:00:00Z", "owner_email": "maya@northwind.example"}
    assert body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=body)) == onboarding


async def test_a_deleted_onboarding_is_gone_and_deleting_it_again_says_the_same(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    deleted = {"object": "deleted", "id": onboarding["id"], "display_id": 1, "deleted": True}
    assert body_of(await api.delete(f"/onboardings/{onboarding['id']}")) == deleted
    assert body_of(await api.delete("/onboardings/1")) == deleted
    for response in (
        await api.get("/onboardings/1"),
        await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "launch"}),
        await api.get("/onboardings/1/phase_transitions"),
    ):
        assert error_of(response, 404)["code"] == "onboarding_not_found"
    assert body_of(await api.get("/onboardings"))["data"] == []
    assert body_of(await api.get(f"/customers/{onboarding['customer_id']}/onboardings"))["data"] == []


@pytest.mark.parametrize("reference", ["0", "999", "-1", "abc", "c" + "0" * 24, "99999999999999999999999"])
async def test_an_id_that_nobody_has_is_not_found(api: httpx.AsyncClient, reference: str) -> None:
    for response in (
        await api.get(f"/onboardings/{reference}"),
        await api.patch(f"/onboardings/{reference}", json={}),
        await api.delete(f"/onboardings/{reference}"),
        await api.get(f"/onboardings/{reference}/phase_transitions"),
    ):
        assert error_of(response, 404)["code"] == "onboarding_not_found"


async def test_another_workspace_sees_nothing(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    for reference in (onboarding["id"], str(onboarding["display_id"])):
        for response in (
            await fabrikam_api.get(f"/onboardings/{reference}"),
            await fabrikam_api.patch(f"/onboardings/{reference}", json={"phase": "launch"}),
            await fabrikam_api.delete(f"/onboardings/{reference}"),
            await fabrikam_api.get(f"/onboardings/{reference}/phase_transitions"),
        ):
            assert error_of(response, 404)["code"] == "onboarding_not_found"
    for reference in (onboarding["customer_id"], "1"):
        response = await fabrikam_api.post("/onboardings", json={"customer_id": reference})
        assert error_of(response, 404)["code"] == "customer_not_found"
        response = await fabrikam_api.get(f"/customers/{reference}/onboardings")
        assert error_of(response, 404)["code"] == "customer_not_found"
        assert body_of(await fabrikam_api.get("/onboardings", params={"customer_id": reference}))["data"] == []
    assert body_of(await fabrikam_api.get("/onboardings"))["data"] == []
