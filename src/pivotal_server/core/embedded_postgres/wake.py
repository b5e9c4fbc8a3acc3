"""A flag that a thread can wait for together with a process."""

import os
import threading


class Wake:
    """Like ``threading.Event``, and its descriptor is readable from ``set()`` on."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._read, self._write = os.pipe()

    def set(self) -> None:
        """Raise the flag for good."""
        self._event.set()
        os.write(self._write, b"!")

    def is_set(self) -> bool:
        """Return whether the flag is up."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait at most that long for the flag, and return whether it is up."""
        return self._event.wait(seconds)

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._read

    def close(self) -> None:
        """Give the descriptors back; nobody may be waiting for them."""
        os.close(self._read)
        os.close(self._write)
