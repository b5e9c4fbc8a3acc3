"""Keeps one embedded server running for as long as its owner wants it."""

import atexit
import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from pivotal_server.core.embedded_postgres.account import choose_account
from pivotal_server.core.embedded_postgres.cluster import DATABASE, ROLE, ClusterBuilder
from pivotal_server.core.embedded_postgres.configuration import PORT, merged_settings
from pivotal_server.core.embedded_postgres.directory import DataDirectory, require_access
from pivotal_server.core.embedded_postgres.errors import EmbeddedPostgresError, StartCancelledError
from pivotal_server.core.embedded_postgres.installation import find_installation
from pivotal_server.core.embedded_postgres.leftovers import clear_leftovers
from pivotal_server.core.embedded_postgres.server import Server
from pivotal_server.core.embedded_postgres.wake import Wake
from pivotal_server.core.processes import wait_for_exit

_log = logging.getLogger(__name__)

# A server that has run this long (seconds) was well; its end does not count with those before.
_STEADY_SECONDS = 60.0
_MOST_RESTARTS = 5
_FIRST_PAUSE = 0.1
_LOG_CHECK_SECONDS = 30.0
_QUOTED_LINES = 15
_QUOTED_BYTES = 8192


class EmbeddedPostgres:
    """A PostgreSQL server of our own under a data directory.

    It listens on a Unix socket only, wants a password, ends with this process, and is restarted when it dies.

    Args:
        data_directory: all of it belongs to the server; need not exist.
        settings: PostgreSQL settings that differ from our defaults.

    Raises:
        ValueError: a setting is one that the supervisor needs for itself.
    """

    def __init__(self, data_directory: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._directory = DataDirectory(data_directory)
        self._settings = merged_settings(settings or {})
        self._lock: int | None = None
        self._supervision: _Supervision | None = None

    @property
    def dsn(self) -> str:
        """The address that clients connect to; it stays the same until ``stop()``.

        Raises:
            EmbeddedPostgresError: the server was not started.
        """
        if self._supervision is None:
            raise EmbeddedPostgresError("The embedded PostgreSQL is not running; start it first.")
        return self._supervision.dsn

    def start(self) -> str:
        """Start the server, making its cluster if need be, and return its address once it takes connections.

        Any thread may call it.

        Raises:
            DataDirectoryInUseError: another process, or another object, runs a server on the directory.
            EmbeddedPostgresError: it cannot be started; the message says why and what to do.
        """
        try:
            require_access(self._directory)
            self._directory.create()
            lock = self._directory.acquire()
        except OSError as error:
            raise _explained(error, self._directory.path) from error
        self._lock = lock
        self._supervision = _Supervision(self._directory, self._settings)
        atexit.register(self.stop)
        try:
            self._supervision.start()
            self._supervision.await_first_start()
        except BaseException:
            self.stop()
            raise
        return self.dsn

    def check(self) -> None:
        """Do nothing as long as the server runs or is being restarted.

        Raises:
            EmbeddedPostgresError: the server was given up after several failures; the message quotes its log.
        """
        if self._supervision is not None and self._supervision.failure is not None:
            raise self._supervision.failure

    def stop(self) -> None:
        """Shut the server down, cutting its connections, and give the directory free. More calls do nothing."""
        supervision, self._supervision = self._supervision, None
        lock, self._lock = self._lock, None
        atexit.unregister(self.stop)
        if supervision is not None:
            supervision.finish()
        if lock is not None:
            os.close(lock)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def find_running(data_directory: Path) -> str | None:
    """Return the address of the server that some process runs on this directory right now, or None.

    Raises:
        EmbeddedPostgresError: this account may not look into the directory.
    """
    directory = DataDirectory(data_directory)
    try:
        password = directory.read_password()
        socket_directory = directory.find_socket_directory()
    except OSError as error:
        raise _explained(error, directory.path) from error
    return None if password is None or socket_directory is None else _dsn(password, socket_directory)


class _Supervision(threading.Thread):
    """The thread that starts the server and starts it again.

    It starts every process of the server, because the kernel ends a child when the thread that made it ends.
    """

    def __init__(self, directory: DataDirectory, settings: Mapping[str, str]) -> None:
        super().__init__(name="embedded-postgres", daemon=True)
        self.dsn = ""
        self.failure: Exception | None = None
        self._directory = directory
        self._settings = settings
        self._stopping = Wake()
        self._settled = threading.Event()
        self._log_start = 0

    def await_first_start(self) -> None:
        """Return when the server answers; raise what kept it from doing so."""
        self._settled.wait()
        if self.failure is not None:
            raise self.failure

    def finish(self) -> None:
        """Shut the server down and remove what it does not need any more."""
        self._stopping.set()
        if self.is_alive():
            self.join()
        self._stopping.close()
        self._directory.remove_socket_directory()

    def run(self) -> None:
        """Run the server until ``finish()``, or until it fails for good."""
        try:
            self._keep_running(self._prepare())
        except StartCancelledError as error:
            self.failure = error
        except EmbeddedPostgresError as error:
            self.failure = self._with_log(error)
        except OSError as error:
            self.failure = _explained(error, self._directory.path)
        except Exception as error:  # noqa: BLE001 - it is raised again in the thread that waits for the start
            self.failure = error
        finally:
            self._settled.set()

    def _prepare(self) -> Server:
        installation = find_installation()
        clear_leftovers(self._directory)
        self._log_start = self._directory.log.stat().st_size
        socket_directory = self._directory.make_socket_directory()
        account = choose_account(installation, self._directory, socket_directory)
        if socket_directory.stat().st_uid != account.owner[0]:
            os.chown(socket_directory, *account.owner)
        durable = self._settings["fsync"] not in ("off", "false", "no", "0")
        builder = ClusterBuilder(installation, self._directory, account, durable=durable, stopping=self._stopping)
        self.dsn = _dsn(builder.ensure(), socket_directory)
        return Server(installation, self._directory, account, socket_directory, self._settings, self._stopping)

    def _keep_running(self, server: Server) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._run_once(server)
            except StartCancelledError:
                return
            except (EmbeddedPostgresError, OSError) as error:
                if not self._settled.is_set():
                    raise
                _log.error("%s", error)
            if self._stopping.is_set():
                return
            failures = 1 if time.monotonic() - started > _STEADY_SECONDS else failures + 1
            if failures > _MOST_RESTARTS:
                raise EmbeddedPostgresError(
                    f"PostgreSQL has ended {failures} times in a row and was given up. The lines below say why; start "
                    "Pivotal again once the cause is removed."
                )
            self._stopping.wait(_FIRST_PAUSE * 2 ** (failures - 1))

    def _run_once(self, server: Server) -> None:
        """Run the server until it ends by itself or is to stop."""
        process = server.launch()
        try:
            server.await_answer(process)
            self._settled.set()
            while not wait_for_exit(process, _LOG_CHECK_SECONDS, wake=self._stopping.fileno()):
                if self._stopping.is_set():
                    return
                self._directory.bound_log()
            _log.warning("PostgreSQL has ended unexpectedly (status %s); it is started again", process.returncode)
        finally:
            if process.poll() is None:
                server.shut_down(process)

    def _with_log(self, error: EmbeddedPostgresError) -> EmbeddedPostgresError:
        """Return the error with the last lines that the server wrote since the start."""
        if not self._directory.log.exists():
            return error
        with self._directory.log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            # A log that was bounded meanwhile has begun anew.
            begin = self._log_start if self._log_start <= end else 0
            file.seek(max(begin, end - _QUOTED_BYTES))
            lines = file.read().decode(errors="replace").splitlines()[-_QUOTED_LINES:]
        if not lines:
            return error
        return type(error)("\n  ".join([f"{error}\nThe end of {self._directory.log}:", *lines]))


def _dsn(password: str, socket_directory: Path) -> str:
    return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(socket_directory))}&port={PORT}"


def _explained(error: OSError, path: Path) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        f"The embedded PostgreSQL cannot use {path}: {error}. See that the directory is on a local disk with room left "
        f"and that it and everything in it belongs to the account that Pivotal runs as (user {os.geteuid()})."
    )
