"""Child processes that never outlive the one that started them."""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LAUNCHER = Path(__file__).with_name("launcher.py")
_PR_SET_PDEATHSIG = 1
# Where the system cannot tell us at once that a process has ended, it is asked this often (seconds).
_POLL_INTERVAL = 0.05


@dataclass(frozen=True)
class Privileges:
    """The account that a child runs as, when it is not the one of its parent.

    Attributes:
        uid: the user.
        gid: the group; there are no further ones.
        capability: number of the one Linux capability (0 to 31) that the child keeps, or None.
        user_namespace: the parent's account is only *shown* to the child as ``uid`` and ``gid``, in a user namespace of
            its own. It needs no privilege, where the system allows it at all.
    """

    uid: int
    gid: int
    capability: int | None = None
    user_namespace: bool = False

    def as_options(self) -> list[str]:
        """Return the launcher's arguments for this account."""
        options = [f"uid={self.uid}", f"gid={self.gid}"]
        if self.capability is not None:
            options.append(f"capability={self.capability}")
        if self.user_namespace:
            options.append("user_namespace=yes")
        return options


def spawn(
    argv: Sequence[str | os.PathLike[str]],
    *,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    privileges: Privileges | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that ends when its parent does, however the parent ends.

    On Linux the kernel sends ``death_signal`` to the child as soon as the *thread* that called this function ends: call
    it from the main thread, or from one that lives as long as the child should. The child's own children get no signal
    from the kernel. Elsewhere a child whose parent was killed lives on. The child leads a process group and session of
    its own, so that Ctrl-C reaches the parent alone, which then ends its children in the order that it wants.

    Args:
        argv: the program and its arguments; the program is looked up on the PATH of ``env``.
        env: the whole environment; None inherits it.
        stdin: as for ``subprocess.Popen``, but nothing by default.
        stdout: as for ``subprocess.Popen``.
        stderr: as for ``subprocess.Popen``; a failure to start is reported here, with exit status 126.
        death_signal: what the child gets when the parent has gone.
        privileges: the account to run as; None keeps the parent's.
        cwd: directory to start in; None keeps the parent's.

    Raises:
        OSError: the Python interpreter cannot be started.
    """
    options = [f"parent={os.getpid()}", f"death_signal={int(death_signal)}"]
    if privileges is not None:
        options += privileges.as_options()
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), *options, "--"]
    return subprocess.Popen(
        [*launcher, *(os.fspath(word) for word in argv)],
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        start_new_session=True,
    )


def die_with_parent(parent: int | None = None, death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Make this process end when its parent does; for a child that was not started by ``spawn``.

    Does nothing but the first check on systems other than Linux.

    Args:
        parent: process id of the parent as the parent itself knew it. Without it a parent that died before this call
            goes unnoticed.
        death_signal: what this process gets when the thread that started it has ended.

    Raises:
        SystemExit: the parent has gone already.
        OSError: the kernel refuses.
    """
    expected = os.getppid() if parent is None else parent
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    # Asked after the kernel has been told: a parent that dies from here on is noticed by the kernel.
    if os.getppid() != expected:
        sys.exit(1)


def wait_for_exit(process: subprocess.Popen[bytes], seconds: float, *, wake: int | None = None) -> bool:
    """Wait until a child has ended, and return whether it has.

    Args:
        process: the child.
        seconds: how long to wait at most.
        wake: a file descriptor; when it becomes readable the wait is over as well.
    """
    deadline = time.monotonic() + seconds
    descriptor = _descriptor_of(process)
    poll = select.poll()  # unlike select it takes descriptors beyond 1023
    for watched in (descriptor, wake):
        if watched is not None:
            poll.register(watched, select.POLLIN)
    try:
        while process.poll() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            pause = left if descriptor is not None else min(left, _POLL_INTERVAL)
            if any(ready == wake for ready, _ in poll.poll(pause * 1000)):
                return process.poll() is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)
    return True


def terminate(process: subprocess.Popen[bytes], grace_seconds: float) -> int:
    """End a child: SIGTERM, then after ``grace_seconds`` SIGKILL. Return its exit status as ``Popen`` gives it.

    A child that leads a process group, as those of ``spawn`` do, is killed together with what is left of the group.
    """
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        if not wait_for_exit(process, grace_seconds):
            kill_group(process)
    return process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Send SIGKILL to a child that has not been waited for, and to its process group if it leads one."""
    with suppress(ProcessLookupError):
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _descriptor_of(process: subprocess.Popen[bytes]) -> int | None:
    """Return a descriptor that becomes readable when the child ends, where the system has such a thing."""
    if sys.platform == "linux" and process.returncode is None:
        with suppress(OSError):
            return os.pidfd_open(process.pid)
    return None
