"""What the page of a lead shows whatever its tab: its head, its way through the stages, its properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.identity.people import list_members
from pivotal_server.leads.board_cards import path_of_lead
from pivotal_server.leads.detail_queries import Became, StageTime, find_lead, list_stage_times, read_became
from pivotal_server.leads.pipeline_queries import get_pipeline
from pivotal_server.leads.properties import grouped, properties_of
from pivotal_server.web.filters import duration
from pivotal_server.web.properties import Property, find_property

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from starlette.responses import Response

    from pivotal_server.identity.models import Person
    from pivotal_server.leads.models import LeadRow, Pipeline, Stage
    from pivotal_server.web.page import Page


class Bar(NamedTuple):
    """How long a lead was in a stage: in words, and as a part of the longest, in percent."""

    name: str
    seconds: int
    words: str
    percent: float
    is_current: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """A lead with what its page says of it everywhere.

    Attributes:
        pipeline: where it is, deleted or not.
        times: how long it was in the stages that it left.
        became: what it was won as.
    """

    row: LeadRow
    pipeline: Pipeline
    team: Sequence[Person]
    times: list[StageTime]
    became: Became | None
    now: datetime

    @property
    def path(self) -> str:
        """Where its page is."""
        return path_of(self.row)

    @property
    def stage(self) -> Stage:
        """The stage that it is in."""
        found = self.pipeline.find(self.row.stage)
        assert found is not None  # noqa: S101 - the database sees to it
        return found

    @property
    def owner(self) -> str | None:
        """The name of who looks after it."""
        return next((one.name for one in self.team if one.id == self.row.owner_id), self.row.owner_email)

    @property
    def is_won(self) -> bool:
        """Whether it is a contact of a customer by now."""
        return self.row.status == "won"

    @property
    def open_stages(self) -> list[Stage]:
        """The stages on the way to being won."""
        return [stage for stage in self.pipeline.stages if stage.kind == "open"]

    @property
    def lost_stages(self) -> list[Stage]:
        """The stages of those that were lost, but for its own."""
        return [stage for stage in self.pipeline.stages if stage.kind == "lost" and stage.key != self.row.stage]

    @property
    def next_stage(self) -> Stage | None:
        """The open stage that comes next; the first one, for a lead that was lost; None where winning comes next."""
        keys = [stage.key for stage in self.open_stages]
        if self.row.status == "lost":
            return self.open_stages[0]
        place = keys.index(self.row.stage) + 1 if self.row.stage in keys else len(keys)
        return self.open_stages[place] if place < len(keys) else None

    @property
    def seconds_in_stage(self) -> int:
        """How long it has been in its stage."""
        return max(int((self.now - self.row.stage_entered_at).total_seconds()), 0)

    def stepper(self) -> list[tuple[str, str, str, str | None]]:
        """Return the stages as the stepper shows them: name, state, a few words, and where moving there is asked."""
        way = [*self.open_stages, self.pipeline.won_stage]
        if self.row.status == "lost":
            way.append(self.stage)
        spent = {time.stage: time.seconds for time in self.times if time.pipeline_id == self.pipeline.id}
        here = [stage.key for stage in way].index(self.row.stage)
        return [self._step(stage, place - here, spent.get(stage.key)) for place, stage in enumerate(way)]

    def _step(self, stage: Stage, ahead: int, spent: int | None) -> tuple[str, str, str, str | None]:
        words = "" if spent is None else duration(spent)
        if ahead == 0:
            return stage.name, "current", "" if stage.kind == "won" else duration(self.seconds_in_stage), None
        if stage.kind == "won":
            return stage.name, "ahead", "", f"{self.path}/win"
        state = "ahead" if ahead > 0 else "skipped" if spent is None else "done"
        return stage.name, state, words, None if self.is_won else f"{self.path}/move?to={stage.key}"

    def bars(self) -> list[Bar]:
        """Return how long it was in each stage, the present one with the time until now."""
        spent = [(time.name, time.pipeline_id, time.stage, time.seconds) for time in self.times]
        here = self.row.pipeline_id, self.row.stage
        if self.row.status == "open":
            before = sum(seconds for _, *place, seconds in spent if tuple(place) == here)
            spent = [one for one in spent if (one[1], one[2]) != here]
            spent.append((self.stage.name, *here, before + self.seconds_in_stage))
        longest = max((seconds for *_, seconds in spent), default=0) or 1
        return [
            Bar(name, seconds, duration(seconds), round(100 * seconds / longest, 1), tuple(place) == here)
            for name, *place, seconds in spent
        ]


def path_of(row: LeadRow) -> str:
    """Return where a lead's page is."""
    return path_of_lead(row.display_id, row.name)


async def arrive(page: Page, place: str, tab: str = "") -> tuple[LeadRow, Response | None]:
    """Return the lead of an address, and the way to the address that it should have been, if it was another.

    Raises:
        ApiError: 404 ``lead_not_found``.
    """
    row = await find_lead(page.connection, page.actor, place)
    path = path_of(row)
    if page.wants_fragment or f"/leads/{place}" == path:
        return row, None
    query = page.url.query
    return row, page.redirect(f"{path}{tab}{'?' if query else ''}{query}")


async def read_detail(page: Page, row: LeadRow) -> Detail:
    """Return what stands around a lead's page; the number of statements is always the same."""
    connection, actor = page.connection, page.actor
    return Detail(
        row,
        await get_pipeline(connection, actor, row.pipeline_id, deleted=True),
        await list_members(connection, actor.workspace_id),
        await list_stage_times(connection, actor, row.id),
        await read_became(connection, actor, row),
        page.services.clock.now(),
    )


def properties_on(detail: Detail) -> tuple[Property, list[tuple[str, list[Property]]]]:
    """Return the name of a lead, and its other properties below their headings."""
    known = properties_of(detail.row, detail.team)
    return find_property(known, "name"), grouped(known)
