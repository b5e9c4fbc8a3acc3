"""Which URLs may be requested, and what of them."""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final, Literal, NamedTuple, NoReturn

from pivotal_server.core.outbound_http.addresses import AddressRule, Networks
from pivotal_server.core.outbound_http.errors import OutboundError

MAX_URL: Final = 2048
MAX_NAME: Final = 253
MAX_PORT: Final = 65_535

Scheme = Literal["http", "https"]

_DEFAULT_PORTS: Final[dict[Scheme, int]] = {"http": 80, "https": 443}
# RFC 3986's characters and nothing else: no white space, no backslash, no controls, no letters of other scripts.
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_URL: Final = re.compile(r"(?i:(https?))://([^/?#]*)(/[^?#]*)?(\?[^#]*)?")
_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label that C libraries would take for a number: decimal, octal, hexadecimal.
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOPBACK: Final = ("127.0.0.1", "::1")


class Target(NamedTuple):
    """A URL that was read once and for all: what was checked is what is requested."""

    scheme: Scheme
    host: str  # a name in lower case, or an address without brackets
    port: int
    authority: str  # as the Host header has it
    resource: str  # path and query, as they were written
    addresses: tuple[str, ...]  # known without asking anybody: of an address itself, and of localhost


def rule_of(scheme: Scheme, allowed: Networks) -> AddressRule:
    """Return what may be dialled under a scheme: plain http only what the operator named, https the internet too."""
    return AddressRule(allowed, public=scheme == "https")


def refusal(scheme: Scheme, host: str) -> OutboundError:
    """Return the error for a host none of whose addresses may be dialled."""
    if scheme == "http":
        return OutboundError("blocked", "URL must be https: http is for addresses in PIVOTAL_OUTBOUND_ALLOW only.")
    return OutboundError("blocked", f"{host} has no public address.")


def check_url(url: str, allowed: Networks) -> Target:
    """Read a URL and refuse what could never be requested; asks no name server, so it is for forms as well.

    A name is only known to be safe once it is resolved: the addresses are checked again when a connection is made.

    Args:
        url: as somebody wrote it.
        allowed: networks that the operator named (setting ``outbound_allow``).

    Raises:
        OutboundError: ``blocked``; its message says what is wrong with the URL.
    """
    target = _parse(url)
    rule = rule_of(target.scheme, allowed)
    if target.addresses:
        possible = any(rule.permits(address) for address in target.addresses)
    else:
        possible = rule.public or bool(allowed)
    if not possible:
        raise refusal(target.scheme, target.host)
    return target


@lru_cache(maxsize=4096)
def _parse(url: str) -> Target:
    if len(url) > MAX_URL:
        _refuse(f"URL is longer than {MAX_URL} characters.")
    if not _CHARACTERS.fullmatch(url):
        _refuse("URL has a character that must be percent-encoded (in a path) or written as xn--… (in a host).")
    parts = _URL.fullmatch(url)
    if parts is None:
        _refuse("URL must not have a fragment." if "#" in url else "URL must begin with https://.")
    scheme: Scheme = "https" if parts[1].lower() == "https" else "http"
    if "@" in parts[2]:
        _refuse("URL must not have a user name or a password.")
    authority = _AUTHORITY.fullmatch(parts[2])
    if authority is None:
        _refuse("URL has no valid host and port.")
    host, addresses = _host(authority[1].lower())
    port = _DEFAULT_PORTS[scheme] if authority[2] is None else int(authority[2])
    if not 1 <= port <= MAX_PORT:
        _refuse(f"URL's port must be between 1 and {MAX_PORT}.")
    authority_sent = f"[{host}]" if ":" in host else host
    if port != _DEFAULT_PORTS[scheme]:
        authority_sent += f":{port}"
    return Target(scheme, host, port, authority_sent, (parts[3] or "/") + (parts[4] or ""), addresses)


def _host(text: str) -> tuple[str, tuple[str, ...]]:
    try:
        if text.startswith("["):
            address = str(IPv6Address(text[1:-1]))
            return address, (address,)
        labels = text.split(".")
        if _NUMERIC.fullmatch(labels[-1]):
            # Dotted quads without leading zeros only: readers disagree about every other way to write an address.
            address = str(IPv4Address(text))
            return address, (address,)
    except AddressValueError:
        _refuse("URL's host is not an address in its usual form.")
    if len(text) > MAX_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        _refuse("URL's host is not a valid name (and must not end with a dot).")
    return text, _LOOPBACK if labels[-1] == "localhost" else ()


def _refuse(message: str) -> NoReturn:
    raise OutboundError("blocked", message)
