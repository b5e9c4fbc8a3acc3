"""How far long work is, on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

    from click._termui_impl import ProgressBar


class Bars:
    """One bar after the other on standard error, where that is a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def begin(self, label: str, total: int) -> None:
        """Begin a bar for ``total`` steps; the one before ends."""
        self.end()
        if sys.stderr.isatty():
            self._bar = click.progressbar(length=max(total, 1), label=label, file=sys.stderr)
            self._bar.__enter__()

    def step(self, count: int) -> None:
        """Count what was done."""
        if self._bar is not None:
            self._bar.update(count)

    def end(self) -> None:
        """End the bar, so that something else may be shown."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
