"""``pivotal run``, ``pivotal serve`` and ``pivotal worker``."""

import asyncio
import os

import click

from pivotal_server.core.databases import find_or_start, require_schema
from pivotal_server.core.ports import require_free_port
from pivotal_server.core.settings import Settings
from pivotal_server.run import WEB_SERVER, WORKER, run_alone
from pivotal_server.run import run as run_everything
from pivotal_server.web.assets import require_assets


@click.command()
@click.option("--demo/--no-demo", default=True, help="Whether the first start makes the workspace demo.")
def run(*, demo: bool) -> None:
    """Run everything in the foreground until Ctrl-C: database, web server and worker.

    PORT (8000), PIVOTAL_DATA (.pivotal) and DATABASE_URL are honoured. The schema is brought up to date first.
    """
    run_everything(Settings(), click.echo, demo=demo)


@click.command()
def serve() -> None:
    """Run the web server, with one process per core, on PORT and PIVOTAL_HOST."""
    from pivotal_server.serve import serve as serve_on  # noqa: PLC0415 - the whole application: `run` must not wait

    settings = Settings()
    require_assets()
    require_free_port(settings.host, settings.port)
    dsn, server = find_or_start(settings)
    if server is None:
        asyncio.run(require_schema(dsn))
        serve_on(dsn, settings)
    else:
        run_alone(WEB_SERVER, dsn, server)


@click.command()
@click.option(
    "--concurrency",
    type=click.IntRange(1, 20_000),
    help="Webhook requests under way at most; otherwise what PIVOTAL_WEBHOOK_CONCURRENCY says, or 500.",
)
def worker(concurrency: int | None) -> None:
    """Run the worker: it delivers webhooks, sends mail and removes what is older than the settings say.

    Start as many as you like, on as many machines: they share the work.
    """
    from pivotal_server.worker import work  # noqa: PLC0415 - `run` must not wait for it

    if concurrency is not None:
        os.environ["PIVOTAL_WEBHOOK_CONCURRENCY"] = str(concurrency)  # also for a worker in a process of its own
    settings = Settings()
    dsn, server = find_or_start(settings)
    if server is None:
        work(dsn, settings)
    else:
        run_alone(WORKER, dsn, server)
