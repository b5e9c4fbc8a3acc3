"""Whether what came to a webhook endpoint is from Pivotal, and what it says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

from pivotal.errors import InvalidResponseError, PivotalError, WebhookVerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivotal.events import WebhookEvent

TOLERANCE = 300.0

_PREFIX = "whsec_"
# More digits than any time has, and fewer than what Python refuses to read.
_MOST_DIGITS = 15


def verify(body: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance: float = TOLERANCE) -> WebhookEvent:
    """Return the event that a webhook carries, after checking its signature and age.

    Args:
        body: as it came: not parsed and written again.
        headers: of the request; their names in any case.
        secret: ``whsec_…``, as the endpoint's creation or the rotation of its secret answered it.
        tolerance: seconds by which the time of the attempt may be off, either way.

    Raises:
        WebhookVerificationError: it is not signed with this secret, was changed, or is too old.
        InvalidResponseError: it is signed, and something else than the documented shape.
        PivotalError: the secret is none, so that nothing can be verified: a mistake on the receiver's side.
    """
    key = _key(secret)
    content = body.encode() if isinstance(body, str) else bytes(body)
    found = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp, signatures = (_header(found, name) for name in ("id", "timestamp", "signature"))
    _check_age(timestamp, tolerance)
    # Of headers, which may hold anything: what is no text fits no signature, and is no error of another kind.
    signed = f"{message_id}.{timestamp}.".encode(errors="replace") + content
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    candidates = [part[3:].encode(errors="replace") for part in signatures.split(" ") if part.startswith("v1,")]
    # All of them are compared, so that the time it takes tells nothing.
    if not sum(hmac.compare_digest(candidate, expected) for candidate in candidates):
        raise WebhookVerificationError("No signature fits the secret and the body.")
    return _event(content)


def _header(headers: Mapping[str, str], name: str) -> str:
    for prefix in ("webhook-", "svix-"):
        if value := headers.get(prefix + name):
            return value
    raise WebhookVerificationError(f"The header webhook-{name} is missing.")


def _check_age(timestamp: str, tolerance: float) -> None:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > _MOST_DIGITS:
        raise WebhookVerificationError("The header webhook-timestamp is no time.")
    if abs(time.time() - int(timestamp)) > tolerance:
        raise WebhookVerificationError(f"The attempt is more than {tolerance:g} seconds off: is the clock right?")


def _key(secret: str) -> bytes:
    """Return the bytes of a secret; with none of them, anybody could sign."""
    try:
        key = base64.b64decode((secret or "").removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise PivotalError("A webhook secret is whsec_ and base64 behind it.")
    return key


def _event(content: bytes) -> WebhookEvent:
    from pivotal import events  # takes long, and only a webhook that is genuine needs it

    try:
        told = json.loads(content)
        event: WebhookEvent = events.MODELS.get(told["type"], events.UnknownEvent).model_validate(told)
    except (ValueError, LookupError, TypeError) as error:
        raise InvalidResponseError("The body is signed, but is not what an event should be.") from error
    return event
