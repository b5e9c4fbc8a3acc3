"""The views of the leads, whichever their layout."""

from __future__ import annotations

from urllib.parse import parse_qsl

from pivotal_server.leads.board_cards import LeadFilters
from pivotal_server.views.pages import view_pages
from pivotal_server.views.standing import Kind


def _normalise(query: str) -> str:
    return LeadFilters.read(dict(parse_qsl(query))).kept


KIND = Kind("leads", "/leads", "All leads", _normalise)
pages = view_pages(KIND)
