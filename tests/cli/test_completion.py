"""Completion, as somebody who types in a shell has it."""

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.cli.command import environment, pivotal
from tests.support import eventually


class Terminal:
    """An interactive bash that knows the command's completion."""

    def __init__(self, home: Path) -> None:
        self.said = ""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._descriptor, end = pty.openpty()
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"],
            stdin=end,
            stdout=end,
            stderr=end,
            start_new_session=True,
            env=environment(PATH=path, HOME=home, PS1="ready>", TERM="dumb", INPUTRC=os.devnull, COLUMNS=200),
        )
        os.close(end)
        os.set_blocking(self._descriptor, False)

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    async def says(self, expected: Callable[[str], bool]) -> None:
        def heard() -> bool:
            with suppress(BlockingIOError):
                self.said += os.read(self._descriptor, 65536).decode()
            assert expected(self.said), self.said
            return True

        await eventually(heard, 30)

    async def completes(self, typed: str, completed: str) -> None:
        """Type something and a tab, and wait for what it becomes; then throw the line away."""
        self.said = ""
        self.type(f"{typed}\t")
        await self.says(lambda said: completed in said)
        self.type("\x15")  # Ctrl-U

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._descriptor)


async def test_bash_completes_commands_event_names_and_options(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    try:
        terminal.type('eval "$(pivotal completion bash)"; echo set-$((1 + 1))\n')
        await terminal.says(lambda said: "set-2\r\n" in said)
        await terminal.completes("pivotal workspa", "pivotal workspaces ")
        await terminal.completes("pivotal customers list-t", "pivotal customers list-timeline ")
        await terminal.completes("pivotal customers create --monthly", "--monthly-orders ")
        sent = "pivotal webhook-endpoints send-test-event 1 --type onboarding.laun"
        await terminal.completes(sent, "onboarding.launched ")
        await terminal.completes("pivotal trigger onboarding.laun", "pivotal trigger onboarding.launched ")
    finally:
        terminal.close()


async def test_other_shells_have_a_script_of_their_own() -> None:
    zsh, fish = await asyncio.gather(pivotal("completion", "zsh"), pivotal("completion", "fish"))
    assert zsh.out.startswith("#compdef pivotal")
    assert "complete --no-files --command pivotal" in fish.out
