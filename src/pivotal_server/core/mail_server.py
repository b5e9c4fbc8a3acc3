"""Which mail server, and who writes: what ``PIVOTAL_SMTP_URL`` and ``PIVOTAL_MAIL_FROM`` say."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.policy import SMTP
from typing import Any
from urllib.parse import unquote, urlsplit

_SUBMISSION, _RELAY, _TLS = 587, 25, 465


@dataclass(frozen=True, slots=True)
class MailServer:
    """An operator's SMTP server.

    Attributes:
        tls: whether the connection begins with TLS; otherwise it turns to TLS where the server offers it.
        user: where it is None, nobody logs in.
        seconds: what sending a mail may take, from the look-up of the server's name to its last answer.
    """

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)
    seconds: float = 30


def read_mail_server(url: object) -> object:
    """Return the server that an URL names; what is no text is returned as it is.

    Raises:
        ValueError: it is not of the form ``smtp://user:password@host:port`` or ``smtps://…``; the message holds nothing
            of it.
    """
    if not isinstance(url, str):
        return url
    shape = "it looks like smtp://user:password@host:587 or smtps://…; in the password @ : / # ? % are written %40 …"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(shape) from None
    if (
        parts.scheme not in {"smtp", "smtps"}
        or not host
        or parts.path not in {"", "/"}
        or parts.query
        or parts.fragment
    ):
        raise ValueError(shape)
    if (parts.username is None) != (parts.password is None):
        raise ValueError("a user and a password go together")
    tls = parts.scheme == "smtps"
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return MailServer(host, port or (_TLS if tls else _SUBMISSION if user else _RELAY), tls, user, password)


def read_address(text: str) -> Address:
    """Return a mailbox, such as ``Pivotal <pivotal@company.example>`` or the bare address.

    Raises:
        ValueError: it is not exactly one address with a domain, or holds characters that no address has.
    """
    shape = "it looks like name@company.example or Name <name@company.example>"
    if not text.isprintable():
        raise ValueError(shape)
    try:
        header: Any = SMTP.header_factory("from", text)
        (address,) = header.addresses
    except (ValueError, IndexError):  # the standard library's parser stumbles over some texts
        raise ValueError(shape) from None
    if header.defects or not isinstance(address, Address) or not address.username or not address.domain:
        raise ValueError(shape)
    return address
