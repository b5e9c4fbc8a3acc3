"""Bringing many plans up to date, after a change to what they all follow from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.core.jobs import Job, JobContext, enqueue
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.rescheduling import reschedule
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pivotal_server.core.db import Connection

Result = TypeVar("Result")

_BATCH = 200
# Onboardings that are under way and have something to be done, a batch after another in the order of their ids.
_NEXT = """
SELECT o.id FROM onboardings o
WHERE o.workspace_id = $1 AND o.id > $2 AND ($3::text IS NULL OR o.customer_id = $3) AND o.deleted_at IS NULL
    AND EXISTS (
        SELECT FROM tasks t WHERE t.workspace_id = o.workspace_id AND t.onboarding_id = o.id
            AND t.status = 'open' AND t.deleted_at IS NULL
    )
ORDER BY o.id LIMIT $4
"""


async def replan_later(change: Change, cause: str, customer_id: str | None = None) -> None:
    """Have the dates of all open tasks brought up to date after the commit.

    Args:
        change: what calls for it.
        cause: a sentence that says what happened, for the timelines.
        customer_id: whose onboardings are concerned; None for all of the workspace.
    """
    payload = {
        "workspace_id": change.actor.workspace_id,
        "livemode": change.actor.livemode,
        "cause": cause,
        "customer_id": customer_id,
    }
    await enqueue(change.connection, REPLAN, payload)


def replanning(work: Callable[[Change], Awaitable[Result]]) -> Callable[[Change], Awaitable[Result]]:
    """Return an action that changes the workspace's phases and has all plans follow."""

    async def changed(change: Change) -> Result:
        result = await work(change)
        await replan_later(change, "The workspace's phases changed")
        return result

    return changed


async def replan(context: JobContext, payload: dict[str, Any]) -> None:
    """Bring plans up to date, each in a transaction of its own; doing so again changes nothing."""
    actor = Actor(payload["workspace_id"], "system", "plans", "Pivotal", livemode=payload["livemode"], role="admin")
    last = ""
    async with context.pool.acquire() as connection:
        while found := await connection.fetch(_NEXT, actor.workspace_id, last, payload["customer_id"], _BATCH):
            for (id_,) in found:
                await _replan_one(context, connection, actor, id_, payload["cause"])
                last = id_


async def _replan_one(context: JobContext, connection: Connection, actor: Actor, id_: str, cause: str) -> None:
    async def work() -> None:
        change = Change(connection, actor, context.clock)
        onboarding = await get_onboarding(connection, actor, id_, deleted=True, lock=True)
        await reschedule(change, onboarding, cause)
        await change.write_records()

    try:
        await in_transaction(connection, context.clock, work)
    except ApiError:
        # A date beyond all calendars: that plan stays as it is, and says so to whoever changes it next.
        return


REPLAN = Job("replan", replan)
