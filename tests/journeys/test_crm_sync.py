"""A CRM and Pivotal kept in step, both ways (documentation: Integration sync)."""

import re
from dataclasses import dataclass, field

import httpx
import pytest

from tests.journeys.steps import ids, post
from tests.support import Json, SteeredClock, body_of, create_customer, error_of, events

STATUSES = {"lead": "onboarding", "customer": "active", "lost": "churned"}


@dataclass
class Company:
    """A record of the CRM; ``updated_at`` is an ISO instant."""

    id: str
    name: str
    domain: str
    stage: str
    updated_at: str


@dataclass
class Sync:
    """The cron job, with a store of its own (the pattern that the guide prefers).

    Attributes:
        store: the customer's id for each of the CRM's.
        last_run: up to which change of the CRM everything has been carried over.
    """

    api: httpx.AsyncClient
    store: dict[str, str] = field(default_factory=dict)
    last_run: str = "2026-01-01T00:00:00Z"

    async def run(self, companies: list[Company]) -> None:
        """Carry over what has changed, oldest change first."""
        changed = sorted(
            (company for company in companies if company.updated_at >= self.last_run),
            key=lambda company: company.updated_at,
        )
        for company in changed:
            body = {"name": company.name, "domain": company.domain, "status": STATUSES[company.stage]}
            body_of(await self.api.patch(f"/customers/{await self._customer_id(company)}", json=body))
            self.last_run = company.updated_at

    async def _customer_id(self, company: Company) -> str:
        if company.id in self.store:
            return self.store[company.id]
        slug = re.sub("[^a-z0-9]+", "-", company.name.lower())
        body = {
            "name": company.name,
            "slug": slug,
            "domain": company.domain,
            "hubspot_company_id": company.id,
            "status": "onboarding",
        }
        response = await post(self.api, "/customers", body, key=f"company-{company.id}")
        if response.status_code == 409:
            # Somebody was faster, by hand.
            assert error_of(response, 409)["code"] == "slug_taken"
            [self.store[company.id]] = await ids(self.api, "/customers", slug=slug, limit="1")
        else:
            self.store[company.id] = body_of(response, 201)["id"]
        return self.store[company.id]


@pytest.fixture
def companies() -> list[Company]:
    return [
        Company("8812", "Aurora Outfitters", "aurora.example", "lead", "2026-02-01T10:00:00Z"),
        Company("8813", "Borealis Books", "borealis.example", "customer", "2026-02-02T10:00:00Z"),
        Company("8814", "Cirrus Coffee", "cirrus.example", "lost", "2026-02-03T10:00:00Z"),
    ]


async def test_what_the_crm_knows_arrives_once_and_is_kept_up_to_date(
    api: httpx.AsyncClient, companies: list[Company]
) -> None:
    sync = Sync(api)
    await sync.run(companies)
    assert sync.last_run == "2026-02-03T10:00:00Z"
    listed = body_of(await api.get("/customers"))["data"]
    assert [(customer["hubspot_company_id"], customer["status"]) for customer in listed] == [
        ("8814", "churned"),
        ("8813", "active"),
        ("8812", "onboarding"),
    ]
    companies[0].stage, companies[0].updated_at = "customer", "2026-02-04T10:00:00Z"
    await sync.run(companies)
    assert body_of(await api.get(f"/customers/{sync.store['8812']}"))["status"] == "active"
    assert len(await ids(api, "/customers")) == 3


async def test_a_run_that_lost_its_store_and_checkpoint_makes_nothing_twice(
    api: httpx.AsyncClient, companies: list[Company]
) -> None:
    sync = Sync(api)
    await sync.run(companies)
    before = await events(api)
    again = Sync(api)
    await again.run(companies)
    assert again.store == sync.store
    # The same fields with the same values are no change.
    assert await events(api) == before


async def test_a_customer_made_by_hand_is_found_by_its_slug(api: httpx.AsyncClient, companies: list[Company]) -> None:
    by_hand = await create_customer(api, name="Aurora", slug="aurora-outfitters", plan="Pro", mrr=49900)
    await Sync(api).run(companies[:1])
    customer = body_of(await api.get(f"/customers/{by_hand['id']}"))
    assert (customer["name"], customer["domain"], customer["status"]) == (
        "Aurora Outfitters",
        "aurora.example",
        "onboarding",
    )
    # What the CRM does not send stays as it is here.
    assert (customer["plan"], customer["mrr"]) == ("Pro", 49900)


async def test_without_a_store_customers_are_matched_by_their_external_id(
    api: httpx.AsyncClient, companies: list[Company]
) -> None:
    sync = Sync(api)
    await sync.run(companies)
    page = body_of(await api.get("/customers", params={"limit": "100"}))
    assert {customer["hubspot_company_id"]: customer["id"] for customer in page["data"]} == sync.store
    for external_id, id_ in sync.store.items():
        assert await ids(api, "/customers", hubspot_company_id=external_id) == [id_]


async def test_polling_brings_every_change_since_the_last_one(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    customers = [await create_customer(api) for _ in range(30)]
    clock.advance(60)
    since = max(customer["updated_at"] for customer in customers)
    changed = [customers[3], customers[28]]
    for customer in changed:
        clock.advance(1)
        body_of(await api.patch(f"/customers/{customer['id']}", json={"plan": "Pro"}))
    clock.advance(1)
    new = await create_customer(api)

    updates: list[Json] = []
    query = {"updated_since": since, "limit": "10"}
    while True:
        page = body_of(await api.get("/customers", params=query))
        updates += page["data"]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    # An old row that was changed is found, wherever the list has it.
    updates = sorted((each for each in updates if each["updated_at"] > since), key=lambda each: str(each["updated_at"]))
    assert [each["id"] for each in updates] == [changed[0]["id"], changed[1]["id"], new["id"]]


async def test_metadata_comes_back_as_it_was_sent(api: httpx.AsyncClient) -> None:
    metadata = {
        "account_owner": "u-77",
        "contract_cents": 1_250_000,
        "source": "referral",
        "nested": {"list": [1, 2.5, None, True, "ä€😀"]},
    }
    customer = await create_customer(api, metadata=metadata)
    assert body_of(await api.get(f"/customers/{customer['id']}"))["metadata"] == metadata
    assert (await events(api))[0]["data"]["object"]["metadata"] == metadata
    replaced = body_of(await api.patch(f"/customers/{customer['id']}", json={"metadata": {"source": None}}))
    assert replaced["metadata"] == {"source": None}
