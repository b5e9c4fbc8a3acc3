"""Tells the processes of a server that it was told to stop, before they are."""

import asyncio
import os
from collections.abc import Callable


class Stopping:
    """A word from a process to those that it forks: what goes on for as long as a client stays has to end now.

    A process that is told to stop itself answers what it has begun, and a stream has no end of its own.
    """

    def __init__(self) -> None:
        self._hearing, self._telling = os.pipe()

    def tell(self) -> None:
        """Tell every process, those that are forked later too."""
        os.write(self._telling, b".")

    def when_told(self, act: Callable[[], None]) -> None:
        """Have the running loop call something once, as soon as it is told; what was written stays for the others."""
        loop = asyncio.get_running_loop()

        def hear() -> None:
            loop.remove_reader(self._hearing)
            act()

        loop.add_reader(self._hearing, hear)
