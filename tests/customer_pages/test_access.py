"""Who sees a customer: said on its page, by whom it may be; nobody gets a part in what they cannot see."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.identity.models import Person
from pivotal_server.identity.people import add_member
from pivotal_server.identity.sessions import find_visitor
from pivotal_server.identity.sight import seen_by, visible_topics
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task, error_of
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = '"><script>alert(1)</script>'


@pytest.fixture
async def aurora(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora Outfitters")


@pytest.fixture
async def nina(connection: "Connection", world: World, clock: SteeredClock) -> Person:
    """Another member, with a name that tries to be a script."""
    email = "nina@northwind.example"
    id_ = await add_member(
        connection, world.northwind.id, email=email, name=f"Nina {PROBE}", role="member", now=clock.now()
    )
    return Person(id_, email, f"Nina {PROBE}", "member")


def path_of(customer: Json) -> str:
    return f"/customers/{customer['display_id']}-aurora-outfitters"


async def restrict(visitor: Visitor, customer: Json, *people: str) -> httpx.Response:
    return await visitor.submit(f"{path_of(customer)}/access", {"restricted": "true", "people": list(people)})


async def test_an_admin_says_who_sees_it(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, aurora: Json, world: World, nina: Person
) -> None:
    path = path_of(aurora)
    page = (await maya.get(path)).text
    assert f'href="{path}/access" data-dialog>Everybody</a>' in page
    form = (await maya.get(f"{path}/access", fragment=True)).text
    assert "<html" not in form
    assert world.tomas.email in form
    assert world.maya.email not in form  # admins see it anyway
    assert PROBE not in form
    assert (await tomas.get(path)).status_code == 200

    answer = await restrict(maya, aurora, world.tomas.id)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = (await maya.get(path)).text
    assert ">1 person</a>" in page
    assert "Restricted" in page
    page = (await tomas.get(path)).text
    assert "Restricted" in page
    assert "/access" not in page  # it is not his to say
    assert (await tomas.get(f"{path}/access")).status_code == 403
    assert (await tomas.submit(f"{path}/access", {"restricted": "false"})).status_code == 422

    assert (await restrict(maya, aurora)).status_code == 303
    assert "Admins only" in (await maya.get(path)).text
    assert (await tomas.get(path)).status_code == 404
    assert "Aurora" not in (await tomas.get("/customers")).text
    body_of(await api.get(f"/customers/{aurora['id']}"))  # keys see all

    assert (await maya.submit(f"{path}/access", {"restricted": "false", "people": nina.id})).status_code == 303
    assert (await tomas.get(path)).status_code == 200
    told = [one["summary"] for one in body_of(await api.get(f"/customers/{aurora['id']}/timeline"))["data"]]
    assert told[:3] == [
        "Opened access to everybody",
        "Restricted access to admins",
        f"Restricted access to {world.tomas.name}",
    ]
    assert (await restrict(maya, aurora, "c" + "0" * 24)).status_code == 422


async def test_its_owner_sees_it_and_says_who_else_does(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, aurora: Json, world: World, nina: Person
) -> None:
    body_of(await api.patch(f"/customers/{aurora['id']}", json={"owner_email": world.tomas.email}))
    path = path_of(aurora)
    assert (await restrict(tomas, aurora, nina.id)).status_code == 303
    assert (await tomas.get(path)).status_code == 200
    # Whoever hands it over still sees it, and can hand over no more.
    assert (await tomas.submit(f"{path}/properties/owner_email", {"owner_email": nina.email})).status_code == 303
    assert (await tomas.get(path)).status_code == 200
    assert (await tomas.get(f"{path}/access")).status_code == 403
    again = await tomas.submit(f"{path}/properties/owner_email", {"owner_email": world.tomas.email}, fragment=True)
    assert again.status_code == 422
    assert "Only admins and its owner hand a restricted customer over." in again.text
    assert (await maya.submit(f"{path}/properties/owner_email", {"owner_email": ""})).status_code == 303


async def test_nobody_is_shut_out_who_has_a_part_in_it(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json, world: World
) -> None:
    onboarding = await create_onboarding(api, aurora["id"], csm_id=world.tomas.id)
    task = await create_task(api, onboarding["id"], assignee_id=world.tomas.id)
    answer = await restrict(maya, aurora)
    assert answer.status_code == 422
    assert f"{world.tomas.name} has a part in 1 onboarding and 1 open task of it." in answer.text
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"csm_id": world.maya.id}))
    assert "has a part in 1 open task of it." in (await restrict(maya, aurora)).text
    body_of(await api.post(f"/tasks/{task['id']}/complete", json={}))
    assert (await restrict(maya, aurora)).status_code == 303


async def test_nobody_gets_a_part_in_what_they_do_not_see(
    maya: Visitor, api: httpx.AsyncClient, aurora: Json, world: World
) -> None:
    onboarding = await create_onboarding(api, aurora["id"])
    task = await create_task(api, onboarding["id"])
    await restrict(maya, aurora)
    words = f"{world.tomas.name} does not see this customer. Let them in under Access first."
    body = {"customer_id": aurora["id"], "se_id": world.tomas.id}
    paths: list[tuple[str, str, Json, str]] = [
        ("POST", "/onboardings", body, "se_id"),
        ("PATCH", f"/onboardings/{onboarding['id']}", {"csm_id": world.tomas.id}, "csm_id"),
        (
            "POST",
            f"/onboardings/{onboarding['id']}/tasks",
            {"title": "X", "assignee_id": world.tomas.id},
            "assignee_id",
        ),
        ("PATCH", f"/tasks/{task['id']}", {"assignee_id": world.tomas.id}, "assignee_id"),
        ("POST", f"/onboardings/{onboarding['id']}/comments", {"body": f"@{world.tomas.email}"}, "body"),
        ("POST", f"/tasks/{task['id']}/comments", {"body": f"Ask @{world.tomas.email}"}, "body"),
    ]
    for method, path, sent, field in paths:
        error = error_of(await api.request(method, path, json=sent), 400)
        assert (error["code"], error["field"], error["message"]) == ("invalid_field", field, words)
    for path in (f"/onboardings/{onboarding['display_id']}", f"/tasks/{task['display_id']}/edit"):
        page = (
            await maya.get(path, fragment=True)
            if path.endswith("edit")
            else await maya.client.get(path, follow_redirects=True)
        )
        assert world.maya.id in page.text  # to be chosen, and he is not
        assert world.tomas.id not in page.text
    comment = body_of(await api.post(f"/onboardings/{onboarding['id']}/comments", json={"body": "Hm"}), 201)
    error = error_of(await api.patch(f"/comments/{comment['id']}", json={"body": f"@{world.tomas.email}"}), 400)
    assert error["field"] == "body"
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"csm_id": world.maya.id}))
    beside = await maya.submit(f"/onboardings/{onboarding['display_id']}/properties/se_id", {"se_id": world.tomas.id})
    assert words in beside.text


async def test_who_was_an_admin_keeps_what_they_have_a_part_in(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, aurora: Json, world: World
) -> None:
    role = f"/settings/team/{world.tomas.id}/role"
    other = await create_customer(api, name="Borealis")
    assert (await maya.submit(role, {"role": "admin"})).status_code == 303
    for customer in (aurora, other):
        await create_onboarding(api, customer["id"], csm_id=world.tomas.id if customer is aurora else None)
        assert (await restrict(maya, customer)).status_code == 303
    assert "Borealis" in (await tomas.get("/customers")).text
    assert (await maya.submit(role, {"role": "member"})).status_code == 303
    page = (await tomas.get("/customers")).text
    assert "Aurora Outfitters" in page
    assert "Borealis" not in page


async def test_who_leaves_the_team_comes_back_to_none_of_it(
    maya: Visitor, aurora: Json, connection: "Connection", world: World
) -> None:
    await restrict(maya, aurora, world.tomas.id)
    assert (
        await maya.submit(f"/settings/team/{world.tomas.id}/remove", {"email": world.tomas.email})
    ).status_code < 400
    assert await connection.fetchval("SELECT count(*) FROM customer_access") == 0


async def test_a_member_goes_on_working_beside_it(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, aurora: Json, world: World
) -> None:
    await restrict(maya, aurora)
    answer = await tomas.submit("/customers", {"name": "Borealis", "status": "active"})
    assert answer.status_code == 303
    assert "Borealis" in (await tomas.get(answer.headers["location"])).text
    sent = {"whose": "new", "customer_name": "Cirrus", "csm_id": world.tomas.id}
    answer = await tomas.submit("/onboardings/new", sent)
    assert answer.status_code == 303
    path = answer.headers["location"]
    assert (await tomas.submit(f"{path}/tasks", {"title": "Call", "phase": "review"})).status_code == 303
    assert (await tomas.submit(f"{path}/comments", {"body": "Called"})).status_code == 303
    assert "Called" in (await tomas.get(f"{path}/comments")).text
    assert (await tomas.submit("/tasks/1/complete", {})).status_code == 303
    assert (await tomas.submit(f"{path}/state", {"state": "waiting"})).status_code == 303
    assert (await tomas.submit("/onboardings/new", {"customer_id": aurora["id"]})).status_code == 422
    assert len(body_of(await api.get("/customers"))["data"]) == 3  # on the same connections, everything again


async def test_a_connection_shows_all_again_whatever_happened_on_it(
    maya: Visitor, tomas: Visitor, aurora: Json, connection: "Connection", clock: SteeredClock
) -> None:
    await restrict(maya, aurora)
    visitor = await find_visitor(connection, tomas.client.cookies["pivotal_session"], clock.now())
    assert visitor
    assert not visitor.sees_all
    count = "SELECT count(*) FROM customers"

    async def fail() -> None:
        async with seen_by(connection, visitor):
            assert await connection.fetchval(count) == 0
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await connection.fetchval(count) == 1
    begun, stay = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with seen_by(connection, visitor):
            begun.set()
            await stay.wait()

    held = asyncio.create_task(hold())
    await begun.wait()
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    assert connection.is_closed() or await connection.fetchval(count) == 1


async def test_open_pages_are_not_told_of_it(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, aurora: Json, connection: "Connection", clock: SteeredClock
) -> None:
    onboarding = await create_onboarding(api, aurora["id"])
    await restrict(maya, aurora)
    other = await create_customer(api)
    visitor = await find_visitor(connection, tomas.client.cookies["pivotal_session"], clock.now())
    assert visitor
    topics = {f"customer:{aurora['id']}", f"onboarding:{onboarding['id']}", f"customer:{other['id']}", "person:x", "*"}
    async with seen_by(connection, visitor):
        seen = await visible_topics(connection, str(visitor.workspace_id), topics)
    assert seen == {f"customer:{other['id']}", "person:x", "*"}
