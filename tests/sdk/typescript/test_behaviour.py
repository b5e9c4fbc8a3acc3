"""The client by the table of behaviour, and what else it does with a server and without."""

from typing import TYPE_CHECKING

from tests.harness import Server, World
from tests.sdk.typescript.conftest import ROOT, Node

if TYPE_CHECKING:
    from tests.sdk.faulty import Faulty


async def test_the_table_of_behaviour(node: Node, faulty: "Faulty", sdk_server: Server, world: World) -> None:
    await node(
        "behaviour.mjs",
        TABLE=str(ROOT / "sdk" / "behaviour.json"),
        FAULTY_URL=faulty.url,
        PIVOTAL_BASE_URL=sdk_server.url,
        PIVOTAL_API_KEY=world.live_key,
    )


async def test_a_real_server(node: Node, sdk_server: Server, world: World) -> None:
    await node("server.mjs", PIVOTAL_BASE_URL=sdk_server.url, PIVOTAL_API_KEY=world.live_key)


async def test_without_a_server(node: Node) -> None:
    await node("--expose-gc", "alone.mjs")
