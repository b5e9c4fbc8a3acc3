"""``pivotal export``: a list of the API as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pivotal_server.cli.calls import client_of, rows_of
from pivotal_server.cli.operations import operation
from pivotal_server.cli.output import csv_lines, json_lines
from pivotal_server.cli.remote import remote_options
from pivotal_server.cli.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal import PivotalApi
    from pivotal_server.cli.remote import Remote

    Row = dict[str, Any]

_SHOWN_EVERY = 50
_EXPORTED = ("customers", "contacts", "onboardings", "tasks", "templates", "events")


@click.command("export")
@click.argument("resource", type=click.Choice(_EXPORTED))
@click.option("--format", "form", type=click.Choice(["csv", "json"]), help="Otherwise what FILE ends in, else csv.")
@click.option("-o", "--to", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Or standard output.")
@remote_options
def export(*, remote: Remote, resource: str, form: str | None, to: Path | None) -> None:
    """Write all that a list of the API has, as CSV or JSON.

    Contacts and onboardings come with their customer's slug and domain, by which an import finds it again. The file is
    there when it is whole.
    """
    chosen = form or ("json" if to is not None and to.suffix == ".json" else "csv")
    with client_of(remote) as client:
        rows = _rows(client, resource)
        if to is None:
            for line in _lines(rows, chosen):
                click.echo(line)
            return
        count = 0
        with (
            whole_file(to) as file,
            click.progressbar(
                _lines(rows, chosen),
                label="Exporting",
                show_pos=True,
                update_min_steps=_SHOWN_EVERY,
                file=sys.stderr,
                hidden=not sys.stderr.isatty(),
            ) as lines,
        ):
            for line in lines:
                file.write(f"{line}\n".encode())
                count += 1
    # A head, or two brackets, are no rows.
    count = max(count - (1 if chosen == "csv" else 2), 0)
    click.echo(f"Exported {count:,} {resource} to {to}.", err=True)


def _lines(rows: Iterator[Row], form: str) -> Iterator[str]:
    return csv_lines(rows) if form == "csv" else json_lines(rows)


def _rows(client: PivotalApi, resource: str) -> Iterator[Row]:
    customers = rows_of(client, operation("customers", "list"), [], None)
    listed = operation(resource, "list")
    if resource == "contacts":
        for customer in customers:
            for contact in rows_of(client, listed, [customer["id"]], None):
                yield contact | _named(customer)
    elif resource == "onboardings":
        names = {customer["id"]: _named(customer) for customer in customers}
        for row in rows_of(client, listed, [], None):
            yield row | names.get(row["customer_id"], _named({}))
    else:
        yield from rows_of(client, listed, [], None)


def _named(customer: Row) -> Row:
    return {"customer_slug": customer.get("slug"), "customer_domain": customer.get("domain")}
