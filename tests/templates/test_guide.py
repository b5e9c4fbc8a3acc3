"""The worked example of the guide to plans comes out as it stands on the page."""

import re
from pathlib import Path

import httpx

from tests.support import Json, body_of, create_customer, create_onboarding
from tests.templates.support import apply

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "plans.md").read_text()


def tables() -> list[dict[str, tuple[str, str]]]:
    """Return the due date and reason of each task by key, table by table."""
    parts = GUIDE.split("| key | due | reason |")[1:]
    found = [re.findall(r"^\| (\w+) \| ([0-9-]+) \| (.*) \|$", part, re.MULTILINE) for part in parts]
    return [{key: (day, reason) for key, day, reason in rows} for rows in found]


def told(tasks: list[Json]) -> dict[str, tuple[str, str]]:
    return {task["template_task_key"]: (task["due_date"][:10], task["due_reason"]["sentence"]) for task in tasks}


async def test_the_example_has_the_dates_and_reasons_of_the_page(api: httpx.AsyncClient) -> None:
    body_of(await api.patch("/calendar", json={"holidays_country": "DE"}))
    (file,) = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    template = body_of(await api.post("/templates/import", json={"yaml": file}), 201)
    customer = await create_customer(api)
    onboarding = await create_onboarding(api, customer["id"], target_launch_date="2026-04-20T00:00:00Z")
    landed = (await apply(api, onboarding, template))["tasks"]
    first, second = tables()
    assert told(landed) == first
    data = next(task for task in landed if task["template_task_key"] == "data")
    change = {"due_date": "2026-03-31T00:00:00Z"}
    moves = body_of(await api.patch(f"/tasks/{data['id']}", json=change | {"dry_run": True}))["moves"]
    body_of(await api.patch(f"/tasks/{data['id']}", json=change))
    now = told(body_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"))["data"])
    assert {key: value for key, value in now.items() if value != first[key]} == second
    assert len(moves) == len(second)
