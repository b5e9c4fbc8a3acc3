"""What the board shows: cards, columns, and what narrows them down."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from pivotal_server.core.ids import Reference, read_reference
from pivotal_server.onboardings.models import time_on_clock
from pivotal_server.onboardings.phases import Phase
from pivotal_server.views.columns import Column
from pivotal_server.views.narrowing import Narrowing
from pivotal_server.web.filters import slug

# Where each owner has a lane of columns, so many cards come at a time, and as many are counted.
LANE_CARDS = 3
LANE_COUNTED = 99
LANES = 20
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filters(Narrowing):
    """What narrows the onboardings down, and how they are shown.

    Attributes:
        q: words in the title or the customer's name.
        owner: the CSM's id, or ``nobody``.
        customer: cuid or display_id.
        phase: a phase's key, or ``open`` for all that are not completed.
    """

    PATH: ClassVar[str] = "/onboardings"
    THINGS: ClassVar[str] = "onboardings"
    COLUMN: ClassVar[str] = "phase"
    LAYOUTS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("", "Board", "kanban"),
        ("lanes", "Lanes", "users"),
        ("list", "List", "layout-list"),
        ("calendar", "Calendar", "calendar"),
    )
    SORTS: ClassVar[tuple[str, ...]] = (
        *("launch", "-launch", "name", "-name", "created", "-created", "updated", "-updated"),
    )

    q: str = ""
    owner: str = ""
    customer: str = ""
    state: str = ""
    tag: str = ""
    template: str = ""
    phase: str = ""

    @property
    def customer_reference(self) -> Reference | None:
        """Whose onboardings are wanted; None as well where that is nobody."""
        return read_reference(self.customer)

    def of(self, owner: str) -> "Filters":
        """Return the filters that let through what is one owner's alone."""
        return replace(self, owner=owner)


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


PhaseColumn = Column[Phase, Card]
"""A phase with the onboardings in it."""


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
    columns: list[PhaseColumn]

    @property
    def count(self) -> str:
        """How many there are, in short."""
        total = sum(min(column.count, column.most) for column in self.columns)
        return f"{total}+" if any(column.count > column.most for column in self.columns) else str(total)
