"""``pivotal logs tail`` in a process of its own, on a real server."""

import asyncio
import json
import signal

import pytest
from click.testing import CliRunner

from pivotal_server.cli import pivotal as group
from tests.cli.command import pivotal
from tests.cli.conftest import Start
from tests.harness import NewKeyOf, Serve, World
from tests.support import create_customer, error_of


async def test_it_shows_every_request_once_and_says_what_goes_wrong(
    serve: Serve, start: Start, new_key: NewKeyOf, world: World
) -> None:
    server = await serve()
    address = {"PIVOTAL_BASE_URL": server.url, "PIVOTAL_API_KEY": world.live_key}
    told = start("logs", "tail", "--json", **address)
    plain = start("logs", "tail", "--status", "4xx", **address)
    narrow = await new_key(scopes=("events:read",))
    refused, forbidden, away = await asyncio.gather(
        pivotal("logs", "tail", "--api-key", "pivotal_nonsense", PIVOTAL_BASE_URL=server.url),
        pivotal("logs", "tail", PIVOTAL_BASE_URL=server.url, PIVOTAL_API_KEY=narrow),
        pivotal("logs", "tail", "--base-url", "http://127.0.0.1:1", "--api-key", world.live_key),
    )
    assert refused.complaint == (
        f"pivotal: The API key is not valid. --api-key or PIVOTAL_API_KEY gives a key of {server.url}."
    )
    assert "lacks the scope settings:read" in forbidden.complaint
    assert away.complaint.startswith("pivotal: http://127.0.0.1:1 does not answer: ")
    assert "PIVOTAL_BASE_URL" in away.complaint

    for command in (told, plain):
        await command.says("Following the requests")
    async with server.client(world.live_key) as api:
        asked = [(await api.get("/customers/999")).headers["x-request-id"] for _ in range(3)]
        error_of(await api.get("/contacts/999"), 404)
        await create_customer(api)
    await told.says('"POST"')
    await told.says("contacts/999")
    rows = [json.loads(line) for line in told.out.splitlines()]
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    assert set(asked) <= set(ids)
    assert all(row["path"] != "/api/v1/request_logs" for row in rows)
    await plain.says("contacts/999")
    assert "404  GET    /api/v1/contacts/999" in plain.out
    assert "contact_not_found" in plain.out
    assert "POST" not in plain.out
    assert "\x1b[" not in plain.out
    assert await told.ends(signal.SIGINT) == 130
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give an API key, or set PIVOTAL_API_KEY."),
        (("--api-key", "two words"), "This is not an API key."),
        (("--api-key", "k", "--base-url", "here"), "'here' is not an address"),
        (("--api-key", "k", "--base-url", "http://maya:hunter2@127.0.0.1:1"), "has no user, password, ? or # in it"),
        (("--api-key", "k", "--status", "900"), "Give a status"),
    ],
)
def test_what_no_server_need_be_asked_for_is_refused_at_once(arguments: tuple[str, ...], words: str) -> None:
    outcome = CliRunner().invoke(group, ["logs", "tail", *arguments])
    assert outcome.exit_code == 2
    assert words in outcome.output
    assert "hunter2" not in outcome.output
