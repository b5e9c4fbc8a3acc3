"""An onboarding that starts with a template has its plan from the first moment, or is not started at all."""

from typing import TYPE_CHECKING

import httpx

from tests.support import body_of, create_customer, error_of, events
from tests.templates.support import create_template

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

TASKS = [
    {"key": "kickoff", "title": "Kick off", "phase": "before_getting_started", "due": {"type": "start", "days": 2}},
    {"key": "design", "title": "Design", "phase": "program_design", "depends_on": [{"task": "kickoff"}]},
]


async def test_a_template_lands_with_the_onboarding(api: httpx.AsyncClient) -> None:
    template = await create_template(api, name="Rollout", tasks=TASKS)
    customer = await create_customer(api)
    body = {"customer_id": customer["id"], "template_id": str(template["display_id"])}
    key = {"Idempotency-Key": "rollout"}
    onboarding = body_of(await api.post("/onboardings", json=body, headers=key), 201)
    assert onboarding["template_id"] == template["id"]
    again = await api.post("/onboardings", json=body, headers=key)
    assert (again.headers["idempotent-replay"], again.json()) == ("true", onboarding)
    tasks = body_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"))["data"]
    # The tests begin on Monday, the second of March 2026.
    assert [(task["title"], task["due_date"][:10]) for task in tasks] == [
        ("Kick off", "2026-03-04"),
        ("Design", "2026-03-05"),
    ]
    [created] = await events(api, "onboarding.created")
    assert created["data"]["object"]["template_id"] == template["id"]
    assert len(await events(api, "task.created")) == 2


async def test_what_was_read_may_be_sent_back(api: httpx.AsyncClient) -> None:
    template = await create_template(api, name="Rollout", tasks=TASKS)
    body = {"customer_id": (await create_customer(api))["id"], "template_id": template["id"]}
    onboarding = body_of(await api.post("/onboardings", json=body), 201)
    path = f"/onboardings/{onboarding['id']}"
    assert body_of(await api.patch(path, json={"template_id": template["id"], "notes": "x"}))["notes"] == "x"
    other = await create_template(api, name="Other", tasks=TASKS)
    error = error_of(await api.patch(path, json={"template_id": other["id"]}), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "template_id")


async def test_a_template_of_nobodys_starts_nothing(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, connection: "Connection"
) -> None:
    template = await create_template(fabrikam_api, name="Rollout", tasks=TASKS)
    body = {"customer_id": (await create_customer(api))["id"], "template_id": template["id"]}
    error = error_of(await api.post("/onboardings", json=body), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "template_id")
    assert await connection.fetchval("SELECT count(*) FROM onboardings") == 0
