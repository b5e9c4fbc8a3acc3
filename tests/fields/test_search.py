"""Lists filtered by tags and custom fields, held against what plain Python finds."""

import random
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.fields import search
from tests.fields.support import PATHS, create, define, define_four, found
from tests.support import Json, body_of, create_customer, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

RESOURCES = tuple(PATHS)
# What a row of the index has to be for the row that it stands for.
STRAYS = """
(SELECT 'customer', c.id, f.* FROM customers c, facets_of(c.tags, c.custom_fields) f WHERE c.deleted_at IS NULL
UNION ALL SELECT 'onboarding', o.id, f.* FROM onboardings o, facets_of(o.tags, o.custom_fields) f
WHERE o.deleted_at IS NULL)
EXCEPT ALL
SELECT CASE f.list WHEN 'onboardings' THEN 'onboarding' ELSE 'customer' END, f.resource_id, f.kind, f.key, f.value,
    f.number FROM facets f
"""


@pytest.mark.parametrize("resource", RESOURCES)
async def test_a_list_is_filtered_by_a_tag(api: httpx.AsyncClient, resource: str) -> None:
    for name, tags in (("both", ["a", "b"]), ("first", ["a"]), ("twice", ["a", "a"]), ("other", ["ab"]), ("none", [])):
        await create(api, resource, name=name, tags=tags)
    assert await found(api, resource, tag="a") == ["twice", "first", "both"]
    assert await found(api, resource, tag="b") == ["both"]
    for nothing in ("", "A", "%", "c", "x" * 300):
        assert await found(api, resource, tag=nothing) == []


@pytest.mark.parametrize("resource", RESOURCES)
async def test_a_list_is_filtered_by_fields_as_their_types_compare(api: httpx.AsyncClient, resource: str) -> None:
    await define_four(api, resource)
    values: dict[str, Json] = {
        "one": {"string": "SAP", "number": 9, "date": "2026-01-31", "select": "gold"},
        "two": {"string": "sap", "number": 10.5, "date": "2026-02-01", "select": "silver"},
        "three": {"string": "2026-01-31", "number": -10, "date": "1969-12-31", "select": "gold"},
        "four": {"string": "x" * 255 + "y", "free": 10.5},
        "five": {"string": "x" * 255 + "z"},
    }
    for name, fields in values.items():
        await create(api, resource, name=name, custom_fields=fields)
    for query, names in (
        ({"custom_fields[string]": "SAP"}, ["one"]),
        ({"custom_fields[string]": "2026-01-31"}, ["three"]),
        ({"custom_fields[string]": "x" * 255 + "z"}, ["five"]),
        ({"custom_fields[string]": "x" * 255}, []),
        ({"custom_fields[number]": "9"}, ["one"]),
        ({"custom_fields[number]": "9.0"}, ["one"]),
        ({"custom_fields[number]": "105e-1"}, ["two"]),
        ({"custom_fields[number][gte]": "9"}, ["two", "one"]),
        ({"custom_fields[number][gt]": "9"}, ["two"]),
        ({"custom_fields[number][lt]": "10"}, ["three", "one"]),
        ({"custom_fields[number][gt]": "-10", "custom_fields[number][lte]": "10.5"}, ["two", "one"]),
        ({"custom_fields[number][gt]": "10", "custom_fields[number][lt]": "9"}, []),
        ({"custom_fields[date]": "2026-01-31"}, ["one"]),
        ({"custom_fields[date][gt]": "2026-01-31"}, ["two"]),
        ({"custom_fields[date][lt]": "2026-02-01"}, ["three", "one"]),
        ({"custom_fields[date][lte]": "1970-01-01"}, ["three"]),
        ({"custom_fields[select]": "gold"}, ["three", "one"]),
        ({"custom_fields[select]": "gold", "custom_fields[number][gte]": "0"}, ["one"]),
        ({"custom_fields[select]": "gold", "custom_fields[string]": "sap"}, []),
    ):
        assert await found(api, resource, **query) == names, query


@pytest.mark.parametrize(
    ("query", "code", "message", "field"),
    [
        ("[nobody]=1", "invalid_field", "no such custom field", "custom_fields.nobody"),
        ("[number]=many", "invalid_type", "Expected number, received nan", "custom_fields.number"),
        ("[number]=", "invalid_type", "Expected number, received nan", "custom_fields.number"),
        ("[number]=1e999", "invalid_type", "Expected number, received nan", "custom_fields.number"),
        ("[number][gte]=NaN", "invalid_type", "Expected number, received nan", "custom_fields.number"),
        ("[number][about]=1", "invalid_field", "gte, lte, gt and lt", "custom_fields.number"),
        ("[date]=2026-02-30", "invalid_string", "Invalid date", "custom_fields.date"),
        ("[date][gte]=2026", "invalid_string", "Invalid date", "custom_fields.date"),
        ("[select]=bronze", "invalid_enum_value", "Expected 'gold' | 'silver'", "custom_fields.select"),
        ("[select][gte]=gold", "invalid_field", "Only numbers and dates", "custom_fields.select"),
        ("[string][lt]=z", "invalid_field", "Only numbers and dates", "custom_fields.string"),
        ("=1", "invalid_type", "Expected object, received string", "custom_fields"),
        ("[string]=%00", "invalid_string", "NUL", "custom_fields[string]"),
        ("[number]=1&custom_fields[number][gte]=1", "invalid_request", "two ways", "custom_fields[number][gte]"),
        ("[number][gte]=1&custom_fields[number]=1", "invalid_request", "two ways", "custom_fields[number]"),
        ("&".join(f"custom_fields[k{n}]=1" for n in range(11)).removeprefix("custom_fields"), "too_big", "At most 10",
         "custom_fields"),
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused(
    api: httpx.AsyncClient, query: str, code: str, message: str, field: str
) -> None:
    for resource in RESOURCES:
        await define_four(api, resource)
    for path in ("/customers", "/customers/count", "/onboardings"):
        error = error_of(await api.get(f"{path}?custom_fields{query}"), 400)
        assert (error["code"], error["field"]) == (code, field)
        assert message in error["message"]


async def test_other_brackets_are_of_no_concern(api: httpx.AsyncClient) -> None:
    await create_customer(api, name="one")
    for query in ("tag[x]=1", "limit[gte]=1", "custom_fields[a][b][c]=1", "custom_fields[]=1", "x[custom_fields]=1"):
        assert len(body_of(await api.get(f"/customers?{query}"))["data"]) == 1


async def test_an_archived_field_can_be_searched_and_a_deleted_one_not(api: httpx.AsyncClient) -> None:
    await define(api, "seats", "number")
    await create_customer(api, name="one", custom_fields={"seats": 5})
    body_of(await api.patch("/custom_fields/1", json={"archived": True}))
    assert await found(api, **{"custom_fields[seats]": "5"}) == ["one"]
    body_of(await api.delete("/custom_fields/1"))
    assert error_of(await api.get("/customers?custom_fields[seats]=5"), 400)["code"] == "invalid_field"


async def test_values_from_before_the_field_are_found(api: httpx.AsyncClient) -> None:
    await create_customer(api, name="one", custom_fields={"seats": 5, "since": "2026-01-31"})
    await create_customer(api, name="two", custom_fields={"seats": "5", "since": "soon"})
    await define(api, "seats", "number")
    await define(api, "since", "date")
    assert await found(api, **{"custom_fields[seats]": "5"}) == ["one"]
    assert await found(api, **{"custom_fields[since][gte]": "2026-01-01"}) == ["one"]


async def test_tags_and_fields_go_with_other_filters(api: httpx.AsyncClient) -> None:
    await define(api, "seats", "number")
    for number in range(4):
        status = "churned" if number % 2 else "active"
        fields: Json = {"tags": ["a"], "custom_fields": {"seats": number}, "status": status}
        await create_customer(api, name=str(number), slug=f"slug-{number}", **fields)
    assert await found(api, tag="a", status="churned") == ["3", "1"]
    assert await found(api, tag="a", slug="slug-2") == ["2"]
    assert await found(api, tag="b", slug="slug-2") == []
    assert await found(api, slug="slug-2", **{"custom_fields[seats][lt]": "2"}) == []
    assert await found(api, slug="slug-1", **{"custom_fields[seats][lt]": "2"}) == ["1"]
    await create(api, "onboarding", customer_id="1", name="in", tags=["x"])
    await create(api, "onboarding", customer_id="2", name="out", tags=["x"])
    assert await found(api, "onboarding", tag="x", customer_id="1") == ["in"]
    assert await found(api, "onboarding", tag="x", state="paused") == []
    body_of(await api.delete("/customers/1"))
    assert await found(api, "onboarding", tag="x") == ["out"]


async def walk(api: httpx.AsyncClient, resource: str, limit: int, query: dict[str, str]) -> list[str]:
    """Return the ids of a list, read page by page."""
    ids: list[str] = []
    params = {"limit": str(limit)} | query
    while True:
        page = body_of(await api.get(PATHS[resource], params=params))
        ids += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            return ids
        assert len(page["data"]) == limit
        params["cursor"] = page["next_cursor"]


def fields_of(random_: random.Random) -> Json:
    values: Json = {}
    if random_.random() < 0.7:
        values["number"] = random_.choice([1, 2.5, 3, 3.0, -4, 10])
    if random_.random() < 0.7:
        values["date"] = f"2026-0{random_.randint(1, 3)}-0{random_.randint(1, 3)}"
    if random_.random() < 0.7:
        values["select"] = random_.choice(["gold", "silver"])
    return {"tags": random_.sample(["a", "b", "c"], random_.randint(0, 3)), "custom_fields": values}


def conditions_of(random_: random.Random) -> tuple[dict[str, str], Callable[[Json], bool]]:
    """Return a query and the same as a predicate of a resource."""
    query: dict[str, str] = {}
    tests: list[Callable[[Json], bool]] = []
    if random_.random() < 0.5:
        query["tag"] = tag = random_.choice("abcd")
        tests.append(lambda row: tag in row["tags"])
    if random_.random() < 0.5:
        query["custom_fields[select]"] = option = random_.choice(["gold", "silver"])
        tests.append(lambda row: row["custom_fields"].get("select") == option)
    for key, bounds in (
        ("number", ["1", "2.5", "3", "-4", "99"]),
        ("date", ["2026-01-02", "2026-02-01", "2026-03-03"]),
    ):
        compare = random_.choice([None, "gte", "lte", "gt", "lt", "eq"])
        if compare is None:
            continue
        bound = random_.choice(bounds)
        name = f"custom_fields[{key}]"
        query[name if compare == "eq" else f"{name}[{compare}]"] = bound
        limit: Any = float(bound) if key == "number" else bound
        tests.append(partial(holds, key=key, compare=compare, limit=limit))
    return query, lambda row: all(test(row) for test in tests)


def holds(row: Json, key: str, compare: str, limit: Any) -> bool:  # noqa: ANN401 - a number or a date
    value = row["custom_fields"].get(key)
    if value is None:
        return False
    return bool(
        {
            "gte": value >= limit,
            "lte": value <= limit,
            "gt": value > limit,
            "lt": value < limit,
            "eq": value == limit,
        }[compare]
    )


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("many", [1, 8, search._MANY])
async def test_whatever_is_asked_the_answer_is_that_of_plain_python(
    api: httpx.AsyncClient, connection: "Connection", monkeypatch: pytest.MonkeyPatch, resource: str, many: int
) -> None:
    """Whichever way a list is read, by value or in its order, after all that happens to a row."""
    monkeypatch.setattr(search, "_MANY", many)
    random_ = random.Random(f"{resource} {many}")
    await define_four(api, resource)
    owner = (await create_customer(api))["id"] if resource == "onboarding" else None
    target = {"customer_id": owner} if owner else {}
    rows: dict[str, Json] = {}
    for _ in range(40):
        row = await create(api, resource, **target, **fields_of(random_))
        rows[row["id"]] = row
    for id_ in random_.sample(list(rows), 20):
        body: Json = random_.choice([fields_of(random_), {"tags": []}, {"custom_fields": {}}, {"name": "Same"}])
        rows[id_] = body_of(await api.patch(f"{PATHS[resource]}/{id_}", json=body))
    for id_ in random_.sample(list(rows), 5):
        body_of(await api.delete(f"{PATHS[resource]}/{id_}"))
        del rows[id_]
    if resource == "customer":
        for id_ in random_.sample(list(rows), 10):
            rows[id_] = body_of(await api.patch(f"/customers/{id_}", json={"archived": True}))
    newest_first = list(reversed(rows.values()))
    for _ in range(25):
        query, matches = conditions_of(random_)
        if resource == "customer":
            query["archived"] = random_.choice(["true", "false"])
        expected = [
            row["id"]
            for row in newest_first
            if matches(row) and row.get("archived", False) == (query.get("archived") == "true")
        ]
        assert await walk(api, resource, random_.choice([1, 4, 100]), query) == expected, query
        if resource == "customer":
            assert body_of(await api.get("/customers/count", params=query))["count"] == len(expected)
    assert await connection.fetch(STRAYS) == []
    left = "SELECT count(*) FROM facets", "SELECT count(*) FROM ({})"
    expected_count = await connection.fetchval(left[1].format(STRAYS.partition("EXCEPT")[0]) + " x")
    assert await connection.fetchval(left[0]) == expected_count
