"""Every sample of the documentation and of the READMEs is run as it stands on its page, against the real server."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from pivotal_server.identity.api_keys import NewKey, create_key
from pivotal_server.identity.people import add_member
from pivotal_server.provisioning import provision_workspace
from tests.cli.command import Running
from tests.docs.samples.fences import RUN, Fence, fences_of, missing, values_in
from tests.docs.samples.five_minutes import LANGUAGES, table, walk
from tests.docs.samples.places import (
    bare_directory,
    compile_all,
    environment,
    environment_of,
    lay_out,
    make_venv,
    page_directory,
)
from tests.docs.samples.shell import ROOT, SampleError, Shell
from tests.harness import ROUNDS, UNLIMITED, Databases, World, free_port

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DOCS = ROOT / "docs"
PATHS = sorted(path for path in DOCS.glob("*/**/*.md") if path.relative_to(DOCS).parts[0] != "developers")
PATHS += [ROOT / "README.md", *sorted((ROOT / "sdk").glob("*/README.md"))]
PAGES = {str(path.relative_to(ROOT)): fences_of(ROOT, path) for path in PATHS}
FENCES = [fence for fences in PAGES.values() for fence in fences]
NOT_RUN = {
    ("README.md", "make run"): "it is what has started the server, and the tests",
    (
        "docs/webhooks/quickstart.md",
        'import { createServer } from "node:http";',
    ): "the way in TypeScript runs it",
    (
        "docs/webhooks/receiving.md",
        "# pip install svix",
    ): "tests/webhooks/test_guide.py runs it",
    ("docs/webhooks/receiving.md", "// npm install svix"): "likewise",
    ("docs/webhooks/receiving.md", "import express"): "likewise",
}
"""Samples that are not run with their page, by page and beginning, and why. There are no others."""
# The address that pages give the server, and the port at which their receivers listen.
_SERVER, _RECEIVER = "http://127.0.0.1:8000", "8787"
_AT_ONCE = 3


@dataclass(frozen=True)
class Place:
    """The server, the database behind it, and where samples are run."""

    url: str
    dsn: str
    data: Path
    work: Path


@pytest_asyncio.fixture(scope="module")
async def server(
    databases: Databases, template: tuple[str, World], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """As `make run` starts it, with its worker."""
    root = tmp_path_factory.mktemp("samples")
    data, work, logs = root / "data", root / "work", root / "logs"
    work.mkdir()
    logs.mkdir()
    lay_out(work)
    async with databases.database(template[0]) as name:
        dsn = databases.dsn_of(name)
        here = {"DATABASE_URL": dsn, "PIVOTAL_DATA": str(data), "PIVOTAL_OUTBOUND_ALLOW": "127.0.0.0/8,::1"}
        running = Running(logs, "run", "--no-demo", PIVOTAL_WORKERS="1", **here)
        try:
            await running.answers(timeout=180)
            yield Place(running.url, dsn, data, work)
        finally:
            running.stop()


@pytest.fixture
async def connection(server: Place) -> "AsyncIterator[Connection]":
    opened = await asyncpg.connect(server.dsn)
    yield opened
    await opened.close()


async def new_key(connection: "Connection", page: str) -> str:
    """Make a workspace for a page, and return a key of it."""
    slug, now = re.sub(r"[^a-z]+", "-", page.removesuffix(".md").lower()), datetime.now(UTC)
    workspace = await provision_workspace(connection, slug=slug, name=page, now=now)
    owner = await add_member(connection, workspace.id, email=f"maya@{slug}.example", name="Maya", role="owner", now=now)
    new = NewKey("laptop", "live", rate_limit=UNLIMITED, created_by=owner)
    return await create_key(connection, workspace.id, new, now, rounds=ROUNDS)


def is_run(fence: Fence) -> bool:
    return fence.language in RUN and not any(
        fence.page == page and fence.text.startswith(beginning) for page, beginning in NOT_RUN
    )


async def run_page(server: Place, fences: list[Fence], key: str, compiled: dict[str, str]) -> None:
    """Run the samples of one page in one terminal."""
    directory, receiver = page_directory(server.work, fences[0].page), free_port()
    variables = {"PIVOTAL_API_KEY": key, "PIVOTAL_BASE_URL": server.url, "DATABASE_URL": server.dsn}
    variables |= environment(server.work, directory, fences, PIVOTAL_DATA=str(server.data), **variables)
    async with Shell(directory, variables, receiver) as shell:
        for fence in fences:
            text = compiled.get(fence.place, fence.text)
            text = text.replace(_SERVER, server.url).replace(_RECEIVER, str(receiver)).replace("pivotal_…", key)
            name = fence.title or f".sample-{fence.line}{'.mjs' if fence.language in {'ts', 'js'} else ''}"
            (directory / name).write_text(text)
            if fence.title is None or not any(fence.title in one.text for one in fences if one.language == "sh"):
                await shell.run(fence, directory / name)
        await shell.finish()


async def test_every_sample_runs_as_it_stands(server: Place, connection: "Connection") -> None:
    pages = {page: samples for page, fences in PAGES.items() if (samples := [one for one in fences if is_run(one)])}
    keys = {page: await new_key(connection, page) for page in pages}
    compiled = await compile_all([fence for fences in pages.values() for fence in fences], server.work)
    at_once, problems = asyncio.Semaphore(_AT_ONCE), list[str]()

    async def run(page: str) -> None:
        async with at_once:
            try:
                await run_page(server, pages[page], keys[page], compiled)
            except SampleError as error:
                problems.append(str(error))

    await asyncio.gather(*(run(page) for page in pages))
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_webhook_arrives_within_five_minutes(
    server: Place, connection: "Connection", language: str
) -> None:
    key = await new_key(connection, f"{language} in five minutes")
    directory = bare_directory(server.work / language)
    make_venv(directory / "environment")  # with what else the wheel needs: the tests need no network
    here = environment_of(directory, directory / "environment")
    here |= {"PIVOTAL_API_KEY": key, "PIVOTAL_BASE_URL": server.url}
    steps = await walk(language, server.url, here, directory, "echo '{}' > package.json")
    assert [step.what for step in steps if "receiver" in step.what][-1] == "the receiver has verified customer.created"
    assert sum(step.seconds for step in steps) < 300
    assert table(language, steps).endswith("s  in all")


def test_what_is_not_run_is_there_and_nothing_else_is() -> None:
    left = Counter(
        (page, beginning)
        for page, beginning in NOT_RUN
        for fence in PAGES.get(page, [])
        if fence.text.startswith(beginning)
    )
    assert left == Counter(NOT_RUN.keys())
    languages = RUN | {"json", "text", "http", "go", "sql", "yaml"}
    assert {fence.place: fence.language for fence in FENCES if fence.language not in languages} == {}


def test_answers_are_held_against_what_is_shown() -> None:
    given = values_in('answered {"object": "list", "data": [{"id": "c1", "name": null}]} and [] and {broken')
    assert given == [{"object": "list", "data": [{"id": "c1", "name": None}]}, []]
    assert missing({"data": [{"id": "c0", "name": {"first": ""}}]}, given[0]) == []
    assert missing({"data": [{"slug": ""}], "has_more": False}, given[0]) == ["has_more", "data[0].slug"]
    assert missing({"data": [{"id": {"of": 1}}]}, given[0]) == ["data[0].id"]
    assert missing([1], given[1]) == ["[0]"]
