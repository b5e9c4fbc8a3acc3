"""REST routes of reminders."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.reminders import actions, queries
from pivotal_server.reminders.models import ReminderRow
from pivotal_server.reminders.schemas import ReminderList, ReminderSend, present
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["reminders"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]


@router.get(
    "/onboardings/{id}/reminders", operation_id="list-reminders", summary="List an onboarding's reminders",
    response_model=ReminderList, responses=errors(400, 404),
)  # fmt: skip
async def list_reminders(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """What the customer's contacts were reminded of, by whom and when, newest first."""
    onboarding = await get_onboarding(call.connection, call.actor, id)
    rows = await queries.list_reminders(call.connection, call.actor, onboarding.id, query)
    return reply(page(rows, query.limit, present))


@router.post(
    "/onboardings/{id}/reminders", operation_id="send-reminders", summary="Send reminders now",
    response_model=ReminderList, status_code=201,
    responses={
        **errors(400, 404),
        **conflict("nothing_overdue", "Nothing that the customer can see and should have done is overdue."),
        200: {"model": ReminderList},
    },
)  # fmt: skip
async def send_reminders(call: Writer, id: str, body: ReminderSend) -> Reply:  # noqa: A002
    """Mails every contact who is late, or one of them, whatever the day and the state of the onboarding.

    With `dry_run: true`, answers 200 with the mails as they would be, and sends nothing.
    """
    if body.dry_run:
        return await call.commit(lambda change: actions.send_reminders(change, id, body), _present, dry_run=True)
    return await call.commit(
        lambda change: actions.send_reminders(change, id, body), _present,
        status=201, location=lambda rows: f"/api/v1/onboardings/{rows[0].onboarding_id}/reminders",
    )  # fmt: skip


def _present(rows: list[ReminderRow]) -> dict[str, Any]:
    return {"object": "list", "data": list(map(present, rows)), "has_more": False, "next_cursor": None}
