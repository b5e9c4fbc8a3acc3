"""What a change to a customer leaves behind: lines on its timeline and events, in the change's own transaction."""

import httpx
import pytest

from pivotal_server.core.clock import to_iso
from tests.harness import World
from tests.support import START, Json, SteeredClock, body_of, create_customer, error_of, events


async def timeline(api: httpx.AsyncClient, reference: object = 1) -> list[Json]:
    """Return a customer's timeline, oldest first."""
    found: list[Json] = body_of(await api.get(f"/customers/{reference}/timeline", params={"limit": "100"}))["data"]
    return found[::-1]


async def told(api: httpx.AsyncClient) -> list[tuple[str, Json | None]]:
    """Return the types of all events, oldest first, with the former values that they tell."""
    return [(event["type"], event["data"]["previous_attributes"]) for event in await events(api)]


async def test_creating_a_customer_is_told(api: httpx.AsyncClient, world: World) -> None:
    customer = await create_customer(api, name="Aurora", metadata={"b": 1, "a": [2]})
    (event,) = await events(api)
    assert event == {
        "id": event["id"],
        "type": "customer.created",
        "created_at": to_iso(START),
        "org_id": world.northwind.id,
        "livemode": True,
        "api_version": "v1",
        "data": {"object": customer, "previous_attributes": None},
    }
    assert event["id"].startswith("evt_")
    assert list(event["data"]["object"]["metadata"]) == ["b", "a"]

    me = body_of(await api.get("/me"))
    (entry,) = await timeline(api)
    assert entry == {
        "object": "timeline_event",
        "id": entry["id"],
        "type": "customer.created",
        "actor": {"type": "api_key", "id": me["api_key"]["id"], "name": "API: northwind-live"},
        "created_at": to_iso(START),
        "summary": "Created customer Aurora",
        "data": {},
        "livemode": True,
    }


async def test_a_change_is_told_with_what_has_changed_only(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    before = await create_customer(api, name="Aurora", plan="Free", mrr=100, tags=["a"], metadata={"k": 1})
    clock.advance(60)
    change = {"name": "Aurora", "plan": "Pro", "mrr": None, "tags": ["a", "b"], "metadata": {"k": 2}, "slug": "aurora"}
    after = body_of(await api.patch("/customers/1", json=change))
    previous = {name: before[name] for name in ("slug", "plan", "mrr", "tags", "metadata")}
    assert (await told(api))[1:] == [("customer.updated", previous)]
    event = (await events(api))[1]
    assert event["data"]["object"] == after
    assert event["created_at"] == after["updated_at"] == to_iso(clock.now())
    entry = (await timeline(api))[1]
    assert entry["type"] == "customer.updated"
    assert entry["data"] == {"changes": {name: [before[name], after[name]] for name in previous}}
    assert "plan" in entry["summary"]


@pytest.mark.parametrize(
    "body",
    [{}, {"plan": "Pro"}, {"metadata": {"k": 1}}, {"archived": False}, {"status": "active"}, {"nobody": "knows"}],
)
async def test_a_change_of_nothing_leaves_nothing(api: httpx.AsyncClient, body: Json) -> None:
    await create_customer(api, plan="Pro", metadata={"k": 1})
    body_of(await api.patch("/customers/1", json=body))
    assert len(await events(api)) == len(await timeline(api)) == 1


async def test_what_is_refused_leaves_nothing(api: httpx.AsyncClient) -> None:
    await create_customer(api, slug="taken")
    await create_customer(api)
    error_of(await api.post("/customers", json={"name": "A", "slug": "taken"}), 409)
    error_of(await api.patch("/customers/2", json={"plan": "Pro", "slug": "taken"}), 409)
    error_of(await api.patch("/customers/2", json={"plan": "Pro", "owner_email": "nobody@northwind.example"}), 400)
    error_of(await api.patch("/customers/9", json={"plan": "Pro"}), 404)
    error_of(await api.delete("/customers/9"), 404)
    assert len(await events(api)) == 2
    assert len(await timeline(api, 1)) == len(await timeline(api, 2)) == 1


@pytest.mark.parametrize("status", ["at_risk", "churned"])
async def test_a_customer_that_gets_into_trouble_is_told_twice(api: httpx.AsyncClient, status: str) -> None:
    await create_customer(api, status="onboarding")
    after = body_of(await api.patch("/customers/1", json={"status": status}))
    previous = {"status": "onboarding", status: False}
    assert (await told(api))[1:] == [("customer.updated", previous), (f"customer.{status}", previous)]
    assert all(event["data"]["object"] == after for event in (await events(api))[1:])
    assert len(await timeline(api)) == 2

    # Staying there tells nothing; leaving and coming back does.
    body_of(await api.patch("/customers/1", json={"status": status, "plan": "Pro"}))
    assert len(await events(api, f"customer.{status}")) == 1
    body_of(await api.patch("/customers/1", json={"status": "active"}))
    body_of(await api.patch("/customers/1", json={"status": status}))
    assert len(await events(api, f"customer.{status}")) == 2


async def test_from_one_trouble_to_the_other(api: httpx.AsyncClient) -> None:
    await create_customer(api, status="at_risk")
    body_of(await api.patch("/customers/1", json={"status": "churned"}))
    previous = {"status": "at_risk", "at_risk": True, "churned": False}
    assert (await told(api))[1:] == [("customer.updated", previous), ("customer.churned", previous)]


async def test_archiving_is_told(api: httpx.AsyncClient) -> None:
    await create_customer(api, name="Aurora")
    body_of(await api.patch("/customers/1", json={"archived": True}))
    archived = [("customer.updated", {"archived": False}), ("customer.archived", {"archived": False})]
    assert (await told(api))[1:] == archived
    body_of(await api.patch("/customers/1", json={"archived": True, "plan": "Pro"}))
    body_of(await api.patch("/customers/1", json={"archived": False}))
    more = [("customer.updated", {"plan": None}), ("customer.updated", {"archived": True})]
    assert (await told(api))[1:] == archived + more
    summaries = [entry["summary"] for entry in await timeline(api)]
    assert (summaries[1], summaries[3]) == ("Archived customer Aurora", "Restored customer Aurora")


async def test_deleting_is_told_as_archived_and_only_once(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name="Aurora")
    for _ in range(3):
        body_of(await api.delete("/customers/1"))
    assert [type_ for type_, _ in await told(api)] == ["customer.created", "customer.archived"]
    event = (await events(api))[1]
    assert event["data"]["object"]["id"] == customer["id"]
    # A deletion is read on the timeline, which still answers.
    for reference in (1, customer["id"]):
        assert [entry["type"] for entry in await timeline(api, reference)] == ["customer.created", "customer.deleted"]


async def test_deleting_what_was_archived_is_no_second_archived(api: httpx.AsyncClient) -> None:
    await create_customer(api)
    body_of(await api.patch("/customers/1", json={"archived": True}))
    body_of(await api.delete("/customers/1"))
    assert len(await events(api, "customer.archived")) == 1
    assert [entry["type"] for entry in await timeline(api)][-1] == "customer.deleted"


async def test_a_test_keys_changes_say_so(api: httpx.AsyncClient, test_api: httpx.AsyncClient) -> None:
    await create_customer(test_api)
    body_of(await api.patch("/customers/1", json={"plan": "Pro"}))
    body_of(await test_api.patch("/customers/1", json={"status": "churned"}))
    body_of(await test_api.delete("/customers/1"))
    assert [(event["type"], event["livemode"]) for event in await events(api)] == [
        ("customer.created", False),
        ("customer.updated", True),
        ("customer.updated", False),
        ("customer.churned", False),
        ("customer.archived", False),
    ]
    entries = await timeline(api)
    assert [entry["livemode"] for entry in entries] == [False, True, False, False]
    assert [entry["actor"]["name"] for entry in entries] == [
        "API: northwind-test",
        "API: northwind-live",
        "API: northwind-test",
        "API: northwind-test",
    ]
