"""No page answers for, tells of or changes what belongs to another workspace; a new page has to be walked here too.

Maya of Northwind knocks on every page with the ids of what Fabrikam has. What Fabrikam has is made once, and every page
has to leave it as it was.
"""

import re
from typing import TYPE_CHECKING

import pytest

from pivotal_server.app import PAGES
from pivotal_server.web.routes import PageRoute
from tests.harness import World
from tests.support import Json
from tests.tenancy.test_tenancy import Owned, belongings
from tests.tenancy.test_tenancy import ours as our_things
from tests.tenancy.test_tenancy import theirs as their_things
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

ours, theirs = our_things, their_things  # the fixtures
_PLACE = re.compile(r"{(\w+)(?::\w+)?}")
# What a name in a page's path stands for, among what Fabrikam has.
KINDS = {
    "customer": "customers",
    "contact": "contacts",
    "lead": "leads",
    "lead_merge": "lead_merges",
    "pipeline": "pipelines",
    "onboarding": "onboardings",
    "task": "tasks",
    "comment": "comments",
    "attachment": "attachments",
    "template": "templates",
    "phase": "phases",
    "custom_field": "custom_fields",
    "endpoint": "webhook_endpoints",
    "delivery": "deliveries",
    "api_key": "api_keys",
    "member": "members",
    "session": "sessions",
    "invitation": "invitations",
    "workspace": "workspaces",
    "takeout": "takeouts",
    "saved_view": "saved_views",
    "notification": "notifications",
}
# Names that stand for what is nobody's, or everybody's under the same name, and a value for each.
PLAIN: dict[str, str] = {
    "csv_list": "contacts",
    "place": "logo",
    "message": "reminder",
    "property": "notes",
    "bulk_edit": "1-req_x",
    "template_task": "kickoff",
    "stage": "new",
    "version": "1",
}
# What a form needs to be valid, where it is looked at before the thing that it is about; by the form's path.
FORMS: dict[str, Json] = {"/settings/team/{member}/role": {"role": "member"}}
# Pages that are walked elsewhere: signed links and tokens are the permission itself; streams do not end.
ELSEWHERE = {
    "/live",
    # An invitation's link (tests/people/test_settings_pages.py).
    "/invitations/{token}",
    # Files of the server's, shown to developers alone (tests/people/test_kept_mail.py).
    "/dev/mail/{mail}",
}


def pages() -> list[PageRoute]:
    return [route for collection in PAGES for route in collection.routes if route.path not in ELSEWHERE]


def names_of(route: PageRoute) -> list[str]:
    names = _PLACE.findall(route.path)
    unknown = [name for name in names if name not in KINDS and name not in PLAIN]
    assert not unknown, f"tell this test what {unknown} is in {route.path}"
    return names


def filled(route: PageRoute, theirs: Owned, way: int) -> str:
    """Return a page's path with ids of Fabrikam's: cuids (0) or display ids (1), with a slug as pages have them (2)."""

    def id_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in PLAIN:
            return PLAIN[name]
        ids = theirs.ids[KINDS[name]]
        return ids[min(way, 1, len(ids) - 1)] + ("-slug" if way == 2 and len(ids) > 1 else "")

    return _PLACE.sub(id_of, route.path)


def silent(text: str, theirs: Owned) -> bool:
    return not [word for word in theirs.words if word in text]


async def test_an_id_of_another_workspace_is_nobodys_on_any_page(
    maya: Visitor, connection: "Connection", world: World, theirs: Owned
) -> None:
    before = {org.id: await belongings(connection, org.id) for org in (world.northwind, world.fabrikam)}
    wrong = []
    for route in pages():
        if not any(name in KINDS for name in names_of(route)):
            continue
        for way in range(3):
            path = filled(route, theirs, way)
            if route.method == "GET":
                answers = [await maya.get(path), await maya.get(path, fragment=True)]
            else:
                answers = [await maya.submit(path, FORMS.get(route.path)), await maya.submit(path, fragment=True)]
            wrong += [
                f"{route.method} {path}: {answer.status_code}"
                for answer in answers
                if answer.status_code != 404 or not silent(answer.text, theirs)
            ]
    assert not wrong
    for workspace_id, stored in before.items():
        assert await belongings(connection, workspace_id) == stored


async def test_no_page_tells_of_another_workspace(maya: Visitor, theirs: Owned) -> None:
    wrong = []
    for route in pages():
        if route.method == "GET" and not any(name in KINDS for name in names_of(route)):
            path = filled(route, theirs, 0)
            answers = (await maya.get(path), await maya.get(path, fragment=True))
            wrong += [path for answer in answers if answer.status_code >= 500 or not silent(answer.text, theirs)]
    assert not wrong


async def test_every_page_but_the_public_ones_asks_for_a_session(maya: Visitor, theirs: Owned) -> None:
    token = await maya.token()
    maya.client.cookies.clear()
    open_ = []
    for route in pages():
        path = filled(route, theirs, 0)
        answer = await maya.client.request(route.method, path, data={"csrf": token} if route.method == "POST" else None)
        led_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")
        if route.role is not None and not led_away:
            open_.append(f"{route.method} {path}: {answer.status_code}")
    assert not open_


@pytest.mark.parametrize("role", ["admin", "owner"])
async def test_a_member_gets_no_page_that_takes_more(tomas: Visitor, ours: Owned, role: str) -> None:
    reached = []
    for route in pages():
        if route.role == role:
            path = _PLACE.sub(lambda match: ours.ids.get(KINDS.get(match.group(1), ""), ["x"])[0], route.path)
            answer = await (tomas.get(path) if route.method == "GET" else tomas.submit(path))
            if answer.status_code != 403:
                reached.append(f"{route.method} {path}: {answer.status_code}")
    assert not reached
