"""Signatures of deliveries, as any Svix library verifies them (documentation: Signature verification).

A secret is 24 random bytes; people see it as ``whsec_`` and its base64. What is signed is the delivery's id, the Unix
second of the attempt and the very bytes of the body, joined by full stops.
"""

import binascii
import hmac
from collections.abc import Sequence
from secrets import token_bytes

from pivotal_server import __version__

_SECRET_BYTES = 24
_PREFIX = "whsec_"
_USER_AGENT = f"Pivotal-Webhooks/{__version__}"


def new_secret() -> bytes:
    """Return a new signing secret."""
    return token_bytes(_SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """Return the secret as people copy it and libraries take it: ``whsec_…``."""
    return _PREFIX + _base64(secret)


def sign(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the signature header: one signature for each secret, separated by spaces.

    Args:
        secrets: the current secret, then the one before it while a rotation lasts.
        message_id: the delivery's ``msg_…``.
        timestamp: Unix seconds of the attempt.
        body: the bytes that are sent.
    """
    content = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return " ".join(["v1," + _base64(hmac.digest(secret, content, "sha256")) for secret in secrets])


def signed_headers(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of an attempt, the signature's under both of their names; arguments as for ``sign``."""
    signature, seconds = sign(secrets, message_id, timestamp, body), str(timestamp)
    return {
        "content-type": "application/json",
        "user-agent": _USER_AGENT,
        "svix-id": message_id,
        "svix-timestamp": seconds,
        "svix-signature": signature,
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": signature,
    }


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
