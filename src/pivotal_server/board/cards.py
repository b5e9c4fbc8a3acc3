"""What the board shows: cards, columns, and what narrows them down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
_LONGEST = 255
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the board down, as its address says; empty where nothing does.

    Attributes:
        owner: the CSM's id, or ``nobody``.
        customer: cuid or display_id.
        q: words in the title or the customer's name.
    """

    q: str = ""
    owner: str = ""
    customer: str = ""
    state: str = ""
    tag: str = ""
    template: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """Return the filters of an address; nothing in it is wrong, at worst nothing is found."""
        texts = {name: query.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in cls.__slots__}
        return cls(**texts)

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @property
    def customer_reference(self) -> Reference | None:
        """Whose onboardings are wanted; None as well where that is nobody."""
        return read_reference(self.customer)

    def address(self, path: str, **more: str) -> str:
        """Return the address of a page with these filters, but for what it should say in their place or beside."""
        given = {name: value for name, value in (asdict(self) | more).items() if value}
        return f"{path}?{urlencode(given)}" if given else path


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
    """

    phase: Phase
    count: int = 0
    cards: list[Card] = field(default_factory=list)
    more: int | None = None

    @property
    def counted(self) -> str:
        """How many there are, in short."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)
