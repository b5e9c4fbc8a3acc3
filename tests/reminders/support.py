"""Customers who are late, the worker's round, and the mail that it leaves in the queue."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.reminders.jobs import remind
from tests.support import Json, SteeredClock, body_of, create_contact, create_customer, create_onboarding, create_task

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# The Friday before the Monday on which tests begin.
FRIDAY = "2026-02-27T00:00:00Z"
_MAIL = "SELECT payload FROM pgqueuer WHERE entrypoint IN ('mail', 'contact_mail') ORDER BY id"


async def create_late(
    api: httpx.AsyncClient,
    *titles: str,
    contact: Json | None = None,
    due_date: str = FRIDAY,
    **fields: Any,  # noqa: ANN401 - JSON
) -> Json:
    """Start an onboarding whose contact Ana Lima should have done things by Friday, and return it with ``contact``."""
    if contact is None:
        customer = await create_customer(api, name="Aurora")
        contact = await create_contact(api, customer["id"], name="Ana Lima")
    onboarding = await create_onboarding(api, contact["customer_id"], **fields)
    for title in titles or ("Send us your logo",):
        await owe(api, onboarding, contact, title, due_date=due_date)
    return onboarding | {"contact": contact}


async def owe(api: httpx.AsyncClient, onboarding: Json, contact: Json, title: str, **fields: Any) -> Json:  # noqa: ANN401
    """Add a task that the contact should have done by Friday, unless the fields say else."""
    usual = {"assignee_contact_id": contact["id"], "due_date": FRIDAY, "visible_in_portal": True}
    return await create_task(api, onboarding["id"], title=title, **(usual | fields))


async def run(dsn: str, settings: Settings, clock: SteeredClock) -> None:
    """Do what the worker does every quarter of an hour."""
    pool = Pool(dsn, 2)
    try:
        await remind(JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), 1), {})
    finally:
        await pool.close()


async def mails(connection: "Connection") -> list[Json]:
    """Return the mails that wait to be sent, oldest first."""
    payloads = [orjson.loads(row[0]) for row in await connection.fetch(_MAIL)]
    return [payload.get("mail", payload) for payload in payloads]


async def log(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    """Return the reminders of an onboarding, newest first."""
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/reminders"))["data"]
    return found
