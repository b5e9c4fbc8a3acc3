"""``pivotal backup`` and ``pivotal restore``, interrupted in every way."""

import asyncio
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.backups.dump import dump, names_in
from tests.cli.command import PIVOTAL, environment, pivotal
from tests.harness import Databases
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_MIGRATION_LOCK = 7_483_648_101
_WAITING = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND NOT l.granted
"""


async def test_a_backup_takes_the_place_of_what_is_there_only_where_that_is_meant(
    dsn: str, data: Path, databases: Databases, template: tuple[str, object], tmp_path: Path
) -> None:
    file, new = tmp_path / "first.pivotal", tmp_path / "new"
    taken = await pivotal("backup", str(file), DATABASE_URL=dsn, PIVOTAL_DATA=data)
    assert taken.out.startswith("Backed up 2 workspaces, "), taken
    verified = await pivotal("backup", "--verify", str(file))
    assert verified.out.startswith(f"{file} is whole: 2 workspaces, "), verified
    async with databases.database(template[0]) as name:
        there = databases.dsn_of(name)
        watching = await asyncpg.connect(there)
        await watching.execute("UPDATE workspaces SET name = 'Changed'")
        before = await dump(there)
        refused = await pivotal("restore", str(file), DATABASE_URL=there, PIVOTAL_DATA=new)
        assert "2 workspaces would be lost here (fabrikam, northwind)." in refused.complaint
        no = await typed("no\n", "restore", "--replace", str(file), DATABASE_URL=there, PIVOTAL_DATA=new)
        assert no.returncode == 1
        assert "This removes 2 workspaces with all that is there: fabrikam, northwind." in no.stderr
        assert no.stderr.endswith("pivotal: Nothing was restored.\n")

        await watching.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        process = await started("restore", "--replace", str(file), DATABASE_URL=there, PIVOTAL_DATA=new)
        assert process.stdin is not None
        process.stdin.write(b"replace\n")
        # For it the tables are gone already, and those of the backup are not yet there.
        await eventually(lambda: _waits(watching), 30)
        process.kill()
        await process.wait()
        await watching.execute("SELECT pg_advisory_unlock($1)", _MIGRATION_LOCK)
        assert await dump(there) == before

        yes = await typed("replace\n", "restore", "--replace", str(file), DATABASE_URL=there, PIVOTAL_DATA=new)
        assert yes.returncode == 0, yes.stderr
        assert yes.stdout.startswith("Restored 2 workspaces, ")
        assert await dump(there) == await dump(dsn)
        await watching.close()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
async def test_a_backup_that_is_interrupted_leaves_no_file_and_may_be_taken_again(
    dsn: str, connection: "Connection", data: Path, tmp_path: Path, number: int, status: int
) -> None:
    file = tmp_path / "first.pivotal"
    async with connection.transaction():
        await connection.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        process = await started("backup", str(file), DATABASE_URL=dsn, PIVOTAL_DATA=data)
        await eventually(lambda: _waits(connection), 30)
        assert names_in(tmp_path) == ["first.pivotal.part"]
        process.send_signal(number)
        assert await process.wait() == status
    assert not file.exists()
    if number == signal.SIGINT:
        assert names_in(tmp_path) == []
    else:
        taken = await pivotal("backup", str(file), DATABASE_URL=dsn, PIVOTAL_DATA=data)
        assert taken.status == 0, taken
        assert names_in(tmp_path) == [file.name]


async def test_a_full_disk_leaves_no_file(dsn: str, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "first.pivotal"
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f"ulimit -f 8; exec {PIVOTAL} backup {file}"),
        stderr=subprocess.PIPE,
        env=environment(DATABASE_URL=dsn, PIVOTAL_DATA=data),
    )
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert err.decode() == f"pivotal: {file}: File too large. Nothing was changed.\n"
    assert names_in(tmp_path) == []


async def started(*arguments: str, **variables: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(PIVOTAL, *arguments),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(**variables),
    )


async def typed(text: str, *arguments: str, **variables: object) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [PIVOTAL, *arguments],
        input=text,
        text=True,
        capture_output=True,
        check=False,
        env=environment(**variables),
    )


async def _waits(connection: "Connection") -> bool:
    return bool(await connection.fetchval(_WAITING))
