"""Lists, row by row or page by page. Nothing is asked for before the first row or page is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pivotal._async_transport import AsyncTransport
    from pivotal._model import Page
    from pivotal._request import Request
    from pivotal._transport import Transport

T = TypeVar("T")


class Rows(Generic[T]):
    """The rows of a list, over all of its pages; it can be gone through more than once, and asks anew each time."""

    def __init__(self, transport: Transport, request: Request, row: type[T]) -> None:
        self._transport = transport
        self._request = request
        self._row = row

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.data

    def first_page(self) -> Page[T]:
        """Return the first page: its rows in ``data``, and ``has_more`` and ``next_cursor``."""
        return self._transport.send(self._request, page_of(self._row))

    def pages(self) -> Iterator[Page[T]]:
        """Give page after page."""
        page = self.first_page()
        yield page
        while cursor := page.next_cursor:
            page = self._transport.send(_next(self._request, cursor), page_of(self._row))
            yield page


class AsyncRows(Generic[T]):
    """The rows of a list, over all of its pages; it can be gone through more than once, and asks anew each time."""

    def __init__(self, transport: AsyncTransport, request: Request, row: type[T]) -> None:
        self._transport = transport
        self._request = request
        self._row = row

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for row in page.data:
                yield row

    async def first_page(self) -> Page[T]:
        """Return the first page: its rows in ``data``, and ``has_more`` and ``next_cursor``."""
        return await self._transport.send(self._request, page_of(self._row))

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Give page after page."""
        page = await self.first_page()
        yield page
        while cursor := page.next_cursor:
            page = await self._transport.send(_next(self._request, cursor), page_of(self._row))
            yield page


def page_of(row: type[T]) -> type[Page[T]]:
    """Return the type of a page of such rows."""
    from pivotal._model import Page  # takes long, and only answers need it

    return Page[row]  # type: ignore[valid-type]


def _next(request: Request, cursor: str) -> Request:
    return replace(request, query={**request.query, "cursor": cursor})
