"""Asks ClamAV's daemon whether a file is infected, by its INSTREAM command."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PORT = 3310
_SECONDS = 120
_MAX_REPLY = 4096
_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


class ScanError(Exception):
    """The scanner did not say whether the file is clean; the message says why."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """Where the daemon listens."""

    host: str
    port: int


def read_clamd(value: object) -> object:
    """Return the daemon that ``host:port`` names; what is no text stays as it is.

    Raises:
        ValueError: it names none.
    """
    if not isinstance(value, str):
        return value
    match = _PLACE.fullmatch(value)
    port = int(match["port"] or PORT) if match else 0
    if match is None or not 1 <= port <= 65_535:  # noqa: PLR2004 - the last port
        raise ValueError("it looks like host:port, such as 127.0.0.1:3310")
    return Clamd(match["host"].strip("[]"), port)


async def is_infected(daemon: Clamd, content: AsyncIterator[bytes]) -> bool:
    """Return whether the daemon finds something in a file.

    Raises:
        ScanError: it cannot be reached, takes too long, or does not say.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            reply = await _ask(daemon, content)
    except (OSError, EOFError, asyncio.LimitOverrunError) as error:  # timeouts are OSError
        raise ScanError(f"the virus scanner at {daemon.host}:{daemon.port} does not answer: {error!r}") from error
    if reply == "stream: OK":
        return False
    if reply.startswith("stream: ") and reply.endswith(" FOUND"):
        return True
    raise ScanError(f"the virus scanner says: {reply}")


async def _ask(daemon: Clamd, content: AsyncIterator[bytes]) -> str:
    reader, writer = await asyncio.open_connection(daemon.host, daemon.port, limit=_MAX_REPLY)
    try:
        writer.write(b"zINSTREAM\0")
        async for piece in content:
            writer.write(len(piece).to_bytes(4, "big") + piece)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
        reply = await reader.readuntil(b"\0")
        return reply[:-1].decode("utf-8", "replace")
    finally:
        writer.close()
