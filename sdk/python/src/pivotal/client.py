"""The clients: ``PivotalApi``, and ``AsyncPivotalApi`` for ``async`` code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal import webhooks as _webhooks
from pivotal._resources import AsyncResources, Resources
from pivotal._settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, ClientSettings

if TYPE_CHECKING:
    from types import TracebackType

    import httpx


class _Webhooks:
    """What has to do with webhooks and needs no call."""

    verify = staticmethod(_webhooks.verify)


class PivotalApi(Resources):
    """Calls Pivotal, and waits for the answers. One client is enough for a program, all of its threads included.

    Use it as a context manager, or ``close()`` it, so that its connections are closed.

    Args:
        api_key: ``pivotal_…`` or ``pivotal_test_…``; the environment variable PIVOTAL_API_KEY unless given.
        base_url: the server's address; PIVOTAL_BASE_URL unless given, and without that http://127.0.0.1:8000.
        timeout: seconds that one try of a call may take.
        max_retries: how often a call is tried again after connection errors and answers 408, 429 and 5xx.
        http_client: an httpx client of your own, for proxies and the like; you close it.

    Raises:
        PivotalError: there is no API key, or the address is no URL.
    """

    webhooks = _Webhooks()

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        http_client: httpx.Client | None = None,
    ) -> None:
        settings = ClientSettings.of(api_key, base_url, timeout, max_retries)
        from pivotal._transport import Transport, new_client  # takes long

        self._is_own = http_client is None
        self._client = http_client or new_client()
        super().__init__(Transport(settings, self._client))

    def close(self) -> None:
        """Close the connections."""
        if self._is_own:
            self._client.close()

    def __enter__(self) -> PivotalApi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncPivotalApi(AsyncResources):
    """Calls Pivotal in ``async`` code; the arguments are those of ``PivotalApi``.

    Use it as an asynchronous context manager, or ``await close()``.
    """

    webhooks = _Webhooks()

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        settings = ClientSettings.of(api_key, base_url, timeout, max_retries)
        from pivotal._async_transport import AsyncTransport, new_client  # takes long

        self._is_own = http_client is None
        self._client = http_client or new_client()
        super().__init__(AsyncTransport(settings, self._client))

    async def close(self) -> None:
        """Close the connections."""
        if self._is_own:
            await self._client.aclose()

    async def __aenter__(self) -> AsyncPivotalApi:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
