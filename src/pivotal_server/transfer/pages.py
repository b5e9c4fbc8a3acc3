"""The page of a workspace's data: lists as CSV, and takeouts with how far the one under way is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.responses import StreamingResponse

from pivotal_server.comments.links import make_token
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.people import list_members
from pivotal_server.transfer.actions import ask_for_takeout, cancel_takeout, delete_takeout
from pivotal_server.transfer.lists import LISTS, write_list
from pivotal_server.transfer.making import TAKE_OUT
from pivotal_server.transfer.models import ABANDONED_AFTER
from pivotal_server.transfer.queries import find_takeout, list_takeouts
from pivotal_server.web.forms import Form
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.transfer.models import Takeout
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/data"
_CONFLICT = 409


class _Nothing(BaseModel):
    """A form that is a button alone."""


@pages.get(_PATH, role="admin")
async def data(page: Page) -> Response:
    """Show what can be taken out, and what was."""
    return await _show(page, Form())


@pages.get(f"{_PATH}/{{csv_list}}.csv", role="admin", streams=True)
async def csv_file(page: Page, csv_list: str) -> Response:
    """Give a list of the whole workspace as a CSV file, piece by piece."""
    if csv_list not in LISTS:
        raise ApiError(404, "http_exception", "There is nothing at this address.")
    headers = {"content-disposition": f'attachment; filename="{csv_list}.csv"'}
    return StreamingResponse(write_list(page.connect, page.actor, csv_list), media_type="text/csv", headers=headers)


@pages.post(f"{_PATH}/takeouts", role="admin")
async def begin(page: Page) -> Response:
    """Have everything made into one file."""
    form = page.read_form(_Nothing)
    if await page.submit(form, lambda change, _: ask_for_takeout(change, TAKE_OUT)) is None:
        return await _show(page, form, _CONFLICT)
    return page.redirect(_PATH, toast="Begun. You may leave this page: a mail comes when it is ready")


@pages.post(f"{_PATH}/takeouts/{{takeout}}/cancel", role="admin")
async def cancel(page: Page, takeout: str) -> Response:
    """Give up the takeout that is under way."""
    await page.commit(lambda change: cancel_takeout(change, takeout))
    return page.redirect(_PATH, toast="Cancelled")


@pages.post(f"{_PATH}/takeouts/{{takeout}}/delete", role="admin")
async def delete(page: Page, takeout: str) -> Response:
    """Let nobody download a takeout any more."""
    await page.commit(lambda change: delete_takeout(change, takeout))
    return page.redirect(_PATH, toast="Deleted. Its link leads nowhere now")


@pages.get(f"{_PATH}/takeouts/{{takeout}}/download", role="admin")
async def download(page: Page, takeout: str) -> Response:
    """Lead to the file, by the link that is shown too."""
    row = await find_takeout(page.connection, page.actor.workspace_id, takeout)
    if row is None or not row.can_be_had(page.services.clock.now()):
        raise ApiError(404, "http_exception", "This takeout is not here any more. Begin another one.")
    return page.redirect(f"/takeouts/{_token(page, row)}")


async def _show(page: Page, form: Form[_Nothing], status: int = 200) -> Response:
    now = page.services.clock.now()
    takeouts = await list_takeouts(page.connection, page.actor)
    members = await list_members(page.connection, page.actor.workspace_id)
    base = page.services.settings.base_url
    return page.render(
        "transfer/data.html",
        block="takeouts",
        status=status,
        form=form,
        takeouts=takeouts,
        names={member.id: member.name for member in members},
        links={one.id: f"{base}/takeouts/{_token(page, one)}" for one in takeouts if one.can_be_had(now)},
        busy=any(one.under_way and now - one.seen_at < ABANDONED_AFTER for one in takeouts),
        abandoned_after=ABANDONED_AFTER,
    )


def _token(page: Page, takeout: Takeout) -> str:
    """Return what goes into the link to a takeout that can be had: it ends with it."""
    assert takeout.expires_at is not None  # noqa: S101 - or it could not be had
    return make_token(page.services.checksum_secret, page.actor.workspace_id, takeout.id, takeout.expires_at)
