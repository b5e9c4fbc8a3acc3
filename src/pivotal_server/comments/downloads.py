"""How a file goes out: its headers, and the part of it that a client asks for (RFC 6266, RFC 9110)."""

import re
from typing import Protocol
from urllib.parse import quote

from pivotal_server.core.errors import ApiError

Headers = tuple[tuple[bytes, bytes], ...]

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
_NOT_PLAIN = re.compile(r'[^\x20-\x7e]|["%\\]')


class Download(Protocol):
    """A file that goes out, such as an attachment; it is never empty."""

    @property
    def filename(self) -> str:
        """What it is saved as."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def sha256(self) -> bytes:
        """Tells it from every other content."""


def download_headers(row: Download) -> Headers:
    """Return the headers of a download: it is saved and never shown, and could not do anything if it were."""
    return (
        (b"content-disposition", _disposition(row.filename).encode("ascii")),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        (b"accept-ranges", b"bytes"),
        (b"etag", _etag(row).encode()),
    )


def wanted_range(header: str | None, condition: str | None, row: Download) -> range | None:
    """Return the one range of bytes that a request wants, or None where it wants, or gets, the whole file.

    Args:
        header: ``Range``; several ranges, and what is none, are answered with the whole file.
        condition: ``If-Range``.
        row: the file, which is never empty.

    Raises:
        ApiError: 416 where the file has no such bytes.
    """
    match = _RANGE.fullmatch(header) if header and condition in {None, _etag(row)} else None
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        found = range(max(row.size - int(last), 0), row.size)
    else:
        if last and int(last) < int(first):
            return None
        found = range(int(first), min(int(last) + 1 if last else row.size, row.size))
    if not found:
        content_range = b"bytes */%d" % row.size
        raise ApiError(
            416, "http_exception", f"The file has {row.size} bytes.", headers=((b"content-range", content_range),)
        )
    return found


def _etag(row: Download) -> str:
    return f'"{row.sha256.hex()}"'


def _disposition(filename: str) -> str:
    plain = _NOT_PLAIN.sub("_", filename)
    value = f'attachment; filename="{plain}"'
    return value if plain == filename else f"{value}; filename*=UTF-8''{quote(filename, safe='')}"
