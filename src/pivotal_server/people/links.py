"""Sign-in links: asked for on a page or made by an operator, used once (documentation: Signing in).

Asking does the same for every e-mail: a row, and a job. Whether anybody is known by it is found out by the worker, out
of reach of whoever asks, and only then is there a token.
"""

from __future__ import annotations

import ipaddress
import math
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from pivotal_server.core.db import columns, fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id
from pivotal_server.core.jobs import enqueue
from pivotal_server.identity.tokens import hash_token, new_token
from pivotal_server.people.mails import SIGN_IN_MAIL, sign_in_url
from pivotal_server.people.models import SignInLink

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection

LIFETIME = timedelta(minutes=15)
FIRST_LIFETIME = timedelta(hours=24)
WINDOW = timedelta(hours=1)
# Links that are asked for in an hour, at most: for one e-mail, and from one place.
MAX_OF_EMAIL, MAX_OF_NETWORK = 5, 20
# A household, or a server at a provider, has so many bits of an IPv6 address to itself.
_NETWORK_BITS = 64
_NETWORK_MASK = (2**_NETWORK_BITS - 1) << 64

# E-mail first, place second: whoever waits for one holds nothing that somebody with the other waits for.
_WAIT_FOR_TURN = "SELECT pg_advisory_xact_lock(7483649, hashtext($1)), pg_advisory_xact_lock(7483650, hashtext($2))"
_RECENT = """
SELECT count(*) FILTER (WHERE email = $1), min(created_at) FILTER (WHERE email = $1),
    count(*) FILTER (WHERE network = $2), min(created_at) FILTER (WHERE network = $2)
FROM sign_in_links WHERE network IS NOT NULL AND (email = $1 OR network = $2) AND created_at > $3
"""
_ADD = """
INSERT INTO sign_in_links (id, email, token_hash, browser_hash, network, next_path, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_FIND = f"SELECT {columns(SignInLink, 'l')} FROM sign_in_links l WHERE l.token_hash = $1"
_USE = """
UPDATE sign_in_links l SET used_at = $2 FROM people p
WHERE l.id = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND p.email = l.email RETURNING p.id
"""

LinkState = Literal["ready", "used", "expired", "other_browser", "unknown"]


class Looked(NamedTuple):
    """What a link is good for in the browser that opened it; ``link`` is None where it is unknown."""

    state: LinkState
    link: SignInLink | None


async def ask_for_link(
    connection: Connection, email: str, *, browser: str, ip: str, next_path: str, now: datetime
) -> None:
    """Have a link sent to an e-mail, if somebody is known by it; nothing here depends on whether that is so.

    Args:
        connection: in a transaction, which the worker's mail waits for.
        email: in lower case.
        browser: secret of the browser that asks, the only one that the link will sign in.
        ip: the browser's address.
        next_path: where to go on after signing in.
        now: the present.

    Raises:
        ApiError: 429 ``too_many_sign_in_links``.
    """
    network = _network_of(ip)
    await connection.execute(_WAIT_FOR_TURN, email, network)
    record = await connection.fetchrow(_RECENT, email, network, now - WINDOW)
    assert record is not None  # noqa: S101 - an aggregate has one row
    for count, oldest, most in ((record[0], record[1], MAX_OF_EMAIL), (record[2], record[3], MAX_OF_NETWORK)):
        if count >= most:
            minutes = math.ceil((oldest + WINDOW - now) / timedelta(minutes=1))
            message = f"Too many links were asked for. Use the newest one, or ask again in {minutes} minutes."
            raise ApiError(429, "too_many_sign_in_links", message)
    id_ = new_id()
    await connection.execute(_ADD, id_, email, None, hash_token(browser), network, next_path, now, now + LIFETIME)
    await enqueue(connection, SIGN_IN_MAIL, {"link_id": id_})


async def make_link(connection: Connection, email: str, base_url: str, now: datetime, lifetime: timedelta) -> str:
    """Return the URL of a link for an operator to pass on; it works once, in any browser.

    Args:
        connection: where to write.
        email: of a person that there is.
        base_url: where users reach the server.
        now: the present.
        lifetime: how long the link works.
    """
    token = new_token()
    await connection.execute(_ADD, new_id(), email, hash_token(token), None, None, "/", now, now + lifetime)
    return sign_in_url(base_url, token)


async def look_at_link(connection: Connection, token: str, browser: str, now: datetime) -> Looked:
    """Return what a link is good for, without using it up: programs that read mail open every link in it."""
    link = await fetch_one(connection, SignInLink, _FIND, hash_token(token))
    if link is None:
        return Looked("unknown", None)
    if link.browser_hash is not None and not secrets.compare_digest(link.browser_hash, hash_token(browser)):
        return Looked("other_browser", link)
    if link.used_at is not None:
        return Looked("used", link)
    return Looked("ready" if link.expires_at > now else "expired", link)


async def use_link(connection: Connection, link: SignInLink, now: datetime) -> str | None:
    """Use a link up and return the id of the person whom it signs in; None where another request was first."""
    person_id: str | None = await connection.fetchval(_USE, link.id, now)
    return person_id


def _network_of(ip: str) -> str:
    """Return what an address is counted as: itself, or the network that an IPv6 address is of."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address) & _NETWORK_MASK, _NETWORK_BITS)))
