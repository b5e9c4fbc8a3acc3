"""The text is what Prometheus reads."""

import math
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pivotal_server.core.telemetry import Counter, Gauge, Histogram, Reading
from pivotal_server.core.telemetry.exposition import render
from pivotal_server.core.telemetry.metrics import DECLARED, as_samples


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the test's own metrics are declared while it lasts."""
    declared = dict(DECLARED)
    DECLARED.clear()
    yield
    DECLARED.clear()
    DECLARED.update(declared)
    monkeypatch.undo()


def parsed() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = render({metric.name: metric.cells for metric in DECLARED.values()}).decode()
    families = text_string_to_metric_families(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_counter_starts_at_zero_where_its_labels_are_known() -> None:
    plain = Counter("plain_total", "Plain.")
    known = Counter("known_total", "Known.", ("outcome",), [("good",), ("bad",)])
    Counter("open_total", "Open.", ("route",))
    plain.add(amount=0.25)
    known.add(("good",))
    known.add(("good",))

    assert parsed() == {
        ("plain_total", frozenset()): 0.25,
        ("known_total", frozenset({("outcome", "good")})): 2,
        ("known_total", frozenset({("outcome", "bad")})): 0,
    }


def test_a_histogram_counts_up_to_and_including_each_bound() -> None:
    histogram = Histogram("size_bytes", "Sizes.", (0.5, 1.0, 1000.0), ("kind",))
    for value in (0.0, 0.5, 0.7, 1.0, 1000.0, 1000.1):
        histogram.observe(value, ("x",))

    def at(le: str) -> tuple[str, frozenset[tuple[str, str]]]:
        return "size_bytes_bucket", frozenset({("kind", "x"), ("le", le)})

    found = parsed()
    assert [found[at(le)] for le in ("0.5", "1", "1000", "+Inf")] == [2, 4, 5, 6]
    assert found["size_bytes_count", frozenset({("kind", "x")})] == 6
    assert math.isclose(found["size_bytes_sum", frozenset({("kind", "x")})], 2002.3)


@pytest.mark.parametrize("value", ['"', "\\", "\n", '\\n"\\', "a,b}", "é 🜁", ""])
def test_label_values_come_out_as_they_went_in(value: str) -> None:
    Counter("odd_total", "Odd.", ("label",)).add((value,))

    assert parsed() == {("odd_total", frozenset({("label", value)})): 1}


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 0.1, 1e-9, 123456789.123, 2.0**60, 1e21])
def test_numbers_come_out_as_they_went_in(value: float) -> None:
    gauge = Gauge("level", "Level.")
    gauge.cells.update(as_samples([Reading(gauge, (), value)])["level"])

    assert parsed() == {("level", frozenset()): value}


def test_a_name_is_given_once() -> None:
    Counter("twice_total", "Once.")

    with pytest.raises(ValueError, match="twice_total"):
        Gauge("twice_total", "Twice.")
