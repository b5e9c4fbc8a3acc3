"""Many tasks at once, with what they depend on: as many statements for five hundred as for five."""

from collections.abc import Sequence
from typing import NamedTuple

from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.tasks.actions import check_room
from pivotal_server.tasks.rescheduling import Outcome, settle
from pivotal_server.tasks.scheduler import Edge
from pivotal_server.timeline.change import Change


class Draft(NamedTuple):
    """A task that is to be; its cuid is given, so that others can refer to it."""

    id: str
    parent_id: str | None
    phase: str
    title: str
    description: str | None
    assignee_role: str | None
    due_rule: str | None
    due_rule_days: int | None
    due_rule_task_id: str | None
    duration_days: int
    visible_in_portal: bool
    template_task_key: str | None


_TYPES = {"due_rule_days": "integer", "duration_days": "integer", "visible_in_portal": "boolean"}
_COLUMNS = (*Draft._fields, "position")
_ARRAYS = ", ".join(
    f"${place}::{_TYPES.get(name, 'integer' if name == 'position' else 'text')}[]"
    for place, name in enumerate(_COLUMNS, 7)
)
# $2 is the present and $3 how many; ids and times are drawn as for single tasks, all at once.
_ADD = f"""
WITH next AS (
    INSERT INTO counters AS n (workspace_id, resource, value, last_at)
    VALUES ($1, 'task', $3::integer, $2::timestamptz + ($3 - 1) * interval '1 microsecond')
    ON CONFLICT (workspace_id, resource) DO UPDATE SET value = n.value + $3,
        last_at = greatest($2, n.last_at + interval '1 microsecond') + ($3 - 1) * interval '1 microsecond'
    RETURNING n.value AS last_id, n.last_at
)
INSERT INTO tasks (workspace_id, onboarding_id, template_version_id, livemode, status, display_id, created_at,
    updated_at, {", ".join(_COLUMNS)})
SELECT $1, $4, $5, $6, 'open', next.last_id - $3 + d.place, moment.at, moment.at,
    {", ".join(f"d.{name}" for name in _COLUMNS)}
FROM next, unnest({_ARRAYS}) WITH ORDINALITY d ({", ".join(_COLUMNS)}, place),
    LATERAL (SELECT next.last_at - ($3 - d.place) * interval '1 microsecond' AS at) moment
"""
_ADD_DEPENDENCIES = """
INSERT INTO task_dependencies (workspace_id, onboarding_id, task_id, depends_on_id, lag_days)
SELECT $1, $2, d.* FROM unnest($3::text[], $4::text[], $5::integer[]) d
"""
_LAST_PLACES = """
SELECT t.phase, max(t.position) AS position FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.parent_id IS NULL AND t.deleted_at IS NULL GROUP BY t.phase
"""


async def land(
    change: Change, onboarding: OnboardingRow, drafts: Sequence[Draft], edges: Sequence[Edge], version_id: str
) -> Outcome:
    """Add tasks to a plan, behind those that are there, and bring its dates up to date.

    Args:
        change: where to write it; it holds the rows of the onboarding and of the phases.
        onboarding: whose plan it is.
        drafts: the tasks, in their order; there is at least one.
        edges: what they depend on: each other, or tasks of the plan.
        version_id: the version of a template that they come from.

    Raises:
        ApiError: 409 ``task_limit_reached`` or ``date_out_of_range``.
    """
    workspace_id = change.actor.workspace_id
    await check_room(change, onboarding.id, len(drafts))
    last_places = await change.connection.fetch(_LAST_PLACES, workspace_id, onboarding.id)
    places: dict[str, int] = {record["phase"]: record["position"] for record in last_places}
    positions = []
    for draft in drafts:
        siblings = draft.parent_id or draft.phase  # no key of a phase looks like a cuid that was drawn just now
        places[siblings] = places.get(siblings, 0) + 1
        positions.append(places[siblings])
    columns = [*map(list, zip(*drafts, strict=True)), positions]
    arguments = (workspace_id, change.at, len(drafts), onboarding.id, version_id, change.actor.livemode)
    await change.connection.execute(_ADD, *arguments, *columns)
    if edges:
        ends = [list(end) for end in zip(*edges, strict=True)]
        await change.connection.execute(_ADD_DEPENDENCIES, workspace_id, onboarding.id, *ends)
    return await settle(change, onboarding, {}, [draft.id for draft in drafts])
