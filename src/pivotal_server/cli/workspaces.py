"""``pivotal workspaces`` and ``pivotal people``."""

import click
from pydantic import TypeAdapter, ValidationError

from pivotal_server.cli.database import on_database
from pivotal_server.core.clock import Clock
from pivotal_server.core.db import Connection
from pivotal_server.core.validation import Email
from pivotal_server.identity.models import ROLES, Role, Workspace
from pivotal_server.identity.people import add_member
from pivotal_server.identity.workspaces import find_workspace
from pivotal_server.provisioning import provision_workspace

_LONGEST_NAME = 255


def checked_email(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the e-mail in lower case.

    Raises:
        click.BadParameter: it is none.
    """
    if value is None:
        return None
    try:
        return str(TypeAdapter(Email).validate_python(value))
    except ValidationError:
        raise click.BadParameter(f"{value!r} is not an e-mail address.") from None


def checked_name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Return the name without white space around it.

    Raises:
        click.BadParameter: it is empty or too long.
    """
    name = value.strip()
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise click.BadParameter(f"A name has 1 to {_LONGEST_NAME} characters.")
    return name


@click.group()
def workspaces() -> None:
    """Make workspaces: each is a company's own container."""


@workspaces.command("create")
@click.option("--slug", required=True, help="Names it in commands: lower-case letters, digits and hyphens.")
@click.option("--name", required=True, callback=checked_name, help="As people see it.")
@click.option("--owner-email", callback=checked_email, help="Makes this person its owner.")
def create_workspace(slug: str, name: str, owner_email: str | None) -> None:
    """Make a workspace, with the default phases."""

    async def create(connection: Connection) -> Workspace:
        return await provision_workspace(connection, slug=slug, name=name, now=Clock().now(), owner_email=owner_email)

    workspace = on_database(create)
    owner = f", owned by {owner_email}" if owner_email else ""
    click.echo(f"Created workspace {workspace.slug} ({workspace.id}){owner}.")


@click.group()
def people() -> None:
    """Add people to workspaces."""


@people.command("add")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--email", required=True, callback=checked_email)
@click.option("--name", required=True, callback=checked_name)
@click.option("--role", required=True, type=click.Choice(ROLES), help="A workspace has one owner.")
def add_person(slug: str, email: str, name: str, role: Role) -> None:
    """Make somebody a teammate of a workspace."""

    async def add(connection: Connection) -> None:
        async with connection.transaction():
            workspace = await find_workspace(connection, slug)
            await add_member(connection, workspace.id, email=email, name=name, role=role, now=Clock().now())

    on_database(add)
    click.echo(f"Added {name} ({email}) to {slug} as {role}.")
