"""The entries of the sidebar and of the settings, which ``app`` collects from the slices."""

from typing import NamedTuple

from pivotal_server.identity.models import Role


class Entry(NamedTuple):
    """One line of a list of places.

    Attributes:
        title: as it is read.
        path: where it leads; pages below it mark it as the current one.
        icon: name of the icon.
        role: the least role that sees it.
        keys: the keys that lead there, such as ``g c``.
        group: heading under which it stands, in the settings.
    """

    title: str
    path: str
    icon: str
    role: Role = "member"
    keys: str | None = None
    group: str | None = None
