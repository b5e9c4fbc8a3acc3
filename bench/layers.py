"""Where a worker's own time goes, by layer: ``python -m bench.layers FILE`` runs one that samples itself.

From SIGUSR1 on, the code that runs is counted at every two milliseconds of processor time; at the end the counts are
written to the file. Time spent in C counts for the Python code that called it, or for the event loop.
"""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pivotal_server import worker

if TYPE_CHECKING:
    from types import FrameType

_EVERY_SECONDS = 0.002
# A sample is its layer's whose path stands in the innermost frame that has one.
_LAYERS = (
    ("pivotal_server/core/outbound_http/", "HTTP client"),
    ("pivotal_server/webhooks/signing", "signing"),
    ("pivotal_server/webhooks/engine/claim", "claiming"),
    ("pivotal_server/webhooks/engine/record", "recording"),
    ("pivotal_server/webhooks/", "engine and sending"),
    ("/asyncpg/", "database driver"),
    ("pivotal_server/core/jobs/", "jobs"),
    ("/pgqueuer/", "jobs"),
    ("pivotal_server/core/", "rows, pool, metrics, clock"),
    ("/asyncio/", "event loop, reading sockets"),
)
_OTHER = "everything else"
_TOP = 12


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of the samples, 0 to 1, largest first.

    Attributes:
        samples: how many there were.
        layers: by layer.
        top: by function, those with most.
    """

    samples: int
    layers: dict[str, float]
    top: dict[str, float]


class Sampler:
    """Counts what code runs."""

    def __init__(self) -> None:
        self._layers: Counter[str] = Counter()
        self._functions: Counter[str] = Counter()

    def begin(self) -> None:
        """Sample this process, whose main thread this is, until ``end``."""
        signal.signal(signal.SIGPROF, lambda _, frame: self.take(frame))
        signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)

    def end(self) -> Profile:
        """Sample no more and return the shares."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        samples = self._layers.total()
        return Profile(
            samples,
            {layer: count / samples for layer, count in self._layers.most_common()},
            {name: count / samples for name, count in self._functions.most_common(_TOP)},
        )

    def take(self, frame: FrameType | None) -> None:
        """Count the code of a frame."""
        if frame is None:
            return
        file = Path(frame.f_code.co_filename)
        self._functions[f"{file.parent.name}/{file.name} {frame.f_code.co_qualname}"] += 1
        self._layers[_layer(frame)] += 1


def read_profile(file: Path) -> Profile:
    """Return what a worker has written."""
    return Profile(**json.loads(file.read_text(encoding="utf-8")))


def _layer(frame: FrameType | None) -> str:
    while frame is not None:
        for part, layer in _LAYERS:
            if part in frame.f_code.co_filename:
                return layer
        frame = frame.f_back
    return _OTHER


def main() -> None:
    """Run a worker and write its profile in the end."""
    sampler = Sampler()
    signal.signal(signal.SIGUSR1, lambda *_: sampler.begin())
    worker.main()
    profile = sampler.end()
    text = json.dumps({"samples": profile.samples, "layers": profile.layers, "top": profile.top})
    Path(sys.argv[1]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
