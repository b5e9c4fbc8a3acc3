"""Reads request bodies, piece by piece, within bounds of size and time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive

# Between two pieces, and for all of them.
_SILENCE_SECONDS = 20
_SECONDS = 600


async def read_pieces(
    receive: Receive, content_length: str | None, limit: int, silence: float = _SILENCE_SECONDS
) -> AsyncIterator[bytes]:
    """Yield the request's body as it arrives.

    Args:
        receive: the request's.
        content_length: what the request says of its body, if anything.
        limit: how many bytes are too many.
        silence: after how many seconds without any the request is given up.

    Raises:
        ApiError: 413 where the body is larger, 408 where it stalls or takes longer than ten minutes, 400 where the
            client leaves.
    """
    if content_length is not None and content_length.isdecimal() and int(content_length) > limit:
        raise too_large(limit)
    deadline, size, more = asyncio.get_running_loop().time() + _SECONDS, 0, True
    while more:
        try:
            async with asyncio.timeout_at(min(deadline, asyncio.get_running_loop().time() + silence)):
                message = await receive()
        except TimeoutError:
            raise ApiError(408, "http_exception", "The request body took too long to arrive.") from None
        if message["type"] == "http.disconnect":
            raise ApiError(400, "invalid_request", "The request ended before its body did.")
        piece, more = message.get("body", b""), message.get("more_body", False)
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        if piece:
            yield piece


def too_large(limit: int) -> ApiError:
    """Return the 413 of a body that has more than ``limit`` bytes."""
    return ApiError(413, "http_exception", f"The request body is larger than {limit} bytes.")
