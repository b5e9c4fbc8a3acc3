"""What our processes say: a line on stderr for each thing that happened."""

import logging
import sys
import time


def configure_logging(level: int = logging.INFO) -> None:
    """Send this process's log lines to stderr, with time (UTC), level and source.

    Args:
        level: the least important that is shown.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class LogFormatter(logging.Formatter):
    """The form of our log lines."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
