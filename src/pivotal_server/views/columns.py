"""The columns of a board, whatever its cards are."""

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

CARDS = 20
"""As many cards come at a time in a column."""
MOST_COUNTED = 500
"""As many are counted before "and more" is said."""


class Drop(NamedTuple):
    """What it means to put a card into a column of some kind.

    Attributes:
        hint: what follows from it, in a sentence.
        asks: the page below the card's own that asks before it is done; empty where it is done at once.
        stays: a card cannot be carried away from there.
    """

    hint: str = ""
    asks: str = ""
    stays: bool = False


class _Numbered(Protocol):
    @property
    def display_id(self) -> int: ...


Place = TypeVar("Place")
Card = TypeVar("Card", bound=_Numbered)


@dataclass(slots=True)
class Column(Generic[Place, Card]):
    """A column with its cards.

    Attributes:
        place: what it stands for, such as a phase: with a ``key``, a ``name`` and a ``kind``.
        count: how many there are in it, up to one more than are counted.
        more: the display_id of the last card that is shown, where more follow.
        most: up to how many are counted.
    """

    place: Place
    count: int = 0
    cards: list[Card] = field(default_factory=list)
    more: int | None = None
    most: int = MOST_COUNTED

    @property
    def counted(self) -> str:
        """How many there are, in short."""
        return f"{self.most}+" if self.count > self.most else str(self.count)

    def deal(self, card: Card, most: int) -> None:
        """Add the next card, or where there are ``most`` already, note that more follow."""
        if len(self.cards) < most:
            self.cards.append(card)
        else:
            self.more = self.cards[-1].display_id


def card_number(text: str) -> int | None:
    """Return the display_id of a card in an address; None where it says none that there could be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else None
