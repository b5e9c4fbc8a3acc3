"""What was found, as it is shown: in groups, with what was typed marked in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.search.sought import KINDS, TRIGRAM
from pivotal_server.web.filters import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pivotal_server.search.places import Deed
    from pivotal_server.search.sought import Found, Kind, Sought

_BEGINS = r"(?<!\w)"
Pieces = list[tuple[str, bool]]
"""A text in pieces; True for one that was typed."""


class Hit(NamedTuple):
    """One line of what was found.

    Attributes:
        detail: what it is part of.
        note: its state, in words.
        keys: those that lead there.
        posts: it is done by sending a form to ``path``.
        theme: it sets this theme.
    """

    title: Pieces
    path: str
    icon: str
    detail: Pieces
    note: str = ""
    keys: str = ""
    posts: bool = False
    theme: str | None = None

    @property
    def name(self) -> str:
        """The title as text."""
        return "".join(text for text, _ in self.title)


class Group(NamedTuple):
    """Lines of one kind.

    Attributes:
        more: where there is more of it.
    """

    title: str
    hits: list[Hit]
    more: str | None = None


_PATHS: dict[Kind, Callable[[Found], str]] = {
    "customer": lambda one: f"/customers/{one.page}-{slug(one.page_title)}",
    "onboarding": lambda one: f"/onboardings/{one.page}-{slug(one.page_title)}",
    "contact": lambda one: f"/customers/{one.page}-{slug(one.page_title)}#person-{one.display_id}",
    "lead": lambda one: f"/leads/{one.page}-{slug(one.page_title)}",
    "task": lambda one: f"/tasks/{one.display_id}",
}


def group_of(kind: Kind, found: Sequence[Found], sought: Sought, more: str | None) -> Group:
    """Return what was found of a kind."""
    title, icon = KINDS[kind]
    hits = [
        Hit(
            pieces(one.title, sought.words),
            _PATHS[kind](one),
            icon,
            pieces(one.detail, sought.words),
            one.note if kind == "contact" else _in_words(one.note),
        )
        for one in found
    ]
    return Group(title, hits, more)


def group_of_deeds(title: str, deeds: Sequence[Deed], sought: Sought) -> Group:
    """Return places or things to do."""
    hits = [
        Hit(pieces(one.title, sought.words), one.path, one.icon, [], "", one.keys or "", one.posts, one.theme)
        for one in deeds
    ]
    return Group(title, hits)


def pieces(text: str, words: Sequence[str]) -> Pieces:
    """Return a text in pieces, those marked that one of the words is; a short one only where it begins something."""
    if not text:
        return []
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    if not longest_first:
        return [(text, False)]
    patterns = (rf"{'' if len(word) >= TRIGRAM else _BEGINS}{re.escape(word)}" for word in longest_first)
    parts = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    return [(part, at % 2 == 1) for at, part in enumerate(parts) if part]


def _in_words(token: str) -> str:
    """Return a state or a phase as it is read: ``at_risk`` is ``At risk``."""
    return token[:1].upper() + token[1:].replace("_", " ")
