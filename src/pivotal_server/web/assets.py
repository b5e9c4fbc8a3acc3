"""Assets: styles, scripts, fonts and icons, built from ``frontend/`` and served from memory.

Every file has a hash of its content in its name, so that a browser that has one never asks for it again.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send

ASSETS = Path(__file__).parent / "assets"
PREFIX = "/assets/"

_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".woff2": b"font/woff2",
}
# The suffixes of compressed files and the names of their encodings, the smaller first.
_ENCODINGS = {".br": b"br", ".gz": b"gzip"}
_MANIFEST = "manifest.json"
_HEADERS = (
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept-encoding"),
)
_NOT_FOUND = b"There is no such file.\n"


class AssetsError(Exception):
    """The assets have not been built; the message says how to."""


class _File(NamedTuple):
    """One asset: its type, itself, and its compressed forms by the name of the encoding."""

    content_type: bytes
    content: bytes
    compressed: dict[bytes, bytes]


class Assets:
    """The built files, and the ASGI application that serves them.

    Args:
        names: file names by the names that templates use.
        files: the files by their names.
    """

    def __init__(self, names: Mapping[str, str], files: Mapping[str, _File]) -> None:
        self._urls = {name: PREFIX + file for name, file in names.items()}
        self._files = {PREFIX + name: file for name, file in files.items()}

    @classmethod
    @functools.cache  # the same for every application of a process; tests start hundreds
    def load(cls, directory: Path = ASSETS) -> Assets:
        """Return the assets that were built into a directory.

        Raises:
            AssetsError: there are none.
        """
        require_assets(directory)
        names = orjson.loads((directory / _MANIFEST).read_bytes())
        return cls(names, {file.name: _read(file) for file in directory.iterdir() if file.suffix in _TYPES})

    def url(self, name: str) -> str:
        """Return the path at which an asset such as ``app.css`` is served.

        Raises:
            KeyError: there is none of that name.
        """
        return self._urls[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD of one file; anything else there is not found, or not allowed."""
        del receive
        head = scope["method"] == "HEAD"
        if not head and scope["method"] != "GET":
            await _send(send, 405, [(b"allow", b"GET, HEAD"), (b"cache-control", b"no-store")], b"", head=head)
            return
        file = self._files.get(scope["path"])
        if file is None:
            plain = [(b"content-type", _TYPES[".txt"]), (b"cache-control", b"no-store")]
            await _send(send, 404, [*plain, (b"x-content-type-options", b"nosniff")], _NOT_FOUND, head=head)
            return
        headers = [(b"content-type", file.content_type), *_HEADERS]
        content = file.content
        accepted = accepted_encodings(dict(scope["headers"]).get(b"accept-encoding", b""))
        for encoding, compressed in file.compressed.items():
            if encoding in accepted:
                headers.append((b"content-encoding", encoding))
                content = compressed
                break
        await _send(send, 200, headers, content, head=head)


def require_assets(directory: Path = ASSETS) -> None:
    """Look whether the assets are there, before anything starts that needs them.

    Raises:
        AssetsError: they are not.
    """
    if not (directory / _MANIFEST).is_file():
        raise AssetsError(
            f"The app's styles and scripts are not in {directory}. Build them from a checkout with: make assets"
        )


def _read(file: Path) -> _File:
    compressed = {
        encoding: beside.read_bytes()
        for suffix, encoding in _ENCODINGS.items()
        if (beside := file.with_name(file.name + suffix)).is_file()
    }
    return _File(_TYPES[file.suffix], file.read_bytes(), compressed)


def accepted_encodings(header: bytes) -> set[bytes]:
    """Return the encodings that a request accepts; ``q=0`` is the word for one that it does not."""
    accepted = set()
    for part in header.lower().split(b","):
        name, _, weight = part.replace(b" ", b"").partition(b";q=")
        if weight.rstrip(b"0.") or not weight:
            accepted.add(name)
    return accepted


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, head: bool) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})
