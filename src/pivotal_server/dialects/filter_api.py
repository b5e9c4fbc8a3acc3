"""REST route of contacts by filter, with a Bearer key and numbered pages."""

from collections import Counter
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query

from pivotal_server.contacts.listing import page_of_everybody
from pivotal_server.core.errors import invalid_field
from pivotal_server.dialects.filter_queries import find_selection
from pivotal_server.dialects.filter_schemas import (
    ContactByFilterPage,
    ContactByFilterQuery,
    FilterError,
    present_page,
    tell,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.dialect import Dialect
from pivotal_server.rest.openapi import invalid
from pivotal_server.rest.route import ApiRoute

DIALECT = Dialect("/api/contacts", FilterError, tell)
router = APIRouter(tags=["contacts_by_filter"], route_class=ApiRoute)
_NO_RANGE = invalid("dateRange", "invalid_field", '"from" is after "to".')

Reader = Annotated[Call, Needs("contacts:read")]


@router.get(
    DIALECT.prefix, operation_id="list-contacts-by-filter", summary="List contacts by filter",
    response_model=ContactByFilterPage, responses=_NO_RANGE,
)  # fmt: skip
async def list_contacts(call: Reader, query: Annotated[ContactByFilterQuery, Query()]) -> Reply:
    """Contacts of the workspace, leads among them, that fulfil every filter, the newest first.

    Archived ones are left out. Without `ownerFilter` only those are listed whose owner made the key.
    """
    _refuse_repeats(call.scope["query_string"])
    selection = await find_selection(call.connection, call.actor, query)
    if selection is None:
        return reply(present_page([], 0, call.actor.workspace_id, query))
    rows, total = await page_of_everybody(call.connection, call.actor, selection, query.page, query.size)
    return reply(present_page(rows, total, call.actor.workspace_id, query))


def _refuse_repeats(query_string: bytes) -> None:
    """Raise 400 where a filter stands there twice: which of the two is meant nobody knows."""
    times = Counter(name for name, _ in parse_qsl(query_string.decode("ascii"), keep_blank_values=True))
    for name, field in ContactByFilterQuery.model_fields.items():
        parameter = field.alias or name
        if times[parameter] > 1:
            raise invalid_field(parameter, "It is sent more than once.")
