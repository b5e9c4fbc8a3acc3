"""The machine that is measured on: what it is, and whether something else uses it."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

# More than this share of the processors in use before anything has started: the figures will not be worth much.
BUSY = 0.1
_IDLE_COLUMNS = (3, 4)  # idle and waiting for input or output


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine.

    Attributes:
        cores: how many there are.
        processor: its name.
        python: the version of Python.
        busy: the share of its processors that others used just before the run, 0 to 1.
    """

    cores: int
    processor: str
    python: str
    busy: float

    def __str__(self) -> str:
        used = f"{self.busy:.0%} of it used by others just before"
        return f"{self.cores} cores ({self.processor}), Python {self.python}; {used}"


def look(seconds: float = 2.0) -> Machine:
    """Return what the machine is, having watched it for a while."""
    before = _times()
    time.sleep(seconds)
    spent = [after - earlier for after, earlier in zip(_times(), before, strict=True)]
    idle = sum(spent[column] for column in _IDLE_COLUMNS)
    return Machine(os.cpu_count() or 1, _processor(), platform.python_version(), 1 - idle / max(sum(spent), 1))


def _times() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()
