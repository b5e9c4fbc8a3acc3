"""``pivotal keys``."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from pivotal_server.cli.database import on_database
from pivotal_server.cli.workspaces import checked_name
from pivotal_server.core.clock import Clock, to_iso, to_iso_or_none
from pivotal_server.identity.api_keys import NewKey, create_key, list_keys, revoke_key
from pivotal_server.identity.models import ALL_SCOPES, SCOPES, ApiKey, Mode
from pivotal_server.identity.people import list_members
from pivotal_server.identity.workspaces import find_workspace

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_HEADINGS = ("PREFIX", "NAME", "MODE", "TIER", "LIMIT", "SCOPES", "LAST USED", "FROM", "REQUESTS", "STATE")


class Expiry(click.ParamType["datetime"]):
    """When a key expires: a number of days from now, or the last day (UTC) on which it works."""

    name = "days|date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Return the instant."""
        now = Clock().now()
        try:
            if str(value).isdigit():
                moment = now + timedelta(days=int(value))
            else:
                moment = datetime.combine(date.fromisoformat(value) + timedelta(days=1), time(), UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a number of days nor a date such as 2027-01-31.", param, ctx)
        if moment <= now:
            self.fail(f"{value} is not in the future.", param, ctx)
        return moment


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command("create")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--name", required=True, callback=checked_name, help="Shows on the timeline as the actor: API: NAME.")
@click.option("--mode", required=True, type=click.Choice(["live", "test"]))
@click.option("--rate-limit", type=click.IntRange(min=1), metavar="PER_MINUTE", help="Instead of the mode's own limit.")
@click.option("--scopes", default=ALL_SCOPES, show_default="all", metavar="A,B", help=f"Of: {', '.join(SCOPES)}.")
@click.option("--expires", type=Expiry(), help="Days from now, or the last day (UTC) on which it works.")
def create_api_key(
    *, slug: str, name: str, mode: Mode, rate_limit: int | None, scopes: str, expires: datetime | None
) -> None:
    """Make a key and print it, alone, on standard output. It cannot be shown again."""
    chosen = tuple(dict.fromkeys(scope.strip() for scope in scopes.split(",") if scope.strip()))
    if not chosen:
        raise click.BadParameter("name at least one scope.", param_hint="--scopes")

    async def create(connection: Connection) -> str:
        workspace = await find_workspace(connection, slug)
        members = await list_members(connection, workspace.id)
        owner = next((person.id for person in members if person.role == "owner"), None)
        new = NewKey(name, mode, chosen, rate_limit, expires, created_by=owner)
        return await create_key(connection, workspace.id, new, Clock().now())

    text = on_database(create)
    until = f", expires {to_iso(expires)}" if expires else ""
    click.echo(
        f"Created {mode} key {name!r} of workspace {slug}{until}. Keep it safe; it is not shown again.", err=True
    )
    click.echo(text)


@keys.command("list")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
def list_api_keys(slug: str, *, as_json: bool) -> None:
    """List a workspace's keys, newest first; never their secrets."""

    async def read(connection: Connection) -> list[ApiKey]:
        workspace = await find_workspace(connection, slug)
        return await list_keys(connection, workspace.id)

    found, now = on_database(read), Clock().now()
    if as_json:
        click.echo(json.dumps([_as_json(key, now) for key in found], indent=2))
    elif found:
        click.echo(_table([_HEADINGS, *(_as_row(key, now) for key in found)]))
    else:
        click.echo(f"Workspace {slug} has no keys. Make one with: pivotal keys create", err=True)


@keys.command("revoke")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.argument("key", metavar="PREFIX_OR_ID_OR_NAME")
def revoke_api_key(slug: str, key: str) -> None:
    """Revoke a key: its next request is refused. A leaked key may be given whole."""

    async def revoke(connection: Connection) -> str:
        workspace = await find_workspace(connection, slug)
        return await revoke_key(connection, workspace.id, key, Clock().now())

    click.echo(f"Revoked {on_database(revoke)}.")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "active"


def _as_row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    return (
        key.prefix,
        key.name,
        key.mode,
        key.tier,
        f"{key.rate_limit}/min",
        ",".join(key.scopes),
        f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never",
        key.last_used_ip or "-",
        str(key.request_count),
        _state(key, now),
    )


def _as_json(key: ApiKey, now: datetime) -> dict[str, Any]:
    moments = ("created_at", "expires_at", "revoked_at", "last_used_at")
    return key._asdict() | {name: to_iso_or_none(getattr(key, name)) for name in moments} | {"state": _state(key, now)}


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
