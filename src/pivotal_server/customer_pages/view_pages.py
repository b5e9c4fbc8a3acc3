"""The views of the list of customers."""

from __future__ import annotations

from pivotal_server.customer_pages.list_columns import possible
from pivotal_server.customer_pages.list_schemas import Asked
from pivotal_server.views.pages import view_pages
from pivotal_server.views.standing import Kind


def _normalise(query: str) -> str:
    return Asked.read(query).kept


KIND = Kind("customers", "/customers", "All customers", _normalise, possible)
pages = view_pages(KIND)
