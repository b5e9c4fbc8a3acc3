"""What operators are told of the settings of metrics."""

from pathlib import Path

import pytest

from tests.cli.command import NOWHERE, pivotal
from tests.harness import free_port
from tests.telemetry.support import TOKEN


@pytest.mark.parametrize(
    ("variables", "finding"),
    [
        ({}, "ok       Metrics: off; PIVOTAL_METRICS_TOKEN turns them on"),
        ({"PIVOTAL_METRICS_PORT": "9464"}, "warning  Metrics: off, though they have a port"),
        ({"PIVOTAL_METRICS_TOKEN": TOKEN}, "/metrics, for whoever has the token"),
    ],
)
async def test_the_doctor_tells_whether_metrics_are_on(tmp_path: Path, variables: dict[str, str], finding: str) -> None:
    outcome = await pivotal("doctor", DATABASE_URL=NOWHERE, PORT=free_port(), PIVOTAL_DATA=tmp_path, **variables)

    assert finding in outcome.out
    assert TOKEN not in outcome.out + outcome.err


async def test_a_token_that_could_be_guessed_is_refused_and_not_shown(tmp_path: Path) -> None:
    outcome = await pivotal("doctor", PIVOTAL_DATA=tmp_path, PIVOTAL_METRICS_TOKEN="sesame")

    assert "PIVOTAL_METRICS_TOKEN is not valid" in outcome.out
    assert "sesame" not in outcome.out + outcome.err
