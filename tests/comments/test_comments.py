"""Comments: said, edited, taken back, pinned; and what that leaves behind."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.comments.support import create_comment, upload
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_onboarding, create_task, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 24 * 3600


async def thread(api: httpx.AsyncClient, onboarding_id: str) -> list[Json]:
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding_id}/comments"))["data"]
    return found


async def timeline(api: httpx.AsyncClient, customer_id: str) -> list[tuple[str, str]]:
    found = body_of(await api.get(f"/customers/{customer_id}/timeline", params={"limit": "100"}))["data"]
    return [(entry["type"], entry["summary"]) for entry in found]


async def test_a_comment_says_who_wrote_it_and_where(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    response = await api.post(f"/onboardings/{onboarding['display_id']}/comments", json={"body": "Hello *there*"})
    comment = body_of(response, 201)

    assert response.headers["location"] == f"/api/v1/comments/{comment['id']}"
    assert comment["author"]["name"] == "API: northwind-live"
    assert comment | {"id": "", "author": {}, "created_at": "", "updated_at": ""} == {
        "object": "comment",
        "id": "",
        "display_id": 1,
        "onboarding_id": onboarding["id"],
        "task_id": None,
        "author": {},
        "body": "Hello *there*",
        "mentions": [],
        "attachments": [],
        "pinned": False,
        "deleted": False,
        "edited_at": None,
        "created_at": "",
        "updated_at": "",
    }
    assert body_of(await api.get("/comments/1")) == comment
    assert await thread(api, onboarding["id"]) == [comment]


async def test_comments_on_a_task_are_with_the_task(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    task = await create_task(api, onboarding["id"], title="Map the fields")
    comment = body_of(await api.post(f"/tasks/{task['display_id']}/comments", json={"body": "Done?"}), 201)

    assert (comment["task_id"], comment["onboarding_id"]) == (task["id"], onboarding["id"])
    assert body_of(await api.get(f"/tasks/{task['id']}/comments"))["data"] == [comment]
    assert await thread(api, onboarding["id"]) == []
    assert ("comment.created", "Commented on task Map the fields") in await timeline(api, onboarding["customer_id"])


async def test_a_thread_is_walked_newest_first(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    made = [(await create_comment(api, onboarding["id"], body=f"{number}"))["id"] for number in range(5)]
    found, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = body_of(await api.get(f"/onboardings/{onboarding['id']}/comments", params=query))
        found += [comment["id"] for comment in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert found == made[::-1]


async def test_its_author_edits_a_comment_for_a_day(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    comment = await create_comment(api)
    clock.advance(DAY - 1)
    edited = body_of(await api.patch(f"/comments/{comment['id']}", json={"body": "It went very well."}))
    assert edited["body"] == "It went very well."
    assert edited["edited_at"] == edited["updated_at"] > comment["updated_at"]
    assert body_of(await api.patch(f"/comments/{comment['id']}", json={})) == edited
    assert body_of(await api.patch(f"/comments/{comment['id']}", json={"body": edited["body"]})) == edited

    clock.advance(2)
    for request in (
        api.patch(f"/comments/{comment['id']}", json={"body": "x"}),
        api.delete(f"/comments/{comment['id']}"),
    ):
        assert error_of(await request, 409)["code"] == "edit_window_closed"


async def test_nobody_else_edits_or_deletes_it(api: httpx.AsyncClient, test_api: httpx.AsyncClient) -> None:
    comment = await create_comment(api)
    for request in (
        test_api.patch(f"/comments/{comment['id']}", json={"body": "x"}),
        test_api.delete(f"/comments/{comment['id']}"),
    ):
        error = error_of(await request, 403)
        assert (error["type"], error["code"]) == ("permission_error", "not_the_author")
    assert body_of(await api.get(f"/comments/{comment['id']}")) == comment


async def test_a_deleted_comment_keeps_its_place_and_nothing_else(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    file = await upload(api)
    comment = await create_comment(
        api, onboarding["id"], body="Secret, @maya@northwind.example", attachment_ids=[file["id"]]
    )
    answer = body_of(await api.delete(f"/comments/{comment['id']}"))
    assert answer == {"object": "deleted", "id": comment["id"], "display_id": comment["display_id"], "deleted": True}
    assert body_of(await api.delete(f"/comments/{comment['display_id']}")) == answer

    (left,) = await thread(api, onboarding["id"])
    assert (left["deleted"], left["body"], left["mentions"], left["attachments"]) == (True, None, [], [])
    assert error_of(await api.get(f"/comments/{comment['id']}"), 404)["code"] == "comment_not_found"
    assert error_of(await api.get(f"/attachments/{file['id']}"), 404)["code"] == "attachment_not_found"
    assert "Secret" not in (await api.get(f"/customers/{onboarding['customer_id']}/timeline")).text


async def test_teammates_are_mentioned_by_their_e_mail(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    body = "@Maya@Northwind.example, @fabian@fabrikam.example, `@tomas@northwind.example`\n\n> @tomas@northwind.example"
    comment = await create_comment(api, body=body)
    maya = {"person_id": world.maya.id, "name": "Maya", "email": "maya@northwind.example"}
    assert comment["mentions"] == [maya]

    edited = body_of(await api.patch(f"/comments/{comment['id']}", json={"body": "No, @tomas@northwind.example."}))
    assert [mention["name"] for mention in edited["mentions"]] == ["Tomas"]
    rows = await connection.fetch("SELECT person_id FROM comment_mentions WHERE comment_id = $1", comment["id"])
    assert [row["person_id"] for row in rows] == [world.tomas.id]


async def test_tasks_and_comments_share_three_pins(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    task = await create_task(api, onboarding["id"])
    comments = [await create_comment(api, onboarding["id"]) for _ in range(3)]
    body_of(await api.post(f"/tasks/{task['id']}/pin"))
    for comment in comments[:2]:
        assert body_of(await api.post(f"/comments/{comment['id']}/pin"))["pinned"] is True
    assert error_of(await api.post(f"/comments/{comments[2]['id']}/pin"), 409)["code"] == "pin_limit_reached"
    assert body_of(await api.post(f"/comments/{comments[0]['id']}/pin"))["pinned"] is True  # it is already

    assert body_of(await api.delete(f"/comments/{comments[0]['id']}/pin"))["pinned"] is False
    body_of(await api.delete(f"/comments/{comments[1]['id']}"))  # which unpins it
    body_of(await api.post(f"/comments/{comments[2]['id']}/pin"))
    other = await create_task(api, onboarding["id"])
    body_of(await api.post(f"/tasks/{other['id']}/pin"))
    third = await create_task(api, onboarding["id"])
    assert error_of(await api.post(f"/tasks/{third['id']}/pin"), 409)["code"] == "pin_limit_reached"


async def test_a_race_for_the_last_pin_has_one_winner(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    comments = [await create_comment(api, onboarding["id"]) for _ in range(6)]
    answers = await asyncio.gather(*(api.post(f"/comments/{comment['id']}/pin") for comment in comments))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409, 409, 409]


async def test_what_happens_is_on_the_timeline_and_fires_no_events(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    told = len(await events(api))
    comment = await create_comment(api, onboarding["id"])
    body_of(await api.patch(f"/comments/{comment['id']}", json={"body": "It did."}))
    body_of(await api.post(f"/comments/{comment['id']}/pin"))
    body_of(await api.delete(f"/comments/{comment['id']}"))
    assert (await timeline(api, onboarding["customer_id"]))[:4] == [
        ("comment.deleted", "Deleted a comment"),
        ("comment.updated", "Pinned a comment"),
        ("comment.updated", "Edited a comment"),
        ("comment.created", "Commented"),
    ]
    assert len(await events(api)) == told


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"body": ""}, "too_small", "body"),
        ({"body": "x" * 20_001}, "too_big", "body"),
        ({}, "invalid_type", "body"),
        ({"body": "x", "attachment_ids": ["1"] * 11}, "too_big", "attachment_ids"),
        ({"body": "x", "attachment_ids": ["999"]}, "invalid_field", "attachment_ids.0"),
        ({"body": "x", "attachment_ids": ["nonsense"]}, "invalid_field", "attachment_ids.0"),
    ],
)
async def test_what_is_no_comment_is_refused(api: httpx.AsyncClient, fields: Json, code: str, field: str) -> None:
    onboarding = await create_onboarding(api)
    error = error_of(await api.post(f"/onboardings/{onboarding['id']}/comments", json=fields), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert await thread(api, onboarding["id"]) == []


async def test_a_repeated_request_comments_once(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    path, key = f"/onboardings/{onboarding['id']}/comments", {"Idempotency-Key": "one"}
    first = await api.post(path, json={"body": "Once"}, headers=key)
    again = await api.post(path, json={"body": "Once"}, headers=key)
    assert again.content == first.content
    assert len(await thread(api, onboarding["id"])) == 1
