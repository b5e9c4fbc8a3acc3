"""Fixtures: metrics are on, and kept in a directory of the test's own."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from pivotal_server.core.settings import Settings
from tests.cli.conftest import start
from tests.telemetry.support import TOKEN

__all__ = ["settings", "start"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(metrics_token=SecretStr(TOKEN), data=tmp_path / "data")
