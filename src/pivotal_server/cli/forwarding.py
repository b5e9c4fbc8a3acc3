"""Posts events to a receiver on this machine, signed as webhooks are, with a secret that stays the same."""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pivotal_server.cli.remote import RemoteError
from pivotal_server.webhooks.signing import new_secret, secret_text, signed_headers

if TYPE_CHECKING:
    from collections.abc import Callable

# What a webhook's receiver has.
_TIMEOUT_SECONDS = 10.0
_PAUSES = (0.5, 1.0, 2.0, 4.0)
_PREFIX = "whsec_"
_FEWEST_BYTES = 16


class Answer(NamedTuple):
    """What a receiver answered, or the error in its place, and after how long."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def is_good(self) -> bool:
        """Whether a webhook would count as delivered."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - any 2xx


class Receiver:
    """A program on this machine that takes webhooks.

    Args:
        url: where it takes them.
        secret: signs them.
        say: tells the person that nobody answers there.
    """

    def __init__(self, url: str, secret: bytes, say: Callable[[str], None]) -> None:
        import httpx  # noqa: PLC0415 - as all commands: imported when it is called

        self._url, self._secret, self._say = url, secret, say
        # An environment's proxy leads away from this machine.
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False)

    def post(self, event_id: str, body: bytes) -> Answer:
        """Post an event, and return what came back; waits for a receiver that is not there, for as long as it takes."""
        import httpx  # noqa: PLC0415 - as above

        message_id, tries = "msg_" + event_id.removeprefix("evt_"), 0
        while True:
            started = time.monotonic()
            headers = signed_headers([self._secret], message_id, int(time.time()), body)
            try:
                response = self._client.post(self._url, content=body, headers=headers)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if tries == 0:
                    self._say(f"Nobody answers at {self._url}. The events wait until somebody does.")
                time.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
                tries += 1
            except httpx.HTTPError as error:
                return Answer(None, str(error) or type(error).__name__, _since(started))
            else:
                return Answer(response.status_code, "", _since(started))


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def read_secret(text: str) -> bytes:
    """Return the bytes of a secret as people copy it.

    Raises:
        ValueError: it is none.
    """
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(text) from None
    if not text.startswith(_PREFIX) or len(secret) < _FEWEST_BYTES:
        raise ValueError(text)
    return secret


def kept_secret(base_url: str) -> bytes:
    """Return this machine's secret for a server, made the first time and kept where only this account reads it.

    Raises:
        RemoteError: the file in which it is kept cannot be read or written.
    """
    path = Path(click.get_app_dir("pivotal")) / "listen.json"
    try:
        kept: dict[str, str] = {}
        with suppress(FileNotFoundError):
            kept = json.loads(path.read_text())
        if base_url in kept:
            return read_secret(kept[base_url])
        secret = new_secret()
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(kept | {base_url: secret_text(secret)}, file)
        new.replace(path)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise RemoteError(
            f"The signing secret cannot be kept in {path}: {error}. --secret names one instead."
        ) from None
    return secret
