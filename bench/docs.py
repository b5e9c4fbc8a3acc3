"""The documentation: every page the first time that somebody opens it, and pages of each kind from then on."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.client import Client
from bench.server import running_server
from bench.tables import table, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LIMIT_P95_MS = 20.0
_PATHS = {
    "home": "/docs",
    "page": "/docs/webhooks/signing",
    "page as Markdown": "/docs/webhooks/signing.md",
    "search": "/docs/search?q=webhook+signature",
    "everything that can be found": "/docs/search.json",
    "llms-full.txt": "/llms-full.txt",
}
_LISTED = re.compile(rb"\]\(http://[^/]+(/docs/[^)]+)\.md\)")


@dataclass(frozen=True, slots=True)
class Read:
    """What is asked for, how long that takes, and how large it is.

    Attributes:
        name: of what is asked for.
        ms: from the first byte sent to the last one received, of each request.
        kib: length of the largest answer, as it is sent.
    """

    name: str
    ms: list[float]
    kib: float

    @property
    def p95_ms(self) -> float:
        """The time that 95 of 100 requests stay below."""
        return statistics.quantiles(self.ms, n=20)[-1]

    @property
    def reached(self) -> bool:
        """Whether it is as fast as it should be."""
        return self.p95_ms <= LIMIT_P95_MS


def measure(dsn: str, log: Path, requests: int, tell: Callable[[str], None]) -> list[Read]:
    """Measure a server that has just started.

    Args:
        dsn: of a migrated database.
        log: the server's log file.
        requests: for each kind of page.
        tell: is told what goes on.

    Raises:
        RequestError | ServerError: something did not work.
    """
    with running_server(dsn, log) as server, Client(server.port) as client:
        pages = [path.decode() for path in _LISTED.findall(client.send(_request("/llms.txt", packed=False))[1])]
        tell(f"docs: {len(pages)} pages, each for the first time")
        found = [_read(client, "every page, the first time", pages)]
        for name, path in _PATHS.items():
            client.send(_request(path))
            tell(f"docs, {name}: {requests} requests")
            found.append(_read(client, name, [path] * requests))
    return found


def sections(found: Sequence[Read]) -> list[str]:
    """Return the part of the report for people."""
    rows = [
        [one.name, str(len(one.ms)), f"{statistics.median(one.ms):.1f}", f"{one.p95_ms:.1f}", f"{LIMIT_P95_MS:.0f}",
         f"{one.kib:.1f}", verdict(one.reached)]
        for one in found
    ]  # fmt: skip
    head = ["what", "requests", "p50 ms", "p95 ms", "limit ms", "KiB sent", ""]
    return ["## The documentation", table(head, rows)]


def data(found: Sequence[Read]) -> list[dict[str, Any]]:
    """Return it for programs."""
    return [{"name": one.name, "ms": one.ms, "p95_ms": one.p95_ms, "kib": one.kib} for one in found]


def _read(client: Client, name: str, paths: Sequence[str]) -> Read:
    answers = [client.send(_request(path)) for path in paths]
    return Read(name, [elapsed for elapsed, _ in answers], max(len(body) for _, body in answers) / 1024)


def _request(path: str, *, packed: bool = True) -> bytes:
    accept = "gzip" if packed else "identity"
    return f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: {accept}\r\n\r\n".encode()
