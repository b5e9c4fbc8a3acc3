"""Every metric is documented, with the labels it has, and every documented one exists; names keep the conventions."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pivotal_server import app, worker
from pivotal_server.core.telemetry.metrics import DECLARED, Metric
from pivotal_server.webhooks.telemetry import ATTEMPTS

OPERATING = (Path(__file__).parents[2] / "docs" / "hosting" / "monitoring.md").read_text()
SECTION = OPERATING.partition("## Metrics\n")[2].partition("\n## ")[0]
ROWS = dict(re.findall(r"^\| `(pivotal_[a-z_]+)` \| (.*) \|$", SECTION, re.MULTILINE))


def test_every_metric_is_documented_and_every_documented_metric_exists() -> None:
    assert app.ROUTERS  # the imports have declared the metrics
    assert worker.JOBS
    assert set(ROWS) == set(DECLARED)


@pytest.mark.parametrize("module", ["app", "worker"])
def test_every_process_can_tell_what_any_other_counts(module: str) -> None:
    program = f"import pivotal_server.{module}, pivotal_server.core.telemetry.metrics as m; print(*m.DECLARED)"
    declared = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert set(declared.split()) == set(DECLARED)


def test_rules_use_metrics_that_exist() -> None:
    rules = SECTION.partition("Rules to begin with")[2]
    used = set(re.findall(r"pivotal_[a-z_]+", rules))
    assert used
    assert {name.removesuffix("_bucket") for name in used} <= set(DECLARED)


@pytest.mark.parametrize("metric", DECLARED.values(), ids=DECLARED)
def test_names_keep_the_conventions(metric: Metric) -> None:
    assert re.fullmatch(r"pivotal(_[a-z]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert not re.search(r"_(ms|milliseconds|minutes|kb|kilobytes|percent)(_|$)", metric.name)
    assert "\n" not in metric.meaning
    assert all(f"`{label}`" in ROWS[metric.name] for label in metric.labels)


@pytest.mark.parametrize("outcome", [outcome for (outcome,) in ATTEMPTS.cells])
def test_every_outcome_of_an_attempt_is_documented(outcome: str) -> None:
    assert f"`{outcome}`" in ROWS[ATTEMPTS.name]
