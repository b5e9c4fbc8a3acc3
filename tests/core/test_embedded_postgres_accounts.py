"""As whom the embedded server runs: as an ordinary user, and as root in places and containers of several kinds."""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pivotal_server.core.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from tests.core.embedded import FAST, can_query, postmaster_of, query, status_of, supervisor

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can try out other accounts"
)

DAC_OVERRIDE = 1 << 1
DAC_READ_SEARCH = 1 << 2
NOBODY = 65534
SETPRIV = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# setpriv still starts its program with root's rights to reach it; only what that program starts is reached by nobody.
EXEC = ("sh", "-c", 'exec "$@"', "sh")
# As in a rootless container: root, with all capabilities, and no other account.
LONE_ROOT = ("unshare", "--user", "--map-root-user")

with_user_namespaces = pytest.mark.skipif(
    sys.platform != "linux" or subprocess.run([*LONE_ROOT, "true"], check=False, capture_output=True).returncode != 0,
    reason="this system allows no user namespaces, as most containers do not",
)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that every account can reach, as those of pytest cannot be."""
    with tempfile.TemporaryDirectory(prefix="pivotal-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def ambient(pid: int) -> int:
    return int(status_of(pid)["CapAmb"], 16)


def ordinary_python() -> tuple[tuple[str, ...], str]:
    """Return how to run the supervisor as nobody: words before the command, and the interpreter.

    The one of the tests may lie in root's home; then the system's does, if it is new enough. Failing both, the first
    gets the capability to be read.
    """
    for python in (sys.executable, "/usr/bin/python3"):
        about = f"import sys; sys.exit(sys.version_info < (3, 11) or not open({__file__!r}).read())"
        if subprocess.run([*SETPRIV, *EXEC, python, "-c", about], check=False, capture_output=True).returncode == 0:
            return (*SETPRIV, *EXEC), python
    return (*SETPRIV, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", *EXEC), sys.executable


def test_as_root_the_server_is_an_ordinary_account_without_capabilities(open_place: Path) -> None:
    with EmbeddedPostgres(open_place / "data", settings=FAST) as server:
        assert can_query(server.dsn)
        status = status_of(postmaster_of(open_place / "data"))
        assert "0" not in status["Uid"].split()
        assert status["Groups"] == ""
        assert status["NoNewPrivs"] == "1"


def test_as_root_below_a_private_directory_the_server_may_pass_and_nothing_more(open_place: Path) -> None:
    private = open_place / "private"
    private.mkdir(mode=0o700)
    with EmbeddedPostgres(private / "deeper" / "data", settings=FAST) as server:
        postmaster = postmaster_of(private / "deeper" / "data")
        assert query(server.dsn, "CREATE EXTENSION pg_trgm; SELECT similarity('a', 'a')") == "1"
        assert "0" not in status_of(postmaster)["Uid"].split()
        assert ambient(postmaster) == int(status_of(postmaster)["CapEff"], 16) == DAC_READ_SEARCH


def test_a_container_that_lacks_the_weaker_capability_uses_the_stronger(open_place: Path) -> None:
    private = open_place / "private"
    private.mkdir(mode=0o700)
    usual = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+sys_chroot"
    with supervisor(private / "data", before=("setpriv", f"--bounding-set={usual}")) as contained:
        assert can_query(contained.address())
        assert ambient(postmaster_of(private / "data")) == DAC_OVERRIDE
        assert contained.leave() == 0


@with_user_namespaces
def test_a_root_without_other_accounts_shows_itself_to_the_server_as_somebody_else(open_place: Path) -> None:
    private = open_place / "private"
    private.mkdir(mode=0o700)
    for _ in ("first start", "warm start"):
        with supervisor(private / "data", before=LONE_ROOT) as contained:
            assert can_query(contained.address())
            assert int(status_of(postmaster_of(private / "data"))["CapEff"], 16) == 0
            assert (private / "data" / "cluster").stat().st_uid == 0
            assert contained.leave() == 0
    # The same data go on where there are other accounts.
    with EmbeddedPostgres(private / "data", settings=FAST) as server:
        assert can_query(server.dsn)
        assert (private / "data" / "cluster").stat().st_uid != 0


def test_root_without_capabilities_is_told_what_to_do(open_place: Path) -> None:
    with supervisor(open_place / "data", before=("setpriv", "--bounding-set=-all")) as powerless:
        complaint = powerless.complaint()
    assert "Run Pivotal as an ordinary user, give root its usual capabilities" in complaint


def test_an_ordinary_user_runs_the_server_as_itself_and_root_goes_on_as_that_user(open_place: Path) -> None:
    home = open_place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    before, python = ordinary_python()
    for _ in ("first start", "warm start"):
        with supervisor(home / "data", before=before, python=python) as ordinary:
            address = ordinary.address()
            query(address, "CREATE TABLE IF NOT EXISTS kept (number int)")
            assert set(status_of(postmaster_of(home / "data"))["Uid"].split()) == {str(NOBODY)}
            assert ordinary.leave() == 0
        with EmbeddedPostgres(home / "data", settings=FAST) as server:
            assert query(server.dsn, "SELECT count(*) FROM kept") == "0"
            assert set(status_of(postmaster_of(home / "data"))["Uid"].split()) == {str(NOBODY)}
    assert {path.stat().st_uid for path in (home / "data").rglob("*")} == {NOBODY}


@with_user_namespaces
def test_an_ordinary_user_without_a_name_is_shown_one(open_place: Path) -> None:
    nameless = next(uid for uid in range(23456, 24000) if uid not in {entry.pw_uid for entry in pwd.getpwall()})
    home = open_place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nameless, nameless)
    before, python = ordinary_python()
    before = tuple(word.replace(str(NOBODY), str(nameless)) for word in before)
    with supervisor(home / "data", before=before, python=python) as ordinary:
        assert can_query(ordinary.address())
        assert ordinary.leave() == 0


def test_somebody_elses_data_are_refused(open_place: Path) -> None:
    with EmbeddedPostgres(open_place / "data", settings=FAST) as server:
        assert can_query(server.dsn)
    before, python = ordinary_python()
    with supervisor(open_place / "data", before=before, python=python) as stranger:
        complaint = stranger.complaint()
    assert complaint.startswith(f"EmbeddedPostgresError: {open_place / 'data'} belongs to user 0")
    assert "chown -R" in complaint


def test_restored_files_of_root_are_given_to_the_servers_account(open_place: Path) -> None:
    with EmbeddedPostgres(open_place / "data", settings=FAST) as server:
        query(server.dsn, "CREATE TABLE kept (number int)")
    subprocess.run(["cp", "-r", open_place / "data", open_place / "restored"], check=True)
    assert (open_place / "restored" / "cluster").stat().st_uid == 0
    with EmbeddedPostgres(open_place / "restored", settings=FAST) as server:
        assert query(server.dsn, "SELECT count(*) FROM kept") == "0"


def test_a_place_that_is_not_a_directory_is_refused_in_words(open_place: Path) -> None:
    (open_place / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match="cannot use"):
        EmbeddedPostgres(open_place / "file" / "data").start()
