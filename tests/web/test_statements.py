"""No page asks the database more for having more to show."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import httpx
from bench.page_statements import Statement, recording, repeated

from pivotal_server.web.routes import PageRoute
from tests.comments.support import create_comment
from tests.harness import World
from tests.support import create_contact, create_customer, create_onboarding, create_task
from tests.templates.support import create_template
from tests.tenancy.test_pages import filled, pages
from tests.tenancy.test_tenancy import Owned
from tests.tenancy.test_tenancy import theirs as their_things
from tests.visitors import Visitor
from tests.webhooks.support import create_endpoint

if TYPE_CHECKING:
    from pivotal_server.rest.dispatch import Dispatcher

theirs = their_things  # the fixture
# Whole files, in batches of rows.
FILES = re.compile(r"\.csv$|\.yaml$|\.zip$")


# So many turns have to agree on how many statements a page takes.
_AGREE, _MOST_TURNS = 3, 30


def is_page(route: PageRoute) -> bool:
    return route.method == "GET" and not FILES.search(route.path)


async def test_statements_of_a_page_do_not_grow_with_its_rows(
    app: "Dispatcher", fabian: Visitor, fabrikam_api: httpx.AsyncClient, world: World, theirs: Owned
) -> None:
    routes = [route for route in pages() if is_page(route)]
    few = {route.path: await statements_of(app, fabian, filled(route, theirs, 0)) for route in routes}
    await add_many(fabrikam_api, world, theirs)
    grown = []
    for route in routes:
        many = await statements_of(app, fabian, filled(route, theirs, 0))
        if len(many) > len(few[route.path]):
            grown.append((route.path, len(few[route.path]), len(many), repeated(many)))
    assert not grown


async def statements_of(app: "Dispatcher", visitor: Visitor, path: str) -> list[Statement]:
    """Return the statements of a page that has been shown before, and follow it where it leads.

    Now and then the process writes its request log meanwhile, on the page's connection, or so that the page takes one
    that nobody listens to: what some turns agree on is the page's.
    """
    headers = {"accept": "text/html"}
    await visitor.client.get(path, headers=headers, follow_redirects=True)
    turns: dict[int, list[list[Statement]]] = defaultdict(list)
    for _ in range(_MOST_TURNS):
        with recording(app) as found:
            await visitor.client.get(path, headers=headers, follow_redirects=True)
        turns[len(found)].append(found)
        if found and len(turns[len(found)]) == _AGREE:
            return found
    raise AssertionError(path, {count: len(found) for count, found in turns.items()})


async def add_many(api: httpx.AsyncClient, world: World, theirs: Owned) -> None:
    """Give Fabrikam a dozen more of everything, also of what one thing has."""
    customer, onboarding, task = (theirs.ids[name][0] for name in ("customers", "onboardings", "tasks"))
    for number in range(12):
        await create_customer(api, name=f"Another {number}", tags=["fabrikam-vip"], owner_email=world.fabian.email)
        await create_contact(api, customer)
        other = await create_onboarding(api, customer, csm_id=world.fabian.id)
        await create_task(api, other["id"], assignee_id=world.fabian.id)
        await create_task(api, onboarding, depends_on=[{"task_id": task}])
        await create_task(api, onboarding, parent_id=task)
        await create_comment(api, onboarding, body=f"@{world.fabian.email} look")
        await create_template(api, name=f"Programme {number}")
        await api.post("/pipelines", json={"name": f"Way {number}"})
        await api.post("/leads", json={"name": f"Lead {number}", "owner": world.fabian.id})
        await create_endpoint(api, url=f"https://hooks{number}.fabrikam.example/")
