"""Signed links to files: whoever has one may download, for a while (documentation: Comments and attachments)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LINK_LASTS = timedelta(minutes=5)

_PARTS = 4
_LONGEST = 300


def make_token(secret: bytes, workspace_id: str, attachment_id: str, expires_at: datetime) -> str:
    """Return what goes into the path of a link.

    Args:
        secret: the installation's.
        workspace_id: whose file it is.
        attachment_id: which file it is.
        expires_at: whole seconds count.
    """
    text = f"{workspace_id}.{attachment_id}.{int(expires_at.timestamp())}"
    return f"{text}.{_sign(secret, text)}"


def read_token(secret: bytes, token: str, now: datetime) -> tuple[str, str] | None:
    """Return the workspace and attachment that a token leads to, or None where the token is not ours or has expired."""
    parts = token.split(".")
    if len(parts) != _PARTS or len(token) > _LONGEST or not token.isascii():
        return None
    workspace_id, attachment_id, expires, signature = parts
    if not hmac.compare_digest(_sign(secret, f"{workspace_id}.{attachment_id}.{expires}"), signature):
        return None
    return (workspace_id, attachment_id) if now.timestamp() < int(expires) else None


def _sign(secret: bytes, text: str) -> str:
    # The secret has another use: the prefix keeps the two apart.
    digest = hmac.digest(secret, b"link to a file\0" + text.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
