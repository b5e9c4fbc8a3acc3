"""What the commands share that talk to a server over its API: whom to ask, with which key, and what went wrong."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import click

from pivotal_server import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
_TIMEOUT_SECONDS = 30.0
_RETRY_SECONDS = 2.0
LONGEST_WAIT = 60.0
"""Seconds; a server that asks for more patience is not waited for, as the SDKs do not."""
_UNAUTHORIZED, _FORBIDDEN, _RATE_LIMITED, _SERVER_ERROR = 401, 403, 429, 500


class RemoteError(Exception):
    """The server did not do what a command asked of it; the message is what to tell, in one line.

    Attributes:
        retry_after: in how many seconds it may be asked again, or None where that would change nothing.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Remote:
    """A server, and the key to it.

    Attributes:
        base_url: such as ``https://pivotal.example.com``, without a slash at its end.
    """

    base_url: str
    api_key: str

    def client(self, timeout: float = _TIMEOUT_SECONDS) -> httpx.Client:
        """Return a client of the server's API, whose addresses begin behind ``/api/v1``."""
        import httpx  # noqa: PLC0415 - as all commands: imported when it is called

        headers = {"authorization": f"Bearer {self.api_key}", "user-agent": f"pivotal-cli/{__version__}"}
        return httpx.Client(base_url=f"{self.base_url}/api/v1", headers=headers, timeout=timeout)

    def call(self, client: httpx.Client, method: str, path: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's
        """Return the JSON object that a request is answered with.

        Args:
            client: as ``client`` makes it.
            method: such as ``GET``.
            path: behind ``/api/v1``.
            options: httpx's own, such as ``params`` and ``json``.

        Raises:
            RemoteError: the server cannot be reached, or refuses.
        """
        import httpx  # noqa: PLC0415 - as above

        try:
            response = client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise self.unreachable(error) from None
        if not response.is_success:
            raise self.refusal(response.status_code, response.content, response.headers)
        answer = _object(response.content)
        if answer is None:
            raise RemoteError(f"What answers at {self.base_url} is no Pivotal server.")
        return answer

    def unreachable(self, error: Exception) -> RemoteError:
        """Return what to say where there was no answer."""
        why = str(error) or type(error).__name__
        return RemoteError(
            f"{self.base_url} does not answer: {why}. Is Pivotal running there? --base-url or PIVOTAL_BASE_URL names "
            "another server.",
            _RETRY_SECONDS,
        )

    def refusal(self, status: int, body: bytes, headers: Mapping[str, str]) -> RemoteError:
        """Return what to say of an answer that is no success.

        Args:
            status: of the answer.
            body: its bytes, as a rule the API's own error.
            headers: its headers.
        """
        error = (_object(body) or {}).get("error")
        if not isinstance(error, dict):
            told = f"{self.base_url} answered {status}, and not as a Pivotal server does."
            return RemoteError(told, _RETRY_SECONDS if status >= _SERVER_ERROR else None)
        message = str(error.get("message", ""))
        if status == _UNAUTHORIZED:
            return RemoteError(f"{message} --api-key or PIVOTAL_API_KEY gives a key of {self.base_url}.")
        if status == _FORBIDDEN:
            return RemoteError(f"{message} An admin can make a key with it in the settings.")
        if status == _RATE_LIMITED:
            told = headers.get("retry-after", "")
            seconds = float(told) if told.isdecimal() else _RETRY_SECONDS
            return RemoteError(message, seconds if seconds <= LONGEST_WAIT else None)
        place = f"{error['field']}: " if error.get("field") else ""
        request = f", request {headers['x-request-id']}" if "x-request-id" in headers else ""
        failed = status >= _SERVER_ERROR
        told = f"{place}{message} ({error.get('code')}{request if failed else ''})"
        return RemoteError(told, _RETRY_SECONDS if failed else None)


def _object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object that these bytes are, or None."""
    import json  # noqa: PLC0415 - as above

    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def remote_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--api-key`` and ``--base-url``; it gets the ``Remote`` that they name as ``remote``."""

    @click.option(
        "--api-key", envvar="PIVOTAL_API_KEY", metavar="KEY", help="An API key of the server; or PIVOTAL_API_KEY."
    )
    @click.option(
        "--base-url",
        envvar="PIVOTAL_BASE_URL",
        default=DEFAULT_BASE_URL,
        metavar="URL",
        show_default=True,
        help="Where the server is; or PIVOTAL_BASE_URL.",
    )
    @functools.wraps(command)
    def with_remote(*arguments: Any, api_key: str | None, base_url: str, **options: Any) -> Any:  # noqa: ANN401
        return command(*arguments, remote=_remote(api_key, base_url), **options)

    return with_remote


def _remote(api_key: str | None, base_url: str) -> Remote:
    """Return the server that the options name; Click tells what is wrong with them."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        _wrong("--base-url", f"{base_url!r} is not an address such as {DEFAULT_BASE_URL}.")
    if "@" in base_url or "?" in base_url or "#" in base_url:
        # Not shown: there may be a password in it.
        _wrong("--base-url", "The server's address has no user, password, ? or # in it.")
    if not api_key:
        _wrong("--api-key", "Give an API key, or set PIVOTAL_API_KEY.")
    if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        _wrong("--api-key", "This is not an API key.")
    return Remote(base_url.rstrip("/").removesuffix("/api/v1"), api_key)


def _wrong(option: str, message: str) -> NoReturn:
    raise click.BadParameter(message, param_hint=option)
