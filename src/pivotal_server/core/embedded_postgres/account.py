"""Decides as whom the server runs, because PostgreSQL refuses to run as root.

As root the server gets an ordinary account. When that account cannot reach the data directory or the programs (both
may lie below somebody's private home) it also gets the one capability that lets it pass. Where root has no other
account to give, as in a container that consists of a single one, a user namespace shows root's own to the server under
an ordinary name.
"""

import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pivotal_server.core.embedded_postgres.directory import DataDirectory
from pivotal_server.core.embedded_postgres.errors import EmbeddedPostgresError
from pivotal_server.core.embedded_postgres.installation import Installation, program_environment
from pivotal_server.core.processes import Privileges, spawn

# Looked for in this order; the second exists nearly everywhere.
_ACCOUNTS = ("postgres", "nobody")

_CAP_CHOWN = 0
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_CAP_KILL = 5
_CAP_SETGID = 6
_CAP_SETUID = 7
# What root needs in order to give a process to another account and still look after it and its files.
_NEEDED = frozenset({_CAP_CHOWN, _CAP_DAC_OVERRIDE, _CAP_KILL, _CAP_SETGID, _CAP_SETUID})

_PROBE_SECONDS = 30


@dataclass(frozen=True)
class Account:
    """The server's account, proven to be able to run the server's program.

    Attributes:
        privileges: what to start the server's programs with; None for the supervisor's own account.
        version: what the server calls itself, such as ``18.6``.
    """

    privileges: Privileges | None
    version: str

    @property
    def owner(self) -> tuple[int, int]:
        """User and group of the server's files, as seen by the supervisor."""
        if self.privileges is None or self.privileges.user_namespace:
            return os.geteuid(), os.getegid()
        return self.privileges.uid, self.privileges.gid

    def require_name(self) -> None:
        """Check what initdb asks for.

        Raises:
            EmbeddedPostgresError: the account has no name.
        """
        uid = os.geteuid() if self.privileges is None else self.privileges.uid
        if not _has_name(uid):
            raise EmbeddedPostgresError(
                f"User {uid} has no name, which PostgreSQL needs in order to make a database. Give it one, as the line "
                f"pivotal:x:{uid}:{uid}::/:/bin/false in /etc/passwd does, or run Pivotal as another user or as root."
            )

    @property
    def major_version(self) -> str:
        """Such as ``18``: clusters of different ones are incompatible."""
        return self.version.split(".")[0]


def choose_account(installation: Installation, directory: DataDirectory, socket_directory: Path) -> Account:
    """Return the first account with which the server's program really runs.

    Args:
        installation: the server's programs.
        directory: the server's files.
        socket_directory: where its socket will be.

    Raises:
        EmbeddedPostgresError: there is none.
    """
    refusals: list[str] = []
    for privileges in _candidates(installation, directory, socket_directory):
        answer = _run_version(installation, privileges)
        words = answer.split()
        if answer.startswith("postgres (PostgreSQL) "):
            return Account(privileges, words[2])
        refusals.append(answer or "no answer")
    raise EmbeddedPostgresError(
        f"PostgreSQL's programs in {installation.programs} cannot be run: {'; '.join(refusals)}. Run Pivotal as an "
        "ordinary user, give root its usual capabilities (CHOWN, DAC_OVERRIDE, KILL, SETGID, SETUID), or set "
        "DATABASE_URL to a PostgreSQL server of your own."
    )


def _candidates(
    installation: Installation, directory: DataDirectory, socket_directory: Path
) -> Iterator[Privileges | None]:
    """Yield what is worth trying, the least privileged first."""
    named = next(filter(None, map(_account_named, _ACCOUNTS)), None)
    if os.geteuid() != 0:
        # initdb wants its account to have a name, which that of a container often has not.
        if named and not _has_name(os.geteuid()) and sys.platform == "linux":
            yield Privileges(*named, user_namespace=True)
        yield None
        return
    uid, gid = _owner_to_keep(directory) or named or (0, 0)
    if uid == 0:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root, and this system has neither an account postgres nor nobody to run it "
            "as. Add one of them, or run Pivotal as an ordinary user."
        )
    if sys.platform != "linux":
        yield Privileges(uid, gid)
        return
    held = _effective_capabilities()
    if held >= _NEEDED:
        ways = [*installation.postgres.parents, directory.path, *directory.path.parents, *socket_directory.parents]
        yield Privileges(uid, gid, capability=_capability_to_pass(installation.postgres, ways, (uid, gid), held))
    if named:
        yield Privileges(*named, user_namespace=True)


def _run_version(installation: Installation, privileges: Privileges | None) -> str:
    process = spawn(
        [installation.postgres, "-V"],
        env=program_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        privileges=privileges,
        cwd=Path("/"),
    )
    with process:
        try:
            return process.communicate(timeout=_PROBE_SECONDS)[0].decode(errors="replace").strip()
        except subprocess.TimeoutExpired:
            process.kill()
            return f"no answer within {_PROBE_SECONDS} s"


def _owner_to_keep(directory: DataDirectory) -> tuple[int, int] | None:
    """Return the ordinary account that the data belong to already, if they do."""
    if directory.cluster.exists():
        status = directory.cluster.stat()
        if status.st_uid != 0:
            return status.st_uid, status.st_gid
    status = directory.path.stat()
    return (status.st_uid, status.st_gid) if status.st_uid != 0 and _has_name(status.st_uid) else None


def _account_named(name: str) -> tuple[int, int] | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return (entry.pw_uid, entry.pw_gid) if entry.pw_uid != 0 else None


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _effective_capabilities() -> frozenset[int]:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("CapEff:"):
            mask = int(line.split()[1], 16)
            return frozenset(number for number in range(mask.bit_length()) if mask >> number & 1)
    return frozenset()


def _capability_to_pass(
    program: Path, ways: Sequence[Path], owner: tuple[int, int], held: frozenset[int]
) -> int | None:
    """Return the weakest capability that takes the account to its program and data, or None if it needs none."""
    executable = _grants(program, owner, stat.S_IROTH | stat.S_IXOTH)
    if executable and all(_grants(way, owner, stat.S_IXOTH) for way in ways):
        return None
    return _CAP_DAC_READ_SEARCH if executable and _CAP_DAC_READ_SEARCH in held else _CAP_DAC_OVERRIDE


def _grants(path: Path, owner: tuple[int, int], wanted: int) -> bool:
    """Return whether the permission bits of ``path`` give ``wanted`` (as bits for others) to the account."""
    status = path.stat()
    shift = 6 if status.st_uid == owner[0] else 3 if status.st_gid == owner[1] else 0
    return status.st_mode >> shift & wanted == wanted
