"""The data directory: what lies where in it, who may use it, and the socket directory that belongs to it.

::

    lock                held (flock) by the supervisor for as long as it lives; contains its process id
    password            of the role that Pivotal connects as
    socket-directory    where the server's socket is
    server.log          what the server says, locked by its processes; server.log.1 is the part before
    cluster/            PostgreSQL's own files
    socket/             the socket, unless its path would be too long
"""

import fcntl
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from pivotal_server.core.embedded_postgres.configuration import PORT
from pivotal_server.core.embedded_postgres.errors import DataDirectoryInUseError, EmbeddedPostgresError

# Of the path of a socket, in bytes, without the NUL at its end.
_LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103
_SOCKET_NAME = f".s.PGSQL.{PORT}"
# Clients split lists of hosts at commas and give other characters further meanings; only a plain path is safe in a DSN.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._/+-]+")
_OUTSIDE_PREFIX = "pivotal-socket-"
_PASSWORD = re.compile(r"[A-Za-z0-9_-]{32,}")
_LOG_LIMIT = 10 * 1024 * 1024
_LOG_PATIENCE_SECONDS = 30.0
_POLL_INTERVAL = 0.01
# A child has its parent's lock until it has become another program, and a parent may be killed just then.
_LAST_CHILD_SECONDS = 5.0


class DataDirectory:
    """The files of one embedded server, as its supervisor sees them.

    Args:
        path: the directory; all of it belongs to the embedded server. It need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.cluster = self.path / "cluster"
        self.log = self.path / "server.log"
        self._lock = self.path / "lock"
        self._password = self.path / "password"
        self._socket_record = self.path / "socket-directory"

    def create(self) -> None:
        """Make the directory if it is not there, for its owner alone.

        As root others may pass through it, because the server's account has to.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)

    def acquire(self) -> int:
        """Take the directory for this process, until the returned descriptor is closed or the process ends.

        Of somebody who was killed it is free in a moment, which is waited for.

        Raises:
            DataDirectoryInUseError: somebody else has it.
        """
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            deadline = time.monotonic() + _LAST_CHILD_SECONDS
            while not _try_lock(descriptor):
                holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
                if _is_gone(holder) and time.monotonic() < deadline:
                    time.sleep(_POLL_INTERVAL)
                    continue
                raise DataDirectoryInUseError(
                    f"The data directory {self.path} is in use by another Pivotal (process {holder}). Stop that one "
                    "first, or give this one a directory of its own (PIVOTAL_DATA)."
                )
            self._give_to_owner(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def read_password(self) -> str | None:
        """Return the stored password, or None if there is none that could have been ours."""
        text = _read(self._password)
        return text if text and _PASSWORD.fullmatch(text) else None

    def new_password(self) -> str:
        """Return a password that ``store_password`` has yet to store."""
        return secrets.token_urlsafe(32)

    def store_password(self, password: str) -> None:
        """Keep the password, readable by the owner of the directory alone, so that it outlives a crash."""
        self._write(self._password, password)

    def make_socket_directory(self) -> Path:
        """Return an empty directory for the socket, which only its owner may enter, and record where it is.

        It lies in the data directory, unless the system or the clients could not use a socket there.
        """
        self.remove_socket_directory()
        directory = self.path / "socket"
        if not _fits(directory) or not _takes_sockets(directory):
            directory = _make_outside()
        self._write(self._socket_record, str(directory))
        return directory

    def remove_socket_directory(self) -> None:
        """Remove the socket directory of this life or of one before."""
        shutil.rmtree(self.path / "socket", ignore_errors=True)
        recorded = _read(self._socket_record)
        # The record may be old and the place open to everybody: what has another name than ours is left alone.
        if recorded and Path(recorded).name.startswith(_OUTSIDE_PREFIX):
            shutil.rmtree(recorded, ignore_errors=True)
        self._socket_record.unlink(missing_ok=True)

    def find_socket_directory(self) -> Path | None:
        """Return where a server of this directory answers right now, or None."""
        recorded = _read(self._socket_record)
        if recorded is None:
            return None
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(f"{recorded}/{_SOCKET_NAME}")
            except (FileNotFoundError, ConnectionRefusedError):
                return None
        return Path(recorded)

    def open_log(self) -> int:
        """Return a descriptor for appending to the log, for one program and its children.

        They inherit the lock that comes with it. So nobody gets the log before the program that had it last, and every
        child of it, has ended: it need not be known who they are, nor whose they were.

        Raises:
            EmbeddedPostgresError: some of them do not end.
        """
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _LOG_PATIENCE_SECONDS
        try:
            self._give_to_owner(descriptor)
            while not _try_lock(descriptor):
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(
                        f"Programs of an earlier run still have {self.log} open and do not end. See with ps who they "
                        "are, and end them."
                    )
                time.sleep(_POLL_INTERVAL)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def bound_log(self) -> None:
        """Move the log to ``server.log.1`` if it has become long; whoever has it open goes on at its new beginning."""
        if not self.log.exists() or self.log.stat().st_size <= _LOG_LIMIT:
            return
        previous = self.log.with_name("server.log.1")
        previous.unlink(missing_ok=True)
        descriptor = os.open(previous, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with self.log.open("rb") as source, os.fdopen(descriptor, "wb") as target:
            self._give_to_owner(descriptor)
            shutil.copyfileobj(source, target)
        os.truncate(self.log, 0)

    def fsync(self) -> None:
        """Make the directory's entries outlive a crash of the machine."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _write(self, path: Path, text: str) -> None:
        fresh = path.with_name(f"{path.name}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            self._give_to_owner(descriptor)
            file.write(text + "\n")
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
        self.fsync()

    def _give_to_owner(self, descriptor: int) -> None:
        """Let the directory's owner read what root has written, so that the next run may be the owner's own."""
        owner = self.path.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def require_access(directory: DataDirectory) -> None:
    """Check that this account may use the data in the directory.

    Raises:
        EmbeddedPostgresError: they belong to somebody else, and we are not root.
    """
    for path in (directory.path, directory.cluster):
        if os.geteuid() != 0 and path.exists() and path.stat().st_uid != os.geteuid():
            raise EmbeddedPostgresError(
                f"{path} belongs to user {path.stat().st_uid}, and Pivotal runs as user {os.geteuid()}. Run it as "
                f"that user or as root, or give it all of {directory.path} with chown -R."
            )


def _try_lock(descriptor: int) -> bool:
    """Lock a file until this descriptor and all inherited from it are closed; return whether nobody else has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_gone(holder: str) -> bool:
    """Return whether the process with this number has ended; of what is no number nobody knows."""
    if not holder.isdecimal():
        return False
    try:
        os.kill(int(holder), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    return False


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def _fits(directory: Path) -> bool:
    path = str(directory / _SOCKET_NAME)
    return len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(path) is not None


def _takes_sockets(directory: Path) -> bool:
    """Make the directory and return whether its file system knows sockets; some that containers share do not."""
    directory.mkdir(mode=0o700)
    probe = directory / _SOCKET_NAME
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.bind(str(probe))
        except OSError:
            directory.rmdir()
            return False
    probe.unlink()
    return True


def _make_outside() -> Path:
    """Make a directory with a short path, in a place for temporary files."""
    bases = [tempfile.gettempdir(), "/tmp"]  # noqa: S108 - mkdtemp makes it safe
    if os.geteuid() != 0 and "XDG_RUNTIME_DIR" in os.environ:
        bases.insert(0, os.environ["XDG_RUNTIME_DIR"])
    for base in bases:
        if _fits(Path(base) / f"{_OUTSIDE_PREFIX}12345678"):
            with suppress(OSError):
                return Path(tempfile.mkdtemp(prefix=_OUTSIDE_PREFIX, dir=base))
    raise EmbeddedPostgresError(
        "There is no place for the database's socket: neither XDG_RUNTIME_DIR, TMPDIR nor /tmp is short "
        "and writable. Make one of them so, or choose a data directory with a path of less than 80 plain characters."
    )
