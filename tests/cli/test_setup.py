import asyncio
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

from pivotal_server import __version__
from pivotal_server.core.migrations import known_migrations
from tests.cli.command import NOWHERE, PIVOTAL, environment, pivotal
from tests.harness import free_port


async def test_migrate_says_what_it_applied_and_does_it_once(empty_dsn: str) -> None:
    before = await pivotal("keys", "list", "--workspace", "demo", DATABASE_URL=empty_dsn)
    first = await pivotal("migrate", DATABASE_URL=empty_dsn)
    second = await pivotal("migrate", DATABASE_URL=empty_dsn)

    assert "Run `pivotal migrate` first." in before.complaint
    applied = [f"Applied {migration.version:04d}_{migration.name}." for migration in known_migrations()]
    assert first.out.splitlines() == [*applied, "The schema is up to date."]
    assert second.out == "The schema is up to date.\n"


async def test_a_data_directory_without_a_database_gets_none_by_a_command_that_looks_for_one(tmp_path: Path) -> None:
    data = tmp_path / "elsewhere"
    for command in (
        ("keys", "list", "--workspace", "demo"),
        ("workspaces", "create", "--slug", "acme", "--name", "Acme"),
        ("serve",),
        ("worker",),
    ):
        outcome = await pivotal(*command, PIVOTAL_DATA=data, PORT=free_port())
        assert f"There is no database in {data}." in outcome.complaint
        assert not data.exists()
    made = await pivotal("migrate", PIVOTAL_DATA=data)
    assert made.out.endswith("The schema is up to date.\n")


async def test_ctrl_c_while_the_command_is_still_importing_is_no_failure(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", PIVOTAL, "run"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PIVOTAL_DATA=tmp_path / "data", PORT=free_port()),
    )
    assert process.stderr is not None
    said = b""
    while b"pivotal_server.core." not in said:  # and there is much more to import
        said += await process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert out == b""
    assert [line for line in err.splitlines() if not line.startswith(b"import time:")] == []


async def test_the_description_of_the_api_needs_no_database() -> None:
    printed = await pivotal("openapi", DATABASE_URL=NOWHERE)

    assert printed.status == 0, printed
    assert printed.err == ""
    document = json.loads(printed.out)
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/api/v1/customers"]["post"]["operationId"] == "create-customer"


async def test_version_and_help_name_every_command() -> None:
    version, usage = await asyncio.gather(pivotal("--version"), pivotal("--help"))

    assert version.out == f"pivotal {__version__}\n"
    for command in ("run", "serve", "worker", "migrate", "doctor", "openapi", "workspaces", "people", "keys"):
        assert f"\n  {command} " in usage.out


async def test_an_unreachable_database_is_told_in_one_line_without_its_password() -> None:
    unreachable, malformed = await asyncio.gather(
        pivotal("migrate", DATABASE_URL=NOWHERE),
        pivotal("migrate", DATABASE_URL="postgresql://pivotal:s3cret#word@localhost/pivotal"),
    )

    assert "The database pivotal at 127.0.0.1:1 cannot be used" in unreachable.complaint
    assert "DATABASE_URL cannot be read" in malformed.complaint
    assert "s3cret" not in unreachable.err + malformed.err


async def test_wrong_settings_are_named_and_not_quoted() -> None:
    outcome = await pivotal("migrate", PORT="80000", PIVOTAL_WORKERS="plenty")

    assert "PORT is not valid" in outcome.complaint
    assert "PIVOTAL_WORKERS is not valid" in outcome.complaint
    assert "plenty" not in outcome.err


async def test_the_doctor_finds_nothing_wrong_where_nothing_is(dsn: str, tmp_path: Path) -> None:
    outcome = await pivotal("doctor", DATABASE_URL=dsn, PORT=free_port(), PIVOTAL_DATA=tmp_path / "data")

    assert outcome.status == 0, outcome
    assert outcome.err == ""
    statuses = [line.split()[0] for line in outcome.out.splitlines() if not line.startswith(" ")]
    assert set(statuses) <= {"ok", "warning"}
    for subject in ("Python", "Settings", "Data directory", "Disk", "Database", "Connections", "Schema", "Port"):
        assert f" {subject}" in outcome.out
    assert not (tmp_path / "data").exists()


async def test_the_doctor_says_what_to_do_about_each_failure(empty_dsn: str, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        unmigrated, unreachable, malformed = await asyncio.gather(
            pivotal("doctor", DATABASE_URL=empty_dsn, PORT=port, PIVOTAL_DATA=blocked / "data"),
            pivotal("doctor", DATABASE_URL=NOWHERE, PORT=free_port(), PIVOTAL_DATA=tmp_path),
            pivotal("doctor", PORT="none"),
        )

    assert {outcome.status for outcome in (unmigrated, unreachable, malformed)} == {1}
    assert "failed   Schema: The database lacks migrations" in unmigrated.out
    assert f"failed   Port: Port {port} of 127.0.0.1 is in use by another program." in unmigrated.out
    assert f"{blocked} is not a directory" in unmigrated.out
    assert "-> Name another one with PIVOTAL_DATA." in unmigrated.out
    assert "failed   Database: The database pivotal at 127.0.0.1:1 cannot be used" in unreachable.out
    assert "failed   Settings: PORT is not valid" in malformed.out


async def test_the_doctor_without_a_database_of_its_own_looks_at_the_embedded_one(tmp_path: Path) -> None:
    outcome = await pivotal("doctor", PORT=free_port(), PIVOTAL_DATA=tmp_path)

    assert outcome.status == 0, outcome
    assert "ok       Embedded PostgreSQL: 1" in outcome.out
    assert "ok       Database: will be made by the first start" in outcome.out
