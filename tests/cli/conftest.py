"""Commands that stay, stopped when their test ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.command import Running

Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a command: ``start("serve", DATABASE_URL=dsn)``."""
    started: list[Running] = []

    def start_command(*arguments: str, **variables: object) -> Running:
        directory = tmp_path / f"command-{len(started)}"
        directory.mkdir()
        started.append(Running(directory, *arguments, **variables))
        return started[-1]

    yield start_command
    for running in started:
        running.stop()
