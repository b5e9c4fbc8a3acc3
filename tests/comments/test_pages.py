"""Comments and files on the pages of onboardings and tasks."""

import re

import httpx
import pytest

from pivotal_server.comments.models import MAX_FILE_BYTES
from tests.comments.support import PNG, create_comment
from tests.support import Json, SteeredClock, body_of, create_onboarding, create_task
from tests.visitors import Visitor


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    return await create_onboarding(api, name="Aurora rollout")


def place(onboarding: Json) -> str:
    return f"/onboardings/{onboarding['display_id']}/comments"


async def said(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/comments"))["data"]
    return found


async def test_a_comment_mentions_and_is_shown_as_it_was_meant(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    body = "**Ready**, @tomas@northwind.example: <b>go</b>"
    response = await maya.submit(place(onboarding), {"body": body})
    [comment] = await said(api, onboarding)
    assert response.headers["location"] == f"/onboardings/{onboarding['id']}/comments#comment-{comment['display_id']}"
    assert comment["author"]["name"] == "Maya"
    assert [one["name"] for one in comment["mentions"]] == ["Tomas"]
    shown = (await maya.get(place(onboarding), fragment=True)).text
    assert "<strong>Ready</strong>" in shown
    assert '<span class="mention">@Tomas</span>' in shown
    assert "&lt;b&gt;go&lt;/b&gt;" in shown
    assert (await maya.submit(place(onboarding), {"body": "More"}, fragment=True)).status_code == 204


@pytest.mark.parametrize("body", ["", "  ", "x" * 20_001])
async def test_what_cannot_be_said_is_kept(maya: Visitor, onboarding: Json, body: str) -> None:
    for fragment in (True, False):
        response = await maya.submit(place(onboarding), {"body": body}, fragment=fragment)
        assert response.status_code == 422
        assert "field-error" in response.text
        assert body.strip() in response.text


async def test_a_file_is_sent_by_itself_and_then_named(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    headers = {"x-csrf-token": await maya.token(), "content-type": "application/octet-stream"}
    sent = await maya.client.post("/attachments", params={"filename": "screen.png"}, content=PNG, headers=headers)
    file = body_of(sent, 201)
    assert (file["filename"], file["size"]) == ("screen.png", len(PNG))
    await maya.submit(place(onboarding), {"body": "See this", "attachment_ids": file["id"]})
    assert [one["filename"] for one in (await said(api, onboarding))[0]["attachments"]] == ["screen.png"]
    shown = (await maya.get(place(onboarding), fragment=True)).text
    assert f'href="/attachments/{file["id"]}"' in shown
    link = await maya.get(f"/attachments/{file['id']}")
    assert link.status_code == 303
    download = await maya.client.get(link.headers["location"])
    assert download.content == PNG
    assert download.headers["content-disposition"] == 'attachment; filename="screen.png"'


async def test_an_upload_needs_our_token_a_name_and_a_measure(maya: Visitor) -> None:
    headers = {"content-type": "application/octet-stream"}
    without = await maya.client.post("/attachments", params={"filename": "a.png"}, content=PNG, headers=headers)
    assert without.status_code == 403
    headers["x-csrf-token"] = await maya.token()
    for name in ("", "a/b.png"):
        answer = await maya.client.post("/attachments", params={"filename": name}, content=PNG, headers=headers)
        assert answer.status_code == 400
    assert (await maya.client.post("/attachments?filename=a", content=b"", headers=headers)).status_code == 400
    too_large = {**headers, "content-length": str(MAX_FILE_BYTES + 1)}
    assert (await maya.client.post("/attachments?filename=a", content=b"a", headers=too_large)).status_code == 413


async def test_without_a_script_files_come_with_the_form(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    files = [("files", ("page.html", b"<html><script>x</script>")), ("files", ("", b""))]
    response = await maya.submit(place(onboarding), {"body": "Attached"}, files=files)
    assert response.status_code == 303
    [comment] = await said(api, onboarding)
    [file] = comment["attachments"]
    assert (file["filename"], file["content_type"]) == ("page.html", "text/html")
    download = await maya.client.get((await maya.get(f"/attachments/{file['id']}")).headers["location"])
    assert download.headers["content-type"] == "application/octet-stream"
    kept = await maya.submit(place(onboarding), {"body": ""}, files=[("files", ("a.png", PNG))])
    assert kept.status_code == 422
    assert re.search(r'name="attachment_ids" value="c\w{24}"', kept.text)


async def test_another_persons_file_cannot_be_named(maya: Visitor, tomas: Visitor, onboarding: Json) -> None:
    headers = {"x-csrf-token": await tomas.token(), "content-type": "application/octet-stream"}
    file = body_of(await tomas.client.post("/attachments?filename=a.png", content=PNG, headers=headers), 201)
    response = await maya.submit(place(onboarding), {"body": "Mine", "attachment_ids": file["id"]})
    assert response.status_code == 422
    assert "no such attachment of yours" in response.text


async def test_ones_own_comment_can_be_changed_for_a_day(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, onboarding: Json, clock: SteeredClock
) -> None:
    await maya.submit(place(onboarding), {"body": "Redy"})
    [comment] = await said(api, onboarding)
    path = f"/comments/{comment['display_id']}"
    assert "Redy" in (await maya.get(f"{path}/edit")).text
    assert (await maya.submit(path, {"body": "Ready"})).status_code == 303
    assert "edited" in (await maya.get(place(onboarding), fragment=True)).text
    assert (await maya.submit(path, {"body": ""})).status_code == 422
    assert (await tomas.submit(path, {"body": "Mine"})).status_code == 422
    assert (await tomas.submit(f"{path}/delete")).status_code == 403
    assert f"{path}/edit" not in (await tomas.get(place(onboarding), fragment=True)).text
    clock.advance(24 * 3600 + 1)
    assert f"{path}/edit" not in (await maya.get(place(onboarding), fragment=True)).text
    assert (await maya.submit(path, {"body": "Late"})).status_code == 422
    assert (await said(api, onboarding))[0]["body"] == "Ready"


async def test_a_deleted_comment_leaves_its_place(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    await maya.submit(place(onboarding), {"body": "Oops"})
    [comment] = await said(api, onboarding)
    assert "gone for good" in (await maya.get(f"/comments/{comment['display_id']}/delete")).text
    await maya.submit(f"/comments/{comment['display_id']}/delete")
    shown = (await maya.get(place(onboarding), fragment=True)).text
    assert "This comment was deleted." in shown
    assert "Oops" not in shown


async def test_a_comment_can_be_pinned(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    comment = await create_comment(api, onboarding["id"], body="The plan is final")
    path = f"/comments/{comment['display_id']}"
    response = await maya.submit(f"{path}/pin", fragment=True)
    assert f"{path}/unpin" in response.headers["hx-trigger"]
    head = await maya.get(f"/onboardings/{onboarding['display_id']}/header", fragment=True)
    assert "The plan is final" in head.text
    await maya.submit(f"{path}/unpin")
    assert (await said(api, onboarding))[0]["pinned"] is False


async def test_a_task_has_comments_of_its_own(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    path = f"/tasks/{task['display_id']}"
    response = await maya.submit(f"{path}/comments", {"body": "On the task"})
    assert response.headers["location"].startswith(f"/tasks/{task['id']}#comment-")
    assert "On the task" in (await maya.get(path)).text
    assert "On the task" in (await maya.get(f"{path}/comments", fragment=True)).text
    assert (await maya.get(f"{path}/comments")).headers["location"] == path
    assert await said(api, onboarding) == []


async def test_earlier_comments_are_a_page_away(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    for number in range(52):
        await create_comment(api, onboarding["id"], body=f"Comment {number}.")
    first = (await maya.get(f"{place(onboarding)}", fragment=True)).text
    assert "Comment 51." in first
    assert "Comment 1." not in first
    more = re.search(r'href="([^"]+cursor[^"]+)"', first)
    assert more
    earlier = await maya.get(more[1].replace("&amp;", "&"), fragment=True)
    assert "Comment 1." in earlier.text
    assert "Comment 2." not in earlier.text


async def test_teammates_are_suggested(maya: Visitor) -> None:
    answers = {typed: (await maya.get("/mentions", q=typed)).json() for typed in ("", "to", "TOMAS@", "as", "fab")}
    assert [one["name"] for one in answers[""]] == ["Maya", "Tomas"]
    assert answers["to"] == answers["TOMAS@"] == [{"email": "tomas@northwind.example", "name": "Tomas"}]
    assert answers["as"] == answers["fab"] == []
