"""What the pages of templates show: tasks by phase, with what is said of each in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.onboardings.models import ROLE_NAMES
from pivotal_server.onboardings.phases import list_phases, list_retired_phases
from pivotal_server.web.filters import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.templates.content import TemplateContent, TemplateSubtask
    from pivotal_server.templates.models import TemplateRow

ROLE_WORDS = {column.removesuffix("_id"): words for column, words in ROLE_NAMES.items()}
# More are "1,000+".
MOST_COUNTED = 1000

_ANCHORS = {"start": "the start", "phase": "its phase begins", "launch": "the target launch"}
_AT = {"start": "On the day of the start", "phase": "When its phase begins", "launch": "On the target launch"}
_COUNT_USES = """
SELECT u.id, (
    SELECT count(*) FROM (
        SELECT FROM onboardings o WHERE o.workspace_id = $1 AND o.template_id = u.id AND o.deleted_at IS NULL LIMIT $3
    ) counted
) FROM unnest($2::text[]) u (id)
"""


class TaskLine(NamedTuple):
    """A task or subtask as it is shown: ``due`` in words, ``waits_for`` by titles."""

    task: TemplateSubtask
    due: str
    role: str | None
    waits_for: list[str]
    subtasks: list[TaskLine]


class PhaseGroup(NamedTuple):
    """A phase and the tasks that land in it; without a name of today where it was retired and none took its place."""

    key: str
    name: str
    is_gone: bool
    lines: list[TaskLine]


async def read_groups(connection: Connection, actor: Actor, content: TemplateContent) -> list[PhaseGroup]:
    """Return all phases of the workspace with the template's tasks in them.

    Args:
        connection: where to read.
        actor: whose workspace it is.
        content: what the template says, in the phases of today.
    """
    phases = await list_phases(connection, actor.workspace_id)
    known = {phase.key for phase in phases}
    names = {phase.key: phase.name for phase in (*phases, *await list_retired_phases(connection, actor.workspace_id))}
    titles = {task.key: task.title for _, _, task in content.everything()}
    keys = [*(phase.key for phase in phases), *(key for key in content.phases if key not in known)]
    return [
        PhaseGroup(
            key,
            names.get(key, key),
            key not in known,
            [_line(task, titles, task.subtasks) for task in content.tasks if task.phase == key],
        )
        for key in keys
    ]


async def count_uses(connection: Connection, actor: Actor, rows: Sequence[TemplateRow]) -> dict[str, int]:
    """Return how many onboardings came from each template, by its cuid: up to one more than ``MOST_COUNTED``."""
    ids = [row.id for row in rows]
    records = await connection.fetch(_COUNT_USES, actor.workspace_id, ids, MOST_COUNTED + 1)
    return {record[0]: record[1] for record in records}


def due_words(task: TemplateSubtask, titles: Mapping[str, str]) -> str:
    """Return when a task is due, such as ``5 working days after its phase begins``."""
    if task.due is None:
        return "As soon as what it waits for is done" if task.depends_on else "No date"
    if task.due.type == "task":
        anchor = titles.get(task.due.task or "", "another task")
        at = f"Together with {anchor}"
    else:
        anchor, at = _ANCHORS[task.due.type], _AT[task.due.type]
    if task.due.days == 0:
        return at
    return f"{plural(abs(task.due.days), 'working day')} {'after' if task.due.days > 0 else 'before'} {anchor}"


def _line(task: TemplateSubtask, titles: Mapping[str, str], subtasks: Sequence[TemplateSubtask]) -> TaskLine:
    return TaskLine(
        task,
        due_words(task, titles),
        ROLE_WORDS.get(task.assignee_role or ""),
        [titles.get(one.task, one.task) for one in task.depends_on],
        [_line(one, titles, ()) for one in subtasks],
    )
