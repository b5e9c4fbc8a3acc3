"""Deliveries that subscribers have to take and deliveries that they have to refuse, whatever their language."""

import time
from collections.abc import Callable

from pivotal_server.webhooks.signing import new_secret, secret_text, sign, signed_headers
from tests.webhooks.verification import Delivery

ID = "msg_mg8x0k4t0000a1b2c3d4e5f6"
BODY = '{"type":"customer.created","data":{"object":{"name":"Café \U0001f389"}}}'.encode()

SECRET, FORMER, STRANGERS = new_secret(), new_secret(), new_secret()
ROTATED = (SECRET, FORMER)


def _now() -> int:
    return int(time.time())


def _delivery(secret: bytes, *signed_with: bytes, seconds: int = 0, body: bytes = BODY) -> Delivery:
    headers = signed_headers(signed_with or (secret,), ID, _now() + seconds, body)
    return Delivery(secret_text(secret), headers, body)


def _with(delivery: Delivery, name: str, value: str | None) -> Delivery:
    """Return a delivery with another value of a header in both families, or without it."""
    headers = {key: text for key, text in delivery.headers.items() if not key.endswith(f"-{name}")}
    if value is not None:
        headers |= {f"svix-{name}": value, f"webhook-{name}": value}
    return delivery._replace(headers=headers)


def _changed(position: int) -> Delivery:
    body = bytearray(BODY)
    body[position] ^= 1
    return _delivery(SECRET)._replace(body=bytes(body))


# Made when asked for: what is signed has to be fresh.
VERIFIED: dict[str, Callable[[], Delivery]] = {
    "signed with the one secret": lambda: _delivery(SECRET),
    "a body of a megabyte": lambda: _delivery(SECRET, body=b'"' + b"x" * 1_000_000 + b'"'),
    "an empty body": lambda: _delivery(SECRET, body=b""),
    "during a rotation, with the new secret": lambda: _delivery(SECRET, *ROTATED),
    "during a rotation, with the former secret": lambda: _delivery(FORMER, *ROTATED),
    "after a rotation, with the new secret": lambda: _delivery(SECRET, SECRET),
    "four and a half minutes late": lambda: _delivery(SECRET, seconds=-270),
    "by a clock that is four and a half minutes fast": lambda: _delivery(SECRET, seconds=270),
}
REFUSED: dict[str, Callable[[], Delivery]] = {
    "first byte changed": lambda: _changed(0),
    "a byte in the middle changed": lambda: _changed(len(BODY) // 2 - 5),
    "last byte changed": lambda: _changed(-1),
    "a byte more": lambda: _delivery(SECRET)._replace(body=BODY + b"\n"),
    "a byte less": lambda: _delivery(SECRET)._replace(body=BODY[:-1]),
    "another body of the same meaning": lambda: _delivery(SECRET)._replace(body=BODY.replace(b":", b": ")),
    "another id": lambda: _with(_delivery(SECRET), "id", ID[:-1] + "7"),
    "another second": lambda: _with(_delivery(SECRET), "timestamp", str(_now() - 9)),
    "an old delivery under a fresh timestamp": lambda: _with(
        _delivery(SECRET, seconds=-3600), "timestamp", str(_now())
    ),
    "older than five minutes": lambda: _delivery(SECRET, seconds=-310),
    "more than five minutes ahead": lambda: _delivery(SECRET, seconds=310),
    "the secret of a stranger": lambda: _delivery(STRANGERS, SECRET),
    "during a rotation, the secret of a stranger": lambda: _delivery(STRANGERS, *ROTATED),
    "after a rotation, the former secret": lambda: _delivery(FORMER, SECRET),
    "no id": lambda: _with(_delivery(SECRET), "id", None),
    "no timestamp": lambda: _with(_delivery(SECRET), "timestamp", None),
    "no signature": lambda: _with(_delivery(SECRET), "signature", None),
    "a signature of a version unknown": lambda: _with(
        _delivery(SECRET), "signature", "v2" + sign([SECRET], ID, _now(), BODY).removeprefix("v1")
    ),
}
