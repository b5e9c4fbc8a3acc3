"""The search of the documentation: what is looked through, in the browser as on the server, and what comes first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.site.reading import read_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pivotal_server.site.library import Library

_LONGEST_TEXT = 600
_MOST_HITS, _MOST_OF_A_PAGE = 30, 3
_EXCERPT = 180
# Each of them is looked for in every entry: a search that somebody makes up may not take a second.
_MOST_WORDS = 10
# What a word is worth where it stands: as a whole word, also in the plural, and as the beginning of one.
# frontend/src/parts/docs-search.ts counts the same.
_TITLE, _HEADING, _TEXT = (40, 25), (24, 14), (6, 2)
_SECTION = 4
_PHRASE, _BEGINNING, _PAGE = 30, 20, 12


class Entry(NamedTuple):
    """One thing to be found: a page, or what stands under one of its headings.

    Attributes:
        address: of it, with its anchor.
        section: title of the section that it stands in.
        title: of the page.
        heading: empty for what stands under the title.
        text: the beginning of what it says.
    """

    address: str
    section: str
    title: str
    heading: str
    text: str


def make_entries(library: Library) -> list[Entry]:
    """Return everything that can be found, in the order in which it is read."""
    return list(_entries(library))


def find(entries: Iterable[Entry], sought: str) -> list[Entry]:
    """Return the best hits first: entries that have all of the words, or words that begin so.

    Words are looked for once each, and only the first of very many.
    """
    phrase = " ".join(sought.lower().split())
    words = list(dict.fromkeys(phrase.split()))[:_MOST_WORDS]
    scored = [(_score(entry, words, phrase), entry) for entry in entries if words]
    hits: list[Entry] = []
    seen: dict[str, int] = {}
    for score, entry in sorted(scored, key=lambda one: -one[0]):
        page = entry.address.partition("#")[0]
        if score <= 0 or len(hits) == _MOST_HITS:
            break
        seen[page] = seen.get(page, 0) + 1
        if seen[page] <= _MOST_OF_A_PAGE:
            hits.append(entry)
    return hits


def excerpt(entry: Entry, sought: str) -> str:
    """Return the piece of an entry's text that has the first of the words that are sought."""
    places = [place for word in sought.lower().split() if (place := entry.text.lower().find(word)) >= 0]
    start = max(0, min(places, default=0) - _EXCERPT // 3)
    start = entry.text.rfind(" ", 0, start) + 1
    piece = _shorten(entry.text[start:], _EXCERPT)
    return f"…{piece}" if start else piece


def _entries(library: Library) -> Iterator[Entry]:
    for section in library.sections:
        for document in section.documents:
            for heading, text in read_parts(document.body):
                address = f"{document.address}#{heading.anchor}" if heading else document.address
                title = heading.title if heading else ""
                yield Entry(address, section.title, document.title, title, _shorten(text, _LONGEST_TEXT))


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + "…"


def _score(entry: Entry, words: Sequence[str], phrase: str) -> int:
    """Return how well an entry fits; 0 where one of the words is missing."""
    total = 0
    for word in words:
        found = (
            _worth(entry.title, word, _TITLE)
            + _worth(entry.heading, word, _HEADING)
            + _worth(entry.text, word, _TEXT)
            + (_SECTION if entry.section.lower().startswith(word) else 0)
        )
        if not found:
            return 0
        total += found
    if phrase in f"{entry.title} {entry.heading}".lower():
        total += _PHRASE
    if entry.title.lower().startswith(phrase):
        total += _BEGINNING
    return total if entry.heading else total + _PAGE


def _worth(text: str, word: str, worth: tuple[int, int]) -> int:
    if word not in text.lower():
        return 0
    whole, beginning = worth
    match = re.search(rf"(?<!\w){re.escape(word)}(s?\b)?", text, re.IGNORECASE)
    if match is None:
        return 0
    return beginning if match[1] is None else whole
