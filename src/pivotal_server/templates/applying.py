"""A template's tasks land in an onboarding: whole or in part, with all that holds between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.onboardings.actions import name_template
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.events import note_moves
from pivotal_server.tasks.landing import Draft, land
from pivotal_server.tasks.rescheduling import Outcome, subject_of_onboarding
from pivotal_server.tasks.scheduler import Edge
from pivotal_server.templates.apply_schemas import TemplateApply
from pivotal_server.templates.content import TemplateContent, TemplateLink, TemplateSubtask, TemplateTask
from pivotal_server.templates.models import TemplateRow, VersionRow
from pivotal_server.templates.phases import hold_present_phases
from pivotal_server.templates.queries import get_template, get_version, read_content
from pivotal_server.timeline.change import Change

# The last one of each, where a template was applied again.
_LANDED = """
SELECT DISTINCT ON (t.template_task_key) t.template_task_key, t.id FROM tasks t
JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.template_version_id
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND v.template_id = $3 AND t.deleted_at IS NULL
ORDER BY t.template_task_key, t.created_at DESC
"""


@dataclass(frozen=True, slots=True)
class Application:
    """What landed, from which version, and how the tasks of before moved."""

    onboarding: OnboardingRow
    version: VersionRow
    outcome: Outcome


async def apply_template(change: Change, reference: str, body: TemplateApply) -> Application:
    """Land the tasks of a template, or those of them that the body names, in an onboarding.

    What a task depends on, or is due by, holds where that task lands as well or has landed before.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_field`` for a template, version, phase or task that there
            is not; 409 ``template_applied`` where one of the tasks has landed before; 409 ``template_phase_missing``,
            ``task_limit_reached`` or ``date_out_of_range``.
    """
    onboarding = await get_onboarding(change.connection, change.actor, reference, lock=True)
    template = await find_usable(change, body.template_id)
    version = await _find_version(change, template, body.version)
    content = await read_content(change.connection, change.actor, version)
    tasks = _chosen(content, body)
    records = await change.connection.fetch(_LANDED, change.actor.workspace_id, onboarding.id, template.id)
    landed = {record["template_task_key"]: record["id"] for record in records}
    if not body.again and (known := [task.key for task in tasks if task.key in landed]):
        message = f"Of this template, {len(known)} tasks are in the plan already, such as {known[0]}. Send again: true."
        raise ApiError(409, "template_applied", message)
    return await _apply(change, onboarding, version, template.name, tasks, landed)


async def apply_to_new(change: Change, onboarding: OnboardingRow, template: TemplateRow) -> Application:
    """Land the current version of a template in an onboarding that was created just now.

    Args:
        change: what created it.
        onboarding: its row.
        template: what ``find_usable`` found.

    Raises:
        ApiError: 409 ``template_phase_missing`` or ``date_out_of_range``.
    """
    version = await get_version(change.connection, change.actor, template)
    content = await read_content(change.connection, change.actor, version)
    return await _apply(change, onboarding, version, template.name, content.tasks, {})


async def find_usable(change: Change, reference: str) -> TemplateRow:
    """Return the template that a body's ``template_id`` names.

    Raises:
        ApiError: 400 ``invalid_field`` where there is none, or it is archived.
    """
    try:
        template = await get_template(change.connection, change.actor, reference)
    except ApiError:
        raise invalid_field("template_id", "This workspace has no such template.") from None
    if template.archived_at is not None:
        raise invalid_field("template_id", "This template is archived.")
    return template


async def _find_version(change: Change, template: TemplateRow, number: int | None) -> VersionRow:
    try:
        return await get_version(change.connection, change.actor, template, number)
    except ApiError:
        raise invalid_field("version", f"The template has versions 1 to {template.version}.") from None


def _chosen(content: TemplateContent, body: TemplateApply) -> list[TemplateTask]:
    """Return the tasks that a body asks for: those of its phases and keys, or all.

    Raises:
        ApiError: 400 ``invalid_field`` for a phase or key that no task has, or where no task has both.
    """
    phases, keys = body.phases, body.task_keys
    for name, wanted, known in (
        ("phases", phases, set(content.phases)),
        ("task_keys", keys, {task.key for task in content.tasks}),
    ):
        for place, value in enumerate(wanted or ()):
            if value not in known:
                what = "tasks in the phase" if name == "phases" else "task"
                raise invalid_field(f"{name}.{place}", f"The template has no {what} {value}.")
    chosen = [task for task in content.tasks if (not phases or task.phase in phases) and (not keys or task.key in keys)]
    if phases and keys and not chosen:
        raise invalid_field("task_keys", "None of these tasks is in one of these phases.")
    return chosen


async def _apply(
    change: Change,
    onboarding: OnboardingRow,
    version: VersionRow,
    name: str,
    tasks: Sequence[TemplateTask],
    landed: Mapping[str, str],
) -> Application:
    """Land tasks in an onboarding whose row is held; ``landed`` are the cuids of those of before, by key."""
    if onboarding.template_id is None:
        onboarding = await name_template(change, onboarding, version.template_id)
    outcome = Outcome({})
    if tasks:
        keys = {task.phase for task in tasks}
        phases = await hold_present_phases(change.connection, change.actor.workspace_id, keys)
        new = {one.key: new_id() for task in tasks for one in (task, *task.subtasks)}
        drafts, edges = _plan(tasks, phases, new, {**landed, **new})
        outcome = await land(change, onboarding, drafts, edges, version.id)
    count = len(outcome.rows)
    summary = f"Applied template {name} ({count} task{'' if count == 1 else 's'})"
    data = {"template_id": version.template_id, "version": version.number, "task_count": count}
    change.note("template.applied", summary, subject_of_onboarding(onboarding), data)
    note_moves(change, subject_of_onboarding(onboarding), outcome.others, summary)
    return Application(onboarding, version, outcome)


def _plan(
    tasks: Sequence[TemplateTask], phases: Mapping[str, str], new: Mapping[str, str], ids: Mapping[str, str]
) -> tuple[list[Draft], list[Edge]]:
    """Return the tasks that are to land and what they depend on; ``ids`` are those of all that can be referred to."""
    drafts, edges = [], []
    for task in tasks:
        for one in (task, *task.subtasks):
            parent = None if one is task else new[task.key]
            drafts.append(_draft(one, new[one.key], parent, phases[task.phase], ids))
            edges += [Edge(new[one.key], ids[d.task], d.lag_days) for d in one.depends_on if d.task in ids]
    return drafts, edges


def _draft(task: TemplateSubtask, id_: str, parent_id: str | None, phase: str, ids: Mapping[str, str]) -> Draft:
    due = task.due
    other = ids.get(due.task) if due and due.task and due.type == "task" else None
    if due and due.type == "task" and other is None:
        due = None  # what it counts from does not land
    return Draft(
        id=id_,
        parent_id=parent_id,
        phase=phase,
        title=task.title,
        description=_description(task.description, task.links),
        assignee_role=task.assignee_role,
        due_rule=due.type if due else None,
        due_rule_days=due.days if due else None,
        due_rule_task_id=other,
        duration_days=task.duration_days,
        visible_in_portal=task.visible_in_portal,
        template_task_key=task.key,
    )


def _description(text: str | None, links: Sequence[TemplateLink]) -> str | None:
    """Return a description with its links as a list in Markdown at the end."""
    if not links:
        return text
    shown = "\n".join(f"- [{_escaped(link.label)}](<{link.url}>)" for link in links)
    return f"{text.rstrip()}\n\n{shown}" if text else shown


def _escaped(label: str) -> str:
    return "".join(f"\\{character}" if character in "\\[]`*_<>" else character for character in label)
