"""Changes to who belongs to a workspace, and in which role (documentation: The team).

Members do the work; admins change the settings, invite and remove members; the owner, of whom there is one, decides
about admins and hands the workspace over.
"""

from __future__ import annotations

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.customers.access import forget_person, keep_parts
from pivotal_server.identity.rights import require
from pivotal_server.leads.unassigning import unassign_leads_of
from pivotal_server.people.models import InvitedRole, Member
from pivotal_server.people.queries import get_member
from pivotal_server.tasks.unassigning import unassign_tasks_of
from pivotal_server.timeline.change import Change, Subject

_SET_ROLE = "UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND person_id = $2"
_REMOVE = "UPDATE memberships SET removed_at = $3 WHERE workspace_id = $1 AND person_id = $2"
_WORKSPACE_NAME = "SELECT name FROM workspaces WHERE id = $1"
_RENAME = "UPDATE people SET name = $2 WHERE id = $1"


async def change_role(change: Change, person_id: str, role: InvitedRole) -> Member:
    """Make a teammate an admin or a member; where they are that already, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``: only the owner decides about admins; 404 ``member_not_found``; 409
            ``owner_stays`` for the owner themselves.
    """
    require(change.actor, "owner")
    before = await get_member(change.connection, change.actor, person_id, lock=True)
    if before.role == "owner":
        raise _owner_stays()
    if before.role == role:
        return before
    await change.connection.execute(_SET_ROLE, change.actor.workspace_id, person_id, role)
    if role == "member":
        await keep_parts(change, person_id)
    what = "an admin" if role == "admin" else "a member"
    data = {"changes": {"role": [before.role, role]}}
    change.note("member.role_changed", f"Made {before.name} {what}", _subject(person_id), data)
    return before._replace(role=role)


async def remove_member(change: Change, person_id: str) -> Member:
    """Take a teammate out of the workspace, at once: their open tasks and leads lose them, what they did stays theirs.

    Everybody but the owner may leave by themselves.

    Raises:
        ApiError: 403 ``insufficient_role``: admins remove members, the owner also admins; 404 ``member_not_found``; 409
            ``owner_stays``.
    """
    leaves = person_id == change.actor.id
    if not leaves:
        require(change.actor, "admin")
    member = await get_member(change.connection, change.actor, person_id, lock=True)
    if member.role == "owner":
        raise _owner_stays()
    if member.role == "admin" and not leaves:
        require(change.actor, "owner")
    await unassign_tasks_of(change, person_id, member.name)
    await unassign_leads_of(change, person_id, member.name)
    await change.connection.execute(_REMOVE, change.actor.workspace_id, person_id, change.now)
    await forget_person(change, person_id)
    type_, summary = ("member.left", "Left the team") if leaves else ("member.removed", f"Removed {member.name}")
    change.note(type_, summary, _subject(person_id), {"email": member.email, "role": member.role})
    return member


async def transfer_ownership(change: Change, person_id: str, typed_name: str) -> Member:
    """Make a teammate the owner; whoever was it becomes an admin.

    Args:
        change: what to write on; its actor is the owner.
        person_id: the new owner's.
        typed_name: the workspace's name, written out, as a sign that it is meant.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``member_not_found``; 400 ``invalid_field`` for another name, or for
            the owner as the new owner.
    """
    require(change.actor, "owner")
    workspace_id = change.actor.workspace_id
    if typed_name.strip() != (await change.connection.fetchval(_WORKSPACE_NAME, workspace_id)).strip():
        raise invalid_field("workspace_name", "Write the name of the workspace exactly as it is.")
    if person_id == change.actor.id:
        raise invalid_field("person_id", "Choose somebody else.")
    # The request may have begun before somebody else became the owner; the row's lock decides.
    owner = await get_member(change.connection, change.actor, change.actor.id, lock=True)
    if owner.role != "owner":
        raise ApiError(403, "insufficient_role", "You are no longer the owner of this workspace.")
    heir = await get_member(change.connection, change.actor, person_id, lock=True)
    # In this order, because there is never more than one.
    await change.connection.execute(_SET_ROLE, workspace_id, owner.id, "admin")
    await change.connection.execute(_SET_ROLE, workspace_id, heir.id, "owner")
    data = {"changes": {"owner": [owner.email, heir.email]}}
    change.note("workspace.owner_changed", f"Handed the workspace over to {heir.name}", _subject(heir.id), data)
    return heir._replace(role="owner")


async def rename_self(change: Change, name: str) -> None:
    """Change what the actor, a person, is called, in all their workspaces."""
    if name == change.actor.name:
        return
    await change.connection.execute(_RENAME, change.actor.id, name)
    data = {"changes": {"name": [change.actor.name, name]}}
    change.note("person.renamed", f"Changed their name to {name}", _subject(change.actor.id), data)


def _owner_stays() -> ApiError:
    message = "A workspace has an owner. They can hand it over to somebody else first."
    return ApiError(409, "owner_stays", message)


def _subject(person_id: str) -> Subject:
    return Subject("person", person_id)
