"""Follows the events of a workspace, across breaks of the connection: every event once, and none left out."""

from __future__ import annotations

import json
import random
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from pivotal_server.cli.remote import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pivotal_server.cli.remote import Remote

# The server says every three seconds that it is there.
_SILENCE_SECONDS = 15.0
_MOST_SECONDS = 10.0
# Before everything that a server may still have.
_BEGINNING = "2000-01-01T00:00:00Z"
# Events of which it is known that they came: what is sent again after a break is fewer.
_REMEMBERED = 20_000
_BAD_REQUEST = 400


class EventStream:
    """The events of a server's workspace.

    Args:
        remote: the server.
        types: which of them, as the API takes it; all where it is None.
        say: tells the person what becomes of the connection.

    Attributes:
        last: id of the last event that was taken, and of those there are now before the first.
    """

    def __init__(self, remote: Remote, types: str | None, say: Callable[[str], None]) -> None:
        self._remote, self._types, self._say = remote, types, say
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._since = _BEGINNING
        self._broken, self._has_begun = 0, False
        self.last: str | None = None

    def begin(self, since: str | None) -> None:
        """Find where to begin.

        Args:
            since: a moment as the API takes it, or the id of the event before; where it is None, now.

        Raises:
            RemoteError: the server cannot be reached, or refuses.
        """
        if since is None:
            with self._remote.client() as client:
                newest = self._remote.call(client, "GET", "/events", params={"limit": "1"})["data"]
            self.last = newest[0]["id"] if newest else None
        elif since.startswith("evt_"):
            self.last = since
        else:
            self._since = since

    def events(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield events for ever, each with the bytes of its envelope; one is taken when the next is asked for.

        Raises:
            RemoteError: the server refuses, or could not be reached even once.
        """
        import httpx  # noqa: PLC0415 - as all commands: imported when it is called

        while True:
            try:
                yield from self._connected()
                self._wait(f"{self._remote.base_url} has ended the stream.", None)
            except httpx.HTTPError as error:
                if not self._has_begun:
                    raise self._remote.unreachable(error) from None
                self._wait(f"{self._remote.base_url} does not answer.", None)
            except RemoteError as error:
                if error.retry_after is None or not self._has_begun:
                    raise
                self._wait(str(error), error.retry_after)

    def _connected(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        params = {"types": self._types} if self._types else {}
        if self.last is None:
            params["since"] = self._since
        headers = {"last-event-id": self.last} if self.last else {}
        with (
            self._remote.client(timeout=_SILENCE_SECONDS) as client,
            client.stream("GET", "/events/stream", params=params, headers=headers) as response,
        ):
            if not response.is_success:
                refusal = self._remote.refusal(response.status_code, response.read(), response.headers)
                if response.status_code == _BAD_REQUEST and self._seen:
                    self._say(f"{self.last} is no longer kept there. Going on with the oldest event that is.")
                    self.last, self._since = None, _BEGINNING
                    return
                raise refusal
            if self._broken:
                self._say("Connected again.")
            self._broken, self._has_begun = 0, True
            yield from self._new(messages(response.iter_lines()))

    def _new(self, found: Iterable[dict[str, str]]) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Yield the events of messages that did not come before."""
        for message in found:
            if message.get("event") == "over":
                raise RemoteError("The API key does not count any more: it was revoked, or has expired.")
            event = json.loads(message["data"])
            if event["id"] not in self._seen:
                yield event, message["data"].encode()
                self._seen[event["id"]] = None
                if len(self._seen) > _REMEMBERED:
                    self._seen.popitem(last=False)
            self.last = message.get("id", self.last)

    def _wait(self, why: str, seconds: float | None) -> None:
        if not self._broken:
            self._say(f"{why} Trying again.")
        self._broken += 1
        time.sleep(seconds or random.uniform(0.5, 1) * min(0.5 * 2**self._broken, _MOST_SECONDS))  # noqa: S311 - no secret


def messages(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the messages with data among the lines of a stream of server-sent events, their fields by name."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line:
            if "data" in fields:
                yield fields
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
