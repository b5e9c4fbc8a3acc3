"""The team: who belongs to the workspace, who is invited, in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.rights import require
from pivotal_server.people.invitations import Invitees, Line, invite, resend_invitation, revoke_invitation
from pivotal_server.people.leaving import what_is_left_behind
from pivotal_server.people.members import change_role, remove_member, transfer_ownership
from pivotal_server.people.models import InvitedRole
from pivotal_server.people.queries import get_member, list_pending_invitations, list_team
from pivotal_server.web.filters import plural
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_TEAM = "/settings/team"


class InvitationForm(BaseModel):
    """Whom to invite, and as what."""

    emails: str = Field(min_length=1, max_length=20_000)
    role: InvitedRole = "member"


class RoleForm(BaseModel):
    """What a teammate is to be."""

    role: InvitedRole


class TransferForm(BaseModel):
    """To whom the workspace goes, and its name, written out."""

    person_id: str = Field(min_length=1, max_length=64)
    workspace_name: str = Field(min_length=1, max_length=255)


@pages.get(_TEAM)
async def team(page: Page) -> Response:
    """Show the team; to those who may invite, also the invitations."""
    return await _show(page, Form({"role": "member"}))


@pages.post(f"{_TEAM}/invitations", role="admin")
async def invite_people(page: Page) -> Response:
    """Invite one or many, and say of each address what became of it."""
    form = page.read_form(InvitationForm)
    if form.body is None:
        return await _show(page, form, status=UNPROCESSABLE)
    body = form.body
    try:
        invitees = Invitees.read(body.emails)
        lines = await page.commit(lambda change: invite(change, invitees, body.role))
    except ApiError as error:
        form.errors["emails"] = error.message
        return await _show(page, form, status=UNPROCESSABLE)
    if all(line.outcome == "invited" for line in lines):
        return page.redirect(_TEAM, toast=f"Invited {plural(len(lines), 'person', 'people')}")
    left = "\n".join(line.text for line in lines if line.outcome == "invalid")
    return await _show(page, Form({"role": body.role, "emails": left}), lines=lines)


@pages.post(f"{_TEAM}/invitations/{{invitation}}/resend", role="admin")
async def resend(page: Page, invitation: str) -> Response:
    """Send an invitation again."""
    row = await page.commit(lambda change: resend_invitation(change, invitation))
    return page.redirect(_TEAM, toast=f"Sent {row.email} a new link")


@pages.post(f"{_TEAM}/invitations/{{invitation}}/revoke", role="admin")
async def revoke(page: Page, invitation: str) -> Response:
    """Take an invitation back."""
    row = await page.commit(lambda change: revoke_invitation(change, invitation))
    return page.redirect(_TEAM, toast=f"Took back the invitation of {row.email}")


@pages.get(f"{_TEAM}/transfer", role="owner")
async def transfer_form(page: Page) -> Response:
    """Ask to whom the workspace is to go."""
    return await _show_transfer(page, Form({"person_id": page.query_params.get("to", "")}))


@pages.post(f"{_TEAM}/transfer", role="owner")
async def transfer(page: Page) -> Response:
    """Hand the workspace over."""
    form = page.read_form(TransferForm)
    heir = await page.submit(form, lambda change, body: transfer_ownership(change, body.person_id, body.workspace_name))
    if heir is None:
        return await _show_transfer(page, form, UNPROCESSABLE)
    return page.redirect(_TEAM, toast=f"{heir.name} owns the workspace now")


@pages.post(f"{_TEAM}/{{member}}/role", role="owner")
async def set_role(page: Page, member: str) -> Response:
    """Make a teammate an admin or a member."""
    form = page.read_form(RoleForm)
    if form.body is None:
        await get_member(page.connection, page.actor, member)
        raise ApiError(400, "invalid_field", "Choose admin or member.", field="role")
    role = form.body.role
    row = await page.commit(lambda change: change_role(change, member, role))
    return page.redirect(_TEAM, toast=f"{row.name} is {'an admin' if role == 'admin' else 'a member'} now")


@pages.get(f"{_TEAM}/{{member}}/remove")
async def remove_form(page: Page, member: str) -> Response:
    """Say what removing a teammate, or leaving, means, before it is done."""
    if member != page.actor.id:
        require(page.actor, "admin")
    row = await get_member(page.connection, page.actor, member)
    left = await what_is_left_behind(page.connection, page.actor, row.id, page.services.clock.now())
    return page.render("people/remove.html", member=row, left=left)


@pages.post(f"{_TEAM}/{{member}}/remove")
async def remove(page: Page, member: str) -> Response:
    """Take a teammate out of the workspace; everybody but the owner may do so with themselves."""
    row = await page.commit(lambda change: remove_member(change, member))
    if row.id == page.visitor.person_id:
        return page.redirect("/workspaces", toast=f"You left {page.visitor.workspace_name}")
    return page.redirect(_TEAM, toast=f"Removed {row.name}")


async def _show(page: Page, form: Form[InvitationForm], *, status: int = 200, lines: Sequence[Line] = ()) -> Response:
    invites: Literal["none", "members", "everybody"] = "none"
    if page.visitor.role != "member":
        invites = "everybody" if page.visitor.role == "owner" else "members"
    pending = []
    if invites != "none":
        pending = await list_pending_invitations(page.connection, page.actor, page.services.clock.now())
    members = await list_team(page.connection, page.actor)
    return page.render(
        "people/team.html",
        status=status,
        form=form,
        invites=invites,
        members=members,
        pending=pending,
        lines=lines,
    )


async def _show_transfer(page: Page, form: Form[TransferForm], status: int = 200) -> Response:
    members = [row for row in await list_team(page.connection, page.actor) if row.role != "owner"]
    choices = [("", "Choose somebody"), *((row.id, f"{row.name} ({row.email})") for row in members)]
    return page.render("people/transfer.html", status=status, form=form, choices=choices)
