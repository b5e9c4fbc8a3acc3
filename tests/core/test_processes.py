"""Child processes end when they are told to, and when their parent does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pivotal_server.core.processes import spawn, terminate, wait_for_exit
from tests.core.embedded import until

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"
PARENT = """
import subprocess, sys, time
from pivotal_server.core.processes import spawn
child = spawn([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
sys.stdin.read()
"""
# The child does it for itself; the parent that starts it is a plain one.
SELF_HELP = '''
import subprocess, sys, os
child = """
import signal
from pivotal_server.core.processes import die_with_parent
die_with_parent(%d)
print('ready', flush=True)
signal.pause()
"""
started = subprocess.Popen([sys.executable, "-c", child % os.getpid()], stdout=subprocess.PIPE)
started.stdout.readline()
print(started.pid, flush=True)
sys.stdin.read()
'''


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.parametrize("program", [PARENT, SELF_HELP])
def test_a_child_ends_with_its_killed_parent(program: str) -> None:
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert lives(child)
        parent.kill()
        until(lambda: not lives(child), 5)


def test_a_child_that_asks_too_late_ends_at_once() -> None:
    nobody = subprocess.run(
        [sys.executable, "-c", "from pivotal_server.core.processes import die_with_parent; die_with_parent(1 << 22)"],
        check=False,
    )
    assert nobody.returncode == 1


def test_terminate_asks_first() -> None:
    polite = spawn(
        [sys.executable, "-c", "import signal; print('ready', flush=True); signal.pause()"], stdout=subprocess.PIPE
    )
    with polite:
        assert polite.stdout is not None
        assert polite.stdout.readline() == b"ready\n"
        assert terminate(polite, 10) == -signal.SIGTERM
        assert terminate(polite, 10) == -signal.SIGTERM


def test_terminate_insists_after_the_grace_and_takes_the_group_along() -> None:
    birth = f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}])"
    family = f"{birth}; print(child.pid, flush=True); {STUBBORN}"
    with spawn([sys.executable, "-c", family], stdout=subprocess.PIPE) as stubborn:
        assert stubborn.stdout is not None
        lines = {stubborn.stdout.readline() for _ in range(3)}
        child = int((lines - {b"ready\n"}).pop())
        assert terminate(stubborn, 0.1) == -signal.SIGKILL
        until(lambda: not lives(child), 5)


def test_a_program_that_does_not_exist_is_reported_by_the_child() -> None:
    with spawn(["/nowhere/program"], stderr=subprocess.PIPE) as missing:
        assert missing.stderr is not None
        assert b"cannot start /nowhere/program" in missing.stderr.read()
        assert missing.wait() == 126


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_wait_ends_early_for_another_reason(pipe: tuple[int, int]) -> None:
    with spawn([sys.executable, "-c", "import signal; signal.pause()"]) as child:
        os.write(pipe[1], b"!")
        assert not wait_for_exit(child, 60, wake=pipe[0])
        assert not wait_for_exit(child, 0)
        child.kill()
        assert wait_for_exit(child, 60)


def test_a_child_starts_with_the_signals_of_a_fresh_program() -> None:
    show = "import signal; print(signal.getsignal(signal.SIGUSR1), signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    try:
        with spawn([sys.executable, "-c", show], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert b"set()" in child.stdout.read()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
