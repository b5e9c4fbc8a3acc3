"""Many records, one request each: within the rate limit, after a crash, twice (documentation: Bulk operations)."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import ClientOf, NewKeyOf
from tests.journeys.steps import ids, post, timeline, told
from tests.support import Json, SteeredClock, body_of, events, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

SOURCE = [
    {"external_id": f"crm-{number}", "name": f"Shop {number}", "slug": f"shop-{number}"} for number in range(1, 151)
]
AT_ONCE = 4


class PowerCutError(Exception):
    """The import ends in the middle."""


class Import:
    """A bulk import with a checkpoint, as somebody might write it.

    Attributes:
        done: the checkpoint: the external ids of what is known to be there.
        ids: the customer of each external id, where an answer told it.
        asked: answers by status.
        replayed: how many of them were replays.
        errors: what was refused for good.
    """

    def __init__(self, api: httpx.AsyncClient, clock: SteeredClock) -> None:
        self._api = api
        self._clock = clock
        self.done: set[str] = set()
        self.ids: dict[str, str] = {}
        self.asked: Counter[int] = Counter()
        self.replayed = 0
        self.errors: list[Json] = []

    async def run(self, records: list[dict[str, str]], cut_after: int | None = None) -> None:
        """Import the records, a few at a time."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(record: dict[str, str]) -> None:
            async with turns:
                if cut_after is not None and len(self.done) >= cut_after:
                    raise PowerCutError
                await self._import(record)

        async with asyncio.TaskGroup() as group:
            for record in records:
                group.create_task(one(record))

    async def _import(self, record: dict[str, str]) -> None:
        external_id = record["external_id"]
        if external_id in self.done:
            return
        body = {
            "name": record["name"],
            "slug": record["slug"],
            "domain": f"{record['slug']}.example",
            "status": "onboarding",
            "metadata": {"external_id": external_id},
        }
        response = await post(self._api, "/customers", body, key=f"march-{external_id}")
        self.asked[response.status_code] += 1
        if response.status_code == 429:
            # Time stands still unless somebody moves it: this is what waiting is here.
            self._clock.advance(int(response.headers["retry-after"]))
            await self._import(record)
            return
        answer = response.json()
        if response.is_success:
            self.ids[external_id] = answer["id"]
            self.replayed += response.headers.get("idempotent-replay") == "true"
        elif answer["error"]["code"] != "slug_taken":
            self.errors.append(answer)
            return
        self.done.add(external_id)


@pytest.fixture
async def api(client: ClientOf, new_key: NewKeyOf) -> httpx.AsyncClient:
    return client(await new_key(name="import-march", rate_limit=60))


async def count(api: httpx.AsyncClient) -> int:
    return int(body_of(await api.get("/customers/count"))["count"])


async def test_an_import_larger_than_the_rate_limit_arrives_whole(
    api: httpx.AsyncClient, clock: SteeredClock, connection: "Connection"
) -> None:
    job = Import(api, clock)
    begin = clock.now()
    await job.run(SOURCE)
    assert job.done == {record["external_id"] for record in SOURCE}
    assert not job.errors
    assert job.asked[201] == len(SOURCE)
    assert job.asked[429]
    # 150 at 60 a minute: two windows had to pass, and no more.
    assert 120 <= (clock.now() - begin).total_seconds() <= 130
    stored = await connection.fetch("SELECT slug, metadata ->> 'external_id' AS external_id FROM customers")
    assert {tuple(row) for row in stored} == {(record["slug"], record["external_id"]) for record in SOURCE}

    # The keys page shows what the job knows, a key a job makes it an audit trail.
    async def counted() -> bool:
        used = "SELECT sum(request_count) FROM api_key_usage"
        return bool(await connection.fetchval(used) == job.asked.total())

    await eventually(counted)


async def test_an_import_that_was_cut_off_goes_on_where_it_was(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    first = Import(api, clock)
    try:
        await first.run(SOURCE, cut_after=70)
        pytest.fail("the import came to its end")
    except* PowerCutError:
        clock.advance(60)
    # The checkpoint was written before the cut, or not: what it lacks is answered again, not made again.
    second = Import(api, clock)
    second.done = set(list(first.done)[:40])
    await second.run(SOURCE)
    clock.advance(60)
    assert await count(api) == len(SOURCE)
    assert second.replayed >= 30
    assert all(second.ids.get(external_id, id_) == id_ for external_id, id_ in first.ids.items())


async def test_an_import_after_its_keys_have_expired_takes_slug_taken_for_done(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    records = SOURCE[:20]
    await Import(api, clock).run(records)
    clock.advance(24 * 60 * 60 + 1)
    again = Import(api, clock)
    await again.run(records)
    assert again.done == {record["external_id"] for record in records}
    assert again.asked == {409: len(records)}
    assert not again.errors
    assert await count(api) == len(records)


async def test_contacts_and_onboardings_follow_in_passes_of_their_own(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    job = Import(api, clock)
    records = SOURCE[:10]
    for _ in range(2):  # the second time all of it is a replay
        await job.run(records)
        for record in records:
            customer_id, slug = job.ids[record["external_id"]], record["slug"]
            contact = {"name": "Mira Chen", "email": f"mira@{slug}.example"}
            made = await post(api, f"/customers/{customer_id}/contacts", contact, key=f"contact-{slug}")
            assert body_of(made, 201)["is_primary"] is True
        clock.advance(60)
        for record in records:
            body: Json = {"customer_id": job.ids[record["external_id"]]}
            body_of(await post(api, "/onboardings", body, key=f"onboarding-{record['slug']}"), 201)
        clock.advance(60)
    assert len(await ids(api, "/onboardings")) == len(records)
    for customer_id in job.ids.values():
        assert told(await timeline(api, customer_id)) == [
            ("customer.created", "API: import-march"),
            ("contact.created", "API: import-march"),
            ("onboarding.created", "API: import-march"),
        ]
    assert Counter(event["type"] for event in await events(api)) == {
        "customer.created": 10,
        "contact.created": 10,
        "onboarding.created": 10,
    }


async def test_the_window_tells_when_to_slow_down(api: httpx.AsyncClient) -> None:
    left = [
        int((await api.post("/customers", json={"name": record["name"]})).headers["x-ratelimit-remaining"])
        for record in SOURCE[:60]
    ]
    assert left == list(range(59, -1, -1))


async def test_one_bad_record_is_told_and_stops_nobody(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    job = Import(api, clock)
    bad = {"external_id": "crm-0", "name": "", "slug": "shop-0"}
    await job.run([SOURCE[0], bad, *SOURCE[1:10]])
    assert [answer["error"]["field"] for answer in job.errors] == ["name"]
    assert len(job.done) == 10
