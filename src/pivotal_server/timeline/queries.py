"""Reads of activity."""

from datetime import datetime

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Subject
from pivotal_server.timeline.models import Activity

_OF_CUSTOMER = f"""
SELECT {columns(Activity, "a")} FROM activity a
WHERE a.workspace_id = $1 AND a.customer_id = $2 AND a.created_at < $3
ORDER BY a.created_at DESC LIMIT $4
"""
_OF_ONBOARDING = f"""
SELECT {columns(Activity, "a")} FROM activity a
WHERE a.workspace_id = $1 AND a.onboarding_id = $2 AND a.created_at < $3
    AND ($5::text IS NULL OR a.type = $5 OR starts_with(a.type, $5 || '.')) AND ($6::text IS NULL OR a.actor_id = $6)
ORDER BY a.created_at DESC LIMIT $4
"""
# Among the latest entries of the onboarding only, so that a long history costs no more than a short one.
_ACTORS = """
SELECT DISTINCT ON (lower(r.actor_name), r.actor_id) r.actor_id, r.actor_name FROM (
    SELECT a.actor_id, a.actor_name FROM activity a WHERE a.workspace_id = $1 AND a.onboarding_id = $2
    ORDER BY a.created_at DESC LIMIT 2000
) r ORDER BY lower(r.actor_name), r.actor_id
"""
_WHO_CHANGED = """
SELECT r.actor_name FROM (
    SELECT a.actor_name, a.data, a.subject_id, a.created_at FROM activity a
    WHERE a.workspace_id = $1 AND a.onboarding_id = $2 ORDER BY a.created_at DESC LIMIT 200
) r WHERE r.subject_id = $3 AND CASE WHEN $4::text IS NULL THEN r.data -> 'changes' ELSE r.data -> 'changes' -> $4 END
    IS NOT NULL ORDER BY r.created_at DESC LIMIT 1
"""
# Among the workspace's latest entries: two people met just now.
_WHO_CHANGED_SETTING = """
SELECT r.actor_name FROM (
    SELECT a.actor_name, a.subject_type, a.subject_id, a.created_at FROM activity a
    WHERE a.workspace_id = $1 ORDER BY a.created_at DESC LIMIT 200
) r WHERE r.subject_type = $2 AND r.subject_id = $3 ORDER BY r.created_at DESC LIMIT 1
"""
_SUBJECTS_SINCE = """
SELECT a.subject_type, a.subject_id, a.customer_id, a.onboarding_id FROM activity a
WHERE a.workspace_id = $1 AND a.created_at > $2 ORDER BY a.created_at LIMIT $3
"""


async def topics_since(connection: Connection, actor: Actor, since: datetime, most: int) -> set[str] | None:
    """Return what has changed in the actor's workspace since then, as ``Change.topics`` names it.

    None stands for so much that ``most`` entries of activity do not tell all of it.
    """
    found = await connection.fetch(_SUBJECTS_SINCE, actor.workspace_id, since, most + 1)
    if len(found) > most:
        return None
    return {topic for one in found for topic in Subject(*one).topics()}


async def list_customer_activity(
    connection: Connection, actor: Actor, customer_id: str, query: PageQuery
) -> list[Activity]:
    """Return a page of what happened to a customer and to everything of its, and one more where more follow."""
    return await fetch_all(
        connection, Activity, _OF_CUSTOMER, actor.workspace_id, customer_id, query.before, query.fetch
    )


async def list_onboarding_activity(
    connection: Connection,
    actor: Actor,
    onboarding_id: str,
    query: PageQuery,
    *,
    type_: str | None = None,
    actor_id: str | None = None,
) -> list[Activity]:
    """Return a page of what happened in an onboarding, newest first, and one more where more follow.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        onboarding_id: the onboarding's cuid.
        query: which page.
        type_: only entries of this type, such as ``task.completed``, or of all that begin so, such as ``task``.
        actor_id: only what this one did.
    """
    return await fetch_all(
        connection,
        Activity,
        _OF_ONBOARDING,
        actor.workspace_id,
        onboarding_id,
        query.before,
        query.fetch,
        type_,
        actor_id,
    )


async def list_onboarding_actors(connection: Connection, actor: Actor, onboarding_id: str) -> list[tuple[str, str]]:
    """Return id and name of everybody who did something in an onboarding lately, by name."""
    return [(record[0], record[1]) for record in await connection.fetch(_ACTORS, actor.workspace_id, onboarding_id)]


async def who_changed(
    connection: Connection, actor: Actor, onboarding_id: str, subject_id: str, field: str | None = None
) -> str:
    """Return who changed an onboarding, something in it, or a field of that last; "Somebody" where that is long ago."""
    name = await connection.fetchval(_WHO_CHANGED, actor.workspace_id, onboarding_id, subject_id, field)
    return str(name or "Somebody")


async def who_changed_setting(connection: Connection, actor: Actor, subject_type: str, subject_id: str) -> str:
    """Return who changed a phase, a webhook endpoint or another setting last; "Somebody" where that is long ago."""
    name = await connection.fetchval(_WHO_CHANGED_SETTING, actor.workspace_id, subject_type, subject_id)
    return str(name or "Somebody")
