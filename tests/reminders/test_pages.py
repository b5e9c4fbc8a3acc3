"""Reminding the customer from the page of an onboarding."""

import httpx

from tests.support import SteeredClock, body_of, create_contact, create_onboarding, create_task
from tests.tasks.story import on
from tests.visitors import Visitor


async def test_the_mails_are_shown_before_they_go_and_listed_after(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    onboarding = await create_onboarding(api, name="Rollout")
    path = f"/onboardings/{onboarding['display_id']}/reminders"
    assert "Nothing that the customer can see" in (await maya.get(path)).text
    assert (await maya.submit(path, fragment=True)).status_code == 409
    contact = await create_contact(api, onboarding["customer_id"], name="Mira <b>", email="mira@aurora.example")
    task = {"title": "Send <i>", "assignee_contact_id": contact["id"], "visible_in_portal": True}
    await create_task(api, onboarding["id"], due_date=on("03-03"), **task)
    clock.advance(3 * 86_400)
    shown = (await maya.get(path, fragment=True)).text
    assert "mira@aurora.example" in shown
    assert "Send &lt;i&gt;" in shown
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}/reminders"))["data"] == []
    done = await maya.submit(path, fragment=True)
    assert "Reminded 1 contact" in done.headers["hx-trigger"]
    [sent] = body_of(await api.get(f"/onboardings/{onboarding['id']}/reminders"))["data"]
    assert sent["actor"]["name"] == "Maya"
    assert "Sent before" in (await maya.get(path)).text
