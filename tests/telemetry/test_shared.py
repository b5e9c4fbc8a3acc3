"""Processes that come and go leave counts whose sum never falls, and no files."""

import logging
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pivotal_server.core.processes import spawn
from pivotal_server.core.telemetry.metrics import Cell, Samples, add_samples
from pivotal_server.core.telemetry.shared import Counts, SharedCounts, pack

# Counts up and publishes, and says how far it is; every other time it also looks after the dead.
PROGRAM = """
import sys
from pathlib import Path
from pivotal_server.core.telemetry.shared import Counts, SharedCounts, pack

shared, number = SharedCounts(Path(sys.argv[1])), 0
while True:
    number += 1
    own = pack(Counts({"c_total": {("a", "b"): [number]}}, {}))
    shared.publish(own) if number % 2 else shared.exchange(own)
    print(number, flush=True)
"""


def counted(number: float, level: float = 1) -> bytes:
    """What a process publishes that has counted so far."""
    return pack(Counts({"c_total": {("a", "b"): [number]}}, {"processes": {(): [level]}}))


def total_of(counts: Counts) -> float:
    return counts.totals.get("c_total", {}).get(("a", "b"), [0.0])[0]


def level_of(counts: Counts) -> float:
    return counts.levels.get("processes", {}).get((), [0.0])[0]


def look(directory: Path) -> Counts:
    """Return what a process sees that has counted nothing and leaves again."""
    shared = SharedCounts(directory)
    seen = shared.exchange(counted(0, 0))
    shared.close()
    return seen


def test_the_living_count_with_everything_and_the_dead_with_what_only_grows(tmp_path: Path) -> None:
    one, other = SharedCounts(tmp_path), SharedCounts(tmp_path)

    one.publish(counted(3))
    assert total_of(other.exchange(counted(4))) == 7
    assert level_of(one.exchange(counted(5))) == 2
    other.close()
    seen = one.exchange(counted(5))
    one.close()

    assert (total_of(seen), level_of(seen)) == (9, 1)
    after = look(tmp_path)
    assert (total_of(after), level_of(after)) == (9, 0)


def test_a_thousand_deaths_leave_a_handful_of_files(tmp_path: Path) -> None:
    for number in range(1000):
        shared = SharedCounts(tmp_path)
        shared.publish(counted(number))
        shared.close()

    assert total_of(look(tmp_path)) == sum(range(1000))
    assert len(list(tmp_path.iterdir())) < 8


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_the_sum_is_what_was_counted(tmp_path: Path, seed: int) -> None:
    draw, living, numbers = random.Random(seed), list[SharedCounts](), dict[SharedCounts, int]()
    for _ in range(300):
        step = draw.choice(["start", "count", "count", "tell", "tell", "die"])
        if step == "start" and len(living) < 5:
            living.append(SharedCounts(tmp_path))
            numbers[living[-1]] = 0
        elif living:
            one = draw.choice(living)
            if step == "count":
                numbers[one] += draw.randrange(10)
                one.publish(counted(numbers[one]))
            elif step == "tell":
                assert total_of(one.exchange(counted(numbers[one]))) == sum(numbers.values())
            elif step == "die":
                one.close()
                living.remove(one)
    for one in living:
        one.close()
    assert total_of(look(tmp_path)) == sum(numbers.values())


def killed_after(directory: Path, lines: int) -> int:
    """Let the program say so many lines, kill it wherever it is then, and return what it said last."""
    with spawn([sys.executable, "-c", PROGRAM, directory], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        return int([*said, *child.stdout.read().splitlines()][-1])


def test_processes_killed_at_any_step_lose_nothing_they_said_and_double_nothing(tmp_path: Path) -> None:
    draw, kills, told = random.Random(7), 20, 0.0
    here = SharedCounts(tmp_path)
    with ThreadPoolExecutor(2) as both:
        dying = [both.submit(killed_after, tmp_path, draw.randrange(1, 60)) for _ in range(kills)]
        while not all(one.done() for one in dying):
            seen = total_of(here.exchange(counted(0)))
            assert seen >= told, "the sum fell"
            told = seen
    here.close()
    said = sum(one.result() for one in dying)

    # One that was killed may have published one more than it said.
    assert said <= total_of(look(tmp_path)) <= said + kills
    assert len(list(tmp_path.iterdir())) < 8


def test_who_is_killed_after_moving_counts_has_not_doubled_them(tmp_path: Path) -> None:
    shared, kept = SharedCounts(tmp_path / "met"), tmp_path / "kept"
    shared.publish(counted(5))
    shared.close()
    shutil.copytree(tmp_path / "met", kept)
    assert total_of(look(tmp_path / "met")) == 5
    for file in kept.iterdir():
        if file.name[0].isdigit():  # as if they had not been removed
            shutil.copy(file, tmp_path / "met")

    assert total_of(look(tmp_path / "met")) == 5
    assert total_of(look(tmp_path / "met")) == 5


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": "0.0.0-other", "totals": {"c_total": 1}}', b"\xff"]
)
def test_files_that_power_failed_on_or_another_version_wrote_count_for_nothing(tmp_path: Path, content: bytes) -> None:
    shared = SharedCounts(tmp_path)
    shared.publish(counted(5))
    shared.close()
    look(tmp_path)
    (tmp_path / "past.json").write_bytes(content)

    assert total_of(look(tmp_path)) == 0
    shared = SharedCounts(tmp_path)
    assert total_of(shared.exchange(counted(2))) == 2
    shared.close()
    assert total_of(look(tmp_path)) == 2


def test_without_a_directory_a_process_tells_its_own_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    shared = SharedCounts(tmp_path / "file" / "metrics")

    with caplog.at_level(logging.WARNING):
        shared.publish(counted(1))
        assert total_of(shared.exchange(counted(2))) == 2
        (tmp_path / "file").unlink()
        assert total_of(shared.exchange(counted(3))) == 3
    other = SharedCounts(tmp_path / "file" / "metrics")

    assert total_of(other.exchange(counted(4))) == 7
    assert len(caplog.records) == 1
    other.close()
    shared.close()


@pytest.mark.parametrize(("further", "sum_"), [([1.0, 2.0], [2.0, 4.0]), ([1.0, 2.0, 3.0], [1.0, 2.0])])
def test_buckets_are_added_one_by_one_where_they_are_the_same(further: Cell, sum_: Cell) -> None:
    total: Samples = {"h": {(): [1.0, 2.0]}}

    add_samples(total, {"h": {(): further}})

    assert total == {"h": {(): sum_}}
