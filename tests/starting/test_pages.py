"""Starting an onboarding on its page: whose, the plan beforehand, refusals beside their fields, all or nothing."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_contact, create_customer, create_onboarding, events
from tests.templates.support import create_template
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NEW = "/onboardings/new"
PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora Outfitters", domain="aurora.example")


def beside(html: str, field: str) -> str:
    """Return what is said to be wrong beside a field."""
    found = re.search(rf'id="{field}-note"[^>]*>.*?<span>([^<]*)</span>', html, re.DOTALL)
    return found.group(1) if found else ""


async def the_onboarding(api: httpx.AsyncClient) -> Json:
    (one,) = body_of(await api.get("/onboardings"))["data"]
    return dict(one)


async def counted(connection: "Connection", *tables: str) -> list[int]:
    return [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables]


async def test_the_form_knows_what_the_address_says(maya: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    for number in range(21):
        await create_customer(api, name=f"Newer {number}")
    template = await create_template(api)
    page = (await maya.get(NEW)).text
    assert "Aurora Outfitters" not in page
    assert "Newer 20" in page
    assert f'<option value="{template["id"]}" data-detail="6 tasks">Loyalty programme</option>' in page
    assert '<option value="before_getting_started">Before getting started</option>' in page
    assert re.search(r'name="starts_on" value="2026-03-02"', page)
    for known in (customer["id"], str(customer["display_id"]), f"{customer['display_id']}-aurora-outfitters"):
        page = (await maya.get(NEW, customer=known)).text
        assert f'<option value="{customer["id"]}" data-detail="aurora.example" selected>Aurora' in page
    assert (await maya.get(NEW, customer="999")).status_code == 404


async def test_customers_are_found_as_one_types(maya: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    await create_customer(api, name="Borealis")
    found = await maya.get(f"{NEW}/customers", fragment=True, q="auror")
    assert re.findall(r">([^<]+)</option>", found.text) == ["Aurora Outfitters"]
    assert customer["id"] in found.text
    assert len(re.findall("<option", (await maya.get(f"{NEW}/customers", fragment=True, q="")).text)) == 2
    for odd in ("%", "_", "x" * 5000, "\\", "\0"):
        assert "<option" not in (await maya.get(f"{NEW}/customers", fragment=True, q=odd)).text


async def test_it_starts_with_its_plan(maya: Visitor, api: httpx.AsyncClient, customer: Json, world: World) -> None:
    template = await create_template(api)
    sent = {
        "whose": "existing", "customer_id": customer["id"], "name": "Rollout", "template_id": template["id"],
        "phase": "program_design", "starts_on": "2026-03-09", "target_launch_date": "2026-06-01",
        "csm_id": world.tomas.id, "se_id": "", "designer_id": world.maya.id,
    }  # fmt: skip
    answer = await maya.submit(NEW, sent)
    assert answer.status_code == 303
    one = await the_onboarding(api)
    assert answer.headers["location"] == f"/onboardings/{one['display_id']}-rollout"
    assert (one["name"], one["phase"], one["csm_id"], one["se_id"], one["designer_id"]) == (
        *("Rollout", "program_design", world.tomas.id, None, world.maya.id),
    )
    assert (one["started_at"], one["phase_entered_at"]) == ("2026-03-09T00:00:00.000Z",) * 2
    assert (one["target_launch_date"], one["time_in_phase_seconds"]) == ("2026-06-01T00:00:00.000Z", 0)
    assert one["wizard_completed_at"].startswith("2026-03-02T")
    tasks = body_of(await api.get(f"/onboardings/{one['id']}/tasks"))["data"]
    due = {task["template_task_key"]: task["due_date"] for task in tasks}
    assert due["kickoff"] == "2026-03-11T00:00:00.000Z"
    assert due["announce"] == "2026-05-25T00:00:00.000Z"
    kinds = [event["type"] for event in await events(api)]
    assert kinds.count("onboarding.created") == 1
    assert kinds.count("task.created") == 6
    assert "Rollout" in (await maya.get(answer.headers["location"])).text


async def test_a_new_customer_comes_with_it(maya: Visitor, api: httpx.AsyncClient, world: World) -> None:
    page = (await maya.get(NEW)).text
    assert 'value="new" checked' in page  # there is nobody else to choose
    sent = {"whose": "new", "customer_name": "Borealis", "domain": "Borealis.example", "csm_id": world.tomas.id}
    assert (await maya.submit(NEW, sent)).status_code == 303
    (customer,) = body_of(await api.get("/customers"))["data"]
    assert (customer["name"], customer["domain"], customer["status"], customer["owner_email"]) == (
        *("Borealis", "borealis.example", "onboarding", world.tomas.email),
    )
    one = await the_onboarding(api)
    assert (one["name"], one["customer_id"], one["phase"]) == ("Borealis", customer["id"], "before_getting_started")


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({}, "customer_id", "Choose the customer."),
        ({"customer_id": "c" + "0" * 24}, "customer_id", "There is no such customer any more."),
        ({"whose": "new"}, "customer_name", "Fill this in."),
        ({"whose": "new", "customer_name": "x" * 256}, "customer_name", "At most 255 characters."),
        ({"whose": "new", "customer_name": "X", "domain": "aurora.example"}, "domain", "Another customer"),
        ({"name": "x" * 256}, "name", "At most 255 characters."),
        ({"phase": "nowhere"}, "phase", "Invalid enum value"),
        ({"template_id": "c" + "0" * 24}, "template_id", "This workspace has no such template."),
        ({"starts_on": "yesterday"}, "starts_on", "This is not a date."),
        ({"starts_on": "1066-10-14"}, "starts_on", "Choose a day within ten years of today."),
        ({"target_launch_date": "2026-02-30"}, "target_launch_date", "This is not a date."),
        ({"csm_id": "c" + "0" * 24}, "csm_id", "No teammate of this workspace has this id."),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, connection: "Connection", sent: Json, field: str, words: str
) -> None:
    tables = ("customers", "onboardings", "events", "activity")
    before = await counted(connection, *tables)
    given = {"customer_id": customer["id"]} if sent and "customer_id" not in sent else {}
    answer = await maya.submit(NEW, {"name": PROBE, "starts_on": "2026-03-09", **given, **sent})
    assert answer.status_code == 422
    assert words in beside(answer.text, field)
    assert 'value="2026-03-09"' in answer.text or "starts_on" in sent
    assert "<script>x" not in answer.text
    assert await counted(connection, *tables) == before
    assert body_of(await api.get("/onboardings"))["data"] == []


async def test_the_plan_is_seen_before_it_lands(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, connection: "Connection"
) -> None:
    template = await create_template(api)
    tables = ("customers", "onboardings", "tasks", "events", "activity")
    before = await counted(connection, *tables)
    sent = {"preview": "true", "template_id": template["id"], "starts_on": "2026-03-09"}
    part = (await maya.submit(NEW, sent, fragment=True)).text  # no customer is chosen yet
    assert "<html" not in part
    assert "<strong>6 tasks</strong> in 3 phases, the last one before the launch due on <strong>" in part
    assert "Hold the kickoff call" in part
    assert "Send the agenda" in part
    assert "11 Mar 2026" in part
    assert "There is no target launch yet." in part
    end = re.search(r'name="launch" value="([\d-]+)"', part)
    assert end
    early = (await maya.submit(NEW, {**sent, "target_launch_date": "2026-03-10"}, fragment=True)).text
    assert "after the target launch on 10 Mar 2026" in early
    late = (await maya.submit(NEW, {**sent, "target_launch_date": "2026-12-01"}, fragment=True)).text
    assert "until the target launch on 1 Dec 2026" in late
    whole = await maya.submit(NEW, {**sent, "launch": end.group(1), "name": PROBE, "customer_id": customer["id"]})
    assert whole.status_code == 200
    assert f'name="target_launch_date" value="{end.group(1)}"' in whole.text
    assert "That leaves 0 working days" in whole.text
    assert "<script>x" not in whole.text
    assert await counted(connection, *tables) == before


async def test_a_preview_passes_over_what_is_wrong_and_says_what_the_template_cannot(
    maya: Visitor, api: httpx.AsyncClient
) -> None:
    template = await create_template(api)
    sent = {"preview": "true", "template_id": template["id"], "starts_on": "soon", "name": "x" * 300}
    assert "6 tasks" in (await maya.submit(NEW, sent, fragment=True)).text
    body_of(await api.patch(f"/templates/{template['id']}", json={"archived": True}))
    part = await maya.submit(NEW, {"preview": "true", "template_id": template["id"]}, fragment=True)
    assert "This template is archived." in part.text
    assert "Choose a template" in (await maya.submit(NEW, {"preview": "true"}, fragment=True)).text


async def test_the_start_is_a_day_where_the_customer_is(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, clock: SteeredClock
) -> None:
    body_of(await api.patch(f"/customers/{customer['id']}/calendar", json={"time_zone": "Asia/Tokyo"}))
    assert (await maya.submit(NEW, {"customer_id": customer["id"], "starts_on": "2026-02-20"})).status_code == 303
    one = await the_onboarding(api)
    assert one["started_at"] == "2026-02-19T15:00:00.000Z"
    assert one["time_in_phase_seconds"] > 10 * 86_400
    (entered,) = body_of(await api.get(f"/onboardings/{one['id']}/phase_transitions"))["data"]
    assert entered["created_at"] == one["started_at"]
    clock.advance(60)
    assert (await maya.submit(NEW, {"customer_id": customer["id"], "starts_on": "2026-03-02"})).status_code == 303
    newest = body_of(await api.get("/onboardings"))["data"][0]
    assert newest["started_at"] == newest["created_at"]


async def test_it_is_a_step_away_from_where_one_looks(maya: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    path = f'href="/onboardings/new?customer={customer["display_id"]}"'
    assert 'href="/onboardings/new"' in (await maya.get("/onboardings")).text
    overview = f"/customers/{customer['display_id']}-aurora-outfitters"
    assert path in (await maya.get(overview)).text
    await create_onboarding(api, (await create_contact(api, customer["id"]))["customer_id"])
    assert path in (await maya.get(overview)).text
    assert path in (await maya.get("/onboardings", customer=str(customer["display_id"]))).text
