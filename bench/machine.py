"""The machine that is measured on: what it is, and whether something else uses it."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from bench.processor import busy_and_idle

# More than this share of the processors in use before anything has started: the figures will not be worth much.
BUSY = 0.1


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
    before = busy_and_idle()
    time.sleep(seconds)
    busy, idle = (after - earlier for after, earlier in zip(busy_and_idle(), before, strict=True))
    return Machine(os.cpu_count() or 1, _processor(), platform.python_version(), busy / max(busy + idle, 1))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()
