"""The shapes of leads, of pipelines with their stages, and of what happened to a lead."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

StageKind = Literal["open", "won", "lost"]


class LeadRow(NamedTuple):
    """A lead as stored.

    Attributes:
        first_name: as it was given; None where nobody said which part of the name it is.
        owner_email: the owner's.
        assignee_ids: teammates who work on it besides the owner.
        source: by which door it came, such as ``api``; ``lead_source`` is what made it come.
        status: the kind of its stage.
        stage: key of its stage, ``stage_entered_at`` since when it is there.
        closed_at: when it was won or lost.
        created_by: the teammate who added it, by hand or with a key of theirs.
        metadata: JSON text.
        merged_into: cuid of the lead that it became a part of.
    """

    id: str
    display_id: int
    name: str
    first_name: str | None
    email: str | None
    phone: str | None
    company: str | None
    title: str | None
    linkedin_url: str | None
    location: str | None
    owner_id: str | None
    owner_email: str | None
    assignee_ids: list[str]
    source: str | None
    lead_source: str | None
    status: str
    pipeline_id: str
    stage: str
    stage_entered_at: datetime
    closed_at: datetime | None
    lost_reason: str | None
    customer_id: str | None
    won_onboarding_id: str | None
    created_by: str | None
    last_message_at: datetime | None
    last_message_status: str | None
    labels: list[str]
    metadata: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None
    merged_into: str | None


class Stage(NamedTuple):
    """A step of a pipeline; ``key`` never changes."""

    key: str
    name: str
    position: int
    kind: StageKind


class PipelineRow(NamedTuple):
    """A pipeline without its stages; the one with the lowest position is where leads come that name none."""

    id: str
    display_id: int
    name: str
    position: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline with its stages in their order: one of them is won, and at least one each is open and lost."""

    row: PipelineRow
    stages: list[Stage]

    @property
    def id(self) -> str:
        """Its cuid."""
        return self.row.id

    @property
    def name(self) -> str:
        """What people call it."""
        return self.row.name

    @property
    def first_stage(self) -> Stage:
        """Where leads begin: the first open one."""
        return next(stage for stage in self.stages if stage.kind == "open")

    @property
    def won_stage(self) -> Stage:
        """Where a lead is once it is won."""
        return next(stage for stage in self.stages if stage.kind == "won")

    def find(self, key: str) -> Stage | None:
        """Return the stage with this key, or None."""
        return next((stage for stage in self.stages if stage.key == key), None)


class TransitionRow(NamedTuple):
    """A lead's step into a stage.

    Attributes:
        from_stage: the stage that it left, with its pipeline and name; None where it began.
        to_name: what the stage was called then.
        seconds_in_stage: how long it was in the stage that it left.
    """

    id: str
    contact_id: str
    from_pipeline_id: str | None
    from_stage: str | None
    from_name: str | None
    to_pipeline_id: str
    to_stage: str
    to_name: str
    seconds_in_stage: int | None
    reason: str | None
    actor_type: str
    actor_id: str
    actor_name: str
    created_at: datetime


class MergeRow(NamedTuple):
    """A duplicate that became a part of another lead.

    Attributes:
        taken: JSON text: ``{"fields": {name: [before, after]}, "messages": [ids]}``.
        undone_at: since when they are two again.
    """

    id: str
    display_id: int
    kept_id: str
    merged_id: str
    taken: str
    created_at: datetime
    undone_at: datetime | None


def first_name_of(name: str, first_name: str | None) -> str:
    """Return which part of a name comes first: ``first_name`` as long as the name begins with it, else its first word.

    Args:
        name: the whole name.
        first_name: as it was given once; the name may have changed since.
    """
    if first_name and (name == first_name or name.startswith(f"{first_name} ")):
        return first_name
    return name.strip().partition(" ")[0] or name


def last_name_of(name: str, first_name: str | None) -> str | None:
    """Return what follows the first name, None where nothing does; see ``first_name_of``."""
    return name.strip().removeprefix(first_name_of(name, first_name)).strip() or None
