"""Calls of the API by the names of the table, through the Python SDK."""

from __future__ import annotations

import json
import keyword
import time
from typing import TYPE_CHECKING, Any

from pivotal_server.cli.remote import LONGEST_WAIT, RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal import PivotalApi, PivotalError
    from pivotal_server.cli.operations import Operation
    from pivotal_server.cli.remote import Remote

_PAGE = 100
# What another row, or another try, may do better with: the request itself is at fault.
_REFUSED = {400, 404, 409, 413, 422}
# The SDK waits for a rate limit twice; a walk over many pages, and several at once, may have to wait more often.
_WAITS = 20
_SECONDS = 1.0


class RefusedError(RemoteError):
    """The server does not take this one request; others it may."""


def client_of(remote: Remote) -> PivotalApi:
    """Return a client of the server."""
    from pivotal import PivotalApi  # noqa: PLC0415 - takes long

    return PivotalApi(remote.api_key, base_url=remote.base_url)


def call(client: PivotalApi, operation: Operation, arguments: list[str], **fields: Any) -> Any:  # noqa: ANN401 - the SDK's
    """Return the answer to a call, with its bytes and headers.

    Args:
        client: of the server.
        operation: what to call.
        arguments: what the path names.
        fields: query and body by their names, and the SDK's own options.

    Raises:
        RefusedError: the server refuses what is asked.
        RemoteError: it refuses whoever asks, fails, does not answer, or asks for more patience than a minute.
    """
    from pivotal import PivotalError, RateLimitError  # noqa: PLC0415 - as above

    method = getattr(getattr(client, operation.resource).with_raw_response, operation.method)
    waits = 0
    while True:
        try:
            return method(*arguments, **{_safe(name): value for name, value in fields.items()})
        except PivotalError as error:
            if not isinstance(error, RateLimitError) or waits == _WAITS:
                raise _told(error) from error
            seconds = error.retry_after or _SECONDS
            if seconds > LONGEST_WAIT:
                raise _told(error) from error
        time.sleep(seconds)
        waits += 1


def rows_of(
    client: PivotalApi,
    operation: Operation,
    arguments: list[str],
    most: int | None,
    **fields: Any,  # noqa: ANN401
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list, page by page.

    Args:
        client: of the server.
        operation: a list.
        arguments: what the path names.
        most: how many rows at most; None for all.
        fields: of the query.

    Raises:
        RemoteError: as ``call``.
    """
    left, cursor = most, None
    while True:
        paging = {"limit": _PAGE if left is None else min(_PAGE, left), "cursor": cursor} if operation.pages else {}
        page = json.loads(call(client, operation, arguments, **fields, **paging).content)
        rows = page["data"] if left is None else page["data"][:left]
        yield from rows
        left = None if left is None else left - len(rows)
        cursor = page.get("next_cursor")  # lists without pages have none
        if cursor is None or left == 0:
            return


def _told(error: PivotalError) -> RemoteError:
    """Return an error of the SDK as one line, with what may help."""
    from pivotal import ApiError, AuthenticationError, errors  # noqa: PLC0415 - as above

    told = " ".join(str(error).split())
    if isinstance(error, ApiError) and error.status_code in _REFUSED:
        return RefusedError(told)
    if isinstance(error, AuthenticationError):
        return RemoteError(f"{told} --api-key or PIVOTAL_API_KEY gives a key of the server.")
    if isinstance(error, errors.ConnectionError):
        return RemoteError(f"{told} Is Pivotal running there? --base-url or PIVOTAL_BASE_URL names another server.")
    return RemoteError(told)


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name
