"""Spreading events over endpoints: a step at a time, whatever has piled up."""

from typing import TYPE_CHECKING

from pivotal_server.webhooks.engine.fan_out import BATCH, MOST, fan_out
from tests.support import SteeredClock
from tests.webhooks.conftest import NewEndpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

WORKSPACES = MOST // BATCH + 2
PILE = """
WITH spaces AS (
    INSERT INTO workspaces (id, slug, name, created_at)
    SELECT 'org_' || n, 'pile-' || n, 'Pile', now() FROM generate_series(1, $1::integer) n RETURNING id
), facts AS (
    INSERT INTO events (workspace_id, id, created_at, type, livemode, payload)
    SELECT s.id, 'evt_' || lpad(n::text, 24, '0'), $2::timestamptz + n * interval '1 second', 'customer.created', true,
        '{}'
    FROM spaces s, generate_series(1, $3::integer) n RETURNING workspace_id, created_at
)
INSERT INTO outbox (workspace_id, created_at) SELECT workspace_id, created_at FROM facts
"""


async def test_a_step_is_bounded_however_many_workspaces_have_events(
    connection: "Connection", clock: SteeredClock, new_endpoint: NewEndpoint
) -> None:
    await connection.execute(PILE, WORKSPACES, clock.now(), BATCH + 1)
    for number in range(1, WORKSPACES + 1):
        await new_endpoint("https://hook.example", workspace_id=f"org_{number}")
    assert await fan_out(connection, clock.now()) == (MOST, MOST)
    # So does the rest, and nobody's turn never comes.
    left = WORKSPACES * (BATCH + 1) - MOST
    while left:
        events, deliveries = await fan_out(connection, clock.now())
        assert 0 < events == deliveries <= MOST
        left -= events
    assert await fan_out(connection, clock.now()) == (0, 0)
    per_workspace = "SELECT DISTINCT count(*) FROM deliveries GROUP BY workspace_id"
    assert [row["count"] for row in await connection.fetch(per_workspace)] == [BATCH + 1]
