"""REST routes of calendars."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from pivotal_server.calendars import public_holidays, queries
from pivotal_server.calendars.actions import Outcome
from pivotal_server.calendars.schemas import (
    CalendarDaysQuery,
    CalendarResource,
    HolidaysCountryList,
    NonWorkingDayList,
    present,
    present_all,
    present_country,
    present_day,
)
from pivotal_server.customers.queries import get_customer
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["calendar"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("settings:read")]
Writer = Annotated[Call, Needs("settings:write")]
CustomerReader = Annotated[Call, Needs("customers:read")]
CustomerWriter = Annotated[Call, Needs("customers:write")]
DaysQuery = Annotated[CalendarDaysQuery, Query()]


@router.get(
    "/calendar", operation_id="get-calendar", summary="Retrieve the workspace's working calendar",
    response_model=CalendarResource,
)  # fmt: skip
async def get_calendar(call: Reader) -> Reply:
    """The calendar that holds for every customer without its own. Until it is set: Monday to Friday, in UTC."""
    return reply(present(await queries.get_calendar(call.connection, call.actor.workspace_id)))


@router.get(
    "/calendar/days", operation_id="list-calendar-days", summary="List days that are not worked",
    response_model=NonWorkingDayList, responses=errors(400),
)  # fmt: skip
async def list_calendar_days(call: Reader, query: DaysQuery) -> Reply:
    """The days from `from` to `to` that are not worked, in order and on one page, each with its reason."""
    return await _days_off(call, None, query)


@router.get(
    "/calendar/countries", operation_id="list-calendar-countries", summary="List countries whose holidays are known",
    response_model=HolidaysCountryList,
)  # fmt: skip
async def list_calendar_countries(call: Reader) -> Reply:  # noqa: ARG001 - says who may call it
    """Every value that `holidays_country` and `holidays_subdivision` take, on one page."""
    await public_holidays.load()
    return reply(present_all([present_country(country) for country in public_holidays.countries().values()]))


@router.get(
    "/customers/{customerId}/calendar", operation_id="get-customer-calendar",
    summary="Retrieve a customer's working calendar", response_model=CalendarResource, responses=errors(404),
)  # fmt: skip
async def get_customer_calendar(call: CustomerReader, customer_id: Annotated[str, Path(alias="customerId")]) -> Reply:
    """The calendar that holds for a customer: its own, else the workspace's with `inherited: true`."""
    customer = await get_customer(call.connection, call.actor, customer_id)
    return reply(present(await queries.get_calendar(call.connection, call.actor.workspace_id, customer.id)))


@router.get(
    "/customers/{customerId}/calendar/days", operation_id="list-customer-calendar-days",
    summary="List days that are not worked for a customer", response_model=NonWorkingDayList,
    responses=errors(400, 404),
)  # fmt: skip
async def list_customer_calendar_days(
    call: CustomerReader, customer_id: Annotated[str, Path(alias="customerId")], query: DaysQuery
) -> Reply:
    """The same days by the calendar that holds for a customer."""
    customer = await get_customer(call.connection, call.actor, customer_id)
    return await _days_off(call, customer.id, query)


async def _days_off(call: Call, customer_id: str | None, query: CalendarDaysQuery) -> Reply:
    workspace_id, now = call.actor.workspace_id, call.services.clock.now()
    days = await queries.list_days_off(call.connection, workspace_id, customer_id, query, now)
    return reply(present_all([present_day(day, reason) for day, reason in days]))


def _present(outcome: Outcome) -> dict[str, Any]:
    return present(outcome.calendar)
