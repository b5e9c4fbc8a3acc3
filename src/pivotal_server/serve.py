"""The web server: Granian, one process per core.

Run as a program (``python -m pivotal_server.serve``) it reads the address of its database from standard input, so that
whoever starts it may do so before the database is up, and no password shows in a process list.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer
from typing_extensions import override

from pivotal_server.app import create_app, prepare
from pivotal_server.core.logs import configure_logging
from pivotal_server.core.machine import cores
from pivotal_server.core.ports import local_url, numeric_host
from pivotal_server.core.processes import die_with_parent
from pivotal_server.core.settings import Settings
from pivotal_server.core.stopping import Stopping

if TYPE_CHECKING:
    from starlette.types import ASGIApp

logger = logging.getLogger("pivotal_server.serve")  # also where it runs as __main__

# What a process that was told to stop gets to finish the requests it has begun, in seconds.
DRAIN_SECONDS = 10
# Connections that one process keeps open, so that idle ones do not keep others out; what waits to be accepted; and how
# long a connection may take to say what it wants, or stay silent between two requests.
_CONNECTIONS = 8_192
_BACKLOG = 4_096
_HEADER_MILLISECONDS = 15_000
# New objects between two collections of the youngest; Python's own 700 suits programs that make few.
_COLLECT_EVERY = 20_000

_LOGGING: dict[str, Any] = {
    "formatters": {"line": {"()": "pivotal_server.core.logs.LogFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {},
}


class _Server(MPServer):
    """Granian, which has streams end as soon as it is told to stop, or it would wait for them in vain."""

    stopping: Stopping

    @override
    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        self.stopping.tell()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]


def main() -> None:
    """Serve on the database whose address stands on standard input; end where there is none."""
    settings = Settings()
    dsn = sys.stdin.readline().strip()
    if dsn:
        serve(dsn, settings)


def serve(dsn: str, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are answered.

    A process that dies is replaced.

    Args:
        dsn: the database's address.
        settings: the operator's.

    Raises:
        AssetsError: the app's styles and scripts are not there.
        SystemExit: with status 1, where a process died again as soon as it was replaced.
    """
    configure_logging()
    _allow_open_files()
    prepare(settings)
    workers = settings.workers or cores()
    stopping = Stopping()
    server = _Server(
        "pivotal_server.app",  # only a name for its messages: the app comes from the loader below
        address=numeric_host(settings.host, settings.port),
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS),
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        log_dictconfig=_LOGGING,
        log_level=LogLevels.warning,
    )
    server.stopping = stopping
    logger.info("Serving on %s with %d processes", local_url(settings.host, settings.port), workers)
    server.serve(target_loader=partial(_load_app, dsn, settings, stopping, os.getpid()), wrap_loader=False)


def _allow_open_files() -> None:
    """Raise the limit of open files as far as this account may: every connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _load_app(dsn: str, settings: Settings, stopping: Stopping, parent: int) -> ASGIApp:
    """Return the app, in a process that ends at once when the server's main process is killed."""
    # A forked process has the main one's handlers until Granian gives it its own; a signal to stop would be lost there.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent(parent, signal.SIGKILL)
    app = create_app(dsn, settings, stopping=stopping)
    _spare_the_collector()
    return app


def _spare_the_collector() -> None:
    """Keep the garbage collector from walking everything that was imported, in the middle of somebody's request.

    A list of a hundred rows makes enough objects for several collections; a full one takes tens of milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 50)


if __name__ == "__main__":
    main()
