"""Workers in processes of their own, and what they have done."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.core.jobs import Job, enqueue
from pivotal_server.core.processes import spawn, terminate
from tests.jobs.program import CREATE, GATE
from tests.support import eventually

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from pivotal_server.core.db import Connection

REPOSITORY = Path(__file__).parents[2]
# The library must not take the names of its tables from there.
MISLEADING = {"CHANNEL": "elsewhere", "QUEUE_TABLE": "elsewhere", "PGQUEUER_PREFIX": "elsewhere_"}


class Worker:
    """A worker of the tests (tests/jobs/program.py) in a process of its own.

    Args:
        log: gets what it says.
        arguments: the database's address, and ``tick`` where something is to happen every second.
        variables: of its environment.
    """

    def __init__(self, log: Path, *arguments: str, **variables: str) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = spawn(
                [sys.executable, "-m", "tests.jobs.program", *arguments],
                env={**os.environ, **MISLEADING, **variables},
                stdout=output,
                stderr=output,
                cwd=REPOSITORY,
            )
        self.pid = self._process.pid

    @property
    def said(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """Kill it the hard way."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def is_up(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> int:
        """Ask it to end and return its exit status."""
        return terminate(self._process, 12)


StartWorker = Callable[..., Worker]
Gate = Callable[[], "AbstractAsyncContextManager[None]"]
Steps = Callable[[str], Awaitable[list[str]]]


@pytest.fixture
async def connection(dsn: str) -> "AsyncIterator[Connection]":
    """A connection to a database in which jobs can write down what they do."""
    opened = await asyncpg.connect(dsn)
    await opened.execute(CREATE)
    yield opened
    await opened.close()


@pytest.fixture
def start_worker(dsn: str, connection: "Connection", tmp_path: Path) -> Iterator[StartWorker]:  # noqa: ARG001
    """Starts a worker: ``start_worker("tick", PIVOTAL_DATA="…")``."""
    started: list[Worker] = []

    def start(*arguments: str, **variables: str) -> Worker:
        started.append(Worker(tmp_path / f"worker-{len(started)}.log", dsn, *arguments, **variables))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def gate(dsn: str) -> Gate:
    """Closes the gate that the job ``hold`` has to pass: ``async with gate(): …``."""

    @asynccontextmanager
    async def closed() -> AsyncIterator[None]:
        keeper = await asyncpg.connect(dsn)
        await keeper.execute("SELECT pg_advisory_lock($1)", GATE)
        yield
        await keeper.close()

    return closed


@pytest.fixture
def steps(connection: "Connection") -> Steps:
    """Returns what was done under a name, in order."""

    async def of(name: str) -> list[str]:
        rows = await connection.fetch("SELECT step FROM steps WHERE name = $1 ORDER BY at", name)
        return [row["step"] for row in rows]

    return of


async def ask(connection: "Connection", job: Job, name: str, **payload: object) -> int:
    """Enqueue a job and return its id."""
    id_ = await enqueue(connection, job, {"name": name, **payload})
    assert id_ is not None
    return id_


async def left(connection: "Connection") -> list[tuple[str, str]]:
    """Return the jobs that are not done: name and status."""
    rows = await connection.fetch("SELECT entrypoint, status::text FROM pgqueuer ORDER BY id")
    return [tuple(row) for row in rows]


async def until_idle(connection: "Connection", timeout: float = 20) -> None:  # noqa: ASYNC109
    """Wait until no job waits or runs."""

    async def idle() -> bool:
        return all(status == "failed" for _, status in await left(connection))

    await eventually(idle, timeout)


async def mail_jobs(connection: "Connection") -> int:
    """Return how many mails were ever put into the queue."""
    mails = "SELECT count(DISTINCT job_id) FROM pgqueuer_log WHERE entrypoint IN ('mail', 'contact_mail')"
    return int(await connection.fetchval(mails))


def sent_mails(data: Path) -> list[EmailMessage]:
    """Return the mails that workers have written; what a killed one had only begun to write has another ending."""
    files = (data / "mail").glob("*.eml")
    return [message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default) for file in files]
