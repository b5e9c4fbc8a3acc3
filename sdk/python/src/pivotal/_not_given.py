"""The difference between a field that is not sent and one that is sent as null."""

from __future__ import annotations

from typing import Literal


class NotGiven:
    """The type of ``NOT_GIVEN``; it is false, as nothing is."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN = NotGiven()
"""Leaves a field out of the request; ``None`` sends null, which clears it."""
