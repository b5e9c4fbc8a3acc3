"""What a file is, by its bytes, and as what it is safely served."""

import re

HEAD_BYTES = 8192
OCTETS = "application/octet-stream"

_SURE = 0.9
_ZIP = b"PK\x03\x04"
# No browser runs anything in these, even if it were made to show them.
_SAFE = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "audio/mpeg",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain",
        "video/mp4",
        "video/webm",
    }
)
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+", re.ASCII)


def content_type_of(head: bytes, filename: str) -> str:
    """Return the media type of a file.

    Args:
        head: its first ``HEAD_BYTES``.
        filename: tells formats apart that begin alike, such as the office formats, and nothing else.
    """
    # Imported at the first upload, because it reads its table of formats then: 0.05 s.
    import puremagic  # noqa: PLC0415

    if _is_text(head):
        return _text_type(head)
    try:
        best = puremagic.magic_string(head, filename)[0]
    except (puremagic.PureError, ValueError):
        return OCTETS
    if head.startswith(_ZIP) and best.confidence < _SURE:
        return "application/zip"
    return best.mime_type if _TYPE.fullmatch(best.mime_type) else OCTETS


def served_type(content_type: str) -> str:
    """Return the media type to serve a file with: its own where that is harmless."""
    if content_type == "text/plain":
        return "text/plain; charset=utf-8"
    return content_type if content_type in _SAFE else OCTETS


def _is_text(head: bytes) -> bool:
    """Return whether the bytes are UTF-8 without control characters; the last character may be cut off."""
    if head.startswith(b"%PDF-"):  # begins in ASCII and goes on in binary, beyond the head as a rule
        return False
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < len(head) - 3:
            return False
        text = head[: error.start].decode()
    return not any(character < " " and character not in "\t\n\r\f\x1b" for character in text)


def _text_type(head: bytes) -> str:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<script")):
        return "text/html"
    if b"<svg" in start:
        return "image/svg+xml"
    return "text/plain"
