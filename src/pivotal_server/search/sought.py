"""What was typed, what can be found, and what was found."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from pivotal_server.core.ids import read_reference

Kind = Literal["customer", "onboarding", "contact", "lead", "task"]
KINDS: dict[Kind, tuple[str, str]] = {
    "customer": ("Customers", "building-2"),
    "onboarding": ("Onboardings", "rocket"),
    "contact": ("Contacts", "user"),
    "lead": ("Leads", "funnel"),
    "task": ("Tasks", "circle-check"),
}
"""The title and the icon of each kind, in the order in which they are shown."""

ME = "me"
NOBODY = "nobody"
ARCHIVED = "archived"
# What a field can be asked of.
FIELDS: dict[str, tuple[Kind, ...]] = {
    "status": ("customer", "lead", "task"),
    "state": ("onboarding",),
    "phase": ("onboarding", "task"),
    "stage": ("lead",),
    "owner": ("customer", "onboarding", "lead", "task"),
}
_LONGEST = 200
_MOST_WORDS = 8
TRIGRAM = 3
_TRIGRAM = re.compile(rf"\w{{{TRIGRAM}}}")
_PART = re.compile(r'(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for.

    Attributes:
        text: as it was typed.
        words: each is somewhere in what is found; one that was quoted has spaces.
        fields: what the fields are to be, in small letters.
        kind: of what alone; None for all.
        number: a display_id; it is enough by itself.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    kind: Kind | None = None
    number: int | None = None

    @classmethod
    def read(cls, text: str) -> Sought:
        """Return what a text asks for; nothing in it is wrong, at worst nothing is found."""
        text = text.replace("\0", "").strip()[:_LONGEST]
        words: list[str] = []
        fields: dict[str, str] = {}
        kind, number = None, None
        for part in _PART.finditer(text):
            name = (part["field"] or "").lower()
            value = part["word"] if part["phrase"] is None else part["phrase"].strip()
            if not value:
                continue
            if name in FIELDS:
                fields[name] = value.lower()
            elif name == "type" and (named := _kind(value)):
                kind = named
            elif value.startswith("@") and value != "@" and not name:
                fields["owner"] = value[1:].lower()
            elif value.startswith("#") and (found := read_reference(value[1:])) and isinstance(found.value, int):
                number = found.value
            else:
                words.append(f"{part['field']}:{value}" if name else value)
        return cls(text, tuple(words[:_MOST_WORDS]), fields, kind, number)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds in which it can be found."""
        return tuple(
            kind for kind in KINDS if self.kind in {None, kind} and all(kind in FIELDS[name] for name in self.fields)
        )

    @property
    def asks(self) -> bool:
        """Whether it asks for anything but a kind."""
        return bool(self.words or self.fields or self.number)

    @property
    def is_anywhere(self) -> bool:
        """Whether it is looked for in the middle of names as well, which takes three letters."""
        return any(map(_TRIGRAM.search, self.words)) or bool(self.fields and not self.words)

    @property
    def beginning(self) -> str:
        """How something may begin: all its words, as they were typed."""
        return " ".join(self.words).lower()


class Found(NamedTuple):
    """One thing that was found.

    Attributes:
        title: its name.
        detail: what it is part of, or where.
        note: its status, state or phase.
        page: the display_id of the page that it stands on.
        page_title: what that page is called.
    """

    id: str
    display_id: int
    title: str
    detail: str
    note: str
    page: int
    page_title: str
    created_at: datetime


def _kind(value: str) -> Kind | None:
    """Return the kind that a word means, in one or many: ``task``, ``Tasks``."""
    word = value.lower().removesuffix("s")
    return next((kind for kind in KINDS if kind == word), None)
