"""The settings' page of API keys: what there is and how it is used, making one, revoking one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, StringConstraints

from pivotal_server.api_keys.actions import end_key, make_key
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.api_keys import NewKey, get_key, list_keys
from pivotal_server.identity.models import ALL_SCOPES, RATE_LIMITS, SCOPES, Mode
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.identity.models import ApiKey
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/api-keys"
_NARROW = tuple(scope for scope in SCOPES if scope != ALL_SCOPES)


class KeyForm(BaseModel):
    """What a key is to be; without scopes it may do everything."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    mode: Mode = "live"
    reach: Annotated[str, StringConstraints(pattern="^(all|some)$")] = "all"
    scopes: list[str] = Field(default_factory=list)
    last_day: date | None = None


class NameForm(BaseModel):
    """The name of the key that is to end, written out."""

    name: str = Field(min_length=1, max_length=255)


@pages.get(_PATH, role="admin")
async def api_keys(page: Page) -> Response:
    """Show the workspace's keys, newest first."""
    keys = await list_keys(page.connection, page.actor.workspace_id)
    return page.render("api_keys/list.html", keys=keys)


@pages.get(f"{_PATH}/new", role="admin")
async def new_api_key(page: Page) -> Response:
    """Show the form of a new key."""
    return _form(page, Form({"mode": "live", "reach": "all"}))


@pages.post(_PATH, role="admin")
async def create_api_key(page: Page) -> Response:
    """Make a key and show it, this once."""
    form = page.read_form(KeyForm)
    if form.body and form.body.reach == "some" and not form.body.scopes:
        form.errors["scopes"] = "Choose at least one, or let the key do everything."
    if form.body and form.body.last_day and _end_of(form.body.last_day) <= page.services.clock.now():
        form.errors["last_day"] = "A day that is still to come."
    text = await page.submit(form, lambda change, body: _make(page, change, body)) if form.valid else None
    if text is None or form.body is None:
        return _form(page, form, status=UNPROCESSABLE)
    return page.render("api_keys/made.html", name=form.body.name, mode=form.body.mode, text=text)


@pages.get(f"{_PATH}/{{api_key}}/revoke", role="admin")
async def revoke_api_key(page: Page, api_key: str) -> Response:
    """Ask for the name of the key that is to end."""
    return page.render("api_keys/revoke.html", key=await _find(page, api_key), form=Form())


@pages.post(f"{_PATH}/{{api_key}}/revoke", role="admin")
async def end_api_key(page: Page, api_key: str) -> Response:
    """Revoke a key whose name was written out."""
    key = await _find(page, api_key)
    form = page.read_form(NameForm)
    if form.body and form.body.name != key.name:
        form.errors["name"] = f"This is not the key's name, which is {key.name}."
    if not form.valid or await page.submit(form, lambda change, _: end_key(change, key.id)) is None:
        return page.render("api_keys/revoke.html", status=UNPROCESSABLE, key=key, form=form)
    return page.redirect(_PATH, toast=f"Revoked {key.name}: its next request is refused")


async def _make(page: Page, change: Change, body: KeyForm) -> str:
    scopes = tuple(body.scopes) if body.reach == "some" else (ALL_SCOPES,)
    expires = _end_of(body.last_day) if body.last_day else None
    new = NewKey(body.name, body.mode, scopes, expires_at=expires, created_by=page.visitor.person_id)
    return await make_key(change, new)


def _end_of(day: date) -> datetime:
    """Return when a day is over; the key works on all of it."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


async def _find(page: Page, key_id: str) -> ApiKey:
    key = await get_key(page.connection, page.actor.workspace_id, key_id)
    if key is None or key.revoked_at is not None:
        raise ApiError(404, "http_exception", "This workspace has no such API key in use.")
    return key


def _form(page: Page, form: Form[KeyForm], status: int = 200) -> Response:
    return page.render("api_keys/new.html", status=status, form=form, scopes=_NARROW, limits=RATE_LIMITS)
