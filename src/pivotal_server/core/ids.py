"""The one source of identifiers: time-ordered, unguessable, 122 bits as in a UUIDv7.

The first 48 bits are Unix milliseconds, the other 74 are random. Written in base 36 with leading zeros they sort by
time; a resource's id is a cuid (``c`` and 24 digits), an event's or workspace's carries its prefix instead.
"""

import re
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Literal

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CHUNK = 36**3
_CHUNKS = [a + b + c for a in _DIGITS for b in _DIGITS for c in _DIGITS]
_RANDOM_BITS = 74
_CUID = re.compile("c[0-9a-z]{24}", re.ASCII)
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
# A UUID has four bits for its version after the milliseconds, and two for its variant after the next twelve.
_BITS_AFTER_VERSION, _BITS_AFTER_VARIANT = 12, 62
_MAX_DISPLAY_ID = 2**63 - 1
_MAX_DISPLAY_ID_DIGITS = 19


def _base36_24(number: int) -> str:
    parts = []
    for _ in range(8):
        number, rest = divmod(number, _CHUNK)
        parts.append(_CHUNKS[rest])
    return "".join(reversed(parts))


def _time_ordered() -> str:
    milliseconds = time.time_ns() // 1_000_000
    return _base36_24((milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS))


def new_id() -> str:
    """Return a new cuid: ``c`` and 24 base-36 digits."""
    return "c" + _time_ordered()


def new_prefixed_id(prefix: str) -> str:
    """Return a new id such as ``evt_…``: the prefix, an underscore and 24 base-36 digits."""
    return f"{prefix}_{_time_ordered()}"


def cuid_to_uuid(id_: str) -> str:
    """Return the UUID (version 7) of the same 122 bits as a cuid.

    Raises:
        ValueError: it is no cuid of this server: it has more bits.
    """
    head, tail = divmod(int(id_.removeprefix("c"), 36), 1 << _BITS_AFTER_VARIANT)
    milliseconds, middle = divmod(head, 1 << _BITS_AFTER_VERSION)
    return str(
        uuid.UUID(
            int=((((milliseconds << 4 | 7) << _BITS_AFTER_VERSION | middle) << 2 | 2) << _BITS_AFTER_VARIANT) | tail
        )
    )


def uuid_to_cuid(text: str) -> str | None:
    """Return the cuid of the same 122 bits as a UUID, None where the text is none of version 7 in lower case."""
    if not _UUID.fullmatch(text):
        return None
    number = uuid.UUID(text).int
    milliseconds, middle = number >> 80, number >> 64 & 0xFFF
    tail = number & ((1 << _BITS_AFTER_VARIANT) - 1)
    return "c" + _base36_24(((milliseconds << _BITS_AFTER_VERSION | middle) << _BITS_AFTER_VARIANT) | tail)


@dataclass(frozen=True, slots=True)
class Reference:
    """What an id in a path or body points with: the cuid or the display_id of a resource.

    Attributes:
        column: ``id`` or ``display_id``; safe to place in SQL.
        value: what that column must equal.
    """

    column: Literal["id", "display_id"]
    value: str | int


def read_reference(text: str) -> Reference | None:
    """Return the reference in ``text``, or None where no resource can have it (documentation: display_id vs id).

    ASCII digits are a display_id, with or without leading zeros; a cuid is ``c`` and 24 base-36 digits.
    """
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0")
        number = int(digits) if 0 < len(digits) <= _MAX_DISPLAY_ID_DIGITS else 0
        return Reference("display_id", number) if 0 < number <= _MAX_DISPLAY_ID else None
    return Reference("id", text) if _CUID.fullmatch(text) else None
