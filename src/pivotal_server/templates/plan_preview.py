"""The dates that a template's tasks would have in an onboarding that starts on some day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.tasks.scheduler import (
    AfterTask,
    Anchors,
    Edge,
    Launch,
    Node,
    PhaseEntry,
    Planned,
    Rule,
    Start,
    schedule,
)

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.templates.content import TemplateContent, TemplateSubtask


class Preview(NamedTuple):
    """A plan by dates.

    Attributes:
        dates: of each task, by its key.
        begins: when each phase begins, by its key.
        ends: when the last task of the phases before the launch is due; of all, where no phase is the launch.
    """

    dates: dict[str, Planned]
    begins: dict[str, date]
    ends: date | None


async def preview_plan(
    connection: Connection,
    actor: Actor,
    content: TemplateContent,
    start: date,
    launch: date | None,
    customer_id: str | None = None,
) -> Preview:
    """Return the dates that a template's tasks would have, by a calendar and the targets of the workspace's phases.

    Args:
        connection: where to read.
        actor: whose workspace it is.
        content: what the template says, in the phases of today.
        start: when the onboarding would start.
        launch: its target launch date, if any.
        customer_id: cuid of the customer whose calendar counts; the workspace's own without one.

    Raises:
        DateOutOfRangeError: a date lies beyond the years that calendars count.
    """
    calendar, _ = await working_days_of(connection, actor.workspace_id, customer_id)
    begins: dict[str, date] = {}
    day = start
    phases = await list_phases(connection, actor.workspace_id)
    for phase in phases:
        begins[phase.key] = day
        day += timedelta(days=phase.target_days)
    nodes, edges = [], []
    for _, task, one in content.everything():
        nodes.append(Node(one.key, _rule(one, task.phase), one.duration_days))
        edges += [Edge(one.key, other.task, other.lag_days) for other in one.depends_on]
    dates = schedule(nodes, edges, Anchors(start, launch, begins), calendar)
    at = next((phase.position for phase in phases if phase.kind == "launch"), len(phases) + 1)
    before = {phase.key for phase in phases if phase.position < at}
    due = (dates[one.key].due_on for _, task, one in content.everything() if task.phase in before)
    return Preview(dates, begins, max(filter(None, due), default=None))


def _rule(task: TemplateSubtask, phase: str) -> Rule | None:
    if task.due is None:
        return None
    match task.due.type:
        case "start":
            return Start(task.due.days)
        case "phase":
            return PhaseEntry(phase, task.due.days)
        case "launch":
            return Launch(task.due.days)
        case _:
            return AfterTask(task.due.task or "", task.due.days)
