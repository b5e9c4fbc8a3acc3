"""One person by three doors: added by UUID, found by filter, won in the app, and then a contact of the API's own."""

import httpx

from pivotal_server.core.ids import cuid_to_uuid
from tests.harness import ClientOf, World
from tests.journeys.steps import timeline
from tests.support import body_of, events
from tests.visitors import Visitor

FILTERED = "http://testserver/api/contacts"
ADDED = "http://testserver/v1/contacts"


async def test_a_person_is_the_same_by_every_door(
    api: httpx.AsyncClient, client: ClientOf, world: World, maya: Visitor
) -> None:
    by_uuid = client(None)
    by_uuid.headers["x-api-key"] = world.live_key
    sarah = {"first_name": "Sarah", "last_name": "Connor", "email": "sarah@future.example", "company": "Future Tech"}
    made = body_of(await by_uuid.post(ADDED, json=sarah), 201)

    # Without an ownerFilter: whose key adds somebody finds them among their own.
    mine = body_of(await api.get(FILTERED, params={"source": "v1_contacts"}))
    [found] = mine["contacts"]
    assert cuid_to_uuid(found["_id"]) == made["id"]
    assert (found["firstName"], found["status"], found["pipelineStage"]) == ("Sarah", "open", "new")
    lead = body_of(await api.get(f"/leads/{found['_id']}"))

    form = {"whose": "new", "customer_name": "Future Tech", "email": lead["email"], "starts": "yes"}
    answer = await maya.submit(f"/leads/{lead['display_id']}-sarah-connor/win", form)
    lead = body_of(await api.get(f"/leads/{lead['id']}"))
    assert answer.headers["location"].startswith("/customers/")

    [contact] = body_of(await api.get(f"/customers/{lead['customer_id']}/contacts"))["data"]
    assert (contact["id"], contact["display_id"]) == (lead["id"], lead["display_id"])
    assert (contact["name"], contact["is_primary"]) == ("Sarah Connor", True)
    assert body_of(await by_uuid.get(f"{ADDED}/{made['id']}"))["company"] == "Future Tech"
    [found] = body_of(await api.get(FILTERED, params={"status": "won"}))["contacts"]
    assert found["_id"] == contact["id"]
    assert body_of(await by_uuid.get(ADDED))["pagination"]["total"] == 1
    assert body_of(await api.get(FILTERED, params={"ownerFilter": "all"}))["total"] == 1

    steps = ["lead.created", "customer.created", "contact.created", "onboarding.created", "lead.won"]
    told = [event["type"] for event in await events(api)]
    assert [type_ for type_ in told if type_ in steps] == steps
    assert "lead.stage_changed" in told
    history = [entry["type"] for entry in await timeline(api, lead["customer_id"])]
    assert history == [
        "lead.created",
        "customer.created",
        "contact.created",
        "onboarding.created",
        "lead.stage_changed",
    ]
