"""Every sample of the API reference runs as it stands: against the real app, with the ids of its examples."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
import tree_sitter_go
from tree_sitter import Language, Parser

from pivotal_server.app import create_app, openapi_document
from pivotal_server.comments.schemas import EXAMPLE_ATTACHMENT
from pivotal_server.core.settings import Settings
from pivotal_server.site.agents import SAMPLE_ADDRESS
from pivotal_server.site.reference.events import event_page
from pivotal_server.site.reference.samples import samples_of
from pivotal_server.site.reference.spec import Operation, Spec
from tests.browser.site import Site, serving
from tests.harness import Databases, World, client_of, lifespan
from tests.site.examples import FILENAME, make_examples

ROOT = Path(__file__).parents[2]
Samples = dict[str, list[tuple[str, str]]]
Run = Callable[..., Awaitable[str]]
_EXAMPLE_LINK = EXAMPLE_ATTACHMENT["download_url"].rpartition("/")[2]  # which has expired
_TSC = ROOT / "sdk" / "typescript" / "node_modules" / "typescript" / "bin" / "tsc"
_STRICT = ("--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "--outDir", "made")
_SECONDS = 120
# Writes come after reads, in the order of the document, but for these, which take away what others need.
_LAST = (
    "unpin-comment",
    "delete-comment",
    "delete-attachment",
    "unpin-task",
    "delete-task",
    "retire-phase",
    "restore-phase",
    "delete-onboarding",
    "delete-contact",
    "delete-lead",
    "delete-pipeline",
    "delete-customer-calendar",
    "delete-template",
    "delete-custom-field",
    "reset-message-template",
    "delete-webhook-endpoint",
    "delete-customer",
)
_SHELL = """
curl() { command curl --silent --show-error --fail-with-body "$@"; }
export PATH="{bin}:$PATH"
run() { "$1" > "$1.out" 2>&1 || { echo "$1"; cat "$1.out"; echo; }; }
"""
# Every sample has a client of its own; what they would trust over TLS is read once for all of them.
_PYTHON = """
import functools, json, ssl, sys, traceback
ssl.create_default_context = functools.cache(ssl.create_default_context)
for name, code in json.load(sys.stdin):
    sys.stdout = open("python.out", "w")
    try:
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    except Exception:
        print(name, traceback.format_exc(limit=-1), file=sys.__stdout__)
    finally:
        sys.stdout.close()
        sys.stdout = sys.__stdout__
"""
# What of Node's own types a sample needs; whoever runs it has @types/node.
_NODE_TYPES = """
declare module "node:fs/promises" { export function readFile(path: string): Promise<Uint8Array<ArrayBuffer>>; }
"""
_WRITE = """
import { readFileSync, writeFileSync } from "node:fs";
for (const [name, code] of JSON.parse(readFileSync(0, "utf8"))) writeFileSync(name, code);
"""
_NODE = """
import { readdirSync } from "node:fs";
const log = console.log;
console.log = () => {};
for (const file of readdirSync("made").sort()) {
  try { await import(`./made/${file}`); } catch (error) { log(file, String(error)); }
}
"""


def _place(operation: Operation) -> tuple[int, int]:
    """Return where an operation comes: reads, then writes, then what takes something away."""
    last = _LAST.index(operation.id) if operation.id in _LAST else -1
    return (2, last) if last >= 0 else (int(operation.writes), 0)


def _script(samples: Sequence[tuple[str, str]]) -> str:
    """Return a shell script that runs each sample, and prints those that fail."""
    return _SHELL.replace("{bin}", str(Path(sys.executable).parent)) + "".join(
        f"{name}() {{\n{code}\n}}\nrun {name}\n" for name, code in samples
    )


@pytest.fixture(scope="module")
def samples() -> Samples:
    """The samples of each language, with the ids of their operations, in an order in which they work."""
    spec = Spec(openapi_document(Settings()))
    found: Samples = {}
    for operation in sorted(spec.operations, key=_place):
        for sample in samples_of(spec, operation):
            found.setdefault(sample.language, []).append((operation.id, sample.code))
    return found


@pytest_asyncio.fixture(scope="module")
async def examples(
    databases: Databases, template: tuple[str, World], settings: Settings
) -> AsyncIterator[tuple[str, str]]:
    """A database in which the ids of the examples exist, and the last segment of the link to the example's file."""
    name, world = template
    async with databases.database(name) as made:
        app, connection = create_app(databases.dsn_of(made), settings), await asyncpg.connect(databases.dsn_of(made))
        transport = httpx.ASGITransport(app)
        async with lifespan(app), client_of("http://testserver/api/v1", world.live_key, transport=transport) as api:
            link = await make_examples(connection, api, world)
        await connection.close()
        yield made, link.rpartition("/")[2]


@pytest_asyncio.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running


@pytest.fixture
async def run(
    site: Site, databases: Databases, examples: tuple[str, str], settings: Settings, world: World, tmp_path: Path
) -> AsyncIterator[Run]:
    """Runs a program in a directory of its own, against a database of its own, and returns what it prints."""
    (tmp_path / FILENAME).write_bytes(b"%PDF-1.7 a plan")
    async with databases.database(examples[0]) as name, site.shows(create_app(databases.dsn_of(name), settings)) as url:

        async def run_one(*command: str | Path, text: str = "") -> str:
            told = text.replace(SAMPLE_ADDRESS, url).replace(_EXAMPLE_LINK, examples[1])
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=tmp_path,
                env={**os.environ, "PIVOTAL_API_KEY": world.live_key, "PIVOTAL_BASE_URL": url},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            output, _ = await asyncio.wait_for(process.communicate(told.encode()), _SECONDS)
            return output.decode()

        yield run_one


async def test_every_call_with_curl_runs(run: Run, samples: Samples) -> None:
    assert await run("bash", "-s", text=_script(samples["sh"])) == ""


async def test_every_event_is_sent_as_its_page_says(run: Run) -> None:
    spec = Spec(openapi_document(Settings()))
    calls, commands = [], []
    for name in spec.webhooks:
        command, call = re.findall(r"```sh\n(.*?)\n```", event_page(spec, name), re.DOTALL)
        calls.append((f"call-{name}", call))
        commands.append((f"command-{name}", command))
    # The commands differ in the name alone, and each takes half a second.
    assert await run("bash", "-s", text=_script([*calls, commands[0]])) == ""


async def test_every_sample_in_python_runs(run: Run, samples: Samples) -> None:
    # A script's client lasts as long as its process, which here is that of all of them.
    warnings = ("-W", "error", "-W", "ignore::ResourceWarning")
    assert await run(sys.executable, *warnings, "-c", _PYTHON, text=json.dumps(samples["python"])) == ""


async def test_every_sample_in_typescript_compiles_and_runs(run: Run, samples: Samples, tmp_path: Path) -> None:
    [packed] = (ROOT / "src" / "pivotal_server" / "site" / "packages").glob("pivotal-api-*.tgz")
    with tarfile.open(packed) as opened:
        opened.extractall(tmp_path, filter="data")
    (tmp_path / "node_modules" / "@pivotal").mkdir(parents=True)
    (tmp_path / "package").rename(tmp_path / "node_modules" / "@pivotal" / "api")
    modules = [[f"{place:03} {id_}.mts", code] for place, (id_, code) in enumerate(samples["ts"])]
    assert await run("node", "--input-type=module", "-e", _WRITE, text=json.dumps(modules)) == ""
    (tmp_path / "node.d.ts").write_text(_NODE_TYPES)
    files = [name for name, _ in modules]
    assert await run(ROOT / "tools" / "sdk" / "node", _TSC, *_STRICT, "node.d.ts", *files) == ""
    assert await run("node", "--input-type=module", "-e", _NODE) == ""


def test_every_sample_in_go_can_be_read(samples: Samples) -> None:
    parser = Parser(Language(tree_sitter_go.language()))
    broken = [id_ for id_, code in samples["go"] if parser.parse(code.encode()).root_node.has_error]
    assert broken == []
