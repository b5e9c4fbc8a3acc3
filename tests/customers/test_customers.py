"""Customers one by one: created, read, changed, archived, deleted."""

from typing import Any

import httpx
import pytest

from pivotal_server.core.clock import to_iso
from tests.harness import World
from tests.support import START, Json, SteeredClock, body_of, create_customer, error_of

EVERYTHING: Json = {
    "name": "Aurora Outfitters",
    "slug": "aurora",
    "domain": "aurora.example",
    "status": "onboarding",
    "plan": "Pro",
    "mrr": 49900,
    "arr": 598800,
    "monthly_orders": 1800,
    "hubspot_company_id": "8812345",
    "hubspot_deal_id": "77",
    "stripe_customer_id": "cus_Q1w2e3",
    "intercom_company_id": "ic_1",
    "slack_channel_id": "C01",
    "owner_email": "maya@northwind.example",
    "tags": ["retail", "b2c", "retail"],
    "custom_fields": {"region": "EMEA"},
    "metadata": {"lead_source": "outbound"},
}
NULLABLE = {name for name in EVERYTHING if name not in {"name", "status", "tags", "custom_fields", "metadata"}}


async def test_a_name_is_enough(api: httpx.AsyncClient) -> None:
    response = await api.post("/customers", json={"name": "Aurora"})
    customer = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/customers/{customer['id']}"
    assert customer == {
        "object": "customer",
        "id": customer["id"],
        "display_id": 1,
        "name": "Aurora",
        "status": "active",
        **dict.fromkeys(NULLABLE),
        "health_score": None,
        "at_risk": False,
        "churned": False,
        "tags": [],
        "custom_fields": {},
        "metadata": {},
        "archived": False,
        "created_at": to_iso(START),
        "updated_at": to_iso(START),
    }
    assert body_of(await api.get(f"/customers/{customer['id']}")) == customer
    assert body_of(await api.get("/customers/1")) == customer


async def test_everything_may_be_given_at_once(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, **EVERYTHING)
    assert {name: customer[name] for name in EVERYTHING} == EVERYTHING


async def test_everything_may_be_changed_and_cleared(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    path = f"/customers/{customer['id']}"
    changed = body_of(await api.patch(path, json=EVERYTHING))
    assert changed | {"updated_at": ""} == customer | EVERYTHING | {"updated_at": ""}
    nothing: Json = {**dict.fromkeys(NULLABLE), "custom_fields": None, "metadata": None, "tags": []}
    cleared = body_of(await api.patch(path, json=nothing))
    kept = {"name": EVERYTHING["name"], "status": "onboarding", "updated_at": ""}
    assert cleared | {"updated_at": ""} == customer | kept


@pytest.mark.parametrize("field", ["name", "status", "tags", "archived"])
async def test_what_is_never_empty_cannot_be_cleared(api: httpx.AsyncClient, field: str) -> None:
    customer = await create_customer(api)
    error = error_of(await api.patch(f"/customers/{customer['id']}", json={field: None}), 400)
    assert (error["code"], error["field"]) == ("invalid_type", field)
    assert body_of(await api.get("/customers/1")) == customer


async def test_a_change_touches_only_what_it_names(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    customer = await create_customer(api, **EVERYTHING)
    clock.advance(60)
    changed = body_of(await api.patch("/customers/1", json={"plan": "Max"}))
    assert changed == customer | {"plan": "Max", "updated_at": to_iso(clock.now())}
    assert body_of(await api.get("/customers/1")) == changed


@pytest.mark.parametrize(
    "body",
    [{}, {"unknown": 1}, {"name": "Aurora Outfitters"}, {"domain": "AURORA.example"}, EVERYTHING, {"archived": False}],
)
async def test_a_change_of_nothing_changes_nothing(api: httpx.AsyncClient, clock: SteeredClock, body: Json) -> None:
    customer = await create_customer(api, **EVERYTHING)
    clock.advance(60)
    assert body_of(await api.patch("/customers/1", json=body)) == customer


async def test_display_ids_count_up_and_are_never_used_again(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    assert [(await create_customer(api))["display_id"] for _ in range(3)] == [1, 2, 3]
    assert (await create_customer(fabrikam_api))["display_id"] == 1
    body_of(await api.delete("/customers/3"))
    error_of(await api.post("/customers", json={"name": ""}), 400)
    assert (await create_customer(api))["display_id"] == 4


async def test_a_failed_create_leaves_no_gap(api: httpx.AsyncClient) -> None:
    await create_customer(api, slug="aurora")
    error_of(await api.post("/customers", json={"name": "Again", "slug": "aurora"}), 409)
    assert (await create_customer(api))["display_id"] == 2


@pytest.mark.parametrize(
    ("field", "value", "code", "told"),
    [
        ("slug", "aurora", "slug_taken", "slug"),
        ("domain", "aurora.example", "shopify_domain_taken", "shopify_domain"),
        ("domain", "Aurora.EXAMPLE", "shopify_domain_taken", "shopify_domain"),
    ],
)
async def test_slug_and_domain_are_unique_in_the_workspace(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, field: str, value: str, code: str, told: str
) -> None:
    first = await create_customer(api, slug="aurora", domain="aurora.example")
    second = await create_customer(api)
    for response in (
        await api.post("/customers", json={"name": "Again", field: value}),
        await api.patch(f"/customers/{second['id']}", json={"name": "Changed", field: value}),
    ):
        error = error_of(response, 409)
        assert (error["type"], error["code"], error["field"]) == ("conflict", code, told)
    assert body_of(await api.get("/customers/2")) == second
    await create_customer(fabrikam_api, **{field: value})

    # Archived, it still has them; deleted, they are free again.
    body_of(await api.patch(f"/customers/{first['id']}", json={"archived": True}))
    assert error_of(await api.post("/customers", json={"name": "A", field: value}), 409)["code"] == code
    body_of(await api.delete(f"/customers/{first['id']}"))
    assert (await create_customer(api, **{field: value}))[field] == value.lower()


async def test_many_may_have_no_slug_and_no_domain(api: httpx.AsyncClient) -> None:
    for _ in range(3):
        customer = await create_customer(api, slug=None, domain=None)
        assert (customer["slug"], customer["domain"]) == (None, None)


async def test_a_customer_may_keep_and_swap_its_own_slug(api: httpx.AsyncClient) -> None:
    await create_customer(api, slug="aurora")
    assert body_of(await api.patch("/customers/1", json={"slug": "aurora", "plan": "Pro"}))["slug"] == "aurora"
    assert body_of(await api.patch("/customers/1", json={"slug": "borealis"}))["slug"] == "borealis"
    assert (await create_customer(api, slug="aurora"))["slug"] == "aurora"


async def test_the_owner_is_a_teammate(api: httpx.AsyncClient, world: World) -> None:
    customer = await create_customer(api, owner_email="TOMAS@Northwind.example")
    assert customer["owner_email"] == world.tomas.email
    for email in (world.fabian.email, "nobody@northwind.example"):
        for response in (
            await api.post("/customers", json={"name": "A", "owner_email": email}),
            await api.patch("/customers/1", json={"owner_email": email}),
        ):
            error = error_of(response, 400)
            assert (error["code"], error["field"]) == ("invalid_field", "owner_email")


@pytest.mark.parametrize(
    ("status", "flags"),
    [
        ("active", (False, False)),
        ("onboarding", (False, False)),
        ("at_risk", (True, False)),
        ("churned", (False, True)),
        ("low_touch", (False, False)),
    ],
)
async def test_the_flags_are_the_status_seen_as_such(
    api: httpx.AsyncClient,
    status: str,
    flags: tuple[bool, bool],
) -> None:
    made = await create_customer(api, status=status)
    assert (made["status"], made["at_risk"], made["churned"]) == (status, *flags)
    # They are no fields to write.
    kept = body_of(await api.patch("/customers/1", json={"at_risk": not flags[0], "churned": not flags[1]}))
    assert kept == made


METADATA: list[dict[str, Any]] = [
    {"z": 1, "a": 2, "M": 3, "é": 4, "": 5, "1": 6},
    {"nested": {"b": [1, 2.5, None, True, "x", {"y": []}], "a": {}}},
    {"number": 1.0, "big": 9007199254740993, "text": "1", "unicode": "\U0001f389\u2028\u0001"},
    {"test": True, "html": "<b>&amp;</b>", "quote": '"\\/'},
]


@pytest.mark.parametrize("metadata", METADATA)
async def test_metadata_is_returned_as_sent(api: httpx.AsyncClient, metadata: dict[str, Any]) -> None:
    made = await create_customer(api, metadata=metadata, custom_fields=metadata)
    for customer in (made, body_of(await api.get("/customers/1")), body_of(await api.get("/customers"))["data"][0]):
        for field in ("metadata", "custom_fields"):
            assert customer[field] == metadata
            assert list(customer[field]) == list(metadata)  # in its order


async def test_metadata_is_replaced_as_a_whole(api: httpx.AsyncClient) -> None:
    await create_customer(api, metadata={"a": 1, "b": {"c": 2}})
    changed = body_of(await api.patch("/customers/1", json={"metadata": {"b": {"d": 3}}}))
    assert changed["metadata"] == {"b": {"d": 3}}


async def test_deleting_hides_a_customer(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    answer = {"object": "deleted", "id": customer["id"], "display_id": 1, "deleted": True}
    first = await api.delete(f"/customers/{customer['id']}")
    assert body_of(first) == answer
    # A second time it is the same answer, by either id.
    for reference in (customer["id"], "1"):
        again = await api.delete(f"/customers/{reference}")
        assert (again.status_code, again.content) == (200, first.content)
        assert error_of(await api.get(f"/customers/{reference}"), 404)["code"] == "customer_not_found"
        assert error_of(await api.patch(f"/customers/{reference}", json={}), 404)["code"] == "customer_not_found"
        error_of(await api.get(f"/customers/{reference}/contacts"), 404)
        error_of(await api.get(f"/customers/{reference}/onboardings"), 404)
        contact = {"name": "Late", "email": "late@customer.example"}
        error_of(await api.post(f"/customers/{reference}/contacts", json=contact), 404)
        error_of(await api.post("/onboardings", json={"customer_id": reference}), 404)
    assert body_of(await api.get("/customers"))["data"] == []
    assert body_of(await api.get("/customers", params={"archived": "true"}))["data"] == []
    assert body_of(await api.get("/customers/count"))["count"] == 0


async def test_archiving_takes_a_customer_out_of_default_lists_and_back(api: httpx.AsyncClient) -> None:
    kept, put_away = await create_customer(api), await create_customer(api)
    path = f"/customers/{put_away['id']}"
    archived = body_of(await api.patch(path, json={"archived": True}))
    assert archived["archived"] is True
    assert body_of(await api.get(path)) == archived
    assert body_of(await api.patch(path, json={"plan": "Pro"}))["archived"] is True

    async def listed(**params: str) -> list[str]:
        found = body_of(await api.get("/customers", params=params))["data"]
        assert body_of(await api.get("/customers/count", params=params))["count"] == len(found)
        return [customer["id"] for customer in found]

    assert await listed() == await listed(archived="false") == [kept["id"]]
    assert await listed(archived="true") == [put_away["id"]]
    body_of(await api.patch(path, json={"archived": False}))
    assert await listed() == [put_away["id"], kept["id"]]
    assert await listed(archived="true") == []
