"""Metrics of this process, counted in memory; for the thread of the event loop.

A metric is declared once, as a constant of the module that counts with it. What its labels can say is bounded by the
code: never a path, an id or a name that somebody else chose.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[str, ...]
# What stands behind one combination of labels: a single number, or of a histogram the number of values in each bucket
# and then their sum. Cells of several processes are added number by number.
Cell = list[float]
Cells = dict[Labels, Cell]
Samples = dict[str, Cells]

# Every metric that the imported modules declare, by name.
DECLARED: dict[str, Metric] = {}


class Metric:
    """A name, what it means, and what its labels are called.

    Args:
        name: in the conventions of Prometheus, with its base unit.
        meaning: a line for its reader.
        labels: names of its labels.
    """

    kind: ClassVar[Kind]

    def __init__(self, name: str, meaning: str, labels: tuple[str, ...] = ()) -> None:
        if name in DECLARED:
            raise ValueError(f"There are two metrics {name}.")
        self.name = name
        self.meaning = meaning
        self.labels = labels
        self.cells: Cells = {}
        DECLARED[name] = self


class Gauge(Metric):
    """A number that goes up and down; it is read when somebody asks, and counted by nobody.

    Args:
        name: in the conventions of Prometheus, with its base unit.
        meaning: a line for its reader.
        labels: names of its labels.
        read: returns its numbers in this process; without it the number is not the process's own.
    """

    kind: ClassVar[Kind] = "gauge"

    def __init__(
        self,
        name: str,
        meaning: str,
        labels: tuple[str, ...] = (),
        read: Callable[[], Iterable[tuple[Labels, float]]] = tuple,
    ) -> None:
        super().__init__(name, meaning, labels)
        self.read = read


class Counter(Metric):
    """A number that only grows.

    Args:
        name: ends in ``_total``.
        meaning: a line for its reader.
        labels: names of its labels.
        known: labels that stand at 0 from the start, so that the first count is seen as one.
    """

    kind: ClassVar[Kind] = "counter"

    def __init__(self, name: str, meaning: str, labels: tuple[str, ...] = (), known: Iterable[Labels] = ()) -> None:
        super().__init__(name, meaning, labels)
        self.cells = {combination: [0.0] for combination in (known if labels else ((),))}

    def add(self, labels: Labels = (), amount: float = 1.0) -> None:
        """Count ``amount`` more."""
        cell = self.cells.get(labels)
        if cell is None:
            cell = self.cells[labels] = [0.0]
        cell[0] += amount


class Histogram(Metric):
    """How values are distributed over buckets.

    Args:
        name: ends in its unit.
        meaning: a line for its reader.
        bounds: upper ends of the buckets, rising; above the last one there is one more.
        labels: names of its labels.
    """

    kind: ClassVar[Kind] = "histogram"

    def __init__(self, name: str, meaning: str, bounds: tuple[float, ...], labels: tuple[str, ...] = ()) -> None:
        super().__init__(name, meaning, labels)
        self.bounds = bounds
        if not labels:
            self.cells[()] = self._empty()

    def observe(self, value: float, labels: Labels = ()) -> None:
        """Put a value into its bucket."""
        cell = self.cells.get(labels)
        if cell is None:
            cell = self.cells[labels] = self._empty()
        cell[bisect_left(self.bounds, value)] += 1
        cell[-1] += value

    def _empty(self) -> Cell:
        return [0.0] * (len(self.bounds) + 2)


class Reading(NamedTuple):
    """What a metric shows right now, of something that is read and not counted here."""

    metric: Metric
    labels: Labels
    value: float


def readings_here() -> Iterator[Reading]:
    """Yield what the gauges of this process show."""
    for metric in DECLARED.values():
        if isinstance(metric, Gauge):
            for labels, value in metric.read():
                yield Reading(metric, labels, value)


def as_samples(readings: Iterable[Reading]) -> Samples:
    """Return readings as samples."""
    samples: Samples = {}
    for metric, labels, value in readings:
        samples.setdefault(metric.name, {})[labels] = [value]
    return samples


def add_samples(total: Samples, further: Samples) -> None:
    """Add ``further`` to ``total``; a cell of another length, from buckets of another version, takes no part."""
    for name, cells in further.items():
        known = total.setdefault(name, {})
        for labels, cell in cells.items():
            before = known.get(labels)
            if before is None:
                known[labels] = list(cell)
            elif len(before) == len(cell):
                known[labels] = [one + other for one, other in zip(before, cell, strict=True)]
