"""The entries of the sidebar and of the settings, which ``app`` collects from the slices."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from pivotal_server.core.db import Connection
from pivotal_server.identity.models import Actor, Role

Counts = Callable[[Connection, Actor], Awaitable[Mapping[str, int]]]
"""Reads what waits for somebody, for the shell of every whole page: one statement that costs next to nothing."""


class Entry(NamedTuple):
    """One line of a list of places.

    Attributes:
        title: as it is read.
        path: where it leads; pages below it mark it as the current one.
        icon: name of the icon.
        role: the least role that sees it.
        keys: the keys that lead there, such as ``g c``.
        group: heading under which it stands, in the settings.
        badge: template of a number that waits there, made of ``page.counts``.
    """

    title: str
    path: str
    icon: str
    role: Role = "member"
    keys: str | None = None
    group: str | None = None
    badge: str | None = None
