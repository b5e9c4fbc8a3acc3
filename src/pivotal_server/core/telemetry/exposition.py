"""Samples as text: the Prometheus text exposition format, version 0.0.4."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from pivotal_server.core.telemetry.metrics import DECLARED, Cell, Histogram, Labels, Metric, Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def render(samples: Samples) -> bytes:
    """Return the samples of the declared metrics as text, each metric with its meaning and type."""
    return "".join(line for metric in DECLARED.values() for line in _lines(metric, samples)).encode()


def _lines(metric: Metric, samples: Samples) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.meaning}\n# TYPE {metric.name} {metric.kind}\n"
    for labels, cell in sorted(samples.get(metric.name, {}).items()):
        if isinstance(metric, Histogram):
            yield from _buckets(metric, labels, cell)
        else:
            yield f"{metric.name}{_braces(metric.labels, labels)} {_number(cell[0])}\n"


def _buckets(metric: Histogram, labels: Labels, cell: Cell) -> Iterator[str]:
    *counts, total = cell
    ends = (*(f"{bound:g}" for bound in metric.bounds), "+Inf")
    reached = list(accumulate(counts))
    for end, count in zip(ends, reached, strict=True):
        yield f"{metric.name}_bucket{_braces((*metric.labels, 'le'), (*labels, end))} {_number(count)}\n"
    braces = _braces(metric.labels, labels)
    yield f"{metric.name}_sum{braces} {_number(total)}\n{metric.name}_count{braces} {_number(reached[-1])}\n"


def _braces(names: tuple[str, ...], labels: Labels) -> str:
    pairs = (f'{name}="{value.translate(_ESCAPES)}"' for name, value in zip(names, labels, strict=True))
    return f"{{{','.join(pairs)}}}" if names else ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
