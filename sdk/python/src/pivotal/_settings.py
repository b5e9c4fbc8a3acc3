"""What a client goes by, from arguments and environment."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field

from pivotal._version import __version__
from pivotal.errors import PivotalError

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
DEFAULT_TIMEOUT = 30.0
DEFAULT_MAX_RETRIES = 2
CONNECT_SECONDS = 5.0
CONNECTIONS = 100
IDLE_SECONDS = 5.0
# Which calls bring along; an address that was copied with it means the same server.
_API = "/api/v1"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where and as whom calls are made, how long one try may take, and how often it is tried again."""

    api_key: str = field(repr=False)
    base_url: str
    timeout: float
    max_retries: int

    @classmethod
    def of(cls, api_key: str | None, base_url: str | None, timeout: float, max_retries: int) -> ClientSettings:
        """Return the settings; what is None comes from PIVOTAL_API_KEY and PIVOTAL_BASE_URL.

        Raises:
            PivotalError: there is no API key, or one that no header can carry, or the address is no URL.
        """
        key = api_key or os.environ.get("PIVOTAL_API_KEY", "")
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise PivotalError("Give an API key: PivotalApi(api_key=…), or the environment variable PIVOTAL_API_KEY.")
        base = base_url or os.environ.get("PIVOTAL_BASE_URL") or DEFAULT_BASE_URL
        if not base.startswith(("http://", "https://")):
            raise PivotalError(f"The server's address starts with http:// or https://, unlike {base!r}.")
        if "@" in base or "?" in base or "#" in base:
            # Not shown: a password would be sent in place of the key, and stand in errors.
            raise PivotalError("The server's address has no user, password, ? or # in it.")
        return cls(key, base.rstrip("/").removesuffix(_API).rstrip("/"), timeout, max_retries)

    def headers(self) -> dict[str, str]:
        """Return the headers of all calls."""
        return {
            "Authorization": f"Bearer {self.api_key}",
            "User-Agent": f"pivotal-python/{__version__} Python/{platform.python_version()}",
        }
