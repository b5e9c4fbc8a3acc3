"""What the board shows: cards, columns, and what narrows them down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from pivotal_server.core.ids import Reference, read_reference
from pivotal_server.onboardings.models import time_on_clock
from pivotal_server.onboardings.phases import Phase
from pivotal_server.web.filters import slug

# As many cards come at a time in a column, and as many are counted before "and more" is said.
CARDS = 20
MOST_COUNTED = 500
# The same where each owner has a lane of columns, of which so many come at a time.
LANE_CARDS = 3
LANE_COUNTED = 99
LANES = 20
_LONGEST = 255
LAYOUTS = ("lanes", "list", "calendar")
"""How the onboardings can be shown, if not as a board."""
SORTS = ("launch", "-launch", "name", "-name", "created", "-created", "updated", "-updated")
"""How the list can be sorted, as it is by itself first."""
# What an address calls a field, where that is no name in Python.
_NAMES = {"layout": "as"}
# What narrows nothing down.
_SHAPE = frozenset({"layout", "sort", "view"})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the onboardings down, and how they are shown, as the address says; empty where it does not.

    Attributes:
        q: words in the title or the customer's name.
        owner: the CSM's id, or ``nobody``.
        customer: cuid or display_id.
        phase: a phase's key, or ``open`` for all that are not completed.
        layout: one of ``LAYOUTS``, called ``as`` in an address.
        sort: how the list is sorted.
        view: what the address calls the view with which this was begun.
    """

    q: str = ""
    owner: str = ""
    customer: str = ""
    state: str = ""
    tag: str = ""
    template: str = ""
    phase: str = ""
    layout: str = ""
    sort: str = ""
    view: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], view: str = "") -> "Filters":
        """Return the filters of an address; nothing in it is wrong, at worst nothing is found."""
        texts = {name: query.get(_NAMES.get(name, name), "").replace("\0", "").strip() for name in cls.__slots__}
        texts["layout"] = texts["layout"] if texts["layout"] in LAYOUTS else ""
        texts["sort"] = texts["sort"] if texts["sort"] in SORTS and texts["sort"] != SORTS[0] else ""
        texts["view"] = view or texts["view"]
        return cls(**{name: text[:_LONGEST] for name, text in texts.items()})

    def __bool__(self) -> bool:
        return any(value for name, value in asdict(self).items() if name not in _SHAPE)

    @property
    def customer_reference(self) -> Reference | None:
        """Whose onboardings are wanted; None as well where that is nobody."""
        return read_reference(self.customer)

    @property
    def kept(self) -> str:
        """The query as a view keeps it."""
        return urlencode(
            sorted((_NAMES.get(name, name), v) for name, v in asdict(self).items() if v and name != "view")
        )

    @property
    def order(self) -> str:
        """How the list is sorted."""
        return self.sort or SORTS[0]

    def address(self, path: str = "/onboardings", **more: str) -> str:
        """Return the address of a page with these filters, but for what it should say in their place or beside."""
        given = {_NAMES.get(name, name): value for name, value in (asdict(self) | more).items() if value}
        if set(given) == {"view"}:
            given["sort"] = ""  # a view alone would stand for all that it keeps
        return f"{path}?{urlencode(given)}" if given else path

    def of(self, owner: str) -> "Filters":
        """Return the filters that let through what is one owner's alone."""
        return replace(self, owner=owner)

    def cleared(self) -> str:
        """Return the address of all onboardings in the same layout."""
        return Filters(layout=self.layout, sort=self.sort, view=self.view).address()

    def turned(self, column: str, *, falling: bool = False) -> str:
        """Return the address of the list in the order of a column, turned where it is in that order already."""
        first, other = (f"-{column}", column) if falling else (column, f"-{column}")
        return self.address(sort=other if self.order == first else first)

    def direction(self, column: str) -> str | None:
        """Return how a column is ordered: ``ascending``, ``descending``, or None where another is."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.order)


class Card(NamedTuple):
    """An onboarding as the board shows it.

    Attributes:
        customer: the customer's name.
        owner: the CSM's name.
        tasks: how many there are, subtasks left out.
        done: how many of them are completed.
    """

    id: str
    display_id: int
    name: str
    phase: str
    state: str
    completed_at: datetime | None
    target_launch_date: datetime | None
    phase_entered_at: datetime
    phase_waited: timedelta
    waiting_on_customer_since: datetime | None
    csm_id: str | None
    customer: str
    owner: str | None
    tasks: int
    done: int

    @property
    def path(self) -> str:
        """Where the onboarding's page is."""
        return f"/onboardings/{self.display_id}-{slug(self.name)}"

    def days_in_phase(self, now: datetime) -> int:
        """Return the days that the clock of its phase shows, the first one being 1."""
        clock = time_on_clock(self.phase_entered_at, self.phase_waited, self.waiting_on_customer_since, now)
        return clock // _DAY + 1


@dataclass(slots=True)
class Column:
    """A phase with the onboardings in it.

    Attributes:
        count: how many there are, up to one more than are counted.
        more: the display_id of the last card that is shown, where more follow.
        most: up to how many are counted.
    """

    phase: Phase
    count: int = 0
    cards: list[Card] = field(default_factory=list)
    more: int | None = None
    most: int = MOST_COUNTED

    @property
    def counted(self) -> str:
        """How many there are, in short."""
        return f"{self.most}+" if self.count > self.most else str(self.count)


@dataclass(slots=True)
class Lane:
    """What one person owns, by phase.

    Attributes:
        owner: the CSM's id, or ``nobody``.
        filters: that let through what is in the lane.
    """

    owner: str
    name: str
    filters: Filters
    columns: list[Column]

    @property
    def count(self) -> str:
        """How many there are, in short."""
        total = sum(min(column.count, column.most) for column in self.columns)
        return f"{total}+" if any(column.count > column.most for column in self.columns) else str(total)
