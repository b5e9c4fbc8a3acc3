"""Completing and reopening tasks, and what that does to their parents and subtasks."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pivotal_server.core.db import fetch_all
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.identity.people import find_member
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.actions import open_task
from pivotal_server.tasks.dependencies import resolve
from pivotal_server.tasks.events import note_moves, subject_of
from pivotal_server.tasks.models import UNDO_DAYS, TaskRow
from pivotal_server.tasks.queries import get_tasks
from pivotal_server.tasks.request_schemas import TaskComplete, TaskReopen, TasksComplete
from pivotal_server.tasks.rescheduling import Outcome, settle, subject_of_onboarding
from pivotal_server.timeline.change import Change

BY_SUBTASKS = "automation:subtasks"


class _Member(NamedTuple):
    """A task of a family: a task and its subtasks."""

    id: str
    parent_id: str | None
    title: str
    status: str
    completed_at: datetime | None
    completed_by: str | None


_FAMILIES = """
SELECT t.id, t.parent_id, t.title, t.status, t.completed_at, t.completed_by FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL AND coalesce(t.parent_id, t.id) IN (
    SELECT coalesce(n.parent_id, n.id) FROM tasks n WHERE n.workspace_id = $1 AND n.id = ANY($3::text[])
)
"""
_COMPLETE = """
UPDATE tasks t SET status = 'completed', completed_at = $2, completed_by = u.completed_by,
    updated_at = greatest($3, t.updated_at + interval '1 microsecond')
FROM unnest($4::text[], $5::text[]) u (id, completed_by) WHERE t.workspace_id = $1 AND t.id = u.id
"""
_REOPEN = """
UPDATE tasks t SET status = 'open', completed_at = NULL, completed_by = NULL,
    updated_at = greatest($3, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = ANY($2::text[])
"""


async def complete_task(change: Change, reference: str, body: TaskComplete) -> Outcome:
    """Complete a task, and its parent where it was the last open subtask; a completed one stays as it is.

    Raises:
        ApiError: 404 ``task_not_found``; 400 ``invalid_field`` for a time that is yet to come; 409 ``open_subtasks``
            unless the body says that they are completed as well; 409 ``date_out_of_range``.
    """
    if body.completed_at is not None and body.completed_at > change.now:
        raise invalid_field("completed_at", "This lies in the future.")
    onboarding, row = await open_task(change, reference)
    if row.status == "completed":
        return Outcome({row.id: row})
    return await _complete(change, onboarding, [row.id], body.completed_at, subtasks=body.subtasks)


async def complete_tasks(change: Change, onboarding_reference: str, body: TasksComplete) -> list[TaskRow]:
    """Complete tasks of an onboarding, all or none, and return them in the order in which the body names them.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_field`` for a task that there is not; 409
            ``open_subtasks`` or ``date_out_of_range``.
    """
    onboarding = await get_onboarding(change.connection, change.actor, onboarding_reference, lock=True)
    found = await resolve(change, onboarding.id, body.task_ids, "task_ids.{place}")
    ids = list(dict.fromkeys(found.values()))
    await _complete(change, onboarding, ids, None, subtasks=False)
    return list((await get_tasks(change.connection, change.actor, ids)).values())


async def reopen_task(change: Change, reference: str, _: TaskReopen) -> Outcome:
    """Undo the completion of a task, within thirty days; an open one stays as it is.

    With a subtask its parent is reopened, and with a task those subtasks that were completed together with it.

    Raises:
        ApiError: 404 ``task_not_found``; 409 ``undo_expired``, ``dependency_cycle`` or ``date_out_of_range``.
    """
    onboarding, row = await open_task(change, reference)
    if row.completed_at is None:
        return Outcome({row.id: row})
    return await reopen_held(change, onboarding, [row.id])


async def reopen_held(change: Change, onboarding: OnboardingRow, ids: Collection[str]) -> Outcome:
    """Do what ``reopen_task`` does to completed tasks of an onboarding that is held; the named ones come first.

    Raises:
        ApiError: 409 ``undo_expired``, ``dependency_cycle`` or ``date_out_of_range``.
    """
    family = await _families(change, onboarding.id, ids)
    reopened = dict.fromkeys(ids)
    for row in [family[id_] for id_ in ids]:
        if row.completed_at is not None and row.completed_at + timedelta(days=UNDO_DAYS) < change.now:
            raise ApiError(409, "undo_expired", f"A task can be reopened for {UNDO_DAYS} days after it was completed.")
        together = (row.completed_at, row.completed_by)
        for member in family.values():
            is_parent = member.id == row.parent_id and member.status == "completed"
            if is_parent or (member.parent_id == row.id and (member.completed_at, member.completed_by) == together):
                reopened[member.id] = None
    before = await get_tasks(change.connection, change.actor, reopened)
    if not before:
        return Outcome({})
    await change.connection.execute(_REOPEN, change.actor.workspace_id, list(before), change.at)
    outcome = await settle(change, onboarding, before, list(before))
    _note(change, onboarding, outcome, "task.reopened", "Reopened")
    return outcome


async def _complete(
    change: Change, onboarding: OnboardingRow, ids: Collection[str], at: datetime | None, *, subtasks: bool
) -> Outcome:
    """Complete those of the tasks that are open, and what follows; the onboarding is held."""
    family = await _families(change, onboarding.id, ids)
    done = _follow(family, ids, await _doer(change), subtasks=subtasks)
    if not done:
        return Outcome(await get_tasks(change.connection, change.actor, ids))
    before = await get_tasks(change.connection, change.actor, done)
    await change.connection.execute(
        _COMPLETE, change.actor.workspace_id, at or change.at, change.at, list(done), list(done.values())
    )
    outcome = await settle(change, onboarding, before, list(done))
    _note(change, onboarding, outcome, "task.completed", "Completed")
    return outcome


async def _families(change: Change, onboarding_id: str, ids: Collection[str]) -> dict[str, _Member]:
    rows = await fetch_all(change.connection, _Member, _FAMILIES, change.actor.workspace_id, onboarding_id, ids)
    return {row.id: row for row in rows}


def _follow(family: Mapping[str, _Member], ids: Collection[str], doer: str, *, subtasks: bool) -> dict[str, str]:
    """Return which tasks are completed with the named ones, and by whom; the named ones come first.

    Raises:
        ApiError: 409 ``open_subtasks``.
    """
    done = {id_: doer for id_ in ids if family[id_].status == "open"}
    named = frozenset(done)
    if subtasks:
        done |= {one.id: doer for one in family.values() if one.parent_id in named and one.status == "open"}
    parts: dict[str, list[_Member]] = {}
    for one in family.values():
        if one.parent_id is not None:
            parts.setdefault(one.parent_id, []).append(one)
    for parent_id, members in parts.items():
        left = sum(one.status == "open" and one.id not in done for one in members)
        if left and parent_id in named:
            count = f"{left} open {'subtask' if left == 1 else 'subtasks'}"
            raise ApiError(409, "open_subtasks", f"{family[parent_id].title} has {count}.")
        if not left and family[parent_id].status == "open" and any(one.id in done for one in members):
            done.setdefault(parent_id, BY_SUBTASKS)
    return done


async def _doer(change: Change) -> str:
    """Return what ``completed_by`` says: a teammate's e-mail, a contact's id behind a prefix, or the actor's name."""
    if change.actor.type == "portal":
        return f"portal:contact_{change.actor.id.removeprefix('c')}"
    if change.actor.type == "person":
        member = await find_member(change.connection, change.actor, person_id=change.actor.id)
        if member is not None:
            return member.email
    return change.actor.name


def _note(change: Change, onboarding: OnboardingRow, outcome: Outcome, type_: str, verb: str) -> None:
    """Note what was completed or reopened, and what moved by that."""
    names = [{"task_id": row.id, "display_id": row.display_id, "title": row.title} for row in outcome.rows.values()]
    subject = subject_of_onboarding(onboarding)
    if len(names) == 1:
        summary = f"{verb} task {outcome.task.title}"
        change.note(type_, summary, subject_of(outcome.task))
    else:
        summary = f"{verb} {len(names)} tasks"
        change.note(type_, summary, subject, {"tasks": names})
    note_moves(change, subject, outcome.others, summary)
