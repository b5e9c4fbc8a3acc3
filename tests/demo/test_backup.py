"""A backup of the demo workspace, taken while somebody works in it, comes back as it was."""

import asyncio
from pathlib import Path

import httpx

from pivotal_server.core.databases import connection_to
from tests.backups.dump import dump, files_in
from tests.backups.steps import bring_back, take
from tests.demo.conftest import Seeded
from tests.harness import Databases
from tests.support import create_onboarding, eventually


async def test_the_demo_goes_round_while_it_is_written_to(
    api: httpx.AsyncClient, demo_dsn: str, seeded: Seeded, databases: Databases, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.pivotal", tmp_path / "second.pivotal"
    done = asyncio.Event()

    async def write() -> None:
        while not done.is_set():
            await create_onboarding(api)

    writing = [asyncio.ensure_future(write()) for _ in range(2)]
    async with connection_to(demo_dsn) as watching:
        before = await watching.fetchval("SELECT count(*) FROM onboardings")
        await eventually(lambda: watching.fetchval("SELECT count(*) > $1 FROM onboardings", before + 2))
        manifest = await take(demo_dsn, seeded.data, first)
        done.set()
        await asyncio.gather(*writing)
    assert manifest.files.count > 0
    async with databases.database() as one, databases.database() as two:
        here, there = databases.dsn_of(one), databases.dsn_of(two)
        await bring_back(first, here, tmp_path / "here")
        await take(here, tmp_path / "here", second)
        await bring_back(second, there, tmp_path / "there")
        whole = await dump(here)
        assert len(whole["onboardings"]) == manifest.tables["onboardings"].rows > before
        assert await dump(there) == whole
        assert files_in(tmp_path / "there") == files_in(tmp_path / "here")
        assert len(files_in(tmp_path / "here")) == manifest.files.count
