"""The wire between the app and PostgreSQL, which breaks at the moment that hurts most."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_COMMIT = b"COMMIT;\x00"
_PORT = 5432
_CHUNK = 65536


class Wire:
    """Passes on what clients and the database at ``dsn`` say to each other, by way of a socket in ``directory``.

    Attributes:
        dsn: the database's address by way of the wire.
    """

    def __init__(self, dsn: str, directory: str) -> None:
        parts = urlsplit(dsn)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self._host = parts.hostname or query.get("host", "localhost")
        self._port = parts.port or int(query.get("port", _PORT))
        account = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        self.dsn = f"postgresql://{account}{parts.path}?host={quote(directory)}&port={_PORT}&sslmode=disable"
        self._whole = True

    def break_after_commit(self) -> None:
        """Have the next transaction committed and its client cut off before it hears of that."""
        self._whole = False

    @property
    def whole(self) -> bool:
        """Whether the break that was asked for has happened."""
        return self._whole

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect one client with the database, until either hangs up or the wire breaks."""
        try:
            there, to_there = await self._connect()
            breaking = asyncio.Event()

            async def forth() -> None:
                while data := await reader.read(_CHUNK):
                    if not self._whole and _COMMIT in data:
                        breaking.set()
                    to_there.write(data)

            async def back() -> None:
                while (data := await there.read(_CHUNK)) and not breaking.is_set():
                    writer.write(data)
                self._whole = self._whole or breaking.is_set()

            ways = [asyncio.create_task(forth()), asyncio.create_task(back())]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_there.transport.abort()
        finally:
            writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)


@contextlib.asynccontextmanager
async def wire_to(dsn: str) -> AsyncIterator[Wire]:
    """Yield a wire to the database at ``dsn``."""
    with tempfile.TemporaryDirectory(prefix="wire-") as directory:
        wire = Wire(dsn, directory)
        server = await asyncio.start_unix_server(wire.carry, Path(directory) / f".s.PGSQL.{_PORT}")
        async with server:
            yield wire
