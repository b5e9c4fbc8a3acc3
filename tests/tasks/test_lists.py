"""The list of a workspace's tasks: two orders, cursors, filters, and statements that follow an index."""

import itertools
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from pivotal_server.tasks.queries import list_statement
from pivotal_server.tasks.request_schemas import TaskListQuery
from tests.harness import World
from tests.support import START, Json, SteeredClock, body_of, create_contact, create_onboarding, create_task, error_of
from tests.tasks.story import act, on

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def titles(api: httpx.AsyncClient, **query: str) -> str:
    """Return the titles of a list, which has to be the same in pages of any size."""
    walks = []
    for limit in ("1", "3", "100"):
        found = ""
        cursor: dict[str, str] = {}
        while True:
            page = body_of(await api.get("/tasks", params={"limit": limit, **query, **cursor}))
            found += "".join(task["title"] for task in page["data"])
            assert page["has_more"] == (page["next_cursor"] is not None)
            if not page["has_more"]:
                break
            assert len(page["data"]) == int(limit)
            cursor = {"cursor": page["next_cursor"]}
        walks.append(found)
    assert len(set(walks)) == 1
    return walks[0]


@pytest.fixture
async def tasks(api: httpx.AsyncClient, world: World, clock: SteeredClock) -> dict[str, Json]:
    """A to F; today is the 4th of March, B and E are due on the same day, D is done and F has no date."""
    contact = await create_contact(api)
    first = await create_onboarding(api, contact["customer_id"])
    second = await create_onboarding(api)
    maya, tomas = {"assignee_id": world.maya.id}, {"assignee_id": world.tomas.id}
    made: dict[str, Json] = {}
    for title, onboarding, fields in (
        ("A", first, {"due_date": on("03-09"), **maya}),
        ("B", first, {"due_date": on("03-03"), **maya, "phase": "launch"}),
        ("C", second, {"due_date": on("03-04"), **tomas}),
        ("D", second, {"due_date": on("03-02"), **maya}),
        ("E", first, {"due_date": on("03-03"), "assignee_contact_id": contact["id"]}),
        ("F", second, maya),
    ):
        made[title] = await create_task(api, onboarding["id"], title=title, **fields)
    await act(api, made["D"], "complete")
    clock.advance(2 * 86400)
    return made


async def test_newest_first_or_soonest_due_first(api: httpx.AsyncClient, tasks: dict[str, Json]) -> None:
    assert len(tasks) == 6
    assert await titles(api) == "FEDCBA"
    assert await titles(api, order="created") == "FEDCBA"
    assert await titles(api, order="due") == "DBECA"
    assert await titles(api, order="due", status="open") == "BECA"
    assert await titles(api, order="due", status="completed") == "D"


async def test_filters_narrow_either_order(api: httpx.AsyncClient, world: World, tasks: dict[str, Json]) -> None:
    one, e = tasks["A"], tasks["E"]
    contact = body_of(await api.get(f"/contacts/{e['assignee_contact_id']}"))
    onboarding = body_of(await api.get(f"/onboardings/{one['onboarding_id']}"))
    for filters, created, due in (
        ({"assignee_id": world.maya.id}, "FDBA", "DBA"),
        ({"assignee_id": world.maya.id, "status": "open"}, "FBA", "BA"),
        ({"assignee_id": world.fabian.id}, "", ""),
        ({"assignee_contact_id": contact["id"]}, "E", "E"),
        ({"assignee_contact_id": str(contact["display_id"])}, "E", "E"),
        ({"assignee_contact_id": "nobody"}, "", ""),
        ({"onboarding_id": onboarding["id"]}, "EBA", "BEA"),
        ({"onboarding_id": str(onboarding["display_id"]), "status": "open"}, "EBA", "BEA"),
        ({"onboarding_id": "999"}, "", ""),
        ({"phase": "launch"}, "B", "B"),
        ({"phase": "review"}, "", ""),
        ({"status": "completed"}, "D", "D"),
        ({"updated_since": "2026-03-02T00:00:00Z"}, "FEDCBA", "DBECA"),
        ({"updated_since": "2026-03-04T00:00:00Z"}, "", ""),
    ):
        assert await titles(api, **filters) == created, filters
        assert await titles(api, **filters, order="due") == due, filters


async def test_what_is_asked_for_by_its_due_date_comes_in_that_order(
    api: httpx.AsyncClient, world: World, tasks: dict[str, Json]
) -> None:
    assert len(tasks) == 6
    for filters, found in (
        ({"due_before": "2026-03-04T00:00:00Z"}, "DBE"),
        ({"due_before": "2026-03-04T00:00:01Z"}, "DBEC"),
        ({"due_after": "2026-03-03T00:00:00Z"}, "CA"),
        ({"due_after": "2026-03-02T23:59:59Z"}, "BECA"),
        ({"due_after": "2026-03-02T12:00:00Z", "due_before": "2026-03-05T00:00:00Z"}, "BEC"),
        ({"due_before": "9999-12-31T23:59:59Z"}, "DBECA"),
        ({"due_after": "9999-12-31T23:59:59Z"}, ""),
        ({"due_before": "0001-01-01T00:00:00Z"}, ""),
        ({"overdue": "true"}, "BE"),
        ({"overdue": "false"}, "FEDCBA"),
        ({"overdue": "true", "status": "completed"}, ""),
        ({"overdue": "true", "assignee_id": world.maya.id}, "B"),
        ({"overdue": "true", "due_before": "2026-03-03T00:00:00Z"}, ""),
    ):
        assert await titles(api, **filters) == found, filters
    # In Auckland the 5th has begun.
    body_of(await api.patch("/calendar", json={"time_zone": "Pacific/Kiritimati"}))
    assert await titles(api, overdue="true") == "BE"
    assert await titles(api, overdue="true", order="due") == "BE"


async def test_overdue_goes_by_the_workspaces_time_zone(
    api: httpx.AsyncClient, tasks: dict[str, Json], clock: SteeredClock
) -> None:
    assert len(tasks) == 6
    clock.advance(14 * 3600)  # 23:00 in UTC
    assert await titles(api, overdue="true") == "BE"
    body_of(await api.patch("/calendar", json={"time_zone": "Pacific/Auckland"}))
    assert await titles(api, overdue="true") == "BEC"


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"order": "created", "overdue": "true"}, "invalid_field", "order"),
        ({"order": "created", "due_after": "2026-03-03T00:00:00Z"}, "invalid_field", "order"),
        ({"order": "title"}, "invalid_enum_value", "order"),
        ({"overdue": "yes"}, "invalid_enum_value", "overdue"),
        ({"status": "done"}, "invalid_enum_value", "status"),
        ({"phase": "kickoff"}, "invalid_enum_value", "phase"),
        ({"due_before": "2026-03-03"}, "invalid_string", "due_before"),
        ({"cursor": "x", "order": "due"}, "invalid_string", "cursor"),
        ({"limit": "101"}, "too_big", "limit"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(
    query: dict[str, str], code: str, field: str, api: httpx.AsyncClient
) -> None:
    error = error_of(await api.get("/tasks", params=query), 400)
    assert (error["code"], error["field"]) == (code, field)


FILTERS: dict[str, dict[str, Any]] = {
    "assignee": {"assignee_id": "person"},
    "contact": {"assignee_contact_id": "c" + "1" * 24},
    "onboarding": {"onboarding_id": "c" + "2" * 24},
    "status": {"status": "open"},
    "phase": {"phase": "review"},
    "from": {"due_after": "2026-03-03T00:00:00Z"},
    "to": {"due_before": "2026-04-03T00:00:00Z"},
    "overdue": {"overdue": "true"},
    "order": {"order": "due"},
}


async def test_every_combination_of_filters_follows_an_index(connection: "Connection", world: World) -> None:
    await connection.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
    for count in range(len(FILTERS) + 1):
        for names in itertools.combinations(FILTERS, count):
            values = {name: value for part in names for name, value in FILTERS[part].items()}
            sql, arguments = list_statement(
                TaskListQuery.model_validate(values), START, ZoneInfo("UTC") if "overdue" in names else None
            )
            rows = await connection.fetch(f"EXPLAIN {sql}", world.northwind.id, *arguments)
            plan = "\n".join(row[0] for row in rows)
            assert not re.search(r"(?<!-)Sort  |Seq Scan on tasks", plan), f"{names}: {plan}"
