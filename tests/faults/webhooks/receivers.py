"""Receivers of every temper, for ``http_server`` of ``tests/core/outbound.py``."""

import asyncio

from tests.core.outbound import OK, Exchange

ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
_MEGABYTE = bytes(1024 * 1024)
_DROPS_A_SECOND = 10


class Patient:
    """Answers 200 once it may; the first requests are so held for as long as a test needs."""

    def __init__(self) -> None:
        self.may = asyncio.Event()

    async def __call__(self, exchange: Exchange) -> None:
        await self.may.wait()
        await exchange.answer(OK)


async def hang(exchange: Exchange) -> None:
    """Take the request and never answer."""
    await exchange.until_left()


async def trickle(exchange: Exchange) -> None:
    """Answer 200 with a body that comes by the byte and has no end."""
    await exchange.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    while not exchange.writer.transport.is_closing():
        await exchange.answer(b"x")
        await asyncio.sleep(1 / _DROPS_A_SECOND)


async def reset(exchange: Exchange) -> None:
    """Take the request and close the connection the rude way."""
    exchange.reset()


async def flood(exchange: Exchange) -> None:
    """Answer 200 with 10 MB."""
    await exchange.answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (10 * len(_MEGABYTE)))
    for _ in range(10):
        await exchange.answer(_MEGABYTE)


async def flood_of_headers(exchange: Exchange) -> None:
    """Answer with headers that have no end."""
    await exchange.answer(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000):
        await exchange.answer(b"X-%d: %s\r\n" % (number, b"y" * 1000))


async def babble(exchange: Exchange) -> None:
    """Answer with what is not HTTP."""
    await exchange.answer(bytes(range(256)) * 4)


async def odd(exchange: Exchange) -> None:
    """Answer 599 in bytes that are no text: nothing that a receiver sends may keep the attempt from being recorded."""
    body = b"\x00\xff\xed\xa0\x80" + bytes(range(256))
    head = b"HTTP/1.1 599 \xff\xfe\r\nX-Odd: \xff\x80\xed\xa0\x80\r\nContent-Length: %d\r\n\r\n" % len(body)
    await exchange.answer(head + body)


def redirecting(url: str) -> bytes:
    """Return an answer that leads elsewhere."""
    return f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n".encode()
