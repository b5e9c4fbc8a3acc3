"""What all resources have in common, and what gives their answers with status and headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar, Union, cast

from pivotal.pages import AsyncRows, Rows, page_of

if TYPE_CHECKING:
    from pivotal._async_transport import AsyncTransport
    from pivotal._model import Page
    from pivotal._request import Request
    from pivotal._response import RawResponse
    from pivotal._transport import Transport

P = ParamSpec("P")
T = TypeVar("T")
U = TypeVar("U")


class Resource:
    """A group of calls.

    Args:
        transport: what makes them.
        raw: whether they give a ``RawResponse``, as ``with_raw_response`` says in the types.
    """

    def __init__(self, transport: Transport, *, raw: bool = False) -> None:
        self._transport = transport
        self._is_raw = raw

    def _send(self, request: Request, answer: type[T]) -> T:
        if self._is_raw:
            return cast("T", self._transport.exchange(request, answer))
        return self._transport.send(request, answer)

    def _rows(self, request: Request, row: type[T]) -> Rows[T]:
        if self._is_raw:
            return cast("Rows[T]", self._transport.exchange(request, page_of(row)))
        return Rows(self._transport, request, row)


class AsyncResource:
    """A group of asynchronous calls; the arguments are those of ``Resource``."""

    def __init__(self, transport: AsyncTransport, *, raw: bool = False) -> None:
        self._transport = transport
        self._is_raw = raw

    async def _send(self, request: Request, answer: type[T]) -> T:
        if self._is_raw:
            return cast("T", await self._transport.exchange(request, answer))
        return await self._transport.send(request, answer)

    def _rows(self, request: Request, row: type[T]) -> AsyncRows[T]:
        if self._is_raw:
            return cast("AsyncRows[T]", self._transport.exchange(request, page_of(row)))
        return AsyncRows(self._transport, request, row)


def either(first: type[T], second: type[U]) -> type[T | U]:
    """Return the type of an answer that has two shapes."""
    return cast("type[T | U]", Union[first, second])  # noqa: UP007 - mypy refuses "|" of types that it does not know


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Return a raw resource's method with the type that it has."""
    return cast("Callable[P, RawResponse[T]]", method)


def raw_rows(method: Callable[P, Rows[T]]) -> Callable[P, RawResponse[Page[T]]]:
    """Return a raw resource's method with the type that it has: the first page, or the one after ``cursor``."""
    return cast("Callable[P, RawResponse[Page[T]]]", method)


def async_raw(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[RawResponse[T]]]:
    """Return a raw resource's method with the type that it has."""
    return cast("Callable[P, Awaitable[RawResponse[T]]]", method)


def async_raw_rows(method: Callable[P, AsyncRows[T]]) -> Callable[P, Awaitable[RawResponse[Page[T]]]]:
    """Return a raw resource's method with the type that it has: the first page, or the one after ``cursor``."""
    return cast("Callable[P, Awaitable[RawResponse[Page[T]]]]", method)
