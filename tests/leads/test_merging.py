"""Leads that are the same person become one, and two again where that was a mistake."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import orjson
from hypothesis import given
from hypothesis import strategies as st

from pivotal_server.identity.models import Actor
from pivotal_server.leads.merge_fields import Taken, after_merge, after_undo, merge_fields
from pivotal_server.leads.merge_schemas import LeadMergeCreate
from pivotal_server.leads.merging import merge_leads, undo_merge
from pivotal_server.leads.models import LeadRow
from pivotal_server.leads.win_schemas import LeadWin
from pivotal_server.leads.winning import win_lead
from pivotal_server.timeline.change import Change
from tests.harness import World
from tests.leads.support import create_lead, stored
from tests.support import Json, SteeredClock, body_of, create_customer, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

EMAIL = "ines@saltgrass.example"
MOVED = {"updated_at"}


async def create_same(api: httpx.AsyncClient, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    return await create_lead(api, email=EMAIL, **fields)


async def merge(api: httpx.AsyncClient, kept: Json, duplicate: Json, **body: Any) -> httpx.Response:  # noqa: ANN401
    return await api.post(f"/leads/{kept['id']}/merge", json={"duplicate": duplicate["id"]} | body)


async def undo(api: httpx.AsyncClient, merged: Json) -> httpx.Response:
    return await api.post(f"/lead_merges/{merged['id']}/undo", json={})


async def read(api: httpx.AsyncClient, lead: Json) -> Json:
    return body_of(await api.get(f"/leads/{lead['id']}"))


async def log(api: httpx.AsyncClient, lead: Json, sent_at: str, status: str = "sent") -> Json:
    body = {"channel": "email", "direction": "outbound", "status": status, "sent_at": sent_at}
    return body_of(await api.post(f"/contacts/{lead['id']}/messages", json=body), 201)


async def logged(api: httpx.AsyncClient, lead: Json) -> set[str]:
    return {message["id"] for message in body_of(await api.get(f"/contacts/{lead['id']}/messages"))["data"]}


def without(resource: Json, *names: str) -> Json:
    return {name: value for name, value in resource.items() if name not in {*names, *MOVED}}


def of_field(merged: Json, name: str) -> Json:
    (field,) = [field for field in merged["fields"] if field["field"] == name]
    return without(field, "field")


async def test_duplicates_are_the_other_open_and_lost_leads_with_the_e_mail(api: httpx.AsyncClient) -> None:
    lead, same, lost, won, gone = [await create_same(api) for _ in range(5)]
    await create_lead(api, email="mira@saltgrass.example")
    body_of(await api.post(f"/leads/{lost['id']}/move", json={"stage": "lost"}))
    body_of(await api.post(f"/leads/{won['id']}/win", json={}))
    body_of(await api.delete(f"/leads/{gone['id']}"))
    page = body_of(await api.get(f"/leads/{lead['id']}/duplicates", params={"limit": "1"}))
    assert [item["id"] for item in page["data"]] == [lost["id"]]
    rest = body_of(await api.get(f"/leads/{lead['id']}/duplicates", params={"cursor": page["next_cursor"]}))
    assert rest["data"] == [await read(api, same)]
    assert not rest["has_more"]
    nobody = await create_lead(api)
    assert body_of(await api.get(f"/leads/{nobody['id']}/duplicates"))["data"] == []


async def test_the_lead_keeps_what_it_has_and_takes_what_it_lacks(api: httpx.AsyncClient, world: World) -> None:
    kept = await create_same(
        api, name="Ines Moreau", company="Saltgrass Swim", assignees=[world.maya.id], labels=["north", "vip"],
        metadata={"seen": 3, "only": "here"},
    )  # fmt: skip
    duplicate = await create_same(
        api, name="I. Moreau", company="Saltgrass", phone="+33 1 99", title="COO", location="Marseille",
        linkedin_url="https://www.linkedin.example/in/ines", owner=world.tomas.id, lead_source="fair", source="form",
        assignees=[world.tomas.id, world.maya.id], labels=["vip", "swim"], metadata={"seen": 9, "budget": 4000},
    )  # fmt: skip
    before = len(await events(api))
    merged = body_of(await merge(api, kept, duplicate))
    after = await read(api, kept)
    assert without(after) == without(kept) | {
        "phone": "+33 1 99", "title": "COO", "location": "Marseille", "owner": world.tomas.id, "lead_source": "fair",
        "owner_email": world.tomas.email, "linkedin_url": "https://www.linkedin.example/in/ines",
        "assignees": [world.maya.id, world.tomas.id], "labels": ["north", "vip", "swim"],
        "metadata": {"seen": 3, "only": "here", "budget": 4000},
    }  # fmt: skip
    assert (merged["lead_id"], merged["duplicate_id"], merged["undone_at"]) == (kept["id"], duplicate["id"], None)
    assert of_field(merged, "phone") == {"before": None, "after": "+33 1 99", "origin": "duplicate"}
    assert of_field(merged, "company") == {"before": "Saltgrass Swim", "after": "Saltgrass Swim", "origin": "lead"}
    assert of_field(merged, "labels")["origin"] == of_field(merged, "metadata")["origin"] == "both"
    assert {field["field"]: field["after"] for field in merged["fields"]}.items() <= after.items()
    assert error_of(await api.get(f"/leads/{duplicate['id']}"), 404)["code"] == "lead_not_found"
    updated, told, deleted = (await events(api))[before:]
    assert [event["type"] for event in (updated, told, deleted)] == ["lead.updated", "lead.merged", "lead.deleted"]
    assert told["data"]["object"] == updated["data"]["object"] == after
    assert told["data"]["previous_attributes"] == updated["data"]["previous_attributes"]
    assert told["data"]["previous_attributes"]["phone"] is None
    assert deleted["data"]["object"]["id"] == duplicate["id"]
    assert body_of(await api.get(f"/leads/{kept['id']}/merges"))["data"] == [merged]
    for reference in (merged["id"], merged["display_id"]):
        assert body_of(await api.get(f"/lead_merges/{reference}")) == merged


async def test_messages_go_to_the_lead_and_back(api: httpx.AsyncClient) -> None:
    kept, duplicate = await create_same(api), await create_same(api)
    ours = await log(api, kept, "2026-02-02T09:00:00Z", "read")
    theirs = [await log(api, duplicate, f"2026-02-0{day}T09:00:00Z", "delivered") for day in (1, 3)]
    before = [await read(api, lead) for lead in (kept, duplicate)]
    merged = body_of(await merge(api, kept, duplicate))
    assert merged["message_count"] == 2
    assert await logged(api, kept) == {ours["id"], *(message["id"] for message in theirs)}
    after = await read(api, kept)
    assert (after["last_message_at"], after["last_message_status"]) == ("2026-02-03T09:00:00.000Z", "delivered")
    body_of(await undo(api, merged))
    assert [without(await read(api, lead), "seconds_in_stage") for lead in (kept, duplicate)] == [
        without(lead, "seconds_in_stage") for lead in before
    ]
    assert await logged(api, kept) == {ours["id"]}
    assert await logged(api, duplicate) == {message["id"] for message in theirs}


async def test_messages_that_were_logged_in_the_same_moment_may_meet(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    kept, duplicate = await create_same(api), await create_same(api)
    for lead in (kept, duplicate):
        await log(api, lead, "2026-02-02T09:00:00Z")
    await connection.execute("UPDATE contact_messages SET created_at = '2026-02-02T09:00:00Z'")
    merged = body_of(await merge(api, kept, duplicate))
    assert len(await logged(api, kept)) == 2
    body_of(await undo(api, merged))
    assert len(await logged(api, kept)) == len(await logged(api, duplicate)) == 1


async def test_a_dry_run_tells_it_and_changes_nothing(api: httpx.AsyncClient, connection: "Connection") -> None:
    kept, duplicate = await create_same(api), await create_same(api, phone="+33 1 99")
    await log(api, duplicate, "2026-02-01T09:00:00Z")
    written = await stored(connection)
    seen = body_of(await merge(api, kept, duplicate, dry_run=True))
    assert await stored(connection) == written
    assert (of_field(seen, "phone")["origin"], seen["message_count"]) == ("duplicate", 1)
    merged = body_of(await merge(api, kept, duplicate))
    assert without(merged, "id", "created_at") == without(seen, "id", "created_at")


async def test_what_cannot_be_merged(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    lead, other, nobody = await create_same(api), await create_lead(api, email="mira@saltgrass.example"), "0" * 25
    won, none = await create_same(api), [await create_lead(api) for _ in range(2)]
    body_of(await api.post(f"/leads/{won['id']}/win", json={}))
    theirs, contact = await create_same(fabrikam_api), {"id": nobody}
    for kept, duplicate, status, code in (
        (lead, lead, 400, "invalid_field"),
        (lead, {"id": str(lead["display_id"])}, 400, "invalid_field"),
        (lead, other, 409, "not_a_duplicate"),
        (none[0], none[1], 409, "not_a_duplicate"),
        (lead, won, 409, "lead_won"),
        (lead, theirs, 404, "lead_not_found"),
        (lead, contact, 404, "lead_not_found"),
    ):
        for dry_run in (True, False):
            error = error_of(await merge(api, kept, duplicate, dry_run=dry_run), status)
            assert (error["code"], error["field"]) == (code, "duplicate")
    for path in (theirs, contact):
        assert error_of(await merge(api, path, lead), 404)["code"] == "lead_not_found"
    for body in ({}, {"duplicate": 7}, {"duplicate": ""}, {"duplicate": lead["id"], "dry_run": 1}):
        assert error_of(await api.post(f"/leads/{lead['id']}/merge", json=body), 400)["field"] in {
            "duplicate",
            "dry_run",
        }
    assert error_of(await undo(api, {"id": nobody}), 404)["code"] == "lead_merge_not_found"


async def test_a_won_lead_is_the_one_to_keep_and_its_contact_has_what_it_took(api: httpx.AsyncClient) -> None:
    won, duplicate = await create_same(api), await create_same(api, title="COO", labels=["vip"])
    body_of(await api.post(f"/leads/{won['id']}/win", json={}))
    merged = body_of(await merge(api, won, duplicate))
    contact = body_of(await api.get(f"/contacts/{won['id']}"))
    assert (contact["title"], contact["labels"]) == ("COO", ["vip"])
    (told,) = await events(api, "contact.updated")
    assert (told["data"]["object"]["id"], told["data"]["previous_attributes"]["title"]) == (won["id"], None)
    body_of(await undo(api, merged))
    assert body_of(await api.get(f"/contacts/{won['id']}"))["title"] is None
    assert len(await events(api, "contact.updated")) == 2


async def test_a_key_has_to_be_allowed_to_change_the_contact(api: httpx.AsyncClient, connection: "Connection") -> None:
    kept, duplicate = await create_same(api), await create_same(api, phone="+49 30 901820")
    body_of(await api.post(f"/leads/{kept['id']}/win", json={}))
    contact = await stored(connection)
    await connection.execute("UPDATE api_keys SET scopes = '{leads:read,leads:write}'")
    error = error_of(await merge(api, kept, duplicate), 403)
    assert (error["code"], "contacts:write" in error["message"]) == ("insufficient_scope", True)
    assert await stored(connection) == contact
    await connection.execute("UPDATE api_keys SET scopes = '{leads:write,contacts:write}'")
    merged = body_of(await merge(api, kept, duplicate))
    contact = await stored(connection)
    await connection.execute("UPDATE api_keys SET scopes = '{leads:write}'")
    assert error_of(await undo(api, merged), 403)["code"] == "insufficient_scope"
    assert await stored(connection) == contact


async def test_nobody_gets_a_part_in_a_customer_that_they_do_not_see(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    customer, won = await create_customer(api), await create_same(api)
    duplicate = await create_same(api, owner=world.tomas.id, assignees=[world.tomas.id, world.maya.id])
    body_of(await api.post(f"/leads/{won['id']}/win", json={"customer_id": customer["id"]}))
    await connection.execute("UPDATE customers SET restricted = true WHERE id = $1", customer["id"])
    body_of(await merge(api, won, duplicate))
    after = await read(api, won)
    assert (after["owner"], after["assignees"]) == (None, [world.maya.id])


async def test_undoing_gives_back_two_leads_as_they_were(
    api: httpx.AsyncClient, world: World, clock: SteeredClock
) -> None:
    kept = await create_same(api, labels=["a"])
    duplicate = await create_same(api, phone="+33 1 99", labels=["b"], owner=world.tomas.id, metadata={"x": [1.5]})
    merged = body_of(await merge(api, kept, duplicate))
    clock.advance(60)
    before = len(await events(api))
    undone = body_of(await undo(api, merged))
    assert without(undone, "undone_at") == without(merged, "undone_at")
    assert undone["undone_at"] is not None
    assert [event["type"] for event in (await events(api))[before:]] == ["lead.created", "lead.updated"]
    for lead in (kept, duplicate):
        assert without(await read(api, lead), "seconds_in_stage") == without(lead, "seconds_in_stage")
    again = body_of(await undo(api, merged))
    assert again == undone
    assert len(await events(api)) == before + 2
    second = body_of(await merge(api, kept, duplicate))
    assert second["display_id"] == merged["display_id"] + 1
    assert len(body_of(await api.get(f"/leads/{kept['id']}/merges"))["data"]) == 2


async def test_what_somebody_changed_since_stays(api: httpx.AsyncClient) -> None:
    kept, duplicate = await create_same(api), await create_same(api, phone="+33 1 99", location="Nice", labels=["b"])
    merged = body_of(await merge(api, kept, duplicate))
    body_of(await api.patch(f"/leads/{kept['id']}", json={"phone": "+33 2 00", "labels": ["b", "c"], "company": "S"}))
    late = await log(api, kept, "2026-02-02T09:00:00Z")
    body_of(await undo(api, merged))
    after = await read(api, kept)
    expected = {"phone": "+33 2 00", "labels": ["b", "c"], "company": "S", "location": None}
    assert {name: after[name] for name in expected} == expected
    assert await logged(api, kept) == {late["id"]}
    assert (await read(api, duplicate))["phone"] == "+33 1 99"


async def test_a_lead_that_is_gone_has_to_come_back_first(api: httpx.AsyncClient) -> None:
    first, second, third = [await create_same(api) for _ in range(3)]
    inner = body_of(await merge(api, second, third))
    outer = body_of(await merge(api, first, second))
    assert error_of(await undo(api, inner), 409)["code"] == "lead_deleted"
    body_of(await undo(api, outer))
    body_of(await undo(api, inner))
    again = body_of(await merge(api, second, third))
    body_of(await api.delete(f"/leads/{second['id']}"))
    assert error_of(await undo(api, again), 409)["code"] == "lead_deleted"
    assert error_of(await api.get(f"/leads/{third['id']}"), 404)["code"] == "lead_not_found"


async def test_what_was_won_since_is_two_again_all_the_same(api: httpx.AsyncClient) -> None:
    kept, duplicate = await create_same(api), await create_same(api, title="COO")
    merged = body_of(await merge(api, kept, duplicate))
    body_of(await api.post(f"/leads/{kept['id']}/win", json={}))
    body_of(await undo(api, merged))
    assert [(await read(api, lead))["status"] for lead in (kept, duplicate)] == ["won", "open"]
    assert (await read(api, kept))["title"] is None


async def test_a_lead_whose_pipeline_is_gone_begins_anew(api: httpx.AsyncClient) -> None:
    stages = [{"name": name, "kind": kind} for name, kind in (("Talk", "open"), ("Yes", "won"), ("No", "lost"))]
    pipeline = body_of(await api.post("/pipelines", json={"name": "Partners", "stages": stages}), 201)
    kept, duplicate = await create_same(api), await create_same(api, pipeline=pipeline["id"])
    merged = body_of(await merge(api, kept, duplicate))
    body_of(await api.delete(f"/pipelines/{pipeline['id']}"))
    body_of(await undo(api, merged))
    after = await read(api, duplicate)
    assert (after["pipeline_id"], after["stage"], after["status"]) == (kept["pipeline_id"], "new", "open")


async def test_both_ways_at_once_end_in_one_of_both(api: httpx.AsyncClient) -> None:
    for _ in range(4):
        pair = await create_same(api), await create_same(api)
        answers = await asyncio.gather(merge(api, *pair), merge(api, *reversed(pair)))
        assert sorted(answer.status_code for answer in answers) == [200, 404]
        merged = next(body_of(answer) for answer in answers if answer.is_success)
        assert (await read(api, {"id": merged["lead_id"]}))["status"] == "open"
        assert error_of(await api.get(f"/leads/{merged['duplicate_id']}"), 404)["code"] == "lead_not_found"


async def test_win_and_merge_at_once_end_in_one_order(api: httpx.AsyncClient) -> None:
    for number in range(4):
        kept, duplicate = await create_same(api), await create_same(api)
        target = (kept, duplicate)[number % 2]
        won, merged = await asyncio.gather(api.post(f"/leads/{target['id']}/win", json={}), merge(api, kept, duplicate))
        if target is kept:
            assert (won.status_code, merged.status_code) == (200, 200)
        elif won.is_success:
            assert error_of(merged, 409)["code"] == "lead_won"
        else:
            assert (error_of(won, 404)["code"], merged.status_code) == ("lead_not_found", 200)


async def test_undone_several_times_at_once_it_is_undone_once(api: httpx.AsyncClient) -> None:
    kept, duplicate = await create_same(api), await create_same(api, phone="+33 1 99")
    merged = body_of(await merge(api, kept, duplicate))
    before = len(await events(api))
    answers = [body_of(answer) for answer in await asyncio.gather(*(undo(api, merged) for _ in range(5)))]
    assert all(answer == answers[0] for answer in answers)
    assert len(await events(api)) == before + 2


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
values = st.none() | words.filter(bool)
ids = st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)
anything = st.none() | st.integers(-(2**53), 2**53) | words | st.lists(words)
leads = st.fixed_dictionaries({
    **dict.fromkeys(("phone", "company", "title", "location", "owner_id", "lead_source"), values),
    "assignee_ids": ids,
    "labels": ids,
    "metadata": st.dictionaries(words, anything, max_size=3).map(lambda value: orjson.dumps(value).decode()),
})  # fmt: skip
NOW = datetime(2026, 3, 2, tzinfo=UTC)
EMPTY = LeadRow(
    **dict.fromkeys(LeadRow._fields)  # type: ignore[arg-type]  # the strategy fills what matters
    | {"id": "a", "display_id": 1, "assignee_ids": [], "labels": [], "metadata": "{}", "created_at": NOW}
)


def round_trip(taken: Taken) -> Taken:
    """Return what comes back from where it is stored."""
    stored: Taken = orjson.loads(orjson.dumps(taken))
    return stored


@given(leads, leads, st.sets(st.sampled_from("abcdef")))
def test_undoing_restores_exactly(ours: Json, theirs: Json, blind: set[str]) -> None:
    kept, duplicate = EMPTY._replace(**ours), EMPTY._replace(**theirs)
    taken = merge_fields(kept, duplicate, blind)
    merged = kept._replace(**after_merge(taken))
    assert merged._replace(**after_undo(merged, round_trip(taken))) == kept
    for name in ("phone", "company", "title", "location", "owner_id", "lead_source"):
        assert getattr(merged, name) in {getattr(kept, name) or getattr(duplicate, name), getattr(kept, name)}
    assert set(merged.assignee_ids) == {*kept.assignee_ids, *duplicate.assignee_ids} - (blind - {*kept.assignee_ids})
    assert set(merged.labels) >= {*kept.labels}
    assert after_merge(merge_fields(merged, duplicate, blind)) == {}  # twice is once


@given(leads, leads, leads)
def test_undoing_in_turn_restores_exactly(first: Json, second: Json, third: Json) -> None:
    rows = [EMPTY]
    steps: list[Taken] = []
    rows[0] = EMPTY._replace(**first)
    for other in (second, third):
        steps.append(merge_fields(rows[-1], EMPTY._replace(**other), ()))
        rows.append(rows[-1]._replace(**after_merge(steps[-1])))
    row = rows[-1]
    for taken, before in zip(reversed(steps), reversed(rows[:-1]), strict=True):
        row = row._replace(**after_undo(row, taken))
        assert row == before


def test_a_lead_takes_no_more_than_it_may_have() -> None:
    labels = [[str(number) for number in range(start, start + 30)] for start in (0, 20)]
    metadata = [orjson.dumps({key: "x" * 9000}).decode() for key in "ab"]
    kept, duplicate = (EMPTY._replace(labels=some, metadata=text) for some, text in zip(labels, metadata, strict=True))
    merged = kept._replace(**after_merge(merge_fields(kept, duplicate, ())))
    assert merged.labels == [str(number) for number in range(50)]
    assert merged.metadata == kept.metadata


async def test_somebody_who_does_not_see_every_customer_wins_merges_and_undoes_all_the_same(
    api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    """Their statements work on views, which have to take the changes."""
    kept, duplicate = await create_same(api), await create_same(api, phone="+33 1 99")
    await log(api, duplicate, "2026-02-01T09:00:00Z")
    await connection.execute(
        "SELECT set_config('search_path', 'seen, ' || current_setting('search_path'), false), "
        "set_config('pivotal.workspace', $1, false), set_config('pivotal.person', $2, false)",
        world.northwind.id, world.tomas.id,
    )  # fmt: skip
    actor = Actor(world.northwind.id, "person", world.tomas.id, "Tomás", role="member")
    change = Change(connection, actor, clock)
    merged = await merge_leads(change, kept["id"], LeadMergeCreate(duplicate=duplicate["id"]))
    assert (await undo_merge(change, merged.id)).undone_at is not None
    won = await win_lead(change, kept["id"], LeadWin())
    await change.write_records()
    await connection.execute("RESET search_path")
    assert (await read(api, kept))["customer_id"] == won.customer.id
    assert len(await logged(api, duplicate)) == 1
