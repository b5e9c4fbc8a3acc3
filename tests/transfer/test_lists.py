"""Lists of the whole workspace as CSV: whole, in order, harmless in a spreadsheet."""

import csv
import io

import httpx
import pytest

from tests.support import create_contact, create_customer, create_onboarding, create_task
from tests.visitors import Visitor

PATH = "/settings/data"


async def rows_of(visitor: Visitor, name: str) -> list[dict[str, str]]:
    answer = await visitor.get(f"{PATH}/{name}.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_contacts_say_whose_they_are(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name="=HYPERLINK(1)")
    contact = await create_contact(api, customer["id"], name="Ada, Adler", email="ada@aurora.example")
    (row,) = await rows_of(maya, "contacts")
    assert row["Customer"] == "'=HYPERLINK(1)"
    assert (row["Number"], row["Name"], row["E-mail"]) == (str(contact["display_id"]), "Ada, Adler", contact["email"])
    assert row["Primary"] == "yes"
    assert row["Archived"] == ""


async def test_tasks_say_where_they_belong(maya: Visitor, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, name="Spring", target_launch_date="2026-06-01T00:00:00Z")
    parent = await create_task(api, onboarding["id"], title="Data", due={"type": "launch", "days": -5})
    await create_task(api, onboarding["id"], title="Export", parent_id=parent["id"])
    first, second = await rows_of(maya, "tasks")
    assert (first["Title"], first["Onboarding"], first["Status"]) == ("Data", "Spring", "open")
    assert first["Due"] == "2026-05-25"
    assert second["Part of"] == "Data"


async def test_activity_says_who_did_what(maya: Visitor, api: httpx.AsyncClient) -> None:
    await create_customer(api, name="Aurora")
    row = (await rows_of(maya, "activity"))[-1]
    assert (row["Who"], row["What"], row["Customer"]) == ("API: northwind-live", "customer.created", "Aurora")


async def test_a_long_list_is_whole_and_every_row_is_there_once(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = [(await create_contact(api, customer["id"], email=f"c{number}@a.example"))["email"] for number in range(25)]
    assert [row["E-mail"] for row in await rows_of(maya, "contacts")] == made


@pytest.mark.parametrize("name", ["people", "api_keys", "..%2f..", "contacts.csv"])
async def test_there_are_no_other_lists(maya: Visitor, name: str) -> None:
    assert (await maya.get(f"{PATH}/{name}.csv")).status_code == 404
