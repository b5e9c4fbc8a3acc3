"""What tests about leads share."""

import itertools
from typing import TYPE_CHECKING, Any

import httpx

from tests.support import Json, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

WRITTEN = (
    *("customers", "contacts", "onboardings", "tasks", "lead_stage_transitions", "lead_merges", "contact_messages"),
    *("activity", "events", "counters"),
)
_numbers = itertools.count(1)


async def create_lead(api: httpx.AsyncClient, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Make a lead and return it."""
    number = next(_numbers)
    name = {} if "first_name" in fields else {"name": f"Lead {number}"}
    defaults = {"email": f"lead-{number}@saltgrass.example"} | name
    return body_of(await api.post("/leads", json=defaults | fields), 201)


async def move(api: httpx.AsyncClient, lead: Json, stage: str, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Move a lead and return it."""
    return body_of(await api.post(f"/leads/{lead['id']}/move", json={"stage": stage} | fields))


async def stored(connection: "Connection") -> dict[str, list[str]]:
    """Return everything that winning or merging a lead writes."""
    return {
        table: sorted(row[0] for row in await connection.fetch(f"SELECT to_jsonb(t)::text FROM {table} t"))
        for table in WRITTEN
    }
