"""The demo as the API shows it: everything that the story tells is there to be seen."""

import asyncio
from typing import TYPE_CHECKING

import httpx

from pivotal_server.demo.cast import EMAILS, LEADS
from pivotal_server.demo.words import FILES
from tests.support import Json, body_of

if TYPE_CHECKING:
    from tests.demo.conftest import Walk


async def test_lists_show_all_that_was_made(walk: "Walk") -> None:
    paths = {"/customers": 60, "/onboardings": 47, "/templates": 6, "/custom_fields": 6, "/leads": 66, "/pipelines": 2}
    for path, count in paths.items():
        assert len(await walk(path)) == count, path
    customers = await walk("/customers")
    assert all(customer["arr"] and customer["plan"] and customer["tags"] for customer in customers)
    assert {customer["owner_email"] for customer in customers} == {EMAILS[lead] for lead in LEADS}
    assert all(customer["custom_fields"]["renews_on"] for customer in customers)


async def test_onboardings_have_plans_with_dates_that_say_why(walk: "Walk") -> None:
    onboardings, tasks = await walk("/onboardings"), await walk("/tasks")
    planned = {onboarding["id"] for onboarding in onboardings if onboarding["template_id"]}
    assert {task["onboarding_id"] for task in tasks} == planned
    # Of those that are complete, the older ones began before there were templates.
    assert planned >= {onboarding["id"] for onboarding in onboardings if onboarding["completed_at"] is None}
    assert len(planned) > 35
    assert 900 < len(tasks) < 1300
    top = [task for task in tasks if task["parent_id"] is None]
    assert all(task["due_date"] and task["due_reason"] for task in top)
    assert {task["due_reason"]["kind"] for task in top} >= {"start", "phase", "launch", "dependency", "fixed"}
    assert len([task for task in tasks if task["slip_days"]]) > 100
    assert len([task for task in tasks if task["pinned"]]) >= 3
    assert [task for task in tasks if task["status"] == "open" and task["completed_subtask_count"]]
    assert [task for task in tasks if task["template_task_key"] is None]  # added by hand


async def test_tasks_were_done_by_teammates_and_contacts_and_some_are_late_on_both_sides(walk: "Walk") -> None:
    done = [task["completed_by"] for task in await walk("/tasks", status="completed")]
    contacts = {f"portal:contact_{task['assignee_contact_id'][1:]}" for task in await _of_contacts(walk)}
    assert {by for by in done if by.startswith("portal:")} <= contacts
    assert {by for by in done if by.endswith(".example")} <= set(EMAILS.values())
    assert len([by for by in done if by.startswith("portal:")]) > 100
    late = await walk("/tasks", overdue="true")
    theirs = [task for task in late if task["assignee_contact_id"]]
    assert 5 <= len(theirs) <= len(late) - 5
    assert len(late) < 60


async def _of_contacts(walk: "Walk") -> list[Json]:
    return [task for task in await walk("/tasks") if task["assignee_contact_id"]]


async def test_people_talk_mention_each_other_pin_and_attach(walk: "Walk", api: httpx.AsyncClient) -> None:
    onboardings, tasks = await walk("/onboardings"), await walk("/tasks")
    paths = [f"/onboardings/{o['id']}/comments" for o in onboardings] + [f"/tasks/{t['id']}/comments" for t in tasks]
    pages = [page for start in range(0, len(paths), 50) for page in await _read(walk, paths[start : start + 50])]
    comments = [comment for page in pages for comment in page]
    assert 200 < len(comments) < 500
    assert {comment["author"]["type"] for comment in comments} == {"person", "portal"}
    assert not any("{" in comment["body"] or "}" in comment["body"] for comment in comments)
    mentioned = {mention["email"] for comment in comments for mention in comment["mentions"]}
    assert len(mentioned) >= 5
    assert mentioned <= set(EMAILS.values())
    assert len([comment for comment in comments if comment["pinned"]]) >= 3
    attached = [file for comment in comments for file in comment["attachments"]]
    assert {file["filename"]: await _download(api, file["id"]) for file in attached} == {
        name: content for _, name, content in FILES.values()
    }


async def _read(walk: "Walk", paths: list[str]) -> list[list[Json]]:
    return list(await asyncio.gather(*(walk(path) for path in paths)))


async def _download(api: httpx.AsyncClient, id_: str) -> str:
    link = body_of(await api.get(f"/attachments/{id_}"))["download_url"]
    answer = await api.get(f"/files/{link.rpartition('/')[2]}")
    assert answer.status_code == 200
    return answer.text


async def test_a_timeline_tells_an_onboarding_from_its_start(walk: "Walk", api: httpx.AsyncClient) -> None:
    onboarding = next(one for one in await walk("/onboardings", phase="internal_qa") if one["state"] == "active")
    lines = [
        line
        for line in (await walk(f"/customers/{onboarding['customer_id']}/timeline"))[::-1]
        if not line["type"].startswith(("customer.", "contact."))
    ]
    assert [line["type"] for line in lines[:2]] == ["onboarding.created", "template.applied"]
    moments = [line["created_at"] for line in lines]
    assert moments == sorted(moments)
    transitions = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"]
    assert len(transitions) >= 5
    assert {line["created_at"] for line in lines} >= {transition["created_at"] for transition in transitions[:-1]}
