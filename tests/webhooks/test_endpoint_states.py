"""An endpoint's state and its secret: disabled, enabled, forgiven, rotated, of another mode."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.core.outbound import answering, http_server
from tests.support import SteeredClock, body_of, create_customer
from tests.webhooks.conftest import Engine, NewEndpoint, Wake
from tests.webhooks.support import create_endpoint
from tests.webhooks.test_retries import ERROR, attempts_made

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOBODY = "ep_" + "0" * 24
ACTIVITY = "SELECT type, summary, subject_type, subject_id, data FROM activity ORDER BY created_at"
HOUR = 3600
NOT_HTTPS = "URL must be https: http is for addresses in PIVOTAL_OUTBOUND_ALLOW only."


async def test_an_endpoint_is_disabled_and_enabled_again(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    endpoint = await create_endpoint(api)
    path = f"/webhook_endpoints/{endpoint['id']}"
    off = body_of(await api.patch(path, json={"status": "disabled"}))
    assert (off["status"], off["disabled_reason"], off["disabled_at"]) == ("disabled", "manual", off["updated_at"])
    clock.advance(60)
    assert body_of(await api.patch(path, json={"status": "disabled"})) == off
    on = body_of(await api.post(f"{path}/enable"))
    assert (on["status"], on["disabled_reason"], on["disabled_at"]) == ("enabled", None, None)
    assert on["updated_at"] > off["updated_at"]


@pytest.mark.parametrize("by_patch", [True, False])
async def test_enabling_forgives_what_went_wrong(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, *, by_patch: bool
) -> None:
    endpoint = await create_endpoint(api)
    path = f"/webhook_endpoints/{endpoint['id']}"
    await connection.execute(
        "UPDATE webhook_endpoints SET disabled_at = $1, disabled_reason = 'failures', unhealthy = true,"
        " consecutive_failures = 100, failed_deliveries = 120",
        clock.now(),
    )
    before = body_of(await api.get(path))
    assert (before["status"], before["disabled_reason"], before["unhealthy"]) == ("disabled", "failures", True)
    # Somebody who disables it as well takes nothing away from the reason.
    assert body_of(await api.patch(path, json={"status": "disabled"})) == before
    response = await api.patch(path, json={"status": "enabled"}) if by_patch else await api.post(f"{path}/enable")
    after = body_of(response)
    assert (after["status"], after["unhealthy"], after["consecutive_failures"]) == ("enabled", False, 0)
    assert after["failed_deliveries"] == 120


async def test_an_endpoint_that_is_enabled_can_be_forgiven_as_well(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    endpoint = await create_endpoint(api)
    await connection.execute("UPDATE webhook_endpoints SET unhealthy = true, consecutive_failures = 3")
    after = body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/enable"))
    assert (after["unhealthy"], after["consecutive_failures"]) == (False, 0)


async def test_a_rotation_shows_a_new_secret_and_keeps_the_old_one_for_a_day(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    path = f"/webhook_endpoints/{endpoint['id']}/rotate_secret"
    secrets = "SELECT secret, previous_secret, previous_secret_until FROM webhook_endpoints"
    (first, _, _) = await connection.fetchrow(secrets)  # type: ignore[misc]
    rotated = body_of(await api.post(path))
    assert rotated.pop("secret") not in {endpoint["secret"], None}
    assert rotated["previous_secret_expires_at"] == "2026-03-03T09:00:00.123Z"
    (second, previous, until) = await connection.fetchrow(secrets)  # type: ignore[misc]
    assert previous == first != second
    assert 24 * HOUR <= (until - clock.now()).total_seconds() < 24 * HOUR + 1

    # A second rotation puts the second secret in the place of the first.
    clock.advance(HOUR)
    again = body_of(await api.post(path))
    assert again["previous_secret_expires_at"] == "2026-03-03T10:00:00.123Z"
    assert [row["previous_secret"] for row in await connection.fetch(secrets)] == [second]


async def test_what_waits_in_the_former_mode_is_not_sent_any_more(
    api: httpx.AsyncClient,
    connection: "Connection",
    clock: SteeredClock,
    new_endpoint: NewEndpoint,
    engine: Engine,
    wake: Wake,
) -> None:
    async with http_server(answering(ERROR)) as server:
        endpoint = await new_endpoint(server.url)
        await engine()
        await create_customer(api)
        row = await attempts_made(connection, 1)
        assert row["status"] == "pending"
        body_of(await api.patch(f"/webhook_endpoints/{endpoint}", json={"test_mode": True}))
        clock.advance(60)
        await wake()
        row = await attempts_made(connection, 2)
        assert row["status"] == "failed"
        delivery = body_of(await api.get(f"/deliveries/{row['id']}"))
        assert delivery["attempts"][1]["error"] == {
            "kind": "mode",
            "message": "The endpoint no longer gets events of this mode.",
        }
        assert len(server.requests) == 1
        # Which is not the receiver's fault.
        assert await connection.fetchval("SELECT failed_deliveries FROM webhook_endpoints") == 0
