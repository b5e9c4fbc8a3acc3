"""A client of the stream, as small as server-sent events allow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import orjson

from tests.support import Json


@dataclass
class Message:
    """A message: what stands behind each name."""

    fields: dict[str, str] = field(default_factory=dict)

    @property
    def event(self) -> Json:
        """The envelope that it carries."""
        found: Json = orjson.loads(self.fields["data"])
        return found


def messages_in(text: str) -> list[Message]:
    """Return the messages with data in a stream that has ended."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
    return [Message(fields) for fields in blocks if "data" in fields]


class Stream:
    """An open stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self, timeout: float = 20) -> Message | None:  # noqa: ASYNC109
        """Return the next message with data; None where the stream has ended."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(timeout):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line and name:
                    fields[name] = value
                elif not line and "data" in fields:
                    return Message(fields)
        return None

    async def event(self) -> Json:
        """Return the event of the next message."""
        message = await self.next()
        assert message is not None, "the stream has ended"
        return message.event


@contextlib.asynccontextmanager
async def streaming(api: httpx.AsyncClient, *, last: str | None = None, **params: str) -> AsyncIterator[Stream]:
    """Open a stream and wait until it has begun."""
    headers = {"Last-Event-ID": last} if last else {}
    async with api.stream("GET", "/events/stream", params=params, headers=headers, timeout=30) as response:
        if response.status_code == 200:
            assert response.headers["content-type"] == "text/event-stream"
            assert "content-length" not in response.headers
        yield Stream(response)
