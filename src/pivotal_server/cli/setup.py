"""``pivotal migrate``, ``pivotal doctor`` and ``pivotal openapi``."""

import json
import sys

import click

from pivotal_server.cli.database import on_database
from pivotal_server.core.migrations import Migration
from pivotal_server.core.migrations import migrate as apply_migrations
from pivotal_server.core.settings import Settings


@click.command()
def migrate() -> None:
    """Bring the database's schema to this version."""
    applied: list[Migration] = on_database(apply_migrations, new=True)
    for migration in applied:
        click.echo(f"Applied {migration.version:04d}_{migration.name}.")
    click.echo("The schema is up to date.")


@click.command()
def doctor() -> None:
    """Check everything that Pivotal needs, and say what to do about what is not right."""
    from pivotal_server.doctor import FAILED, examine  # noqa: PLC0415 - only this command wants it

    failed = False
    for finding in examine():
        failed = failed or finding.status == FAILED
        click.echo(f"{finding.status:<8} {finding.text}")
        if finding.advice:
            click.echo(f"{'':<8} -> {finding.advice}")
    if failed:
        sys.exit(1)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document of the API as JSON. Needs no database."""
    from pivotal_server.app import openapi_document  # noqa: PLC0415 - imports the whole application

    click.echo(json.dumps(openapi_document(Settings()), indent=2, ensure_ascii=False))
