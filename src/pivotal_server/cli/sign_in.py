"""``pivotal sign-in-link``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pivotal_server.cli.database import on_database
from pivotal_server.cli.workspaces import checked_email
from pivotal_server.core.clock import Clock
from pivotal_server.core.settings import Settings
from pivotal_server.people.links import LIFETIME, make_link
from pivotal_server.people.queries import find_person_id

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@click.command("sign-in-link")
@click.argument("email", callback=checked_email)
def sign_in_link(email: str) -> None:
    """Print a link that signs a person in: once, within 15 minutes, in any browser.

    For a server without mail, and for whoever's mail does not arrive.
    """

    async def make(connection: Connection) -> str | None:
        if await find_person_id(connection, email) is None:
            return None
        return await make_link(connection, email, Settings().base_url, Clock().now(), LIFETIME)

    url = on_database(make)
    if url is None:
        raise click.ClickException(f"Nobody is known as {email}. Add them with: pivotal people add")
    click.echo(url)
