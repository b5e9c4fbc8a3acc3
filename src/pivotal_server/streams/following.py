"""Tells a stream's client of events, as server-sent events, for as long as it stays and its key counts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pivotal_server.core.db import DATABASE_ERRORS
from pivotal_server.streams.leases import BEAT_SECONDS, close_lease, keep_lease, key_counts
from pivotal_server.streams.queries import read_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pivotal_server.rest.call import Services
    from pivotal_server.streams.leases import Lease
    from pivotal_server.streams.queries import Position, Read

_OPENING = b"retry: 2000\n\n"
_BEAT = b": still here\n\n"
# The browser's own clients know no way to say why a stream has ended.
_OVER = b'event: over\ndata: {"code":"api_key_revoked"}\n\n'


async def follow(services: Services, lease: Lease, position: Position) -> AsyncIterator[bytes]:
    """Yield events from this position on, until key or place are lost; closes the lease in the end.

    No connection is held while there is nothing to tell, or while the client takes its time.
    """
    actor, looked = lease.actor, time.monotonic()
    try:
        with services.listener.subscription(actor.workspace_id, actor.id) as subscription:
            yield _OPENING
            while not subscription.over:
                read = await _read(services, lease, position)
                if read is not None:
                    position = read.position
                    yield _messages(read) or _BEAT
                if read is None or not read.more:
                    await subscription.wait(BEAT_SECONDS)
                if time.monotonic() - looked >= BEAT_SECONDS:
                    looked = time.monotonic()
                    end = await _end(services, lease)
                    if end is not None:
                        yield end
                        return
    finally:
        await _close(services, lease)


async def catch_up(services: Services, lease: Lease, position: Position) -> AsyncIterator[bytes]:
    """Yield the events that there are from this position on.

    Raises:
        DATABASE_ERRORS: the database is away.
    """
    yield _OPENING
    more = True
    while more:
        async with services.pool.acquire() as connection:
            read = await read_on(connection, lease.actor, position, lease.types, services.clock.now())
        position, more = read.position, read.more
        yield _messages(read)


def _messages(read: Read) -> bytes:
    """Return a page as messages; test events have no id, for there is no going on from them."""
    told = [f"id: {event.id}\ndata: {event.payload}\n\n" for event in read.events]
    return "".join([*told, *(f"data: {test.payload}\n\n" for test in read.tests)]).encode()


async def _read(services: Services, lease: Lease, position: Position) -> Read | None:
    """Return the next page; None while the database is away."""
    try:
        async with services.pool.acquire() as connection:
            return await read_on(connection, lease.actor, position, lease.types, services.clock.now())
    except DATABASE_ERRORS:
        return None


async def _end(services: Services, lease: Lease) -> bytes | None:
    """Return what a stream says last; None while it goes on.

    A client that took nothing for so long that it was taken for gone has lost its place, or a workspace would have more
    streams than it may. It opens another one, where it left off.
    """
    now = services.clock.now()
    try:
        async with services.pool.acquire() as connection:
            if not await key_counts(connection, lease, now):
                return _OVER
            return None if await keep_lease(connection, lease, now) else b""
    except DATABASE_ERRORS:
        return None  # ask again at the next beat


async def _close(services: Services, lease: Lease) -> None:
    try:
        async with services.pool.acquire() as connection:
            await close_lease(connection, lease)
    except DATABASE_ERRORS:
        return  # it is not heard of any more, and so is gone soon
