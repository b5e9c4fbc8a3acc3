"""The mail that a server under development keeps as files, for its pages at ``/dev/mail``.

Whoever reads it can sign in as anybody, so it is shown only where nobody but the developer can ask: the server listens
on this machine alone and says so of itself, the browser asks for it by such a name, and no proxy stands in between.
"""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pivotal_server.core.settings import Settings

MOST = 200

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FROM_PROXIES = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_NAME = re.compile(r"[0-9T:.Z-]{20,40}-\d{1,19}\.eml", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]+")


class KeptMail(NamedTuple):
    """A mail that was kept instead of sent.

    Attributes:
        name: its file's.
        pieces: its text, with each URL as a piece of its own, marked True.
        attachments: names of what came with it.
    """

    name: str
    to: str
    subject: str
    date: str
    pieces: list[tuple[str, bool]]
    attachments: list[str]


def is_shown(settings: Settings, headers: Mapping[str, str]) -> bool:
    """Return whether kept mail may be shown in answer to a request with these headers."""
    return (
        settings.smtp_url is None
        and settings.host in _LOOPBACK
        and _host_of(settings.base_url) in _LOOPBACK
        # Another name may have been made to lead here by somebody's page (DNS rebinding).
        and _host_of(f"//{headers.get('host', '')}") in _LOOPBACK
        and not any(name in headers for name in _FROM_PROXIES)
    )


def list_mail(directory: Path) -> list[KeptMail]:
    """Return the newest kept mails, newest first."""
    try:
        names = sorted((file.name for file in directory.iterdir() if _NAME.fullmatch(file.name)), reverse=True)
    except FileNotFoundError:  # nothing was ever kept
        return []
    return [mail for name in names[:MOST] if (mail := read_mail(directory, name)) is not None]


def read_mail(directory: Path, name: str) -> KeptMail | None:
    """Return a kept mail, or None where there is none of this name."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (directory / name).read_bytes()
    except FileNotFoundError:
        return None
    mail = BytesParser(policy=policy.default).parsebytes(content)
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    attached = [part.get_filename() or part.get_content_type() for part in mail.iter_attachments()]
    return KeptMail(name, str(mail["To"]), str(mail["Subject"]), str(mail["Date"]), _pieces(text), attached)


def _pieces(text: str) -> list[tuple[str, bool]]:
    pieces, done = [], 0
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?)")
        pieces += [(text[done : match.start()], False), (url, True)]
        done = match.start() + len(url)
    return [*pieces, (text[done:], False)]


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
