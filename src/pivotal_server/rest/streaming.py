"""Sends what goes on for as long as the client stays."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Send

# A client that takes nothing for so long is given up.
_STUCK_SECONDS = 60.0


async def send_stream(receive: Receive, send: Send, pieces: AsyncIterator[bytes]) -> None:
    """Send pieces until they end, or the client leaves or takes no more; they are closed in the end.

    Args:
        receive: the request's; tells when the client leaves.
        send: the answer's, which has begun.
        pieces: what is sent, each as soon as it is there.
    """
    leaving, sending = asyncio.ensure_future(_leave(receive)), asyncio.ensure_future(_send(send, pieces))
    try:
        await asyncio.wait({leaving, sending}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        for task in (leaving, sending):
            task.cancel()
        await asyncio.gather(leaving, sending, return_exceptions=True)


async def _leave(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, pieces: AsyncIterator[bytes]) -> None:
    with contextlib.suppress(TimeoutError):
        async for piece in pieces:
            async with asyncio.timeout(_STUCK_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
