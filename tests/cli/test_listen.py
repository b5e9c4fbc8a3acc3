"""``pivotal listen`` and ``pivotal trigger`` in processes of their own, on a real server."""

import asyncio
import json
import re
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from svix.webhooks import Webhook

from pivotal_server.cli import pivotal as group
from pivotal_server.cli.event_stream import messages
from pivotal_server.cli.listen import complete_events
from pivotal_server.cli.trigger import complete_names
from tests.cli.command import pivotal
from tests.cli.conftest import Start
from tests.harness import Serve, World, free_port
from tests.support import Json, create_contact, create_customer, events, eventually


class Receiver:
    """A program that takes webhooks, as a developer writes it."""

    def __init__(self, port: int) -> None:
        self.port, self.got = port, list[tuple[dict[str, str], bytes]]()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(500 if b"contact.created" in body else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def verified(self, secret: str) -> list[Json]:
        """Return what came, each verified by Svix's own library."""
        for headers, body in self.got:
            Webhook(secret).verify(body, headers)  # raises where it does not
        return [json.loads(body) for _, body in self.got]

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(free_port())
    yield made
    made.stop()


async def test_events_are_forwarded_in_order_whatever_breaks(
    serve: Serve, start: Start, world: World, receiver: Receiver, tmp_path: Path
) -> None:
    server = await serve()
    own = {"PIVOTAL_BASE_URL": server.url, "PIVOTAL_API_KEY": world.live_key, "XDG_CONFIG_HOME": tmp_path}
    async with server.client(world.live_key) as api:
        await create_customer(api)  # before anybody listens
        listening = start("listen", "--forward-to", receiver.url, **own)
        await listening.says("Signing secret: ")
        secret = re.findall("whsec_[A-Za-z0-9+/=]+", listening.out)[0]

        # The receiver is not there yet; then it is.
        customer = await create_customer(api)
        await api.patch(f"/customers/{customer['id']}", json={"name": "Aurora"})
        await listening.says("Nobody answers at")
        receiver.start()
        await eventually(lambda: receiver.types() == ["customer.created", "customer.updated"])
        assert receiver.verified(secret) == (await events(api))[1:]

        # The server loses its process in the middle; what happens until the next one is there is told as well.
        server.kill_worker()
        await listening.says("Trying again.")
        await eventually(lambda: _patched(api, customer["id"]), 30)
        await listening.says("Connected again.")
        await create_contact(api, customer["id"])
        await eventually(lambda: "contact.created" in receiver.types(), 20)
        await listening.says("contact.created")
        line = next(line for line in listening.out.splitlines() if "contact.created" in line)
        assert re.search(r"  500  \d+ ms$", line)  # said, and not tried again
        ids = [event["id"] for event in receiver.verified(secret)]
        assert ids == [event["id"] for event in (await events(api))[1:]]
        headers, _ = receiver.got[0]
        assert headers["webhook-id"] == headers["svix-id"] == "msg_" + ids[0].removeprefix("evt_")

        await _trigger(own, receiver, secret)
        assert await listening.ends(signal.SIGINT) == 0
        assert f"pivotal listen --since {ids[-1]}" in listening.out

        # What happens while nobody listens is there for whoever says where they stood.
        await api.patch(f"/customers/{customer['id']}", json={"name": "Borealis"})
        again = start("listen", "--forward-to", receiver.url, "--since", ids[-1], "--print-json", **own)
        newest = (await events(api))[-1]
        await again.says(newest["id"])
        printed = [json.loads(line) for line in again.out.splitlines()]
        # The test event from before is so young that who comes back hears of it again.
        assert [event for event in printed if event["type"] != "customer.at_risk"] == [newest]
        assert newest in receiver.verified(secret)
        assert secret in again.err
        assert await again.ends(signal.SIGINT) == 0


async def _patched(api: httpx.AsyncClient, id_: str) -> bool:
    with suppress(httpx.HTTPError):
        return (await api.patch(f"/customers/{id_}", json={"name": "Northern Lights"})).is_success
    return False


async def _trigger(own: dict[str, object], receiver: Receiver, secret: str) -> None:
    """Send made-up events to who listens, and see what is said where something is wrong."""
    sent, unknown, nobody, printed = await asyncio.gather(
        pivotal("trigger", "customer.at_risk", "--data", "name=Aurora", "--data", "mrr=1200", **own),
        pivotal("trigger", "customer.exploded", **own),
        pivotal("trigger", "task.created", "--endpoint", "ep_" + "0" * 24, **own),
        pivotal("listen", "--print-secret", **own),
    )
    assert sent.status == 0, sent
    # The stream of the process that was killed counts for some seconds more.
    assert re.fullmatch(r"Sent customer.at_risk \(evt_\w+\) to (1 listener|2 listeners)\.\n", sent.out)
    await eventually(lambda: "customer.at_risk" in receiver.types())
    made_up = next(event for event in receiver.verified(secret) if event["type"] == "customer.at_risk")
    assert made_up["livemode"] is False
    assert (made_up["data"]["object"]["name"], made_up["data"]["object"]["mrr"]) == ("Aurora", 1200)
    assert "customer.exploded" in unknown.complaint
    assert "webhook_endpoint_not_found" in nobody.complaint
    assert printed.out == f"{secret}\n"
    kept = Path(str(own["XDG_CONFIG_HOME"])) / "pivotal" / "listen.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("listen", "--forward-to", "ftp://here"), "is not an address"),
        (("listen", "--secret", "whsec_short"), "A secret is whsec_"),
        (("listen", "--since", "yesterday"), "Give an age such as 10m"),
        (("trigger",), "Missing argument 'EVENT'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(arguments: tuple[str, ...], words: str) -> None:
    outcome = CliRunner().invoke(group, [*arguments, "--api-key", "k"])
    assert outcome.exit_code == 2
    assert words in outcome.output


def test_names_of_events_are_completed() -> None:
    assert [item.value for item in complete_names(None, None, "task.c")] == ["task.completed", "task.created"]  # type: ignore[arg-type]
    completed = [item.value for item in complete_events(None, None, "contact.*,task.c")]  # type: ignore[arg-type]
    assert completed == ["contact.*,task.completed", "contact.*,task.created"]


def test_messages_are_read_as_the_standard_has_them() -> None:
    lines = ["retry: 2000", "", ": here", "", "id:1", "data: {}", "", "event: over", "data:gone", "", "id: 9", ""]
    assert list(messages(lines)) == [{"id": "1", "data": "{}"}, {"event": "over", "data": "gone"}]
