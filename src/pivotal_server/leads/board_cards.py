"""What the board of leads shows: cards, columns, and what narrows them down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from pivotal_server.leads.models import Stage
from pivotal_server.views.columns import Column
from pivotal_server.views.narrowing import Narrowing
from pivotal_server.web.filters import slug

NOBODY = "nobody"
"""In place of a teammate: no owner at all."""
ARCHIVED = "archived"
"""In place of a status: those that were put aside, whatever their stage."""


@dataclass(frozen=True, slots=True)
class LeadFilters(Narrowing):
    """What narrows the leads of a pipeline down, and how they are shown.

    Attributes:
        q: words in the name, the e-mail or the company.
        owner: a teammate's id, or ``nobody``.
        assignee: a teammate's id.
        source: by which door they came; ``lead_source``, what made them come.
        status: the kind of their stage, or ``archived``.
        stage: its key.
        pipeline: cuid or display_id of the pipeline; empty for the first.
    """

    PATH: ClassVar[str] = "/leads"
    THINGS: ClassVar[str] = "leads"
    COLUMN: ClassVar[str] = "stage"
    LAYOUTS: ClassVar[tuple[tuple[str, str, str], ...]] = (("", "Board", "kanban"), ("list", "List", "layout-list"))
    SORTS: ClassVar[tuple[str, ...]] = ("-created", "created", "name", "-name")
    SHAPE: ClassVar[tuple[str, ...]] = ("pipeline", "layout", "sort", "view")

    q: str = ""
    owner: str = ""
    assignee: str = ""
    source: str = ""
    lead_source: str = ""
    status: str = ""
    stage: str = ""
    pipeline: str = ""


class LeadCard(NamedTuple):
    """A lead as the board shows it.

    Attributes:
        company: the customer's name once it is won.
        owner: the owner's name.
    """

    id: str
    display_id: int
    name: str
    company: str | None
    stage: str
    status: str
    owner: str | None
    source: str | None
    lead_source: str | None
    stage_entered_at: datetime
    lost_reason: str | None
    last_message_at: datetime | None
    last_message_status: str | None

    @property
    def path(self) -> str:
        """Where the lead's page is."""
        return path_of_lead(self.display_id, self.name)

    def days_in_stage(self, now: datetime) -> int:
        """Return the whole days since it came to its stage."""
        return days_since(self.stage_entered_at, now)


StageColumn = Column[Stage, LeadCard]
"""A stage with the leads in it."""


def path_of_lead(display_id: int, name: str) -> str:
    """Return where a lead's page is."""
    return f"/leads/{display_id}-{slug(name)}"


def days_since(instant: datetime, now: datetime) -> int:
    """Return the whole days that have gone by."""
    return max((now - instant) // timedelta(days=1), 0)
