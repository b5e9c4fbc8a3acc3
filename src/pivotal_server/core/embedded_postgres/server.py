"""One run of the server: start it, wait until it answers, shut it down."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pivotal_server.core.embedded_postgres.account import Account
from pivotal_server.core.embedded_postgres.configuration import server_command
from pivotal_server.core.embedded_postgres.directory import DataDirectory
from pivotal_server.core.embedded_postgres.errors import EmbeddedPostgresError, StartCancelledError
from pivotal_server.core.embedded_postgres.installation import Installation, program_environment
from pivotal_server.core.embedded_postgres.leftovers import clear_leftovers, end_leftovers, marker_of
from pivotal_server.core.embedded_postgres.wake import Wake
from pivotal_server.core.processes import kill_group, spawn, wait_for_exit

# Replaying the log after a crash takes seconds; on a very slow disk it may take minutes.
_START_SECONDS = 600
_POLL_INTERVAL = 0.01
_FAST_SHUTDOWN_SECONDS = 20
_IMMEDIATE_SHUTDOWN_SECONDS = 7
_STATUS_LINE = 7


@dataclass(frozen=True)
class Server:
    """What it takes to run the server on a complete cluster, as often as necessary."""

    installation: Installation
    directory: DataDirectory
    account: Account
    socket_directory: Path
    settings: Mapping[str, str]
    stopping: Wake

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server, after whatever is left of an earlier one has gone; it need not answer yet.

        Raises:
            EmbeddedPostgresError: something is in the way.
        """
        cluster = self.directory.cluster
        clear_leftovers(self.directory)
        self.directory.bound_log()
        log = self.directory.open_log()
        try:
            return spawn(
                server_command(
                    self.installation.postgres, cluster, self.socket_directory, marker_of(cluster), self.settings
                ),
                env=program_environment(),
                stdout=log,
                stderr=log,
                # Immediate shutdown: a checkpoint might take longer than an orphan may live.
                death_signal=signal.SIGQUIT,
                privileges=self.account.privileges,
                cwd=Path("/"),
            )
        finally:
            os.close(log)

    def await_answer(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the server takes connections.

        Raises:
            EmbeddedPostgresError: it ended, or takes too long.
            StartCancelledError: ``stopping`` was set.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers(process.pid):
            if wait_for_exit(process, _POLL_INTERVAL, wake=self.stopping.fileno()):
                raise EmbeddedPostgresError(f"PostgreSQL ended while it was starting (status {process.returncode}).")
            if self.stopping.is_set():
                raise StartCancelledError("The embedded PostgreSQL was stopped while it was starting.")
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL does not take connections after {_START_SECONDS} s.")

    def shut_down(self, process: subprocess.Popen[bytes]) -> None:
        """End the server: fast (connections are cut, data written), else at once, else by force."""
        for number, seconds in (
            (signal.SIGINT, _FAST_SHUTDOWN_SECONDS),
            (signal.SIGQUIT, _IMMEDIATE_SHUTDOWN_SECONDS),
        ):
            process.send_signal(number)
            if wait_for_exit(process, seconds):
                break
        else:
            kill_group(process)
            process.wait()
        end_leftovers(marker_of(self.directory.cluster))

    def _answers(self, pid: int) -> bool:
        """Return whether the server says in its pid file that it is ready; the file of another process says nothing."""
        try:
            lines = (self.directory.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"
