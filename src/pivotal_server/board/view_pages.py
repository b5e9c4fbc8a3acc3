"""The views of the onboardings, whichever their layout."""

from __future__ import annotations

from urllib.parse import parse_qsl

from pivotal_server.board.cards import Filters
from pivotal_server.views.pages import view_pages
from pivotal_server.views.standing import Kind


def _normalise(query: str) -> str:
    return Filters.read(dict(parse_qsl(query))).kept


KIND = Kind(
    "onboardings",
    "/onboardings",
    "All onboardings",
    _normalise,
    places=frozenset({"after", "after_id", "month", "from", "pages"}),
)
pages = view_pages(KIND)
