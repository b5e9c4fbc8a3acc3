"""No route answers for, tells of or changes what belongs to another workspace; a new route has to be walked here too.

Northwind's key knocks on every route with the ids of what Fabrikam has. Fabrikam has more of everything, so that its
display ids are nobody's in Northwind.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.app import ROUTERS
from pivotal_server.core.ids import cuid_to_uuid
from pivotal_server.dialects.uuid_api import DIALECT as UUID_DIALECT
from pivotal_server.identity.models import Actor
from pivotal_server.identity.sessions import start_session
from pivotal_server.people.invitations import Invitees, invite
from pivotal_server.rest.route import ApiRoute
from pivotal_server.timeline.change import Change
from pivotal_server.transfer.actions import ask_for_takeout
from pivotal_server.transfer.making import TAKE_OUT
from pivotal_server.views.actions import keep_view
from tests.comments.support import create_comment, upload
from tests.harness import World
from tests.message_log.support import log
from tests.support import (
    Json,
    SteeredClock,
    body_of,
    create_contact,
    create_customer,
    create_onboarding,
    create_task,
    error_of,
    events,
)
from tests.templates.support import create_template
from tests.webhooks.support import create_endpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOBODY = "c" + "0" * 24
# The routes of dialects, and the resource that the id in their path names there in a notation of their own.
UUID_CONTACTS = "contacts_by_uuid"
# What the segment before an id names: the resource, and what an id of nobody's looks like.
RESOURCES = {
    "customers": NOBODY,
    "contacts": NOBODY,
    UUID_CONTACTS: "0199e3b4-7a2c-7c41-9d3e-5f60718293a4",
    "leads": NOBODY,
    "lead_merges": NOBODY,
    "pipelines": NOBODY,
    "onboardings": NOBODY,
    "tasks": NOBODY,
    "comments": NOBODY,
    "attachments": NOBODY,
    "templates": NOBODY,
    "people": NOBODY,
    "notifications": NOBODY,
    "phases": "nobodys_phase",
    "custom_fields": NOBODY,
    "events": "evt_" + "0" * 24,
    "webhook_endpoints": "ep_" + "0" * 24,
    "deliveries": "msg_" + "0" * 24,
}
# These tell everybody the same, and read nothing that a workspace has.
EVERYBODYS = {"list-event-types", "get-event-type", "list-calendar-countries", "list-phase-presets"}
# A signed link is the permission itself, whoever has it (tests/comments/test_attachments.py).
LINKS = {"get-file"}
# What every workspace has under the same key, each with what it made of it.
SHARED_KEYS = {"message_templates": "reminder"}
# A body for every writing route with an id in its path.
BODIES: dict[str, Json] = {
    "update-customer": {"plan": "Stolen"},
    "create-customer-contact": {"name": "Spy", "email": "spy@northwind.example"},
    "update-contact": {"title": "Stolen"},
    "update-lead": {"title": "Stolen"},
    "move-lead": {"stage": "contacted"},
    "win-lead": {},
    "merge-lead": {"duplicate": "1"},
    "undo-lead-merge": {},
    "update-pipeline": {"name": "Stolen"},
    "create-contact-message": {"channel": "email", "direction": "inbound", "body": "Stolen"},
    "update-contact-message": {"status": "failed"},
    "update-customer-calendar": {"time_zone": "Asia/Tokyo"},
    "update-onboarding": {"notes": "Stolen"},
    "preview-onboarding-update": {"notes": "Stolen"},
    "advance-onboarding": {"reason": "Stolen"},
    "send-back-onboarding": {"reason": "Stolen"},
    "skip-onboarding-phases": {"to": "launch"},
    "update-phase": {"name": "Stolen"},
    "restore-phase": {},
    "create-task": {"title": "Stolen"},
    "complete-tasks": {"task_ids": ["1"]},
    "send-reminders": {},
    "update-task": {"title": "Stolen"},
    "complete-task": {},
    "reopen-task": {},
    "move-task": {"position": 1},
    "pin-task": {},
    "create-onboarding-comment": {"body": "Stolen"},
    "create-task-comment": {"body": "Stolen"},
    "update-comment": {"body": "Stolen"},
    "pin-comment": {},
    "read-all-notifications": {},
    "read-notification": {},
    "update-person-notification-preferences": {"preferences": [{"type": "mentioned", "email": False}]},
    "update-template": {"name": "Stolen"},
    "apply-template": {"template_id": "1"},
    "save-as-template": {"name": "Stolen"},
    "update-custom-field": {"name": "Stolen"},
    "update-webhook-endpoint": {"url": "https://hooks.northwind.example/stolen"},
    "enable-webhook-endpoint": {},
    "rotate-webhook-endpoint-secret": {},
    "send-test-event": {"type": "customer.created"},
    "replay-missing-deliveries": {"since": "2026-01-01T00:00:00Z"},
    "resend-events": {"event_ids": ["evt_" + "0" * 24]},
    "replay-delivery": {},
}
NOTIFICATION = f"""
INSERT INTO notifications (workspace_id, id, person_id, type, cause_id, thread_id, title, body, subject_type,
    subject_id, actor_type, actor_id, actor_name, livemode, in_app, created_at)
VALUES ($1, '{"c" + "1" * 24}', $2, 'mentioned', '', '', 'Fabrikam', '', 'comment',
    '', 'system', '', '', true, true, now())
RETURNING id
"""
TENANT_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'workspace_id' ORDER BY 1
"""
# Fabrikam's own requests, by which the test looks, move these.
MOVED_BY_READING = {"request_log", "rate_windows", "api_key_usage"}


@dataclass(frozen=True)
class Owned:
    """What a workspace has: for each resource the ids by which one of them is known."""

    ids: dict[str, list[str]]
    words: list[str]


def routes() -> dict[str, ApiRoute]:
    """Return every documented route to what a workspace has, by its operationId."""
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, ApiRoute)]
    documented = {str(route.operation_id): route for route in found if route.include_in_schema}
    return {name: route for name, route in documented.items() if name not in EVERYBODYS | LINKS}


def resource_of(route: ApiRoute) -> str | None:
    """Return the resource that a route's first id names; None where it has none, or a key of everybody's."""
    segments = route.path.split("/")
    places = [number for number, segment in enumerate(segments) if segment.startswith("{")]
    if not places:
        return None
    resource = UUID_CONTACTS if UUID_DIALECT.takes(route.path) else segments[places[0] - 1]
    if resource in SHARED_KEYS:
        return None
    assert resource in RESOURCES, f"tell this test about {resource}: {route.path}"
    return resource


def headers_of(route: ApiRoute, api: httpx.AsyncClient) -> dict[str, str]:
    """Return the header with the key of a client where the route does not read the usual one."""
    key = api.headers["Authorization"].removeprefix("Bearer ")
    return {"x-api-key": key} if UUID_DIALECT.takes(route.path) else {}


def not_found(response: httpx.Response, route: ApiRoute, resource: str) -> None:
    """Check that a response tells, in the shape of its path, that there is no such thing."""
    if UUID_DIALECT.takes(route.path):
        assert body_of(response, 404) == {"error": "Contact not found"}
    else:
        assert error_of(response, 404)["code"] == f"{singular(resource)}_not_found"


def inner_of(route: ApiRoute) -> str:
    """Return what the second id in a route's path names; nothing where it has none."""
    *_, before, last = route.path.split("/")
    return before if route.path.count("{") > 1 and last.startswith("{") else ""


def singular(resource: str) -> str:
    return {"deliveries": "delivery", "people": "person"}.get(resource, resource.removesuffix("s"))


def with_id(route: ApiRoute, id_: str, inner: str = NOBODY) -> str:
    """Return the route's path with an id, and what is within that, where it has two."""
    ids = iter((id_, inner))
    return "/".join(next(ids) if part.startswith("{") else part for part in route.path.split("/"))


def with_key(route: ApiRoute) -> str:
    segments = route.path.split("/")
    before = ["", *segments[:-1]]
    return "/".join(SHARED_KEYS.get(last, part) for last, part in zip(before, segments, strict=True))


BY_ID = [name for name, route in routes().items() if resource_of(route)]
WITHOUT_ID = [name for name, route in routes().items() if not resource_of(route)]


async def their_people(connection: "Connection", world: World, clock: SteeredClock) -> dict[str, list[str]]:
    """Sign Fabrikam's owner in, have somebody invited there, and return by what they are known."""
    await start_session(connection, world.fabian.id, ip="", user_agent="", now=clock.now())
    change = Change(connection, Actor(world.fabrikam.id, "person", world.fabian.id, "Fabian", role="owner"), clock)
    await invite(change, Invitees.read("guest@fabrikam.example"), "member")
    takeout = await ask_for_takeout(change, TAKE_OUT)
    view = await keep_view(change, "customers", "Fabrikam's view", "", shared=True)
    return {
        "saved_views": [view.id],
        "members": [world.fabian.id],
        "sessions": [await connection.fetchval("SELECT id FROM sessions WHERE person_id = $1", world.fabian.id)],
        "invitations": [await connection.fetchval("SELECT id FROM invitations")],
        "workspaces": [world.fabrikam.slug],
        "takeouts": [takeout.id],
    }


async def their_lead(fabrikam_api: httpx.AsyncClient) -> Json:
    body = {"name": "Fabrikam's lead", "email": "lead@fabrikam.example", "owner_email": "fabian@fabrikam.example"}
    return body_of(await fabrikam_api.post("/leads", json=body), 201)


async def their_merge(fabrikam_api: httpx.AsyncClient, lead: Json) -> Json:
    duplicate = await their_lead(fabrikam_api)
    return body_of(await fabrikam_api.post(f"/leads/{lead['id']}/merge", json={"duplicate": duplicate["id"]}))


@pytest.fixture
async def theirs(fabrikam_api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock) -> Owned:
    """What Fabrikam has; the last of each is what Northwind will ask for."""
    for _ in range(4):
        each = await create_onboarding(fabrikam_api, (await create_contact(fabrikam_api))["customer_id"])
        await create_task(fabrikam_api, each["id"])
        await create_comment(fabrikam_api, each["id"])
        await upload(fabrikam_api)
    customer = await create_customer(
        fabrikam_api,
        name="Fabrikam's customer",
        slug="fabrikam-4",
        domain="customer-4.fabrikam.example",
        stripe_customer_id="fabrikam-4",
        owner_email=world.fabian.email,
        tags=["fabrikam-vip"],
        custom_fields={"tier": "gold"},
    )
    definition = {"resource": "customer", "key": "tier", "name": "Fabrikam's tier", "type": "string"}
    custom_field = body_of(await fabrikam_api.post("/custom_fields", json=definition), 201)
    contact = await create_contact(fabrikam_api, customer["id"], email="contact-4@fabrikam.example")
    message = await log(fabrikam_api, contact["id"], body="Fabrikam wrote")
    onboarding = await create_onboarding(fabrikam_api, customer["id"], csm_id=world.fabian.id)
    lead = await their_lead(fabrikam_api)
    merge = await their_merge(fabrikam_api, lead)
    body_of(await fabrikam_api.patch("/calendar", json={"extra_days_off": ["2087-06-05"]}))
    body_of(await fabrikam_api.patch(f"/customers/{customer['id']}/calendar", json={"extra_days_off": ["2087-06-06"]}))
    phase = body_of(await fabrikam_api.post("/phases", json={"name": "Their phase", "target_days": 1}), 201)
    task = await create_task(fabrikam_api, onboarding["id"], assignee_contact_id=contact["id"], title="Fabrikam's")
    late = {"assignee_contact_id": contact["id"], "due_date": "2026-02-02T00:00:00Z", "visible_in_portal": True}
    await create_task(fabrikam_api, onboarding["id"], **late)
    body_of(await fabrikam_api.post(f"/onboardings/{onboarding['id']}/reminders", json={}), 201)
    comment = await create_comment(fabrikam_api, onboarding["id"], body="@fabian@fabrikam.example")
    attachment = await upload(fabrikam_api, filename="fabrikam.png")
    template: Json = {}
    for number in range(2):
        template = await create_template(fabrikam_api, name=f"Fabrikam's programme {number}")
    choice = {"preferences": [{"type": "mentioned", "email": False}]}
    body_of(await fabrikam_api.patch(f"/people/{world.fabian.id}/notification_preferences", json=choice))
    text = {"subject": "{{customer.name}}: Fabrikam waits", "body": "Yours, Fabrikam"}
    body_of(await fabrikam_api.patch("/message_templates/reminder", json=text))
    event = (await events(fabrikam_api))[-1]
    endpoint = await create_endpoint(fabrikam_api, url="https://hooks.fabrikam.example/", rate_limit=5)
    path = f"/webhook_endpoints/{endpoint['id']}"
    (delivery,) = body_of(await fabrikam_api.post(f"{path}/resend", json={"event_ids": [event["id"]]}))["data"]
    ids = {
        "customers": [customer["id"], str(customer["display_id"]), f"00{customer['display_id']}"],
        "contacts": [contact["id"], str(contact["display_id"])],
        UUID_CONTACTS: [cuid_to_uuid(contact["id"])],
        "leads": [lead["id"], str(lead["display_id"])],
        "lead_merges": [merge["id"], str(merge["display_id"])],
        "pipelines": [lead["pipeline_id"]],
        "messages": [message["id"]],
        "onboardings": [onboarding["id"], str(onboarding["display_id"])],
        "tasks": [task["id"], str(task["display_id"])],
        "comments": [comment["id"], str(comment["display_id"])],
        "attachments": [attachment["id"], str(attachment["display_id"])],
        "templates": [template["id"], str(template["display_id"])],
        "phases": [phase["key"]],
        "custom_fields": [custom_field["id"], str(custom_field["display_id"])],
        "events": [event["id"]],
        "webhook_endpoints": [endpoint["id"]],
        "deliveries": [delivery["id"]],
        "api_keys": [await connection.fetchval("SELECT id FROM api_keys WHERE workspace_id = $1", world.fabrikam.id)],
        "people": [world.fabian.id],
        "notifications": [await connection.fetchval(NOTIFICATION, world.fabrikam.id, world.fabian.id)],
        **await their_people(connection, world, clock),
    }
    known = [*(names[0] for names in ids.values()), world.fabian.id, endpoint["secret"]]
    return Owned(ids, [*known, "fabrikam", "Fabrikam", "2087-06-0"])


@pytest.fixture
async def ours(api: httpx.AsyncClient) -> Owned:
    """One of each in Northwind."""
    customer = await create_customer(api, name="Northwind's customer")
    contact = await create_contact(api, customer["id"])
    onboarding = await create_onboarding(api, customer["id"])
    task = await create_task(api, onboarding["id"])
    made = {"customers": customer, "contacts": contact, "onboardings": onboarding, "tasks": task}
    ids = {name: [item["id"]] for name, item in made.items()}
    return Owned(ids | {"webhook_endpoints": [(await create_endpoint(api))["id"]]}, [])


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_what_is_within_something_of_ones_own_is_no_way_in(
    api: httpx.AsyncClient, theirs: Owned, ours: Owned, method: str
) -> None:
    (contact,), (message,) = ours.ids["contacts"], theirs.ids["messages"]
    body = {"status": "failed"} if method == "PATCH" else None
    response = await api.request(method, f"/contacts/{contact}/messages/{message}", json=body)
    assert error_of(response, 404)["code"] == "message_not_found"
    silent(response, theirs)


async def belongings(connection: "Connection", workspace_id: str) -> dict[str, list[str]]:
    """Return everything that is stored for a workspace."""
    stored = {}
    for (table,) in await connection.fetch(TENANT_TABLES):
        if table not in MOVED_BY_READING:
            sql = f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE workspace_id = $1 ORDER BY row"
            stored[table] = [row[0] for row in await connection.fetch(sql, workspace_id)]
    return stored


def silent(response: httpx.Response, theirs: Owned) -> None:
    """Check that a response holds nothing by which Fabrikam could be known."""
    told = response.text + json.dumps(dict(response.headers))
    assert not [word for word in theirs.words if word in told]


async def test_an_id_of_another_workspace_is_nobodys(
    api: httpx.AsyncClient, connection: "Connection", world: World, theirs: Owned, subtests: pytest.Subtests
) -> None:
    before = {org.id: await belongings(connection, org.id) for org in (world.northwind, world.fabrikam)}
    for operation_id in BY_ID:
        with subtests.test(operation_id):
            await knock(operation_id, api, theirs)
            for workspace_id, stored in before.items():
                assert await belongings(connection, workspace_id) == stored


async def knock(operation_id: str, api: httpx.AsyncClient, theirs: Owned) -> None:
    """Check that a route answers for Fabrikam's ids as it does for nobody's."""
    route = routes()[operation_id]
    resource = resource_of(route)
    assert resource
    for method in sorted(route.methods or ()):
        body = None
        if method in {"POST", "PATCH", "PUT"}:
            assert operation_id in BODIES, f"tell this test a body for {operation_id}"
            body = BODIES[operation_id]
        own, nobody = headers_of(route, api), RESOURCES[resource]
        nobodys = await api.request(method, f"http://testserver{with_id(route, nobody)}", json=body, headers=own)
        for id_ in theirs.ids[resource]:
            for headers in (own, {"Idempotency-Key": "a-key"} | own):
                url = f"http://testserver{with_id(route, id_, *theirs.ids.get(inner_of(route), ()))}"
                response = await api.request(method, url, json=body, headers=headers)
                not_found(response, route, resource)
                assert response.content == nobodys.content  # as if it were not there
                silent(response, theirs)


# How the routes without an id are walked: the requests that point at Fabrikam, and the status that answers them.
# {id} and {display_id} are those of Fabrikam's customer, {ours} is Northwind's.
REFERENCES: dict[str, list[tuple[Json, int]]] = {
    "get-me": [({}, 200)],
    "get-health": [({}, 200)],
    "get-deep-health": [({}, 200)],
    "get-openapi": [({}, 200)],
    "list-phases": [({}, 200), ({"retired": "true"}, 200)],
    "create-phase": [({"name": "Ours", "target_days": 1, "workspace_id": "{org}"}, 201)],
    "apply-phase-preset": [
        ({"preset": "five_phases", "mapping": {"their_phase": "uat"}}, 400),
        ({"preset": "five_phases", "dry_run": True, "workspace_id": "{org}"}, 200),
    ],
    "get-calendar": [({}, 200), ({"customer_id": "{id}"}, 200)],
    "update-calendar": [({"time_zone": "Asia/Tokyo", "customer_id": "{id}", "workspace_id": "{org}"}, 200)],
    # Its query is empty here, so it gets nowhere; what a comment may attach is in tests/comments/test_attachments.py.
    "create-attachment": [({"workspace_id": "{org}"}, 400)],
    "list-calendar-days": [({}, 200), ({"customer_id": "{id}"}, 200)],
    "get-automations": [({}, 200)],
    "update-automations": [({"launch_recap": False, "workspace_id": "{org}"}, 200)],
    "list-message-templates": [({}, 200), ({"workspace_id": "{org}"}, 200)],
    "get-message-template": [({}, 200)],
    "update-message-template": [({"subject": "Ours", "workspace_id": "{org}"}, 200)],
    "reset-message-template": [({}, 200)],
    "preview-message-template": [({}, 200), ({"workspace_id": "{org}"}, 200)],
    "list-people": [({}, 200), ({"workspace_id": "{org}"}, 200)],
    "get-notification-preferences": [({}, 200), ({"person_id": "{person}"}, 200)],
    "update-notification-preferences": [
        ({"preferences": [{"type": "comment_created", "email": False}], "person_id": "{person}"}, 200),
    ],
    "list-events": [({}, 200), ({"workspace_id": "{org}"}, 200)],
    "stream-events": [
        ({"since": "2026-01-01T00:00:00Z", "follow": "false"}, 200),
        ({"follow": "false", "workspace_id": "{org}"}, 200),
        ({"after": "{event}", "follow": "false"}, 400),
    ],
    "send-stream-test-event": [({"type": "customer.created", "workspace_id": "{org}"}, 201)],
    "list-request-logs": [({}, 200), ({"org_id": "{org}", "path": "/"}, 200)],
    "list-webhook-endpoints": [({}, 200), ({"org_id": "{org}"}, 200)],
    "list-custom-fields": [({}, 200), ({"resource": "customer"}, 200)],
    "create-custom-field": [
        ({"resource": "customer", "key": "tier", "name": "Ours", "type": "string", "workspace_id": "{org}"}, 201),
    ],
    "list-tags": [({}, 200), ({"prefix": "fabrikam"}, 200)],
    "create-webhook-endpoint": [
        ({"url": "https://hooks.northwind.example/", "events": ["*"], "workspace_id": "{org}"}, 201),
    ],
    "list-customers": [
        ({}, 200),
        ({"slug": "fabrikam-4"}, 200),
        ({"domain": "customer-4.fabrikam.example"}, 200),
        ({"stripe_customer_id": "fabrikam-4"}, 200),
        ({"org_id": "{org}"}, 200),
        ({"tag": "fabrikam-vip"}, 200),
        ({"custom_fields[tier]": "gold"}, 400),
    ],
    "count-customers": [
        ({"tag": "fabrikam-vip"}, 200),
        ({"slug": "fabrikam-4"}, 200),
        ({"stripe_customer_id": "fabrikam-4"}, 200),
    ],
    "create-contact-by-uuid": [({"first_name": "A", "pipeline": "{pipeline}", "owner": "{person}"}, 201)],
    "list-contacts-by-filter": [
        ({}, 200),
        ({"ownerFilter": "all", "organizationId": "{org}"}, 200),
        ({"ownerFilter": "all", "pipelineId": "{id}"}, 200),
        ({"owner": "{person}"}, 400),
        ({"assignee": "{person}"}, 400),
    ],
    "list-contacts-by-uuid": [({}, 200), ({"org_id": "{org}", "limit": "100"}, 200)],
    "list-leads": [
        ({}, 200),
        ({"owner": "{person}"}, 200),
        ({"pipeline": "{pipeline}"}, 200),
        ({"email": "lead@fabrikam.example", "org_id": "{org}"}, 200),
    ],
    "create-pipeline": [({"name": "Ours", "workspace_id": "{org}"}, 201)],
    "list-pipelines": [({}, 200), ({"workspace_id": "{org}"}, 200)],
    "create-lead": [
        ({"name": "A", "owner": "{person}"}, 400),
        ({"name": "A", "owner_email": "{email}"}, 400),
        ({"name": "A", "assignees": ["{person}"]}, 400),
        ({"name": "A", "pipeline": "{pipeline}"}, 400),
        ({"name": "A", "workspace_id": "{org}"}, 201),
    ],
    "list-onboardings": [({}, 200), ({"customer_id": "{id}"}, 200), ({"customer_id": "{display_id}"}, 200)],
    "list-tasks": [
        ({}, 200),
        ({"onboarding_id": "{onboarding}"}, 200),
        ({"onboarding_id": "{onboarding_display_id}", "order": "due"}, 200),
        ({"assignee_contact_id": "{contact}"}, 200),
        ({"assignee_id": "{person}"}, 200),
    ],
    "list-templates": [({}, 200), ({"phase": "review", "workspace_id": "{org}"}, 200)],
    "create-template": [({"name": "Ours", "workspace_id": "{org}"}, 201)],
    "import-template": [({"yaml": "name: Ours"}, 201)],
    "create-customer": [
        ({"name": "A", "owner_email": "{email}"}, 400),
        ({"name": "A", "slug": "free", "workspace_id": "{org}", "org_id": "{org}"}, 201),
    ],
    "create-onboarding": [
        ({"customer_id": "{id}"}, 404),
        ({"customer_id": "{display_id}"}, 404),
        *(
            ({"customer_id": "{ours}", field: "{person}"}, 400)
            for field in ("csm_id", "se_id", "designer_id", "product_ops_id")
        ),
    ],
}


async def test_a_read_that_points_at_another_workspace_leads_nowhere(
    api: httpx.AsyncClient,
    connection: "Connection",
    world: World,
    theirs: Owned,
    ours: Owned,
    subtests: pytest.Subtests,
) -> None:
    for operation_id in WITHOUT_ID:
        if routes()[operation_id].methods == {"GET"}:
            with subtests.test(operation_id):
                await refer(operation_id, api, connection, world, theirs, ours)


@pytest.mark.parametrize("operation_id", [name for name in WITHOUT_ID if routes()[name].methods != {"GET"}])
async def test_a_write_that_points_at_another_workspace_leads_nowhere(
    operation_id: str, api: httpx.AsyncClient, connection: "Connection", world: World, theirs: Owned, ours: Owned
) -> None:
    await refer(operation_id, api, connection, world, theirs, ours)


async def refer(
    operation_id: str, api: httpx.AsyncClient, connection: "Connection", world: World, theirs: Owned, ours: Owned
) -> None:
    """Check that a route, pointed at what Fabrikam has, neither tells of it nor changes it."""
    assert operation_id in REFERENCES, f"tell this test how to walk {operation_id}"
    values = {
        "{id}": theirs.ids["customers"][0],
        "{display_id}": theirs.ids["customers"][1],
        "{ours}": ours.ids["customers"][0],
        "{onboarding}": theirs.ids["onboardings"][0],
        "{onboarding_display_id}": theirs.ids["onboardings"][1],
        "{contact}": theirs.ids["contacts"][0],
        "{pipeline}": theirs.ids["pipelines"][0],
        "{event}": theirs.ids["events"][0],
        "{org}": world.fabrikam.id,
        "{person}": world.fabian.id,
        "{email}": world.fabian.email,
    }
    route = routes()[operation_id]
    before = await belongings(connection, world.fabrikam.id)
    for template, status in REFERENCES[operation_id]:
        fields = {name: pointed(value, values) for name, value in template.items()}
        url = f"http://testserver{with_key(route)}"
        (method,) = route.methods or {"GET"}
        if method == "GET":
            response = await api.get(url, params=fields, headers=headers_of(route, api))
        else:
            response = await api.request(method, url, json=fields, headers=headers_of(route, api))
        assert response.status_code == status, response.text
        silent(response, theirs)
        if operation_id == "count-customers":
            assert body_of(response)["count"] == 0
    assert await belongings(connection, world.fabrikam.id) == before


def pointed(value: Any, values: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return a value of a request with what it stands for in its place."""
    if isinstance(value, list):
        return [pointed(item, values) for item in value]
    return values.get(str(value), value)


async def test_what_is_ours_takes_no_reference_to_theirs(api: httpx.AsyncClient, world: World, ours: Owned) -> None:
    customer, onboarding = ours.ids["customers"][0], ours.ids["onboardings"][0]
    person = dict.fromkeys(("csm_id", "se_id", "designer_id", "product_ops_id"), world.fabian.id)
    for path, body in (
        (f"/customers/{customer}", {"owner_email": world.fabian.email}),
        *((f"/onboardings/{onboarding}", {field: id_}) for field, id_ in person.items()),
    ):
        before = body_of(await api.get(path))
        error = error_of(await api.patch(path, json=body), 400)
        assert (error["code"], error["field"]) == ("invalid_field", next(iter(body)))
        assert body_of(await api.get(path)) == before


async def test_our_task_takes_no_reference_to_theirs(
    api: httpx.AsyncClient, world: World, theirs: Owned, ours: Owned
) -> None:
    path, task = f"/onboardings/{ours.ids['onboardings'][0]}/tasks", f"/tasks/{ours.ids['tasks'][0]}"
    before = body_of(await api.get(task))
    for id_ in theirs.ids["tasks"]:
        after = {"due": {"type": "task", "days": 1, "task_id": id_}}, {"depends_on": [{"task_id": id_}]}
        for body in after:
            for response in (await api.post(path, json={"title": "A"} | body), await api.patch(task, json=body)):
                assert error_of(response, 400)["code"] == "invalid_field"
        assert error_of(await api.post(path, json={"title": "A", "parent_id": id_}), 400)["field"] == "parent_id"
        error = error_of(await api.post(f"{path}/complete", json={"task_ids": [before["id"], id_]}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "task_ids.1")
    for field, value in (("assignee_id", world.fabian.id), ("assignee_contact_id", theirs.ids["contacts"][0])):
        error = error_of(await api.patch(task, json={field: value}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", field)
    assert body_of(await api.get(task)) == before


async def test_our_plan_takes_no_template_of_theirs(api: httpx.AsyncClient, theirs: Owned, ours: Owned) -> None:
    path = f"/onboardings/{ours.ids['onboardings'][0]}"
    before = body_of(await api.get(f"{path}/tasks"))
    for id_ in theirs.ids["templates"]:
        error = error_of(await api.post(f"{path}/apply_template", json={"template_id": id_}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "template_id")
    assert body_of(await api.get(f"{path}/tasks")) == before


async def test_our_lead_becomes_nothing_of_theirs(api: httpx.AsyncClient, theirs: Owned) -> None:
    body = {"name": "Ours", "email": "lead@fabrikam.example"}
    lead = body_of(await api.post("/leads", json=body), 201)
    path = f"/leads/{lead['id']}"
    for id_ in theirs.ids["leads"]:
        error = error_of(await api.post(f"{path}/merge", json={"duplicate": id_}), 404)
        assert (error["code"], error["field"]) == ("lead_not_found", "duplicate")
    for id_ in theirs.ids["customers"]:
        error = error_of(await api.post(f"{path}/win", json={"customer_id": id_}), 404)
        assert (error["code"], error["field"]) == ("customer_not_found", "customer_id")
    for field, ids in (("template_id", theirs.ids["templates"]), ("csm_id", theirs.ids["people"])):
        for id_ in ids:
            error = error_of(await api.post(f"{path}/win", json={"onboarding": {field: id_}}), 400)
            assert (error["code"], error["field"]) == ("invalid_field", f"onboarding.{field}")
    assert body_of(await api.get(f"{path}/duplicates"))["data"] == []
    assert body_of(await api.get(path))["updated_at"] == lead["updated_at"]


async def test_our_endpoint_is_sent_nothing_of_theirs(api: httpx.AsyncClient, theirs: Owned, ours: Owned) -> None:
    path = f"/webhook_endpoints/{ours.ids['webhook_endpoints'][0]}"
    error = error_of(await api.post(f"{path}/resend", json={"event_ids": theirs.ids["events"]}), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "event_ids")
    told = len(await events(api))
    replay = body_of(await api.post(f"{path}/replay_missing", json={"since": "2026-01-01T00:00:00Z"}))
    assert replay["scheduled"] == told
    page = await api.get(f"{path}/deliveries", params={"limit": "100"})
    assert len(body_of(page)["data"]) == told
    silent(page, theirs)


async def test_lists_of_an_owner_hold_what_is_his(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, theirs: Owned, ours: Owned
) -> None:
    """The walk above would be satisfied with routes that find nothing at all."""
    for client, owned in ((fabrikam_api, theirs), (api, ours)):
        for resource in ("customers", "onboardings", "tasks", "webhook_endpoints"):
            listed = [item["id"] for item in body_of(await client.get(f"/{resource}"))["data"]]
            assert owned.ids[resource][0] in listed
    for resource, ids in theirs.ids.items():
        for id_ in ids if resource in RESOURCES.keys() - {UUID_CONTACTS} else ():  # the rest is known to pages only
            found = body_of(await fabrikam_api.get(f"/{resource}/{id_}"))
            assert found["key" if resource == "phases" else "id"] == ids[0]
