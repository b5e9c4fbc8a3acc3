"""Commands that ask a server, run in this process against a real one."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner, Result

from pivotal_server.cli import pivotal
from pivotal_server.cli.problems import explain


@dataclass(frozen=True)
class Shell:
    """A shell with the address of a server and a key to it."""

    url: str
    key: str

    async def run(self, *arguments: str, typed: str | None = None) -> Result:
        """Run a command that succeeds."""
        result = await self.attempt(*arguments, typed=typed)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    async def json(self, *arguments: str, typed: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """Run a command that succeeds, and return what it prints."""
        return json.loads((await self.run(*arguments, typed=typed)).stdout)

    async def attempt(self, *arguments: str, typed: str | None = None) -> Result:
        """Run a command, however it ends."""
        environment = {"PIVOTAL_BASE_URL": self.url, "PIVOTAL_API_KEY": self.key}
        return await asyncio.to_thread(CliRunner().invoke, pivotal, arguments, input=typed, env=environment)


def explain_all(result: Result) -> str | None:
    """Return what the command would say about its failure."""
    return explain(result.exception) if isinstance(result.exception, Exception) else None
