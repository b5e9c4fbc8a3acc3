"""``pivotal sign-in-link``: a link for whoever's mail does not arrive."""

import re
from typing import TYPE_CHECKING

from pivotal_server.core.clock import Clock
from pivotal_server.people.links import look_at_link
from tests.cli.command import pivotal
from tests.harness import World

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_a_link_is_printed_alone(dsn: str, connection: "Connection", world: World) -> None:
    made = await pivotal(
        "sign-in-link", "Maya@Northwind.example", DATABASE_URL=dsn, PIVOTAL_PUBLIC_URL="https://p.example/"
    )
    found = re.fullmatch(r"https://p\.example/sign-in/link\?token=([\w-]{43})\n", made.out)
    assert made.status == 0, made
    assert found
    looked = await look_at_link(connection, found[1], "anybody's browser", Clock().now())
    assert looked.state == "ready"
    assert looked.link
    assert looked.link.email == world.maya.email


async def test_nobody_gets_none(dsn: str) -> None:
    made = await pivotal("sign-in-link", "nobody@northwind.example", DATABASE_URL=dsn)
    assert made.status == 1
    assert "Nobody is known as nobody@northwind.example." in made.err
    assert (await pivotal("sign-in-link", "nobody", DATABASE_URL=dsn)).status == 2
