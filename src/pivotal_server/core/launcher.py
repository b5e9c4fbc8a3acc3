"""A script that turns itself into the program it was told to start, after promising to die with its parent.

``core.processes.spawn`` runs it by path, as ``python -I -S launcher.py key=value... -- program argument...``. It is a
program of its own because code that runs between fork and exec in a process with threads can deadlock. It imports
little, since it stands in the way of every start, and nothing from the package, since it may run without site-packages.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION = 0x20080522
_CANNOT_START = 126


def main(arguments: list[str]) -> None:
    """Become the program after ``--``; on failure say why on stderr and exit with status 126."""
    separator = arguments.index("--")
    options = dict(argument.split("=", 1) for argument in arguments[:separator])
    program = arguments[separator + 1 :]
    try:
        _become_account(options)
        if sys.platform == "linux":
            # Last, because every change of account or capabilities clears it.
            _call("prctl", _PR_SET_PDEATHSIG, int(options["death_signal"]), 0, 0, 0)
        if os.getppid() != int(options["parent"]):
            os._exit(_CANNOT_START)  # the parent died before it could be promised anything
        _restore_signals()
        os.execvp(program[0], program)  # noqa: S606 - starting the program without a shell is the purpose
    except OSError as error:
        sys.stderr.write(f"cannot start {program[0]}: {error}\n")
        sys.stderr.flush()
    os._exit(_CANNOT_START)


def _become_account(options: dict[str, str]) -> None:
    if "uid" not in options:
        return
    uid, gid = int(options["uid"]), int(options["gid"])
    if "user_namespace" in options:
        _enter_user_namespace(uid, gid)
        _set_capabilities(0)
    elif sys.platform == "linux":
        capability = options.get("capability")
        _call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
        _change_ids(uid, gid)
        _set_capabilities(0 if capability is None else 1 << int(capability))
        if capability is not None:
            # Only an ambient capability outlives the exec of an ordinary file by an ordinary account.
            _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, int(capability), 0, 0)
    else:
        _change_ids(uid, gid)
    if sys.platform == "linux":
        _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _change_ids(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _enter_user_namespace(uid: int, gid: int) -> None:
    """Show the present account as ``uid`` and ``gid`` to this process and its children; its files stay its own."""
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    _call("unshare", _CLONE_NEWUSER)
    # A process may map its own group only after it has given up changing the list of its groups.
    for name, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{gid} {outside_gid} 1"),
        ("uid_map", f"{uid} {outside_uid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is slow to import
            file.write(text)


def _set_capabilities(mask: int) -> None:
    """Make ``mask`` (capabilities 0 to 31) the permitted, effective and inheritable set."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _call("capset", header, sets)


def _restore_signals() -> None:
    # What Python ignores, and what the thread that called spawn had blocked, would be inherited by the program.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _call(name: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    main(sys.argv[1:])
