"""A customer that is not open to a member is not there for them, on any page; a new page is walked here by itself.

Everything that one customer of Northwind has is called Quillwort. Tomás, a member, knocks on every page with its ids,
and looks for its name on all others; then he is let in.
"""

import inspect
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.web.routes import PageRoute
from tests.comments.support import create_comment, upload
from tests.harness import World
from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, create_task
from tests.tenancy.test_pages import FORMS, KINDS, filled, names_of, pages
from tests.tenancy.test_tenancy import NOTIFICATION, Owned, belongings
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

WORD = "uillwort"
# What belongs to a customer, by the name that its id has in a page's path.
OF_CUSTOMERS = {"customer", "contact", "lead", "onboarding", "task", "comment", "attachment", "notification"}
# Ways of asking the pages without an id for just that customer's.
QUERIES = (
    "",
    "q=quillwor",
    "as=calendar&month=2026-02&day=2026-02-01&phase=before_getting_started",
    "as=list",
    "as=lanes",
    "customer={id}",
    "customer={display_id}",
    "sort=name",
    "whose=everybody",
    "ids={id}&rows={id}",
    "status=won",
)


# Tables that name one thing of a customer's, and views of them.
OF_A_CUSTOMER = """
SELECT DISTINCT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND a.attname IN ('customer_id', 'onboarding_id', 'task_id', 'comment_id')
"""
COLUMNS = """
SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = $1::regnamespace AND c.relname = ANY ($2) ORDER BY c.relname, a.attnum
"""


async def put_away(connection: "Connection", customer: Json) -> None:
    await connection.execute("UPDATE customers SET restricted = true WHERE id = $1", customer["id"])


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(
        api, name="Quillwort & Sons", domain="quillwort.example", slug="quillwort", plan="Quillwort plan"
    )


async def win_somebody(api: httpx.AsyncClient, customer: Json) -> Json:
    """Return a lead that was won as the customer's contact, and was written to before."""
    buyer = {"name": "Quillwort's buyer", "email": "buyer@quillwort.example", "company": "Quillwort"}
    lead = body_of(await api.post("/leads", json=buyer), 201)
    message = {"channel": "email", "direction": "outbound", "status": "sent", "subject": "Dear Quillwort"}
    body_of(await api.post(f"/contacts/{lead['id']}/messages", json=message), 201)
    body_of(await api.post(f"/leads/{lead['id']}/win", json={"customer_id": customer["id"], "onboarding": None}))
    return lead


@pytest.fixture
async def hidden(api: httpx.AsyncClient, connection: "Connection", world: World, customer: Json) -> Owned:
    """Everything that the customer has, some of it Tomás's, before it is restricted."""
    contact = await create_contact(api, customer["id"], name="Quillwort's head", email="head@quillwort.example")
    onboarding = await create_onboarding(
        api, customer["id"], name="Quillwort rollout", state="at_risk", target_launch_date="2026-02-01T00:00:00Z",
        csm_id=world.tomas.id,
    )  # fmt: skip
    due = {"due_date": "2026-02-02T00:00:00Z", "visible_in_portal": True}
    task = await create_task(api, onboarding["id"], title="Quillwort task", assignee_id=world.tomas.id, **due)
    await create_task(api, onboarding["id"], title="Quillwort's own", assignee_contact_id=contact["id"], **due)
    attachment = await upload(api, filename="quillwort.png")
    files = {"attachment_ids": [attachment["id"]]}
    comment = await create_comment(api, onboarding["id"], body=f"Quillwort asks @{world.tomas.email}", **files)
    body_of(await api.post(f"/onboardings/{onboarding['id']}/reminders", json={}), 201)
    notification = await connection.fetchval(NOTIFICATION, world.northwind.id, world.tomas.id)
    told = "UPDATE notifications SET title = 'Quillwort calls', customer_id = $2 WHERE id = $1"
    await connection.execute(told, notification, customer["id"])
    lead = await win_somebody(api, customer)
    made = {
        "customers": customer,
        "contacts": contact,
        "leads": lead,
        "onboardings": onboarding,
        "tasks": task,
        "comments": comment,
    }
    ids = {name: [one["id"], str(one["display_id"])] for name, one in (made | {"attachments": attachment}).items()}
    ids["notifications"] = [notification]
    await create_onboarding(api, (await create_customer(api, name="Open"))["id"], name="Open rollout")
    await put_away(connection, customer)
    return Owned(ids, [])


def of_customers(route: PageRoute) -> bool:
    return any(name in OF_CUSTOMERS for name in names_of(route))


def walked(hidden: Owned, *, with_id: bool) -> list[tuple[PageRoute, list[str]]]:
    """Return the pages that a member may see, each with the paths to ask for."""
    found = []
    for route in pages():
        names = names_of(route)
        if (
            route.role == "member"
            and of_customers(route) == with_id
            and all(name in OF_CUSTOMERS or KINDS.get(name) is None for name in names)
        ):
            found.append((route, [filled(route, hidden, way) for way in range(3 if with_id else 1)]))
    return found


def tells(answer: httpx.Response) -> bool:
    return WORD in (answer.text + str(answer.headers)).lower()


async def test_nothing_of_it_is_there(tomas: Visitor, hidden: Owned, connection: "Connection", world: World) -> None:
    before = await belongings(connection, world.northwind.id)
    wrong = []
    for route, paths in walked(hidden, with_id=True):
        for path in paths:
            if route.method == "GET":
                answers = [await tomas.get(path), await tomas.get(path, fragment=True)]
            else:
                answers = [await tomas.submit(path, FORMS.get(route.path)), await tomas.submit(path, fragment=True)]
            wrong += [
                f"{route.method} {path}: {answer.status_code}"
                for answer in answers
                if answer.status_code != 404 or tells(answer)
            ]
    assert not wrong
    assert await belongings(connection, world.northwind.id) == before


async def test_no_page_tells_of_it(tomas: Visitor, maya: Visitor, hidden: Owned) -> None:
    wrong, told = [], set()
    id_, display_id = hidden.ids["customers"]
    for route, paths in walked(hidden, with_id=False):
        if route.method != "GET":
            continue
        for query in QUERIES:
            path = f"{paths[0]}?{query.format(id=id_, display_id=display_id)}"
            answers = [await tomas.get(path, fragment=fragment) for fragment in (False, True)[: 1 + (not query)]]
            wrong += [path for answer in answers if answer.status_code >= 500 or tells(answer)]
            if tells(await maya.get(path)):
                told.add(route.path)
    assert not wrong
    # It would be there to be seen: an admin sees it.
    assert {"/customers", "/customers.csv", "/onboardings", "/onboardings/day", "/leads", "/search", "/"} <= told


async def test_who_is_let_in_sees_all_of_it(
    tomas: Visitor, hidden: Owned, connection: "Connection", world: World, customer: Json
) -> None:
    sql = "INSERT INTO customer_access VALUES ($1, $2, $3)"
    await connection.execute(sql, world.northwind.id, customer["id"], world.tomas.id)
    shown = 0
    for route, paths in walked(hidden, with_id=True):
        if route.method == "GET":
            for path in paths:
                assert (await tomas.get(path)).status_code in {200, 303, 403, 404}
                shown += (await tomas.get(path)).status_code == 200
    assert shown > 30
    assert "Quillwort rollout" in (await tomas.get("/onboardings")).text
    assert "Quillwort &amp; Sons" in (await tomas.get("/customers")).text
    assert "Quillwort task" in (await tomas.get("/tasks")).text


async def test_what_belongs_to_customers_has_a_view_that_is_its_table(connection: "Connection") -> None:
    """A new table of theirs needs its view, and a new column has the view made again: ``make_seen`` in a migration."""
    tables = {row[0] for row in await connection.fetch(OF_A_CUSTOMER)} - {"customer_access"} | {"customers"}
    stored = [tuple(row) for row in await connection.fetch(COLUMNS, "public", list(tables))]
    assert [tuple(row) for row in await connection.fetch(COLUMNS, "seen", list(tables))] == stored


def test_what_streams_holds_a_connection_of_the_persons_own() -> None:
    """``page.connect()`` shows what the person may see; the pool's own shows everything."""
    signed_in = {inspect.getmodule(route.handler) for route in pages() if route.role is not None}
    for module in signed_in:
        assert module
        assert "pool.acquire" not in inspect.getsource(module), module.__name__
