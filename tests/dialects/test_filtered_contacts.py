"""Contacts by filter: the envelope, every filter alone and with others against a model of it, and every refusal."""

import itertools
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest

from pivotal_server.contacts.tallies import fold_tallies
from pivotal_server.core.ids import new_id
from tests.harness import ClientOf, NewKeyOf, World
from tests.support import body_of, create_contact, create_customer

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

FIELDS = (
    *("_id", "firstName", "lastName", "phoneNumber", "email", "status", "pipelineId", "pipelineStage"),
    *("organizationId", "userId", "createdBy", "assignees", "createdAt", "updatedAt"),
)
START = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
KINDS = {"new": "open", "talking": "open", "won": "won", "lost": "lost"}
INSERT = """
INSERT INTO contacts (workspace_id, id, display_id, customer_id, name, first_name, email, phone, is_primary, owner_id,
    assignee_ids, source, lead_source, status, pipeline_id, stage, stage_entered_at, created_by, last_message_at,
    last_message_status, created_at, updated_at, archived_at, deleted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20, $21, $22)
"""
PIPELINE = """
INSERT INTO pipelines (workspace_id, id, display_id, name, position, created_at, updated_at)
VALUES ($1, $2, $3::integer, 'Pipeline ' || $3::integer, $3::integer, $4, $4)
"""
STAGE = """
INSERT INTO pipeline_stages (workspace_id, pipeline_id, key, name, position, kind) VALUES ($1, $2, $3, $3, $4, $5)
"""


class One(NamedTuple):
    """A contact of the model."""

    id: str
    owner: str | None
    assignees: list[str]
    source: str | None
    lead_source: str | None
    status: str
    pipeline: str | None
    stage: str | None
    message_at: datetime | None
    message_status: str | None
    created_at: datetime


class Scene(NamedTuple):
    """Sixty contacts, the newest first, and what they refer to."""

    contacts: list[One]
    pipelines: list[str]
    maya: str
    tomas: str


Meant = Callable[[One], bool]


@pytest.fixture
async def scene(connection: "Connection", api: httpx.AsyncClient, world: World) -> Scene:
    chance, workspace = random.Random(4), world.northwind.id
    pipelines = [new_id(), new_id()]
    for number, id_ in enumerate(pipelines, 71):
        await connection.execute(PIPELINE, workspace, id_, number, START)
        for place, (key, kind) in enumerate(KINDS.items()):
            await connection.execute(STAGE, workspace, id_, key, place, kind)
    customer, gone = (await create_customer(api))["id"], (await create_customer(api))["id"]
    people = [world.maya.id, world.tomas.id]
    found: list[One] = []
    for number in range(75):
        stage = chance.choice([None, *KINDS])
        at = START + timedelta(minutes=47 * number)
        heard = chance.choice([None, "sent", "read", "failed"])
        one = One(
            id=new_id(), owner=chance.choice([None, *people]), assignees=chance.sample(people, chance.randint(0, 2)),
            source=chance.choice([None, "api", "form"]), lead_source=chance.choice([None, "fair", "webinar"]),
            status=KINDS[stage] if stage else "customer", stage=stage,
            pipeline=chance.choice(pipelines) if stage else None,
            message_at=at + timedelta(minutes=chance.randint(0, 4000)) if heard else None, message_status=heard,
            created_at=at,
        )  # fmt: skip
        hidden = number % 5 == 0
        how = ("archived", "deleted", "customer")[number // 5 % 3] if hidden else ""
        await connection.execute(
            INSERT, workspace, one.id, 1000 + number,
            gone if how == "customer" else None if stage else customer, f"Ines Moreau {number}", None,
            f"{one.id}@harbour.example", None, one.owner, one.assignees, one.source, one.lead_source, one.status,
            one.pipeline, one.stage, at if stage else None, world.maya.id, one.message_at, one.message_status, at,
            at if how == "archived" else None, at if how == "deleted" else None,
        )  # fmt: skip
        if not hidden:
            found.insert(0, one)
        if number == 40:
            await fold_tallies(connection, lambda: False)  # some are in the tallies, and some not yet
    body_of(await api.delete(f"/customers/{gone}"))
    return Scene(found, pipelines, *people)


def filters_of(scene: Scene, world: World) -> dict[str, list[tuple[str, Meant]]]:
    """Return values of every filter, each with what it means."""
    day = timedelta(days=1)
    first = START.date()
    noon = datetime.combine(first + day, time(12), UTC)

    def spans(read: Callable[[One], datetime | None]) -> list[tuple[str, Meant]]:
        def within(since: datetime | None, until: datetime | None) -> Meant:
            def meant(one: One) -> bool:
                at = read(one)
                return at is not None and (since is None or at >= since) and (until is None or at < until)

            return meant

        midnight = datetime.combine(first + day, time(0), UTC)
        return [
            (json.dumps({"from": str(first + day), "to": str(first + day)}), within(midnight, midnight + day)),
            (json.dumps({"from": "2026-03-02T13:00:00+01:00"}), within(noon, None)),
            (json.dumps({"to": "2026-03-02T12:00:00Z", "from": None}), within(None, noon + timedelta(milliseconds=1))),
        ]

    def at_hours(since: time, until: time) -> Meant:
        def meant(one: One) -> bool:
            if one.message_at is None:
                return False
            at = one.message_at.time()
            return since <= at < until if since < until else at >= since or at < until

        return meant

    return {
        "ownerFilter": [
            ("my", lambda one: one.owner == scene.maya),
            ("all", lambda _: True),
            ("unassigned", lambda one: one.owner is None),
        ],
        "owner": [
            (scene.tomas, lambda one: one.owner == scene.tomas),
            (world.maya.email.upper(), lambda one: one.owner == scene.maya),
        ],
        "assignee": [
            (scene.maya, lambda one: scene.maya in one.assignees),
            (world.tomas.email, lambda one: scene.tomas in one.assignees),
        ],
        "source": [("api", lambda one: one.source == "api"), ("nothing", lambda _: False)],
        "leadSource": [("fair", lambda one: one.lead_source == "fair")],
        "status": [
            ("open", lambda one: one.status == "open"),
            ("won", lambda one: one.status == "won"),
            ("lost", lambda one: one.status == "lost"),
            ("customer", lambda one: one.status == "customer"),
        ],
        "pipelineStage": [("talking", lambda one: one.stage == "talking"), ("won", lambda one: one.stage == "won")],
        "pipelineId": [
            (scene.pipelines[0], lambda one: one.pipeline == scene.pipelines[0]),
            ("72", lambda one: one.pipeline == scene.pipelines[1]),
            ("c" + "0" * 24, lambda _: False),
            ("-1", lambda _: False),
        ],
        "messageStatus": [
            ("read", lambda one: one.message_status == "read"),
            ("queued", lambda _: False),
        ],
        "dateRange": spans(lambda one: one.created_at),
        "lastMessageDateRange": spans(lambda one: one.message_at),
        "lastMessageTimeRange": [
            (json.dumps({"from": "22:00", "to": "06:00"}), at_hours(time(22), time(6, 1))),
            (json.dumps({"from": "09:00", "to": "17:30"}), at_hours(time(9), time(17, 31))),
            (json.dumps({"from": "12:00"}), lambda one: one.message_at is not None and one.message_at.hour >= 12),
            (json.dumps({"to": "23:59"}), lambda one: one.message_at is not None),
            (json.dumps({"from": "12:00", "to": "11:59"}), lambda one: one.message_at is not None),
        ],
    }


async def check(by_filter: httpx.AsyncClient, scene: Scene, chosen: dict[str, tuple[str, Meant]]) -> None:
    """Hold the answer of a request with these filters against the model."""
    params = {name: value for name, (value, _) in chosen.items()} | {"size": "7", "page": "2"}
    meant = [meaning for _, meaning in chosen.values()]
    if "owner" not in chosen and "ownerFilter" not in chosen:
        meant.append(lambda one: one.owner == scene.maya)
    expected = [one.id for one in scene.contacts if all(meaning(one) for meaning in meant)]
    found = body_of(await by_filter.get("/contacts", params=params))
    assert found["total"] == len(expected), params
    assert [contact["_id"] for contact in found["contacts"]] == expected[7:14], params
    pages = -(-len(expected) // 7)
    assert found["meta"] == {"page": 2, "size": 7, "pages": pages, "hasMore": pages > 2}, params


async def test_every_filter_alone_and_with_every_other(
    by_filter: httpx.AsyncClient, scene: Scene, world: World
) -> None:
    assert len(scene.contacts) == 60
    filters, chance = filters_of(scene, world), random.Random(7)
    await check(by_filter, scene, {})
    for name, values in filters.items():
        for value in values:
            await check(by_filter, scene, {name: value})
            await check(by_filter, scene, {"ownerFilter": filters["ownerFilter"][1], name: value})
    for one, other in itertools.combinations(filters, 2):
        names = {one, other, "ownerFilter"} if chance.random() < 0.7 else {one, other}
        await check(by_filter, scene, {name: chance.choice(filters[name]) for name in sorted(names)})
    for _ in range(60):
        names = set(chance.sample(sorted(filters), chance.randint(3, 5)))
        await check(by_filter, scene, {name: chance.choice(filters[name]) for name in sorted(names)})


async def test_the_answer_has_what_is_documented_twice_and_nothing_else(
    by_filter: httpx.AsyncClient, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    customer = await create_customer(api, name="Harbour")
    mira = await create_contact(api, customer["id"], name="Mira Chen", email="mira@harbour.example")
    lead = body_of(
        await api.post(
            "/leads",
            json={
                "name": "Ines de la Cour", "first_name": "Ines", "phone": "+33 1 55", "owner": world.tomas.id,
                "assignees": [world.maya.id],
            },
        ),
        201,
    )  # fmt: skip
    found = body_of(await by_filter.get("/contacts", params={"ownerFilter": "all"}))
    assert list(found) == ["success", "data", "meta", "contacts", "total"]
    assert found["success"] is True
    assert found["data"] == {"contacts": found["contacts"], "total": 2, "page": 1, "size": 50}
    assert found["meta"] == {"page": 1, "size": 50, "pages": 1, "hasMore": False}
    assert found["total"] == 2
    assert [tuple(contact) for contact in found["contacts"]] == [FIELDS, FIELDS]
    assert found["contacts"] == [
        {
            "_id": lead["id"], "firstName": "Ines", "lastName": "de la Cour", "phoneNumber": "+33 1 55", "email": None,
            "status": "open", "pipelineId": lead["pipeline_id"], "pipelineStage": lead["stage"],
            "organizationId": world.northwind.id, "userId": world.tomas.id, "createdBy": lead["created_by"],
            "assignees": [world.maya.id], "createdAt": lead["created_at"], "updatedAt": lead["updated_at"],
        },
        {
            "_id": mira["id"], "firstName": "Mira", "lastName": "Chen", "phoneNumber": None,
            "email": "mira@harbour.example", "status": "customer", "pipelineId": None, "pipelineStage": None,
            "organizationId": world.northwind.id, "userId": None, "createdBy": found["contacts"][1]["createdBy"],
            "assignees": [], "createdAt": mira["created_at"], "updatedAt": mira["updated_at"],
        },
    ]  # fmt: skip
    await connection.execute("UPDATE contacts SET name = 'Prince' WHERE id = $1", mira["id"])
    again = body_of(await by_filter.get("/contacts", params={"status": "customer", "ownerFilter": "all"}))
    assert (again["contacts"][0]["firstName"], again["contacts"][0]["lastName"]) == ("Prince", None)


async def test_pages_beyond_the_end_are_empty(by_filter: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await create_contact(api)
    for page in ("2", "1000", "999999999999999"):
        found = body_of(await by_filter.get("/contacts", params={"ownerFilter": "all", "page": page, "size": "200"}))
        assert (found["contacts"], found["total"]) == ([], 1)
        assert found["meta"] == {"page": int(page), "size": 200, "pages": 1, "hasMore": False}
    empty = body_of(await by_filter.get("/contacts", params={"source": "none"}))
    assert empty["meta"] == {"page": 1, "size": 50, "pages": 0, "hasMore": False}


async def test_mine_are_those_of_who_made_the_key(
    client: ClientOf, new_key: NewKeyOf, connection: "Connection", scene: Scene, world: World
) -> None:
    """A key that nobody made is the workspace's owner's."""
    owners = {None: scene.maya, scene.maya: scene.maya, scene.tomas: scene.tomas}
    for number, (maker, mine) in enumerate(owners.items()):
        key = await new_key(name=f"key-{number}")
        await connection.execute("UPDATE api_keys SET created_by = $1 WHERE name = $2", maker, f"key-{number}")
        found = body_of(await client(key).get("http://testserver/api/contacts", params={"size": "200"}))
        assert {contact["userId"] for contact in found["contacts"]} == {mine}
        assert found["total"] == sum(one.owner == mine for one in scene.contacts)
    await connection.execute("UPDATE memberships SET role = 'admin' WHERE role = 'owner'")
    await connection.execute("UPDATE api_keys SET created_by = NULL")
    nobodys = body_of(await client(world.live_key).get("http://testserver/api/contacts"))
    assert nobodys["total"] == 0


def refused(response: httpx.Response, status: int) -> tuple[str, str]:
    """Return code and message of an error, which have to be all there is of it."""
    body = body_of(response, status)
    assert list(body) == ["success", "error"]
    assert body["success"] is False
    assert list(body["error"]) == ["code", "message"]
    assert response.headers["x-request-id"].startswith("req_")
    return body["error"]["code"], body["error"]["message"]


RANGE = "dateRange"
HOURS = "lastMessageTimeRange"
NO_JSON = 'Send a JSON object with "from", "to" or both.'
NO_INSTANT = "is neither a date (2026-03-01) nor an instant (2026-03-01T09:00:00Z)."


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("page=0", "too_small", "page: Number must be greater than or equal to 1"),
        ("page=-1", "too_small", "page: Number must be greater than or equal to 1"),
        ("page=x", "invalid_type", "page: Expected number, received nan"),
        ("page=1.5", "invalid_type", "page: Expected number, received nan"),
        ("page=", "invalid_type", "page: Expected number, received nan"),
        ("page=" + "9" * 30, "too_big", "page: Number must be less than or equal to 999999999999999"),
        ("size=0", "too_small", "size: Number must be greater than or equal to 1"),
        ("size=10000", "too_big", "size: Number must be less than or equal to 200"),
        ("size=ten", "invalid_type", "size: Expected number, received nan"),
        ("size=5&size=6", "invalid_field", "size: It is sent more than once."),
        ("ownerFilter=my&ownerFilter=all", "invalid_field", "ownerFilter: It is sent more than once."),
        ("ownerFilter=mine", "invalid_enum_value", None),
        ("status=new", "invalid_enum_value", None),
        ("messageStatus=opened", "invalid_enum_value", None),
        ("source=", "too_small", "source: String must contain at least 1 character(s)"),
        ("source=" + "x" * 256, "too_big", "source: String must contain at most 255 character(s)"),
        ("source=%00", "invalid_string", "source: Invalid: NUL"),
        ("source=%ff", "invalid_request", "The query string is not valid."),
        ("owner=nobody@northwind.example", "invalid_field", "owner: Nobody on your team has this id or e-mail."),
        ("assignee=1", "invalid_field", "assignee: Nobody on your team has this id or e-mail."),
        (f"{RANGE}=%7B", "invalid_field", f"{RANGE}: {NO_JSON}"),
        (f"{RANGE}=2026-03-01", "invalid_field", f"{RANGE}: {NO_JSON}"),
        (f"{RANGE}=[]", "invalid_field", f"{RANGE}: {NO_JSON}"),
        (f"{RANGE}=null", "invalid_field", f"{RANGE}: {NO_JSON}"),
        (RANGE + "={}", "invalid_field", f'{RANGE}: It needs "from", "to" or both.'),
        (RANGE + '={"from":null}', "invalid_field", f'{RANGE}: It needs "from", "to" or both.'),
        (RANGE + '={"since":"2026-03-01"}', "invalid_field", f'{RANGE}: It takes "from" and "to", and not "since".'),
        (RANGE + '={"from":1}', "invalid_field", f'{RANGE}: "from" is no text.'),
        (RANGE + '={"from":"2026-02-30"}', "invalid_field", f'{RANGE}: "from" {NO_INSTANT}'),
        (RANGE + '={"to":"yesterday"}', "invalid_field", f'{RANGE}: "to" {NO_INSTANT}'),
        (RANGE + '={"to":"2026-03-01T09:00:00"}', "invalid_field", f'{RANGE}: "to" {NO_INSTANT}'),
        (RANGE + '={"to":"\\u0000"}', "invalid_field", f'{RANGE}: "to" {NO_INSTANT}'),
        (RANGE + '={"from":"2026-03-02","to":"2026-03-01"}', "invalid_field", f'{RANGE}: "from" is after "to".'),
        ("lastMessageDateRange=x", "invalid_field", f"lastMessageDateRange: {NO_JSON}"),
        (HOURS + '={"from":"24:00"}', "invalid_field", f'{HOURS}: "from" is no time of day (09:00).'),
        (HOURS + '={"from":"9:00"}', "invalid_field", f'{HOURS}: "from" is no time of day (09:00).'),
        (HOURS + '={"to":"09:00:00"}', "invalid_field", f'{HOURS}: "to" is no time of day (09:00).'),
        (HOURS + '={"to":"2026-03-01"}', "invalid_field", f'{HOURS}: "to" is no time of day (09:00).'),
        (HOURS + "=7", "invalid_field", f"{HOURS}: {NO_JSON}"),
    ],
)
async def test_what_is_not_meant_is_refused(
    by_filter: httpx.AsyncClient, query: str, code: str, message: str | None
) -> None:
    found = refused(await by_filter.get(f"/contacts?{query}"), 400)
    assert found == (code, message or found[1])
    assert found[1].startswith((query.partition("=")[0], "The query string"))


@pytest.mark.parametrize(
    "end", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999Z"]
)
async def test_the_ends_of_time_are_no_crash(by_filter: httpx.AsyncClient, scene: Scene, end: str) -> None:
    for name in ("from", "to"):
        response = await by_filter.get("/contacts", params={"dateRange": json.dumps({name: end}), "ownerFilter": "all"})
        if response.status_code == 400:
            refused(response, 400)
        else:
            everybody = (name == "to") == end.startswith("9999")
            assert body_of(response)["total"] == (len(scene.contacts) if everybody else 0)


async def test_refusals_beside_the_parameters(
    by_filter: httpx.AsyncClient, anonymous: httpx.AsyncClient, client: ClientOf, new_key: NewKeyOf
) -> None:
    url = "http://testserver/api/contacts"
    assert refused(await anonymous.get(url), 401)[0] == "missing_api_key"
    assert refused(await by_filter.get("/contacts/1"), 404)[0] == "http_exception"
    response = await by_filter.post("/contacts", json={})
    assert refused(response, 405)[0] == "http_exception"
    assert response.headers["allow"] == "GET, HEAD"
    narrow = client(await new_key(scopes=("customers:read",)))
    assert refused(await narrow.get(url), 403)[0] == "insufficient_scope"
    hurried = client(await new_key(name="hurried", rate_limit=1))
    assert (await hurried.get(url)).status_code == 200
    assert refused(await hurried.get(url), 429)[0] == "rate_limited"


async def test_another_workspace_is_not_there(
    client: ClientOf, world: World, scene: Scene, fabrikam_api: httpx.AsyncClient
) -> None:
    """Neither its contacts nor its pipelines, and its people are nobody."""
    theirs = await create_contact(fabrikam_api)
    fabrikam = client(world.fabrikam_key)
    url = "http://testserver/api/contacts"
    found = body_of(await fabrikam.get(url, params={"ownerFilter": "all"}))
    assert [contact["_id"] for contact in found["contacts"]] == [theirs["id"]]
    assert found["total"] == 1
    nothing = body_of(await fabrikam.get(url, params={"ownerFilter": "all", "pipelineId": scene.pipelines[0]}))
    assert nothing["total"] == 0
    for field in ("owner", "assignee"):
        for person in (scene.maya, world.tomas.email):
            assert refused(await fabrikam.get(url, params={field: person}), 400)[0] == "invalid_field"
