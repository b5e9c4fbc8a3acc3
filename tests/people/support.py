"""Jobs done as a worker does them, the mail that comes of it, and a browser that nobody has signed in with yet."""

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.people.mails import INVITATION_MAIL, SIGN_IN_MAIL
from pivotal_server.people.signing_in import Browser
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# What tells the browser of most tests from others.
HERE = "a browser's secret"
JOBS = {job.name: job for job in (SIGN_IN_MAIL, INVITATION_MAIL)}
_WAITING = """
SELECT id, entrypoint, payload, created FROM pgqueuer
WHERE status = 'queued' AND entrypoint = ANY ($1::text[]) ORDER BY id
"""
_MAILS = "SELECT payload FROM pgqueuer WHERE entrypoint = 'mail' ORDER BY id"


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str

    @property
    def url(self) -> str:
        """The only URL in it."""
        (url,) = re.findall(r"https?://\S+", self.text)
        return str(url)

    @property
    def token(self) -> str:
        """What comes at the end of its URL."""
        return re.split(r"[/=]", self.url)[-1]


class PostOffice:
    """Writes the mails that are asked for, as a worker does, and keeps them to be read.

    Args:
        connection: where the jobs are.
        dsn: the same database, for the worker's pool.
        clock: the worker's.
        settings: the worker's.
    """

    def __init__(self, connection: "Connection", dsn: str, clock: SteeredClock, settings: Settings) -> None:
        self._connection, self._dsn, self._clock, self._settings = connection, dsn, clock, settings

    async def write(self, *, again: bool = False) -> list[Mail]:
        """Do what waits, and return all mails that there are by now, oldest first.

        Args:
            again: whether jobs run a second time later, as where their worker was killed.
        """
        pool = Pool(self._dsn, 2)
        try:
            for row in await self._connection.fetch(_WAITING, list(JOBS)):
                context = JobContext(
                    pool, self._settings, self._clock, asyncio.Event(), row["id"], row["created"], attempt=1
                )
                await JOBS[row["entrypoint"]].handler(context, orjson.loads(row["payload"]))
                if not again:
                    await self._connection.execute("DELETE FROM pgqueuer WHERE id = $1", row["id"])
        finally:
            await pool.close()
        mails = [orjson.loads(row["payload"]) for row in await self._connection.fetch(_MAILS)]
        return [Mail(mail["to"], mail["subject"], mail["text"]) for mail in mails]


def browser(secret: str = HERE, **fields: Any) -> Browser:  # noqa: ANN401 - the fields of Browser
    defaults: dict[str, Any] = {"ip": "192.0.2.7", "user_agent": "Firefox", "request_id": "req_1"}
    return Browser(secret, **(defaults | fields))
