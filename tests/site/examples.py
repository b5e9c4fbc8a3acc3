"""A workspace in which the ids of the API's examples exist: customer 42, onboarding 89, and all the others."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.ids import uuid_to_cuid
from pivotal_server.dialects.uuid_schemas import EXAMPLE_ID
from pivotal_server.message_log.schemas import EXAMPLE as MESSAGE
from tests.harness import World
from tests.support import body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

FILENAME = "cutover-plan.pdf"
_PERSON, _ENDPOINT = "cmg8x0k4t0003a1b2c3d4e5f6", "ep_mg8x0k4t0007a1b2c3d4e5f6"
_EVENT = "evt_mg8x0k4t0004a1b2c3d4e5f6"
_TAKEN = {
    "customer": 41,
    "contact": 11,
    "onboarding": 88,
    "task": 310,
    "comment": 87,
    "attachment": 30,
    "template": 3,
    "custom_field": 2,
    "lead_merge": 2,
}
_BY_UUID = uuid_to_cuid(EXAMPLE_ID)
_COUNTER = "INSERT INTO counters (workspace_id, resource, value, last_at) VALUES ($1, $2, $3, $4)"
_SKIP = "UPDATE counters SET value = 30 WHERE workspace_id = $1 AND resource = 'contact'"  # which leads count too
_STAGES = ("New", "Contacted", "Proposal", "Won", "Lost")
# A second one of a row, with other values in some columns.
_COPIES = (
    f"""
INSERT INTO people SELECT (jsonb_populate_record(p, '{{"id": "{_PERSON}", "email": "ines@northwind.example"}}')).*
FROM people p WHERE email = 'tomas@northwind.example'
""",
    f"""
INSERT INTO memberships SELECT (jsonb_populate_record(m, jsonb_build_object('person_id', '{_PERSON}',
    'created_at', m.created_at + interval '1 second'))).*
FROM memberships m JOIN people p ON p.id = m.person_id WHERE email = 'tomas@northwind.example'
""",
    f"""
INSERT INTO contacts SELECT (jsonb_populate_record(c, jsonb_build_object('id', '{_BY_UUID}', 'display_id', 1,
    'email', 'mira.chen@aurora.example', 'is_primary', false, 'created_at', c.created_at - interval '1 second'))).*
FROM contacts c WHERE customer_id IS NOT NULL
""",
    f"""
INSERT INTO webhook_endpoints SELECT (jsonb_populate_record(e, jsonb_build_object('id', '{_ENDPOINT}',
    'created_at', e.created_at + interval '1 second'))).* FROM webhook_endpoints e
""",
    f"""
INSERT INTO events SELECT (jsonb_populate_record(e, jsonb_build_object('id', '{_EVENT}',
    'created_at', e.created_at + interval '1 second'))).* FROM events e ORDER BY created_at DESC LIMIT 1
""",
)
_NOTIFICATION = """
INSERT INTO notifications (workspace_id, id, person_id, type, cause_id, thread_id, title, body, subject_type,
    subject_id, actor_type, actor_id, actor_name, livemode, in_app, created_at)
VALUES ($1, 'cmg8x0k4t0011a1b2c3d4e5f6', $2, 'task_assigned', 'cause', 'thread', 'Something to do', 'Soon', 'task',
    'task', 'system', 'system', 'Pivotal', true, true, $3)
"""
_MESSAGE = """
INSERT INTO contact_messages (workspace_id, id, contact_id, channel, direction, status, sent_at, actor_type, actor_id,
    actor_name, created_at, updated_at)
SELECT c.workspace_id, $2, c.id, 'email', 'outbound', 'sent', $3, 'system', 'mail', 'Pivotal', $3, $3
FROM contacts c WHERE c.workspace_id = $1 AND c.display_id = 12
"""
_RECAP = """
INSERT INTO launch_recaps SELECT workspace_id, id, 'Live', 'At last.', $2, $2 FROM onboardings WHERE workspace_id = $1
"""
_DELIVERY = """
INSERT INTO deliveries (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status)
SELECT workspace_id, 'msg_mg8x0k4t007b21c9d3e5f6a8', $1, id, type, true, created_at, 'failed' FROM events
WHERE id = $2
"""


async def make_examples(connection: "Connection", api: httpx.AsyncClient, world: World) -> str:
    """Make everything that the examples name, and return the address of the example's file.

    Args:
        connection: to a database with the cast.
        api: northwind's, with the clock of this machine.
        world: the cast.
    """
    workspace, now = world.northwind.id, datetime.now(UTC)
    await connection.executemany(
        _COUNTER, [(workspace, resource, value, now - timedelta(days=1)) for resource, value in _TAKEN.items()]
    )
    await _make_customer(api)
    await connection.execute(_SKIP, workspace)
    # The second is there to be won, and two are the first once more.
    for name in ("Ines Moreau", "Jonas Weber", "I. Moreau", "Moreau, Ines"):
        body_of(await api.post("/leads", json={"name": name, "email": "lead@aurora.example"}), 201)
    body_of(await api.post("/leads/31/merge", json={"duplicate": "34"}))
    kinds = {"Won": "won", "Lost": "lost"}
    stages = [{"name": name} | ({"kind": kinds[name]} if name in kinds else {}) for name in _STAGES]
    body_of(await api.post("/pipelines", json={"name": "Renewals", "stages": stages}), 201)
    body_of(await api.post("/onboardings", json={"customer_id": "42"}), 201)
    late = {"assignee_contact_id": "12", "visible_in_portal": True, "due_date": "2026-06-01T00:00:00Z"}
    for task in ({}, {}, {}, late):
        body_of(await api.post("/onboardings/89/tasks", json={"title": "Something to do"} | task), 201)
    body_of(await api.post("/onboardings/89/comments", json={"body": "Said."}), 201)
    await _make_settings(api)
    file = body_of(await api.post("/attachments", params={"filename": FILENAME}, content=b"%PDF-1.7 a plan"), 201)
    endpoint = {"url": "https://hooks.aurora.example/", "events": ["*"]}
    body_of(await api.post("/webhook_endpoints", json=endpoint), 201)
    for copy in _COPIES:
        await connection.execute(copy)
    await connection.execute(_NOTIFICATION, workspace, _PERSON, now)
    await connection.execute(_MESSAGE, workspace, MESSAGE["id"], now)
    await connection.execute(_RECAP, workspace, now)
    await connection.execute(_DELIVERY, _ENDPOINT, _EVENT)
    return str(file["download_url"])


async def _make_customer(api: httpx.AsyncClient) -> None:
    body_of(await api.post("/customers", json={"name": "Aurora Holding"}), 201)
    contact = {"name": "Ines Duarte", "email": "ines@aurora.example"}
    body_of(await api.post("/customers/42/contacts", json=contact), 201)


async def _make_settings(api: httpx.AsyncClient) -> None:
    task = {"key": "design", "title": "Design the tiers", "phase": "program_design"}
    body_of(await api.post("/templates", json={"name": "Pilot", "tasks": [task]}), 201)
    field = {"resource": "customer", "key": "region", "name": "Region", "type": "select", "options": ["EMEA"]}
    body_of(await api.post("/custom_fields", json=field), 201)
