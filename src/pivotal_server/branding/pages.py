"""The page of a workspace's look: its colour with what is made of it, its images, and the way back to Pivotal's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from pivotal_server.branding.actions import (
    AccentChangedError,
    change_accent,
    change_brand,
    put_image,
    store_image,
)
from pivotal_server.branding.colours import PIVOTAL, READABLE, parse, uses_of
from pivotal_server.branding.images import MAX_BYTES, MAX_SIDE, ImageError, read_image
from pivotal_server.branding.models import PLACES, Place
from pivotal_server.branding.queries import get_brand, list_images
from pivotal_server.core.errors import ApiError
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.identity.models import Brand
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/branding"
_CONFLICT = 409
_LONGEST_COLOUR = 40
_NO_COLOUR = "Six digits of 0 to 9 and A to F, such as #4F46E5."
_SMALLEST_ICON = 32


class Accent(BaseModel):
    """The colour of a workspace."""

    accent: str = Field(min_length=1, max_length=_LONGEST_COLOUR)


@pages.get(_PATH, role="admin")
async def branding(page: Page) -> Response:
    """Show the look."""
    return await _show(page)


@pages.post(f"{_PATH}/preview", role="admin")
async def preview(page: Page) -> Response:
    """Show what would be made of a colour; nothing is saved."""
    form = _read_accent(page)
    return await _show(page, form=form, previewed=True, status=200 if form.valid else UNPROCESSABLE)


@pages.post(f"{_PATH}/accent", role="admin")
async def save_accent(page: Page) -> Response:
    """Give the workspace another colour."""
    form = _read_accent(page)
    if not form.valid or form.body is None:
        return await _show(page, form=form, status=UNPROCESSABLE)
    accent, was = form.body.accent, page.field("was") or None
    try:
        before = await page.commit(lambda change: change_accent(change, accent, was))
    except AccentChangedError as error:
        return await _show(page, form=form, changed=error, status=_CONFLICT)
    return page.redirect(_PATH, toast="The workspace has its colour", undo=_way_back({"accent": before.accent}))


@pages.post(f"{_PATH}/images/{{place}}", role="admin")
async def upload(page: Page, place: str) -> Response:
    """Give the workspace an image in one of its places."""
    where = _place(place)
    file = page.sent.get("image")
    data = await file.read(MAX_BYTES + 1) if isinstance(file, UploadFile) and file.filename else b""
    try:
        if not data:
            raise ImageError("Choose an image first.")
        image = read_image(data)
        if where == "favicon" and (image.width != image.height or image.width < _SMALLEST_ICON):
            raise ImageError(
                f"An icon is square, and at least {_SMALLEST_ICON} pixels wide; this is {image.width} × {image.height}."
            )
    except ImageError as error:
        return await _show(page, wrong={where: str(error)}, status=UNPROCESSABLE)
    services, workspace_id = page.services, page.actor.workspace_id
    stored = await store_image(page.connection, services.storage, workspace_id, data, image, services.clock.now())
    before = await page.commit(lambda change: put_image(change, where, stored))
    undo = _way_back({where: getattr(before, where)})
    return page.redirect(_PATH, toast=f"The workspace has its {PLACES[where]}", undo=undo)


@pages.post(f"{_PATH}/images/{{place}}/remove", role="admin")
async def remove(page: Page, place: str) -> Response:
    """Take an image out of the look."""
    where = _place(place)
    before = await page.commit(lambda change: change_brand(change, {where: None}))
    undo = _way_back({where: getattr(before, where)})
    return page.redirect(_PATH, toast=f"Removed the {PLACES[where]}", undo=undo)


@pages.post(f"{_PATH}/reset", role="admin")
async def reset(page: Page) -> Response:
    """Go back to Pivotal's own look."""
    nothing = dict.fromkeys(("accent", *PLACES))
    before = await page.commit(lambda change: change_brand(change, nothing))
    return page.redirect(_PATH, toast="Back to Pivotal’s look", undo=_way_back(_fields(before)))


@pages.post(f"{_PATH}/restore", role="admin")
async def restore(page: Page) -> Response:
    """Bring back what the look had; the address says what."""
    asked = {name: page.query_params[name] or None for name in ("accent", *PLACES) if name in page.query_params}
    accent = asked.get("accent")
    if accent is not None and parse(accent) != accent:
        raise ApiError(400, "invalid_field", _NO_COLOUR, field="accent")
    await page.commit(lambda change: change_brand(change, asked))
    return page.redirect(_PATH, toast="Brought back")


def _place(name: str) -> Place:
    """Return a place of the look.

    Raises:
        ApiError: 404 where there is none of this name.
    """
    for place in PLACES:
        if place == name:
            return place
    raise ApiError(404, "http_exception", "There is nothing at this address.")


def _read_accent(page: Page) -> Form[Accent]:
    form = page.read_form(Accent)
    if form.body is not None:
        colour = parse(form.body.accent)
        if colour is None:
            form.errors["accent"] = _NO_COLOUR
        else:
            form.body.accent = colour
    return form


def _fields(brand: Brand) -> dict[str, str | None]:
    return {name: value for name, value in brand._asdict().items() if name != "workspace_id"}


def _way_back(fields: dict[str, str | None]) -> str:
    return f"{_PATH}/restore?{urlencode({name: value or '' for name, value in fields.items()})}"


async def _show(
    page: Page,
    *,
    form: Form[Accent] | None = None,
    previewed: bool = False,
    changed: AccentChangedError | None = None,
    wrong: dict[Place, str] | None = None,
    status: int = 200,
) -> Response:
    """Return the page, or what is made of a colour alone where htmx asks for a preview.

    Args:
        page: the request.
        form: the colour as it was typed; None shows the one that there is.
        previewed: whether what is shown of it is not saved.
        changed: who has chosen another colour meanwhile.
        wrong: what is wrong with an image, by its place.
        status: of the answer.
    """
    brand = await get_brand(page.connection, page.actor)
    typed = str(form.values.get("accent") or "") if form else brand.accent or PIVOTAL
    colour = parse(typed)
    return page.render(
        "branding/branding.html",
        block="colours",
        status=status,
        look=brand,
        form=form or Form({"accent": typed.upper()}),
        colour=colour,
        uses=uses_of(colour) if colour else [],
        readable=READABLE,
        previewed=previewed,
        changed=changed,
        images=await list_images(page.connection, page.actor, brand),
        wrong=wrong or {},
        most=f"{MAX_BYTES // 1024} KiB and {MAX_SIDE:,} pixels a side",
    )
