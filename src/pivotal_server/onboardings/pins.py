"""What is pinned to the top of an onboarding: tasks and comments share three places."""

from pivotal_server.core.errors import ApiError
from pivotal_server.timeline.change import Change

MAX_PINNED = 3

_COUNT = """
SELECT (SELECT count(*) FROM tasks t
        WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.pinned_at IS NOT NULL AND t.deleted_at IS NULL)
    + (SELECT count(*) FROM comments c
        WHERE c.workspace_id = $1 AND c.onboarding_id = $2 AND c.pinned_at IS NOT NULL)
"""


async def require_place_for_pin(change: Change, onboarding_id: str) -> None:
    """Return where one more thing may be pinned to an onboarding, whose row is held.

    Raises:
        ApiError: 409 ``pin_limit_reached``.
    """
    if await change.connection.fetchval(_COUNT, change.actor.workspace_id, onboarding_id) >= MAX_PINNED:
        message = f"An onboarding has at most {MAX_PINNED} pinned tasks and comments. Unpin another one first."
        raise ApiError(409, "pin_limit_reached", message)
