"""How deliveries read on a page: what was sent, what came back, how soon to look again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.webhooks.models import AttemptRow, DeliveryRow

_SOON = timedelta(minutes=1)


class AttemptView(NamedTuple):
    """An attempt with its headers and body as they are read; without an answer, the answer's are empty."""

    row: AttemptRow
    request_headers: dict[str, str]
    response_headers: dict[str, str]
    response_body: str


def view_of(row: AttemptRow) -> AttemptView:
    """Return an attempt as it is read."""
    came = orjson.loads(row.response_headers) if row.response_headers else {}
    return AttemptView(row, orjson.loads(row.request_headers), came, pretty(row.response_body or ""))


def pretty(text: str) -> str:
    """Return JSON in lines; what is none stays as it is."""
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return text


def mark_of(row: DeliveryRow, now: datetime) -> str:
    """Return what changes whenever there is something new to show of a delivery."""
    return f"{row.status}-{row.attempts}-{int(row.is_in_flight(now))}"


def look_again(row: DeliveryRow, now: datetime) -> int | None:
    """Return in how many seconds a page asks again for a delivery; None where it has come to its end."""
    if row.next_attempt_at is None:
        return None
    return 1 if row.is_in_flight(now) or row.next_attempt_at <= now + _SOON else 15
