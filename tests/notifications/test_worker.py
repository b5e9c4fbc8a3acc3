"""Notifications in the product's own worker."""

from pathlib import Path

import httpx

from tests.comments.support import create_comment
from tests.faults.webhooks.processes import Worker
from tests.harness import World
from tests.support import Json, body_of, create_onboarding, eventually


async def test_the_worker_tells_people_what_has_happened(
    api: httpx.AsyncClient, dsn: str, world: World, tmp_path: Path
) -> None:
    worker = Worker(dsn, tmp_path / "worker.log")
    try:
        onboarding = await create_onboarding(api, csm_id=world.maya.id)
        comment = await create_comment(api, onboarding["id"])

        async def told() -> list[Json]:
            found: list[Json] = body_of(await api.get(f"/people/{world.maya.id}/notifications"))["data"]
            return found

        (notification,) = await eventually(told, timeout=30)
        assert notification["subject"]["id"] == comment["id"]
    finally:
        worker.kill()
