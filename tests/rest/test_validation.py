"""Validation tells its first problem in Zod's codes and English, and names the field."""

from typing import Any

import httpx
import pytest

from tests.support import body_of, create_customer, error_of

STATUSES = "'active' | 'onboarding' | 'at_risk' | 'churned' | 'low_touch'"

# Fields of a body, and what is told of them: code, message, field.
PROBLEMS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"name": None}, "invalid_type", "Expected string, received null", "name"),
    ({"name": 7}, "invalid_type", "Expected string, received number", "name"),
    ({"name": 7.5}, "invalid_type", "Expected string, received number", "name"),
    ({"name": True}, "invalid_type", "Expected string, received boolean", "name"),
    ({"name": []}, "invalid_type", "Expected string, received array", "name"),
    ({"name": {}}, "invalid_type", "Expected string, received object", "name"),
    ({"name": ""}, "too_small", "String must contain at least 1 character(s)", "name"),
    ({"name": "n" * 256}, "too_big", "String must contain at most 255 character(s)", "name"),
    ({"slug": ""}, "too_small", "String must contain at least 1 character(s)", "slug"),
    ({"slug": "s" * 101}, "too_big", "String must contain at most 100 character(s)", "slug"),
    ({"slug": "Aurora"}, "invalid_string", "Invalid", "slug"),
    ({"slug": "aurora\n"}, "invalid_string", "Invalid", "slug"),
    ({"slug": "café"}, "invalid_string", "Invalid", "slug"),
    ({"slug": 7}, "invalid_type", "Expected string, received number", "slug"),
    ({"domain": "d" * 254}, "too_big", "String must contain at most 253 character(s)", "domain"),
    (
        {"status": "gone"},
        "invalid_enum_value",
        f"Invalid enum value. Expected {STATUSES}, received 'gone'",
        "status",
    ),
    (
        {"status": "Active"},
        "invalid_enum_value",
        f"Invalid enum value. Expected {STATUSES}, received 'Active'",
        "status",
    ),
    ({"status": 1}, "invalid_type", f"Expected {STATUSES}, received number", "status"),
    ({"status": None}, "invalid_type", f"Expected {STATUSES}, received null", "status"),
    ({"mrr": "100"}, "invalid_type", "Expected number, received string", "mrr"),
    ({"mrr": True}, "invalid_type", "Expected number, received boolean", "mrr"),
    ({"mrr": 1.5}, "invalid_type", "Expected integer, received float", "mrr"),
    ({"mrr": -1}, "too_small", "Number must be greater than or equal to 0", "mrr"),
    ({"mrr": 2**53}, "too_big", "Number must be less than or equal to 9007199254740991", "mrr"),
    ({"arr": -1}, "too_small", "Number must be greater than or equal to 0", "arr"),
    ({"monthly_orders": 2**53}, "too_big", "Number must be less than or equal to 9007199254740991", "monthly_orders"),
    (
        {"stripe_customer_id": "x" * 256},
        "too_big",
        "String must contain at most 255 character(s)",
        "stripe_customer_id",
    ),
    ({"owner_email": "maya"}, "invalid_string", "Invalid email", "owner_email"),
    ({"owner_email": "maya@northwind"}, "invalid_string", "Invalid email", "owner_email"),
    ({"owner_email": "maya@northwind.example\n"}, "invalid_string", "Invalid email", "owner_email"),
    ({"owner_email": "é@northwind.example"}, "invalid_string", "Invalid email", "owner_email"),
    ({"owner_email": "m" * 65 + "@northwind.example"}, "invalid_string", "Invalid email", "owner_email"),
    (
        {"owner_email": f"m@{'a.' * 130}example"},
        "too_big",
        "String must contain at most 254 character(s)",
        "owner_email",
    ),
    ({"owner_email": "nobody@northwind.example"}, "invalid_field", "No teammate of this workspace", "owner_email"),
    ({"tags": "a"}, "invalid_type", "Expected array, received string", "tags"),
    ({"tags": [1]}, "invalid_type", "Expected string, received number", "tags.0"),
    ({"tags": ["a", ""]}, "too_small", "String must contain at least 1 character(s)", "tags.1"),
    ({"tags": ["t" * 101]}, "too_big", "String must contain at most 100 character(s)", "tags.0"),
    ({"tags": ["t"] * 51}, "too_big", "Array must contain at most 50 element(s)", "tags"),
    ({"metadata": []}, "invalid_type", "Expected object, received array", "metadata"),
    ({"metadata": "{}"}, "invalid_type", "Expected object, received string", "metadata"),
    ({"metadata": {"a": "x" * 16_384}}, "too_big", "16384 bytes", "metadata"),
    ({"metadata": {"a": "é" * 8_192}}, "too_big", "16384 bytes", "metadata"),
    ({"custom_fields": 1}, "invalid_type", "Expected object, received number", "custom_fields"),
]


@pytest.mark.parametrize(("fields", "code", "message", "field"), PROBLEMS, ids=lambda value: str(value)[:40])
async def test_a_problem_is_told_in_the_documented_words(
    api: httpx.AsyncClient, fields: dict[str, Any], code: str, message: str, field: str
) -> None:
    customer = await create_customer(api)
    for response in (
        await api.post("/customers", json={"name": "Aurora"} | fields),
        await api.patch(f"/customers/{customer['id']}", json=fields),
    ):
        error = error_of(response, 400)
        assert (error["type"], error["code"], error["field"]) == ("invalid_request_error", code, field)
        assert message in error["message"]
    assert body_of(await api.get("/customers"))["data"] == [customer]


async def test_a_missing_field_is_required(api: httpx.AsyncClient) -> None:
    error = error_of(await api.post("/customers", json={}), 400)
    assert error == {"type": "invalid_request_error", "code": "invalid_type", "message": "Required", "field": "name"}


async def test_the_first_problem_is_the_first_field_of_the_documentation(api: httpx.AsyncClient) -> None:
    wrong = {"tags": 1, "mrr": "x", "status": 1, "slug": 1, "name": 1}
    for field in ("name", "slug", "status", "mrr", "tags"):
        error = error_of(await api.post("/customers", json={"name": "Aurora"} | wrong), 400)
        assert error["field"] == field
        del wrong[field]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "n" * 255},
        {"name": " "},
        {"name": "\U0001f389" * 255},
        {"slug": "s" * 100},
        {"slug": "a-z_0"},
        {"domain": "d" * 253},
        {"plan": ""},
        {"mrr": 0, "arr": 0, "monthly_orders": 0},
        {"mrr": 2**53 - 1, "arr": 2**53 - 1, "monthly_orders": 2**53 - 1},
        {"hubspot_company_id": "x" * 255},
        {"tags": ["t" * 100] * 50},
        {"tags": []},
        {"metadata": {"a": "x" * (16_384 - len('{"a":""}'))}},
        {"metadata": {}},
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_lies_within_the_limits_is_returned_as_sent(api: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    made = body_of(await api.post("/customers", json={"name": "Aurora"} | fields), 201)
    assert {name: made[name] for name in fields} == fields
    other = body_of(await api.post("/customers", json={"name": "Borealis"}), 201)
    changed = {name: value for name, value in fields.items() if name not in {"slug", "domain"}}
    updated = body_of(await api.patch(f"/customers/{other['id']}", json=changed))
    assert {name: updated[name] for name in changed} == changed


@pytest.mark.parametrize(
    ("limit", "code", "message"),
    [
        ("0", "too_small", "Number must be greater than or equal to 1"),
        ("-1", "too_small", "Number must be greater than or equal to 1"),
        ("101", "too_big", "Number must be less than or equal to 100"),
        ("9" * 30, "too_big", "Number must be less than or equal to 100"),
        ("ten", "invalid_type", "Expected number, received nan"),
        ("", "invalid_type", "Expected number, received nan"),
        ("1.5", "invalid_type", "Expected number, received nan"),
        ("--1", "invalid_type", "Expected number, received nan"),
        ("+1", "invalid_type", "Expected number, received nan"),
        (" 1", "invalid_type", "Expected number, received nan"),
        ("1_0", "invalid_type", "Expected number, received nan"),
        ("\u0661", "invalid_type", "Expected number, received nan"),
    ],
)
async def test_a_limit_outside_1_to_100_is_refused(api: httpx.AsyncClient, limit: str, code: str, message: str) -> None:
    for path in ("/customers", "/onboardings", "/events"):
        error = error_of(await api.get(path, params={"limit": limit}), 400)
        assert (error["code"], error["message"], error["field"]) == (code, message, "limit")


NO_DATETIMES = [
    "",
    "yesterday",
    "2026-03-02",
    "2026-03-02T09:00:00",
    "2026-03-02 09:00:00Z",
    "2026-03-02T09:00Z",
    "2026-03-02T09:00:00+01",
    "2026-03-02T09:00:00+0100",
    "2026-03-02T25:00:00Z",
    "2026-02-30T09:00:00Z",
    "2026-03-02T09:00:60Z",
    "2026-03-02T09:00:00+24:00",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "10000-01-01T00:00:00Z",
    "2026-03-02T09:00:00.Z",
    "2026-W10-1T09:00:00Z",
    "1772442000",
    "\u0662\u0660\u0662\u0666-03-02T09:00:00Z",
]


@pytest.mark.parametrize("cursor", NO_DATETIMES)
async def test_a_cursor_that_is_no_datetime_is_refused(api: httpx.AsyncClient, cursor: str) -> None:
    for path in ("/customers", "/onboardings", "/events", f"/customers/{(await create_customer(api))['id']}/timeline"):
        error = error_of(await api.get(path, params={"cursor": cursor}), 400)
        assert (error["code"], error["message"], error["field"]) == ("invalid_string", "Invalid datetime", "cursor")


@pytest.mark.parametrize(
    "cursor",
    [
        "2026-03-02T09:00:00Z",
        "2026-03-02t09:00:00z",
        "2026-03-02T10:00:00.5+01:00",
        "2026-03-02T09:00:00.123456789Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "2026-03-02T09:00:00-00:00",
    ],
)
async def test_a_cursor_may_be_any_datetime_of_rfc_3339(api: httpx.AsyncClient, cursor: str) -> None:
    for path in ("/customers", "/onboardings", "/events"):
        assert body_of(await api.get(path, params={"cursor": cursor}))["object"] == "list"


async def test_filters_are_validated(api: httpx.AsyncClient) -> None:
    for name, value, code in (
        ("status", "gone", "invalid_enum_value"),
        ("status", "", "invalid_enum_value"),
        ("updated_since", "2026-03-02", "invalid_string"),
        ("archived", "yes", "invalid_enum_value"),
        ("slug", "a\0b", "invalid_string"),
    ):
        for path in ("/customers", "/customers/count"):
            error = error_of(await api.get(path, params={name: value}), 400)
            assert (error["code"], error["field"]) == (code, name)


async def test_a_query_that_is_not_utf_8_is_an_invalid_request(api: httpx.AsyncClient) -> None:
    for query in ("slug=%FF", "slug=%ED%A0%80", "&".join(f"a{number}=1" for number in range(200))):
        assert error_of(await api.get(f"/customers?{query}"), 400)["code"] == "invalid_request"


async def test_unknown_query_parameters_are_ignored(api: httpx.AsyncClient) -> None:
    assert body_of(await api.get("/customers?color=blue&limit=10&offset=5&page=-1"))["data"] == []
