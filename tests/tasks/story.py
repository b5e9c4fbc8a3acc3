"""Short ways to do things to tasks."""

import httpx

from tests.support import Json, body_of


def on(day: str) -> str:
    """Return a day of 2026 as answers show it: ``03-02`` is the Monday on which tests begin."""
    return f"2026-{day}T00:00:00.000Z"


async def read(api: httpx.AsyncClient, task: Json) -> Json:
    """Return the task as it is by now, without its chain and origin."""
    found = body_of(await api.get(f"/tasks/{task['id']}"))
    del found["chain"], found["template"]
    return found


async def change(api: httpx.AsyncClient, task: Json, **fields: object) -> Json:
    """Change fields of a task and return it."""
    return body_of(await api.patch(f"/tasks/{task['id']}", json=fields))


async def act(api: httpx.AsyncClient, task: Json, verb: str, **fields: object) -> Json:
    """Complete, reopen, move or pin a task and return it."""
    return body_of(await api.post(f"/tasks/{task['id']}/{verb}", json=fields))


async def plan(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    """Return the tasks of an onboarding in their order."""
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"))["data"]
    return found


async def activity(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    """Return what happened to the onboarding's customer, oldest first."""
    path = f"/customers/{onboarding['customer_id']}/timeline"
    found: list[Json] = body_of(await api.get(path, params={"limit": "100"}))["data"]
    return found[::-1]
