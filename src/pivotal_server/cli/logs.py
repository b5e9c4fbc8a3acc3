"""``pivotal logs``: what API keys ask for, as it happens."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from pivotal_server.cli.remote import RemoteError, remote_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from pivotal_server.cli.remote import Remote

# Asking counts against the key's rate limit, of 30 or 60 requests a minute.
_EVERY_SECONDS = 4.0
# The server's processes write their requests twice a second, each its own, so that an older one may come after a newer
# one: what is not older than this is asked for again.
_OVERLAP = timedelta(seconds=15)
_PAGE = 100
_PATH = "/api/v1/request_logs"
_COLOURS = {"2": "green", "3": "cyan", "4": "yellow", "5": "red"}


@click.group()
def logs() -> None:
    """Look at the requests of a workspace's API keys."""


def _status(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch("[1-5]([0-9][0-9]|xx)", value):
        raise click.BadParameter("Give a status such as 404, or a class of them such as 5xx.")
    return value


@logs.command()
@click.option("--status", callback=_status, metavar="STATUS", help="Such as 404, or 5xx.")
@click.option("--method", type=click.Choice(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"], case_sensitive=False))
@click.option("--path", metavar="PREFIX", help="What the path begins with, such as /api/v1/customers.")
@click.option("--key", metavar="ID", help="Only requests of the API key with this id.")
@click.option("--mode", type=click.Choice(["live", "test"]), help="Only requests of such keys.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object on every line.")
@remote_options
def tail(*, remote: Remote, as_json: bool, **filters: str | None) -> None:
    """Show requests as they are answered, until Ctrl-C; its own are left out."""
    asked = {name: value for name, value in filters.items() if value}
    with remote.client() as client:
        for row in _Tail(remote, client, asked).rows():
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))


class _Tail:
    """Follows the log: every request once, though they come to it in any order.

    Args:
        remote: whose log.
        client: of the server.
        filters: of the list.
    """

    def __init__(self, remote: Remote, client: httpx.Client, filters: dict[str, str]) -> None:
        self._remote, self._client, self._filters = remote, client, filters
        self._seen: dict[str, datetime] = {}
        self._began = False

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield requests that are answered from now on, for ever."""
        began = newest = self._now()
        self._began = True
        click.echo(f"Following the requests to {self._remote.base_url}. Ctrl-C ends it.", err=True)
        while True:
            for row in self._fetch(max(began, newest - _OVERLAP)):
                at = datetime.fromisoformat(row["created_at"])
                newest = max(newest, at)
                if row["id"] not in self._seen:
                    self._seen[row["id"]] = at
                    yield row
            self._seen = {id_: at for id_, at in self._seen.items() if at >= newest - 2 * _OVERLAP}
            time.sleep(_EVERY_SECONDS)

    def _now(self) -> datetime:
        """Return the present as the server has it: the moment of the newest request, or the earliest there is."""
        found = self._ask({"limit": "1"})["data"]
        earliest = "2000-01-01T00:00:00.000Z"
        return datetime.fromisoformat(found[0]["created_at"] if found else earliest) + timedelta(milliseconds=1)

    def _fetch(self, since: datetime) -> list[dict[str, Any]]:
        """Return the requests since then, oldest first, without those of this command."""
        rows: list[dict[str, Any]] = []
        params = {**self._filters, "since": since.isoformat(), "limit": str(_PAGE)}
        while True:
            page = self._ask(params)
            rows += [row for row in page["data"] if row["path"] != _PATH]
            if not page["has_more"]:
                return rows[::-1]
            params["cursor"] = page["next_cursor"]

    def _ask(self, params: dict[str, str]) -> dict[str, Any]:
        told = False
        while True:
            try:
                return self._remote.call(self._client, "GET", "/request_logs", params=params)
            except RemoteError as error:
                if error.retry_after is None or not self._began:
                    raise
                if not told:
                    click.echo(f"{error} Trying again.", err=True)
                told = True
                time.sleep(error.retry_after)


def _line(row: dict[str, Any]) -> str:
    """Return a request as a person reads it; Click drops the colours where nobody sees them."""
    status = click.style(str(row["status"]), fg=_COLOURS.get(str(row["status"])[0]), bold=row["status"] >= 500)  # noqa: PLR2004
    key = row["api_key"]["name"] or row["api_key"]["id"]
    code = f"  {row['error_code']}" if row["error_code"] else ""
    test = "" if row["livemode"] else "  test"
    time_of_day = row["created_at"][11:23]
    return f"{time_of_day}  {status}  {row['method']:<6} {row['path']}  {row['duration_ms']:.0f} ms  {key}{test}{code}"
