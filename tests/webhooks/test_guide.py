"""The samples of the pages on webhooks work as they stand on the page."""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from pivotal_server.core.settings import Settings
from pivotal_server.webhooks.engine.schedule import DELAYS, LAST_AFTER, MAX_ATTEMPTS
from pivotal_server.webhooks.signing import new_secret, secret_text, signed_headers
from tests.core.outbound import LOOPBACK, settings_for
from tests.docs.samples.places import lay_out_node
from tests.harness import free_port
from tests.support import SteeredClock, body_of, create_customer, create_onboarding, eventually
from tests.webhooks.conftest import Engine

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "webhooks"
Receiver = Callable[[Path], list[str | Path]]
FrameworkReceiver = Callable[[Path, int], list[str | Path]]
SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def block(page: str, language: str) -> str:
    """Return the page's sample of that language, whose name may come with it."""
    text = (PAGES / page).read_text()
    samples: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return samples[0]


@asynccontextmanager
async def started(*command: str | Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.terminate()  # by itself: a server ends its workers, whose output is waited for as well
        await process.wait()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def python_receiver(directory: Path) -> list[str | Path]:
    receiver = directory / "receiver.py"
    receiver.write_text(block("receiving.md", 'python title="receiver.py"'))
    return [sys.executable, receiver]


def node_receiver(directory: Path) -> list[str | Path]:
    receiver = directory / "receiver.mjs"
    receiver.write_text(block("receiving.md", 'js title="receiver.mjs"'))
    return [ROOT / "tools" / "svix-verify" / "run", receiver]


def fastapi_receiver(directory: Path, port: int) -> list[str | Path]:
    (directory / "app.py").write_text(block("receiving.md", 'python title="app.py"'))
    server: list[str | Path] = [
        Path(sys.executable).with_name("granian"),
        "--interface",
        "asgi",
        "--log-level",
        "error",
    ]
    return [*server, "--working-dir", directory, "--port", str(port), "app:app"]


def express_receiver(directory: Path, port: int) -> list[str | Path]:
    lay_out_node(directory)
    receiver = directory / "app.mjs"
    receiver.write_text(block("receiving.md", 'js title="app.mjs"').replace("8787", str(port)))
    return [ROOT / "tools" / "samples" / "run", "node", receiver]


@pytest.fixture
def settings() -> Settings:
    """As `make run` has it."""
    return settings_for(*LOOPBACK)


@pytest.mark.parametrize("receiver", [python_receiver, node_receiver])
async def test_the_receiver_takes_a_customer_and_refuses_what_is_forged(
    api: httpx.AsyncClient, clock: SteeredClock, engine: Engine, tmp_path: Path, receiver: Receiver
) -> None:
    clock.seconds = time.time()
    port = free_port()
    url = f"http://127.0.0.1:{port}/pivotal"
    endpoint = body_of(await api.post("/webhook_endpoints", json={"url": url, "events": ["*"]}), 201)
    environment = {"PIVOTAL_WEBHOOK_SECRET": endpoint["secret"], "RECEIVER_PORT": str(port)}
    async with started(*receiver(tmp_path), **environment) as process, httpx.AsyncClient() as client:
        await eventually(lambda: listens(port), timeout=120)
        await engine()
        customer = await create_customer(api)
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line.decode().split() == ["customer.created", customer["id"]]
        forged = signed_headers([new_secret()], "msg_forged", int(time.time()), b"{}")
        assert (await client.post(url, headers=forged, content=b"{}")).status_code == 401


@pytest.mark.parametrize("receiver", [fastapi_receiver, express_receiver])
async def test_the_receivers_of_frameworks_tell_of_what_is_genuine_and_refuse_the_rest(
    api: httpx.AsyncClient, clock: SteeredClock, engine: Engine, tmp_path: Path, receiver: FrameworkReceiver
) -> None:
    clock.seconds = time.time()
    port = free_port()
    url = f"http://127.0.0.1:{port}/pivotal"
    made = {"url": url, "events": ["onboarding.phase_changed"]}
    environment = {
        "PIVOTAL_WEBHOOK_SECRET": body_of(await api.post("/webhook_endpoints", json=made), 201)["secret"],
        "PYTHONUNBUFFERED": "1",
    }
    async with started(*receiver(tmp_path, port), **environment) as process, httpx.AsyncClient() as client:
        await eventually(lambda: listens(port), timeout=120)
        await engine()
        begun = await create_onboarding(api)
        moved = body_of(await api.post(f"/onboardings/{begun['id']}/advance"))
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line.decode() == f"{moved['name']} is now in {moved['phase']}\n"
        forged = signed_headers([new_secret()], "msg_forged", int(time.time()), b"{}")
        assert (await client.post(url, headers=forged, content=b"{}")).status_code == 401


def verify_by_hand() -> Callable[[str, Mapping[str, str], bytes], bool]:
    names: dict[str, Callable[[str, Mapping[str, str], bytes], bool]] = {}
    exec(compile(block("signing.md", "python"), "docs/webhooks/signing.md", "exec"), names)  # noqa: S102 - our own page
    return names["verify"]


def test_the_recipe_for_verifying_by_hand_is_right() -> None:
    verify = verify_by_hand()
    secret, other, now = new_secret(), new_secret(), int(time.time())

    def check(headers: Mapping[str, str], body: bytes = b'{"a":1}') -> bool:
        return verify(secret_text(secret), headers, body)

    assert check(signed_headers([secret], "msg_1", now, b'{"a":1}'))
    assert check(signed_headers([other, secret], "msg_1", now, b'{"a":1}'))
    assert not check(signed_headers([secret], "msg_1", now, b'{"a":1}'), b'{"a":2}')
    assert not check(signed_headers([other], "msg_1", now, b'{"a":1}'))
    assert not check(signed_headers([secret], "msg_1", now - 301, b'{"a":1}'))
    assert not check(signed_headers([secret], "msg_1", now, b'{"a":1}') | {"svix-id": "msg_2"})


def test_the_schedule_on_the_page_is_the_one_in_use() -> None:
    rows = re.findall(r"^\| \d \| (.+) \|$", (PAGES / "retries.md").read_text(), re.MULTILINE)
    assert len(rows) == MAX_ATTEMPTS
    told = [match for row in rows for match in re.findall(r"^(\d+) (second|minute|hour)s? ", row)]
    delays = [int(number) * SECONDS[unit] for number, unit in told]
    assert delays == [*(delay.total_seconds() for delay in DELAYS), LAST_AFTER.total_seconds()]
