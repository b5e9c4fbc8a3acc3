"""What stands around everything on an onboarding's page: its name, the way through the phases, progress, pins."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.customers.access import list_seers
from pivotal_server.customers.models import CustomerRow
from pivotal_server.customers.queries import get_customer
from pivotal_server.identity.models import Actor, Person
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.phases import PhaseKind
from pivotal_server.web.filters import slug
from pivotal_server.web.markdown import to_text

_DAY_SECONDS = 86_400


class PhaseStep(NamedTuple):
    """A phase as a stage of one onboarding's way.

    Attributes:
        entered_at: when the onboarding came into it last, if ever.
        seconds: what its clock showed in all when the onboarding left it.
    """

    key: str
    name: str
    position: int
    target_days: int
    kind: PhaseKind
    retired_at: datetime | None
    entered_at: datetime | None
    seconds: int


class _Counts(NamedTuple):
    tasks: int
    done: int
    comments: int


class Pin(NamedTuple):
    """Something that is pinned to the top of an onboarding: a task, or what somebody said."""

    kind: str
    display_id: int
    text: str
    author: str | None
    done: bool


_ENTERED_AT = """
(SELECT max(t.created_at) FROM phase_transitions t
WHERE t.workspace_id = p.workspace_id AND t.onboarding_id = $2 AND t.to_phase = p.key)
"""
_SECONDS = """
(SELECT coalesce(sum(t.seconds_in_phase), 0)::bigint FROM phase_transitions t
WHERE t.workspace_id = p.workspace_id AND t.onboarding_id = $2 AND t.from_phase = p.key)
"""
_STEPS = f"""
SELECT {columns(PhaseStep, "p", entered_at=_ENTERED_AT, seconds=_SECONDS)}
FROM phases p WHERE p.workspace_id = $1 AND (p.retired_at IS NULL OR p.key = $3) ORDER BY p.position
"""
_COUNTS = """
SELECT
    (SELECT count(*) FROM tasks t
        WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.parent_id IS NULL AND t.deleted_at IS NULL),
    (SELECT count(*) FROM tasks t
        WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.parent_id IS NULL AND t.deleted_at IS NULL
            AND t.status = 'completed'),
    (SELECT count(*) FROM comments c
        WHERE c.workspace_id = $1 AND c.onboarding_id = $2 AND c.task_id IS NULL AND c.deleted_at IS NULL)
"""
_PINS = """
SELECT kind, display_id, text, author, done FROM (
    SELECT 'task' kind, t.display_id, t.title text, NULL author, t.status = 'completed' done, t.pinned_at
    FROM tasks t
    WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.pinned_at IS NOT NULL AND t.deleted_at IS NULL
    UNION ALL
    SELECT 'comment', c.display_id, left(c.body, 400), c.author_name, false, c.pinned_at
    FROM comments c WHERE c.workspace_id = $1 AND c.onboarding_id = $2 AND c.pinned_at IS NOT NULL
) pins ORDER BY pinned_at
"""


@dataclass(frozen=True, slots=True)
class Detail:
    """An onboarding with what its page says of it everywhere.

    Attributes:
        customer: whose it is, even where that one was deleted.
        steps: the phases, and a retired one where it is still in that.
        team: the people who may have a part in it.
        today: the present day where the customer's calendar is.
    """

    row: OnboardingRow
    customer: CustomerRow
    steps: list[PhaseStep]
    team: list[Person]
    tasks: int
    done: int
    comments: int
    pins: list[Pin]
    today: date
    now: datetime

    @property
    def path(self) -> str:
        """Where its page is."""
        return path_of(self.row)

    @property
    def here(self) -> int:
        """The place of its phase among the steps."""
        return next(place for place, step in enumerate(self.steps) if step.key == self.row.phase)

    @property
    def phase(self) -> PhaseStep:
        """The phase that it is in."""
        return self.steps[self.here]

    @property
    def next_phase(self) -> PhaseStep | None:
        """The phase that comes next."""
        return self.steps[self.here + 1] if self.here + 1 < len(self.steps) else None

    @property
    def has_launched(self) -> bool:
        """Whether it has been in the launch phase, or is in one beyond."""
        launch = next((step for step in self.steps if step.kind == "launch"), None)
        return launch is not None and (launch.entered_at is not None or launch.position <= self.phase.position)

    @property
    def days_in_phase(self) -> int:
        """The days that the clock of its phase shows, the first one being 1."""
        return int(self.row.time_in_phase(self.now).total_seconds()) // _DAY_SECONDS + 1

    @property
    def is_late_in_phase(self) -> bool:
        """Whether it has been in its phase for longer than that should take."""
        return 0 < self.phase.target_days < self.days_in_phase and self.phase.kind != "terminal"

    def stepper(self) -> list[tuple[str, str, str, str | None]]:
        """Return the phases as the stepper shows them: name, state, a few words, and where moving there is asked."""
        return [self._shown(place, step) for place, step in enumerate(self.steps)]

    def _shown(self, place: int, step: PhaseStep) -> tuple[str, str, str, str | None]:
        target = f" of {step.target_days}" if step.target_days else ""
        link = f"{self.path}/move?to={step.key}"
        if place == self.here:
            ended = step.kind == "terminal"
            return step.name, "current", "" if ended else f"day {self.days_in_phase}{target}", None
        if place > self.here:
            return step.name, "ahead", f"{step.target_days} days" if step.target_days else "", link
        if step.entered_at is None:
            return step.name, "skipped", "", link
        days = round(step.seconds / _DAY_SECONDS)
        return step.name, "done", f"{days}{target} {'day' if days == 1 and not target else 'days'}", link


def _in_words(pin: Pin) -> Pin:
    return pin._replace(text=to_text(pin.text)) if pin.kind == "comment" else pin


async def read_detail(connection: Connection, actor: Actor, row: OnboardingRow, now: datetime) -> Detail:
    """Return what stands around an onboarding's page; the number of statements is always the same."""
    customer = await get_customer(connection, actor, row.customer_id, deleted=True)
    _, time_zone = await working_days_of(connection, actor.workspace_id, row.customer_id)
    steps = await fetch_all(connection, PhaseStep, _STEPS, actor.workspace_id, row.id, row.phase)
    counts = await fetch_one(connection, _Counts, _COUNTS, actor.workspace_id, row.id) or _Counts(0, 0, 0)
    return Detail(
        row,
        customer,
        steps,
        await list_seers(connection, actor, row.customer_id),
        *counts,
        [_in_words(pin) for pin in await fetch_all(connection, Pin, _PINS, actor.workspace_id, row.id)],
        now.astimezone(time_zone).date(),
        now,
    )


def path_of(row: OnboardingRow) -> str:
    """Return where an onboarding's page is."""
    return f"/onboardings/{row.display_id}-{slug(row.name)}"
