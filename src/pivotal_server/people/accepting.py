"""Accepting an invitation: by somebody new, whom its link proves to be who was invited, or by a teammate of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError, not_found
from pivotal_server.identity.models import Actor
from pivotal_server.identity.people import MembershipError, add_member
from pivotal_server.identity.sessions import enter_workspace
from pivotal_server.people.models import Offer
from pivotal_server.people.queries import find_offer, find_person_id, list_offers
from pivotal_server.people.signing_in import Browser, SignedIn, sign_in
from pivotal_server.timeline.change import Change, Subject

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.sessions import Visitor
    from pivotal_server.people.oidc import Account

_ACCEPT = """
UPDATE invitations SET accepted_at = $3
WHERE workspace_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3 RETURNING id
"""


async def get_offer(connection: Connection, token: str, now: datetime) -> Offer:
    """Return the invitation that a link is of, while it can be accepted.

    Raises:
        ApiError: 404 ``invitation_not_found``, also where it was revoked or sent again; 409 ``invitation_accepted`` or
            ``invitation_expired``.
    """
    offer = await find_offer(connection, token)
    if offer is None or offer.revoked_at is not None:
        raise not_found("invitation")
    if offer.accepted_at is not None:
        raise ApiError(409, "invitation_accepted", "This invitation was accepted already. Sign in instead.")
    if offer.expires_at <= now:
        message = f"This invitation has expired. Ask {offer.inviter} for a new one."
        raise ApiError(409, "invitation_expired", message)
    return offer


async def accept_as_new(connection: Connection, clock: Clock, token: str, name: str, browser: Browser) -> SignedIn:
    """Make a person of whoever was invited, let them join, and sign them in.

    The link came by mail to that e-mail, so having it is the proof. For an e-mail that belongs to somebody already it
    is not enough, because it works in any browser and for days.

    Args:
        connection: in a transaction.
        clock: the source of time.
        token: the link's.
        name: what the person is called.
        browser: where the link was opened.

    Raises:
        ApiError: what ``get_offer`` raises; 409 ``sign_in_first`` where somebody is known by this e-mail.
    """
    offer = await get_offer(connection, token, clock.now())
    if offer.person_id is not None:
        raise ApiError(409, "sign_in_first", f"Sign in as {offer.email} first.")
    person_id = await _join(connection, clock, offer, name, browser)
    return await sign_in(connection, clock, person_id, browser, workspace_id=offer.workspace_id)


async def accept_as_visitor(
    connection: Connection, clock: Clock, token: str, visitor: Visitor, browser: Browser
) -> Offer:
    """Let the person who is signed in, and was invited, join; their session goes on in the workspace that they join.

    Raises:
        ApiError: what ``get_offer`` raises; 409 ``sign_in_first`` where somebody else was invited.
    """
    offer = await get_offer(connection, token, clock.now())
    if offer.person_id != visitor.person_id:
        raise ApiError(409, "sign_in_first", f"Sign in as {offer.email} first.")
    await _join(connection, clock, offer, visitor.person_name, browser)
    await enter_workspace(connection, visitor.session_id, offer.workspace_id)
    return offer


async def sign_in_by_account(
    connection: Connection, clock: Clock, account: Account, browser: Browser, next_path: str
) -> SignedIn:
    """Sign in whom the issuer of single sign-on vouches for; somebody new joins whatever they are invited to.

    Raises:
        ApiError: 403 ``not_invited``.
    """
    person_id = await find_person_id(connection, account.email)
    if person_id is None:
        for offer in await list_offers(connection, account.email, clock.now()):
            person_id = await _join(connection, clock, offer, account.name, browser)
    if person_id is None:
        message = f"{account.email} is not invited. Ask an admin of your workspace for an invitation."
        raise ApiError(403, "not_invited", message)
    return await sign_in(connection, clock, person_id, browser, next_path=next_path)


async def _join(connection: Connection, clock: Clock, offer: Offer, name: str, browser: Browser) -> str:
    """Use the invitation up, make the membership, and note it; return the person's id."""
    now = clock.now()
    if await connection.fetchval(_ACCEPT, offer.workspace_id, offer.id, now) is None:
        raise ApiError(409, "invitation_accepted", "This invitation was accepted already. Sign in instead.")
    try:
        async with connection.transaction():
            person_id = await add_member(
                connection, offer.workspace_id, email=offer.email, name=name, role=offer.role, now=now
            )
    except MembershipError:  # an operator was faster
        assert offer.person_id is not None  # noqa: S101 - whoever is a teammate is known
        return offer.person_id
    actor = Actor(
        offer.workspace_id,
        "person",
        person_id,
        name,
        request_id=browser.request_id,
        ip=browser.ip,
        role=offer.role,
    )
    change = Change(connection, actor, clock)
    change.note("member.joined", f"{name} joined as {offer.role}", Subject("person", person_id), {"role": offer.role})
    await change.write_records()
    return person_id
