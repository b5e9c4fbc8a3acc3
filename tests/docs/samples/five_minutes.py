"""Times the way from nothing to the first verified webhook, as the page tells it:  make five-minutes.

A server is started in a directory of its own. Then the page's own steps are gone, once in Python and once in
TypeScript, each in a bare directory, beginning with the environment that the SDK is installed into.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.cli.command import Running, demo_keys
from tests.docs.samples.fences import Fence, fences_of
from tests.docs.samples.places import bare_directory, environment_of
from tests.docs.samples.shell import ROOT, Shell
from tests.harness import free_port
from tests.support import eventually

PAGE = ROOT / "docs" / "webhooks" / "quickstart.md"
LANGUAGES = ("Python", "TypeScript")
# What the page says for one of both: how the SDK is installed, and how the receiver is started.
_ONLY = {"Python": "pip install", "TypeScript": "npm install"}
_START = {"Python": "python receiver.py", "TypeScript": "node receiver.mjs"}
_RECEIVER = {"Python": "receiver.py", "TypeScript": "receiver.mjs"}
_EVENT = "customer.created"
# Until the server is there, on a machine with much else to do.
_SECONDS = 300


@dataclass(frozen=True)
class Step:
    """One step of the way, and how many seconds it took."""

    what: str
    seconds: float


def steps_of(language: str) -> list[Fence]:
    """Return the page's samples for one of both languages."""
    other = next(one for one in LANGUAGES if one != language)
    left_out = (_ONLY[other], _RECEIVER[other])
    samples = [fence for fence in fences_of(ROOT, PAGE) if fence.language in {"sh", "python", "ts", "js"}]
    return [one for one in samples if not one.text.startswith(left_out[0]) and one.title != left_out[1]]


async def walk(language: str, url: str, variables: dict[str, str], directory: Path, first: str) -> list[Step]:
    """Go the page's way in one language and return its steps; the last is that the receiver tells of the event.

    Args:
        language: of ``LANGUAGES``.
        url: the server's.
        variables: of the terminal, the key among them.
        directory: where all of it happens.
        first: a command for what there has to be before.

    Raises:
        SampleError: a step fails.
        AssertionError: the receiver says nothing.
    """
    port, steps, other = str(free_port()), list[Step](), next(one for one in LANGUAGES if one != language)
    bare = Fence(PAGE.name, 0, "sh", {}, first)
    async with Shell(directory, variables, int(port)) as shell:
        for number, fence in enumerate([bare, *steps_of(language)]):
            text = fence.text.replace("http://127.0.0.1:8000", url).replace("8787", port)
            text = text.replace(_START[other], _START[language])
            file = directory / (fence.title or f".step-{number}")
            file.write_text(text)
            began = time.monotonic()
            if fence.title is None:
                await shell.run(fence, file)
            what = f"save {fence.title}" if fence.title else text.replace("\\\n", "").strip().splitlines()[-1]
            steps.append(Step(what, time.monotonic() - began))
        began = time.monotonic()
        await shell.hears(_EVENT)
        steps.append(Step(f"the receiver has verified {_EVENT}", time.monotonic() - began))
    return steps


def table(language: str, steps: list[Step]) -> str:
    """Return the steps as lines, and their sum."""
    lines = [f"{language}:", *(f"  {step.seconds:6.1f} s  {step.what[:100]}" for step in steps)]
    return "\n".join([*lines, f"  {sum(step.seconds for step in steps):6.1f} s  in all"])


async def main() -> None:
    """Start a server and go both ways."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch, "data")
        began = time.monotonic()
        running = Running(
            Path(scratch), "run", PIVOTAL_DATA=data, PIVOTAL_OUTBOUND_ALLOW="127.0.0.0/8,::1", PORT=free_port()
        )
        try:
            await eventually((data / "demo-keys.json").exists, _SECONDS)
            await running.answers()
            sys.stdout.write(f"A server with its own PostgreSQL and a demo: {time.monotonic() - began:.1f} s\n\n")
            for language, first in (("Python", "python3 -m venv environment"), ("TypeScript", "npm init --yes")):
                directory = bare_directory(Path(scratch, language))
                here = environment_of(directory, directory / "environment")
                here |= {"PIVOTAL_API_KEY": demo_keys(data)["live"], "PIVOTAL_BASE_URL": running.url}
                steps = await walk(language, running.url, here, directory, first)
                sys.stdout.write(f"{table(language, steps)}\n\n")
        finally:
            running.stop()


if __name__ == "__main__":
    asyncio.run(main())
