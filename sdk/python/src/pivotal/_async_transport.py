"""Makes calls, and lets others work meanwhile."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

import httpx

from pivotal._httpx import LIMITS, timeout_of
from pivotal._request import merged
from pivotal._response import RawResponse
from pivotal._retries import delay_after
from pivotal.errors import ConnectionError, PivotalError, TimeoutError, error_of

if TYPE_CHECKING:
    from pivotal._request import Request
    from pivotal._settings import ClientSettings

T = TypeVar("T")


class AsyncTransport:
    """Sends requests by an asynchronous httpx client, again where that helps.

    Args:
        settings: where to, and as whom.
        client: what sends; whoever made it closes it.
    """

    def __init__(self, settings: ClientSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._headers = settings.headers()

    async def send(self, request: Request, answer: type[T]) -> T:
        """Return what a call answers: see ``exchange``."""
        return (await self.exchange(request, answer)).parse()

    async def exchange(self, request: Request, answer: type[T]) -> RawResponse[T]:
        """Return the answer to a call.

        Raises:
            ApiError: the server refused, in the last try.
            ConnectionError: no answer came, in the last try.
        """
        seconds = self._settings.timeout if request.timeout is None else request.timeout
        retries = self._settings.max_retries if request.max_retries is None else request.max_retries
        prepared = self._client.build_request(
            request.method,
            self._settings.base_url + request.url(),
            headers=merged(self._headers, request.headers()),
            content=request.body(),
            timeout=timeout_of(seconds),
        )
        attempt = 0
        while True:
            try:
                return await self._try(prepared, seconds, answer)
            except PivotalError as error:
                delay = delay_after(error, attempt) if attempt < retries else None
                if delay is None:
                    raise
            await asyncio.sleep(delay)
            attempt += 1

    async def _try(self, prepared: httpx.Request, seconds: float, answer: type[T]) -> RawResponse[T]:
        try:
            response, content = await self._read(prepared, time.monotonic() + seconds)
        except httpx.TimeoutException as error:
            raise TimeoutError(f"No whole answer from {self._settings.base_url} within {seconds:g} seconds.") from error
        except httpx.TransportError as error:
            raise ConnectionError(f"No whole answer from {self._settings.base_url}: {error}") from error
        if not response.is_success:
            raise error_of(response.status_code, response.headers, content)
        return RawResponse(response.status_code, response.headers, content, answer)

    async def _read(self, prepared: httpx.Request, deadline: float) -> tuple[httpx.Response, bytes]:
        """Return a response and its body; httpx's own timeouts start anew with every piece of it.

        Redirects are followed by nobody, whatever the client does otherwise: a write could arrive as a read.
        """
        response = await self._client.send(prepared, stream=True, follow_redirects=False)
        try:
            pieces = []
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("The body is too slow.")
        finally:
            await response.aclose()
        return response, b"".join(pieces)


def new_client() -> httpx.AsyncClient:
    """Return what sends where nobody brings a client."""
    return httpx.AsyncClient(limits=LIMITS)
