"""The benchmark of pages: what it loads, counts and tells."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench import pages
from bench.client import Client
from bench.page_browser import Seen
from bench.page_data import Size, load_scene
from bench.page_report import data, sections
from bench.page_statements import Statement, recorded
from bench.pages import AppPages, Served

from tests.harness import Serve

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_SIZE = Size(12, 8)


async def test_every_page_of_a_loaded_workspace_is_served_and_counted(
    connection: "Connection", dsn: str, serve: Serve
) -> None:
    told: list[str] = []
    scene = await load_scene(connection, "pages", _SIZE, told.append)
    assert told[0].startswith("12 customers, 8 onboardings and 400 tasks loaded in")
    server = await serve(workers=1)
    port = urlsplit(server.url).port
    assert port is not None
    scene = await pages.settled(port, scene)
    assert scene.onboarding == "/onboardings/1-rollout-1"
    with Client(port) as client:
        for path in pages.paths():
            served = pages.serve_in_turns(client, path, scene, scene, 3)
            assert len(served.ms) == len(served.small_ms) == 3
    statements = await recorded(dsn, pages.request_of(pages.paths()[0], scene))
    assert len(statements) > 2
    assert all(statement.ms > 0 for statement in statements)


def test_the_tables_say_what_was_reached_and_what_was_missed() -> None:
    fast = Served("fast", [1.0] * 20, [1.0], 10, [Statement("SELECT 1", 0.5)], 1)
    slow = Served("slow", [61.0] * 20, [1.0], 10, [Statement("SELECT 1", 0.5)] * 3, 2)
    steady = Seen("steady", [100.0], [50.0], [24.0], "keydown", 0.0, set(), 20.0)
    moving = Seen("moving", [500.0], [50.0], [124.0], "click", 0.1, {"<p>late</p>"}, 151.0)
    found = AppPages([fast, slow], [steady, moving])
    assert found.errors == 2
    text = "\n".join(sections(found))
    assert "| fast | 0.5               | 1.0    | 1.0    | ok" in text
    assert "| slow | 1.5               | 61.0   | 61.0   | missed" in text
    assert "moving moves: <p>late</p>" in text
    assert data(found)["seen"][1]["moved"] == ["<p>late</p>"]
