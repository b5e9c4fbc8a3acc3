"""The lists of onboardings: pages, filters, and what a deleted customer takes out of them."""

import asyncpg
import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, error_of


async def ids(api: httpx.AsyncClient, **query: str) -> list[str]:
    return [onboarding["id"] for onboarding in body_of(await api.get("/onboardings", params=query))["data"]]


async def test_pages_run_from_the_newest_to_the_oldest(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = [(await create_onboarding(api, customer["id"]))["id"] for _ in range(5)]
    found: list[str] = []
    query = {"limit": "2"}
    sizes = []
    while True:
        page = body_of(await api.get("/onboardings", params=query))
        assert page["object"] == "list"
        found += [onboarding["id"] for onboarding in page["data"]]
        sizes.append(len(page["data"]))
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    assert page["next_cursor"] is None
    assert found == made[::-1]
    assert sizes == [2, 2, 1]


async def test_filters_narrow_the_list(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    customer, other = await create_customer(api), await create_customer(api)
    plain = await create_onboarding(api, customer["id"])
    launched = await create_onboarding(api, customer["id"], phase="launch")
    waiting = await create_onboarding(api, other["id"], phase="launch", state="waiting")

    assert await ids(api, phase="launch") == [waiting["id"], launched["id"]]
    assert await ids(api, phase="launch", state="active") == [launched["id"]]
    assert await ids(api, state="waiting") == [waiting["id"]]
    assert await ids(api, phase="review") == []
    for reference in (customer["id"], str(customer["display_id"])):
        assert await ids(api, customer_id=reference) == [launched["id"], plain["id"]]
        assert await ids(api, customer_id=reference, phase="launch") == [launched["id"]]
    for nobody in ("999", "c" + "0" * 24, "no such", ""):
        assert await ids(api, customer_id=nobody) == []

    clock.advance(60)
    body_of(await api.patch(f"/onboardings/{plain['id']}", json={"notes": "Called"}))
    assert await ids(api, updated_since="2026-03-02T09:01:00Z") == [plain["id"]]
    assert await ids(api, updated_since="2026-03-02T09:00:00Z", state="waiting") == [waiting["id"]]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"state": "completed"}, "invalid_enum_value", "state"),
        ({"phase": "kickoff"}, "invalid_enum_value", "phase"),
        ({"limit": "0"}, "too_small", "limit"),
        ({"limit": "101"}, "too_big", "limit"),
        ({"cursor": "yesterday"}, "invalid_string", "cursor"),
        ({"updated_since": "2026-03-02"}, "invalid_string", "updated_since"),
    ],
)
async def test_a_query_that_cannot_be_is_refused(api: httpx.AsyncClient, query: Json, code: str, field: str) -> None:
    await create_onboarding(api)
    error = error_of(await api.get("/onboardings", params=query), 400)
    assert (error["code"], error["field"]) == (code, field)


async def test_a_workspaces_own_phases_are_valid_and_the_others_are_not(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, dsn: str, world: World
) -> None:
    await own_phases(dsn, world.northwind.id)
    phases = body_of(await api.get("/phases"))
    assert phases == {
        "object": "list",
        "data": [
            {
                "object": "phase",
                "key": "kickoff",
                "name": "Kick-off",
                "position": 1,
                "target_days": 3,
                "kind": "normal",
                "retired_at": None,
                "moved_to": None,
            },
            {
                "object": "phase",
                "key": "adoption",
                "name": "Adoption",
                "position": 2,
                "target_days": 0,
                "kind": "terminal",
                "retired_at": None,
                "moved_to": None,
            },
        ],
        "has_more": False,
        "next_cursor": None,
    }
    onboarding = await create_onboarding(api)
    assert (onboarding["phase"], onboarding["phase_target_days"]) == ("kickoff", 3)
    assert await ids(api, phase="kickoff") == [onboarding["id"]]
    moved = body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "adoption"}))
    assert moved["completed_at"] is not None

    expected = "Invalid enum value. Expected 'kickoff' | 'adoption', received 'launch'"
    for response in (
        await api.get("/onboardings", params={"phase": "launch"}),
        await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "launch"}),
        await api.post("/onboardings", json={"customer_id": onboarding["customer_id"], "phase": "launch"}),
    ):
        error = error_of(response, 400)
        assert (error["code"], error["message"], error["field"]) == ("invalid_enum_value", expected, "phase")
    assert len(body_of(await fabrikam_api.get("/phases"))["data"]) == 7


async def own_phases(dsn: str, workspace_id: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("DELETE FROM phases WHERE workspace_id = $1", workspace_id)
    await connection.execute(
        """
        INSERT INTO phases (workspace_id, key, name, position, target_days, kind)
        VALUES ($1, 'adoption', 'Adoption', 2, 0, 'terminal'), ($1, 'kickoff', 'Kick-off', 1, 3, 'normal')
        """,
        workspace_id,
    )
    await connection.close()


async def test_the_phases_of_a_new_workspace(api: httpx.AsyncClient) -> None:
    phases = body_of(await api.get("/phases"))["data"]
    assert [(phase["position"], phase["key"], phase["kind"]) for phase in phases] == [
        (1, "before_getting_started", "normal"),
        (2, "program_design", "normal"),
        (3, "review", "normal"),
        (4, "program_buildout", "normal"),
        (5, "internal_qa", "normal"),
        (6, "launch", "launch"),
        (7, "completed", "terminal"),
    ]


async def test_a_customers_onboardings_are_all_on_one_page_newest_first(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = [await create_onboarding(api, customer["id"]) for _ in range(30)]
    await create_onboarding(api)
    for reference in (customer["id"], str(customer["display_id"])):
        body = body_of(await api.get(f"/customers/{reference}/onboardings"))
        assert body == {"object": "list", "data": made[::-1], "has_more": False, "next_cursor": None}


async def test_a_deleted_customers_onboardings_leave_the_lists_and_answer_by_their_own_id(
    api: httpx.AsyncClient,
) -> None:
    stays, leaves = await create_onboarding(api), await create_onboarding(api)
    body_of(await api.delete(f"/customers/{leaves['customer_id']}"))
    assert await ids(api) == [stays["id"]]
    assert await ids(api, customer_id=leaves["customer_id"]) == []
    assert await ids(api, phase="before_getting_started", state="active") == [stays["id"]]
    error = error_of(await api.get(f"/customers/{leaves['customer_id']}/onboardings"), 404)
    assert error["code"] == "customer_not_found"

    assert body_of(await api.get(f"/onboardings/{leaves['id']}")) == leaves
    assert body_of(await api.patch(f"/onboardings/{leaves['id']}", json={"phase": "review"}))["phase"] == "review"
    assert len(body_of(await api.get(f"/onboardings/{leaves['id']}/phase_transitions"))["data"]) == 2
    body_of(await api.delete(f"/onboardings/{leaves['id']}"))
    assert (await api.get(f"/onboardings/{leaves['id']}")).status_code == 404


async def test_an_archived_customers_onboardings_stay_in_the_list(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    body_of(await api.patch(f"/customers/{onboarding['customer_id']}", json={"archived": True}))
    assert await ids(api) == [onboarding["id"]]
