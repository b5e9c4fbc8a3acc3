"""Kills: of the server, of its supervisor, of both, at any moment. The data survive, and no process is left over."""

import fcntl
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pivotal_server.core.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from pivotal_server.core.embedded_postgres.installation import find_installation
from tests.core.embedded import FAST, can_query, postgres_processes, postmaster_of, query, supervisor, until

# The loop does not look up from its work, so it notices nothing but signals.
BUSY = "DO $$ BEGIN LOOP END LOOP; END $$"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("original") / "data"
    with EmbeddedPostgres(directory, settings=FAST) as server:
        query(server.dsn, "CREATE TABLE kept (number int PRIMARY KEY)")
    return directory


@pytest.fixture
def directory(original: Path, tmp_path: Path) -> Iterator[Path]:
    """The data directory of a stopped server, which is to be left without processes."""
    subprocess.run(["cp", "-a", original, tmp_path], check=True)
    path = tmp_path / "data"
    yield path
    assert not postgres_processes(path)


def busy_backend(dsn: str) -> subprocess.Popen[bytes]:
    client = subprocess.Popen([str(find_installation().psql), dsn, "-Xqc", BUSY], stderr=subprocess.DEVNULL)
    until(
        lambda: query(dsn, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%'") == "1"
    )
    return client


def test_a_killed_server_comes_back_under_the_same_address(directory: Path) -> None:
    with EmbeddedPostgres(directory, settings=FAST) as server:
        query(server.dsn, "INSERT INTO kept VALUES (1)")
        first = postmaster_of(directory)
        os.kill(first, signal.SIGKILL)
        until(lambda: can_query(server.dsn) and postmaster_of(directory) != first)
        assert query(server.dsn, "SELECT number FROM kept") == "1"
        server.check()


def test_a_killed_server_comes_back_although_a_child_of_it_lives_on(directory: Path) -> None:
    with EmbeddedPostgres(directory, settings=FAST) as server, busy_backend(server.dsn):
        first = postmaster_of(directory)
        os.kill(first, signal.SIGKILL)
        until(lambda: can_query(server.dsn) and postmaster_of(directory) != first)


def test_a_killed_backend_does_not_bring_the_server_down(directory: Path) -> None:
    with EmbeddedPostgres(directory, settings=FAST) as server, busy_backend(server.dsn):
        first = postmaster_of(directory)
        backend = query(server.dsn, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'")
        os.kill(int(backend), signal.SIGKILL)
        until(lambda: can_query(server.dsn))
        assert postmaster_of(directory) == first


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_the_server_is_gone_soon_after_its_supervisor(directory: Path, number: signal.Signals) -> None:
    with supervisor(directory) as killed, busy_backend(killed.address()):
        assert postgres_processes(directory)
        killed.process.send_signal(number)
        killed.process.wait()
        until(lambda: not postgres_processes(directory), 5)
    with EmbeddedPostgres(directory, settings=FAST) as server:
        assert can_query(server.dsn)


def test_the_next_start_does_not_wait_for_the_last_server_to_go(directory: Path) -> None:
    for _ in range(3):
        with supervisor(directory) as killed, busy_backend(killed.address()):
            killed.process.kill()
            killed.process.wait()
            with EmbeddedPostgres(directory, settings=FAST) as server:
                assert can_query(server.dsn)


def test_the_next_start_ends_what_outlived_server_and_supervisor(directory: Path) -> None:
    with supervisor(directory) as killed, busy_backend(killed.address()):
        # Stopped, so that it cannot start the server again before it is killed itself.
        killed.process.send_signal(signal.SIGSTOP)
        os.kill(postmaster_of(directory), signal.SIGKILL)
        killed.process.kill()
        killed.process.wait()
        survivors = postgres_processes(directory)
        assert survivors
        with EmbeddedPostgres(directory, settings=FAST) as server:
            assert can_query(server.dsn)
            assert not survivors & postgres_processes(directory)


def start_and_kill(directory: Path, seconds: float) -> None:
    """Kill a supervisor that long after it has begun to work on the directory."""
    with supervisor(directory) as killed:
        mine = f"{killed.process.pid}\n"
        until(lambda: (directory / "lock").exists() and (directory / "lock").read_text() == mine)
        # Not a wait for anything: the moment itself is what is tried out.
        threading.Event().wait(seconds)


def test_a_first_start_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    begin = time.monotonic()
    with EmbeddedPostgres(tmp_path / "measured", settings=FAST):
        whole = time.monotonic() - begin
    stages = set()
    for trial in range(6):
        directory = tmp_path / f"data{trial}"
        start_and_kill(directory, whole * trial / 5)
        stages |= {path.name.partition("-")[0] for path in directory.iterdir()}
        with EmbeddedPostgres(directory, settings=FAST) as server:
            assert can_query(server.dsn)
            assert not list(directory.glob("cluster.new*"))
    assert "cluster.new" in stages
    until(lambda: not postgres_processes(tmp_path), 5)


def test_the_next_start_waits_for_a_child_that_still_has_its_killed_parents_lock(directory: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    with (directory / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(f"{ended.pid}\n")
        held.flush()
        child = subprocess.Popen(["sh", "-c", "read go"], stdin=subprocess.PIPE, pass_fds=[held.fileno()])
    server = EmbeddedPostgres(directory, settings=FAST)
    start = threading.Thread(target=server.start)
    start.start()
    start.join(0.1)
    assert start.is_alive()
    child.communicate(b"go\n")
    start.join(15)
    assert can_query(server.dsn)
    server.stop()


def test_what_was_committed_survives_kills_of_everything(directory: Path) -> None:
    acknowledged: list[int] = []
    chance = random.Random(2)
    for _ in range(4):
        with supervisor(directory) as killed:
            dsn = killed.address()
            moment = time.monotonic() + chance.uniform(0.05, 0.4)
            while time.monotonic() < moment:
                query(dsn, "INSERT INTO kept SELECT count(*) FROM kept")
                acknowledged.append(len(acknowledged))
            for pid in (killed.process.pid, *postgres_processes(directory)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    with EmbeddedPostgres(directory, settings=FAST) as server:
        assert query(server.dsn, "SELECT number FROM kept ORDER BY 1").split() == [str(each) for each in acknowledged]


def test_a_server_that_cannot_come_back_is_given_up_with_the_reason(directory: Path) -> None:
    vital = directory / "cluster" / "global" / "pg_control"
    with EmbeddedPostgres(directory, settings=FAST) as server:
        vital.rename(vital.with_name("hidden"))
        os.kill(postmaster_of(directory), signal.SIGKILL)

        def given_up() -> bool:
            try:
                server.check()
            except EmbeddedPostgresError as error:
                return "6 times in a row" in str(error) and "pg_control" in str(error)
            return False

        until(given_up, 30)
    vital.with_name("hidden").rename(vital)
    with EmbeddedPostgres(directory, settings=FAST) as server:
        assert can_query(server.dsn)
