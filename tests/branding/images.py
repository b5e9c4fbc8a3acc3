"""Images made byte by byte, of which some are more than images."""

import struct
import zlib


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 120, height: int = 40, extra: bytes = b"") -> bytes:
    """Return a PNG of one colour; ``extra`` are further chunks."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    line = b"\0" + b"\x52\x5d\xcc\xff" * min(width, 4096)
    pixels = zlib.compress(line * min(height, 4096))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 120, height: int = 40) -> bytes:
    """Return what begins and ends as a JPEG does; nobody decodes it here."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + bytes(10) + frame + b"\xff\xda\0\x02\x12\xff\xd9"


def webp(kind: bytes, width: int = 120, height: int = 40) -> bytes:
    """Return what begins as a WebP of this kind does."""
    if kind == b"VP8X":
        data = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        data = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(8)
    else:
        data = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(4)
    body = b"WEBP" + kind + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
