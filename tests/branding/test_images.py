"""What an image is, by its bytes; what only pretends to be one is refused."""

import pytest

from pivotal_server.branding.images import MAX_BYTES, MAX_SIDE, Image, ImageError, read_image
from tests.branding.images import chunk, jpeg, png, webp

PAGE = b"<!doctype html><script>alert(1)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (webp(b"VP8 "), "image/webp"),
        (webp(b"VP8L"), "image/webp"),
        (webp(b"VP8X"), "image/webp"),
    ],
)
def test_an_image_tells_its_type_and_size(data: bytes, content_type: str) -> None:
    assert read_image(data) == Image(content_type, 120, 40)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no PNG, JPEG or WebP"),
        (PAGE, "no PNG, JPEG or WebP"),
        (DRAWING, "no PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(20), "no PNG, JPEG or WebP"),
        (b"\x00\x00\x01\x00\x01\x00" + bytes(20), "no PNG, JPEG or WebP"),
        (png() + PAGE, "broken"),
        (b"\n" + png(), "no PNG, JPEG or WebP"),
        (png()[:-1], "broken"),
        (png().replace(b"IDAT", b"IDAX"), "broken"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (jpeg() + PAGE, "broken"),
        (jpeg()[:8], "broken"),
        (b"\xff\xd8\xff\xda\xff\xd9", "broken"),
        (b"\xff\xd8\xff\xe0\x00\x00" * 3, "broken"),
        (webp(b"VP8X") + PAGE, "broken"),
        (webp(b"ICCP"), "broken"),
        (b"RIFF\x04\0\0\0WEBP", "broken"),
        (png(MAX_SIDE + 1, 1), "At most 2048"),
        (png(2**31 - 1, 2**31 - 1), "At most 2048"),
        (png(0, 10), "At most 2048"),
        (jpeg(65535, 65535), "At most 2048"),
        (webp(b"VP8X", 2**24, 2**24), "At most 2048"),
        (png(extra=chunk(b"tEXt", bytes(MAX_BYTES))), "At most 256 KiB"),
    ],
)
def test_what_is_no_image_that_is_taken_is_told_why(data: bytes, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        read_image(data)
