"""Clients that public generators make of our document work, and are made without a warning."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import Server, World

PUBLIC = Path(__file__).parent / "public"
ROOT = Path(__file__).parents[2]

# What somebody writes who has openapi-python-client make a client.
PROGRAM = """
import os

from made.api.customers import create_customer, get_customer, list_customers
from made.client import AuthenticatedClient
from made.models import Customer, CustomerCreate, CustomerList, Error

with AuthenticatedClient(os.environ["PIVOTAL_BASE_URL"], os.environ["PIVOTAL_API_KEY"]) as client:
    made = create_customer.sync(client=client, body=CustomerCreate(name="Aurora", tags=["generated"]))
    assert isinstance(made, Customer)
    read = get_customer.sync(str(made.display_id), client=client)
    rows = list_customers.sync(client=client, tag="generated", limit="5")
    missing = get_customer.sync("0", client=client)
    assert isinstance(read, Customer)
    assert isinstance(rows, CustomerList)
    assert isinstance(missing, Error)
    print(read.name, len(rows.data), missing.error.code)
"""


@pytest.fixture
async def document(sdk_server: Server, tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    async with sdk_server.client() as client:
        path.write_text((await client.get("openapi.json")).text)
    return path


async def output(*command: str | Path, environment: dict[str, str]) -> str:
    """Run a program to its end, and return what it says; what it complains of is an error."""
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await process.communicate()
    assert process.returncode == 0, f"{said.decode()}\n{complained.decode()}"
    assert "warning" not in complained.decode().lower()
    return said.decode().strip()


async def test_openapi_python_client(sdk_server: Server, world: World, document: Path) -> None:
    generator = Path(sys.executable).with_name("openapi-python-client")
    folder = document.parent
    options = ("--path", document, "--output-path", folder / "made", "--config", PUBLIC / "openapi-python-client.yml")
    said = await output(generator, "generate", *options, "--meta", "none", "--fail-on-warning", environment={})
    assert "warning" not in said.lower()
    (folder / "program.py").write_text(PROGRAM)
    environment = {"PIVOTAL_BASE_URL": sdk_server.url, "PIVOTAL_API_KEY": world.live_key}
    said = await output(sys.executable, folder / "program.py", environment=environment)
    name, rows, code = said.split()
    assert (name, code) == ("Aurora", "customer_not_found")
    assert int(rows) >= 1


async def test_openapi_typescript(sdk_server: Server, world: World, document: Path) -> None:
    folder = document.parent / "made"
    folder.mkdir()
    environment = {"PIVOTAL_BASE_URL": sdk_server.url, "PIVOTAL_API_KEY": world.live_key}
    run = ROOT / "tools" / "openapi-typescript" / "run"
    said = await output(run, document, PUBLIC / "program.ts", folder, environment=environment)
    name, rows, code = said.splitlines()[-1].split()
    assert (name, code) == ("Aurora", "customer_not_found")
    assert int(rows) >= 1
