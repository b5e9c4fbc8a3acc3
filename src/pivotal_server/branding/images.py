"""What an uploaded image is, by its bytes: PNG, JPEG or WebP, whole and with nothing behind its end.

Nothing is decoded here: the size stands in the headers, and what a browser would have to unpack is bounded by it.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

MAX_BYTES = 256 * 1024
MAX_SIDE = 2048

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_START, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
# Start of frame: all but the tables (C4, C8, CC) that share the range.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN = 0xDA
_WEBP_HEAD = 30
_WEBP_SIDE = 0x3FFF
_LOSSLESS = 0x2F


class ImageError(Exception):
    """The bytes are no image that is taken; the message is for whoever chose it."""


class Image(NamedTuple):
    """What is known of an image: its media type, and its size in pixels."""

    content_type: str
    width: int
    height: int


def read_image(data: bytes) -> Image:
    """Return what an image is.

    Raises:
        ImageError: it is of another kind, broken, too large, or has something behind its end.
    """
    if len(data) > MAX_BYTES:
        raise ImageError(f"This has {len(data) // 1024:,} KiB. At most {MAX_BYTES // 1024} KiB, please.")
    try:
        image = _read(data)
    except (IndexError, ValueError):
        raise ImageError("This image is broken: it does not end where it says that it does.") from None
    if not (0 < image.width <= MAX_SIDE and 0 < image.height <= MAX_SIDE):
        raise ImageError(f"This is {image.width} × {image.height} pixels. At most {MAX_SIDE} on each side, please.")
    return image


def _read(data: bytes) -> Image:
    if data.startswith(_PNG):
        return _read_png(data)
    if data.startswith(_JPEG_START):
        return _read_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _read_webp(data)
    raise ImageError("This is no PNG, JPEG or WebP image, whatever its name says.")


def _read_png(data: bytes) -> Image:
    place, kinds = len(_PNG), []
    while place < len(data):
        size, kind = _number(data, place, 4), data[place + 4 : place + 8]
        end = place + 8 + size
        if zlib.crc32(data[place + 4 : end]) != _number(data, end, 4):
            raise ValueError(kind)
        kinds.append(kind)
        place = end + 4
        if kind == b"IEND":
            break
    if place != len(data) or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise ValueError(kinds)
    return Image("image/png", _number(data, 16, 4), _number(data, 20, 4))


def _read_jpeg(data: bytes) -> Image:
    place = 2
    while True:
        if data[place] != 0xFF:  # noqa: PLR2004 - what every marker begins with
            raise ValueError(place)
        marker = data[place + 1]
        if marker in _FRAMES and data.endswith(_JPEG_END):
            return Image("image/jpeg", _number(data, place + 7, 2), _number(data, place + 5, 2))
        if marker == _SCAN:
            raise ValueError(marker)  # the picture itself, before its size
        place += 2 if marker in _ALONE else 2 + _number(data, place + 2, 2)


def _read_webp(data: bytes) -> Image:
    if int.from_bytes(data[4:8], "little") + 8 != len(data) or len(data) < _WEBP_HEAD:
        raise ValueError(len(data))
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
    elif kind == b"VP8L" and data[20] == _LOSSLESS:
        bits = int.from_bytes(data[21:25], "little")
        width, height = 1 + (bits & _WEBP_SIDE), 1 + (bits >> 14 & _WEBP_SIDE)
    elif kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[at : at + 2], "little") & _WEBP_SIDE for at in (26, 28))
    else:
        raise ValueError(kind)
    return Image("image/webp", width, height)


def _number(data: bytes, place: int, size: int) -> int:
    """Return a number that stands at a place, its largest byte first.

    Raises:
        IndexError: the bytes end before it does.
    """
    if place + size > len(data):
        raise IndexError(place)
    return int.from_bytes(data[place : place + size], "big")
