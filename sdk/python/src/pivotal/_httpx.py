"""How httpx is set up: patience and connections."""

from __future__ import annotations

import httpx

from pivotal._settings import CONNECT_SECONDS, CONNECTIONS, IDLE_SECONDS

LIMITS = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS)


def timeout_of(seconds: float) -> httpx.Timeout:
    """Return httpx's timeouts for a try that may take so many seconds."""
    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
