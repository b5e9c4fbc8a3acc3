"""Templates on an onboarding's page: applying one with what it would bring in view, and making one of a plan."""

import httpx
import pytest

from tests.support import Json, body_of, create_onboarding, create_task
from tests.templates.support import apply, create_template
from tests.visitors import Visitor

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    return await create_onboarding(api)


@pytest.fixture
def path(onboarding: Json) -> str:
    return f"/onboardings/{onboarding['display_id']}"


async def titles(api: httpx.AsyncClient, onboarding: Json) -> list[str]:
    query = {"onboarding_id": onboarding["id"], "limit": "100"}
    return [task["title"] for task in body_of(await api.get("/tasks", params=query))["data"]]


async def test_a_template_is_seen_before_it_lands(
    tomas: Visitor, api: httpx.AsyncClient, onboarding: Json, path: str
) -> None:
    assert "There are no templates yet." in (await tomas.get(f"{path}/apply-template")).text
    template = await create_template(api, name=PROBE)
    asked = (await tomas.get(f"{path}/apply-template")).text
    assert PROBE not in asked
    assert "Only its tasks of" not in asked
    sent = {"template_id": template["id"], "preview": "true"}
    for fragment in (True, False):
        seen = await tomas.submit(f"{path}/apply-template", sent, fragment=fragment)
        assert seen.status_code == 200
        assert "6 tasks land" in seen.text
        assert "Program design" in seen.text
    part = await tomas.submit(f"{path}/apply-template", {**sent, "phases": ["program_design", "launch"]})
    assert "3 tasks land" in part.text
    assert await titles(api, onboarding) == []
    response = await tomas.submit(f"{path}/apply-template", {"template_id": template["id"], "phases": "launch"})
    assert response.status_code == 303
    assert await titles(api, onboarding) == ["Announce the launch"]


async def test_what_landed_before_lands_again_only_on_purpose(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, path: str
) -> None:
    template = await create_template(api)
    await apply(api, onboarding, template, phases=["launch"])
    sent = {"template_id": template["id"], "phases": "launch"}
    refused = await maya.submit(f"{path}/apply-template", sent)
    assert refused.status_code == 422
    assert "are in the plan already" in refused.text
    assert "Have its tasks land a second time" in refused.text
    await maya.submit(f"{path}/apply-template", {**sent, "again": "true"}, fragment=True)
    assert await titles(api, onboarding) == ["Announce the launch"] * 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Fill this in."),
        ({"template_id": ""}, "Fill this in."),
        ({"template_id": "nobodys"}, "This workspace has no such template."),
        ({"template_id": "1", "phases": "nowhere"}, "The template has no tasks in the phase nowhere."),
        ({"template_id": "1", "version": "9"}, "The template has versions 1 to 1."),
    ],
)
@pytest.mark.parametrize("preview", ["", "true"])
async def test_what_cannot_land_is_told(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, path: str, sent: dict[str, str], words: str, preview: str
) -> None:
    await create_template(api)
    for fragment in (True, False):
        response = await maya.submit(f"{path}/apply-template", {**sent, "preview": preview}, fragment=fragment)
        assert response.status_code == 422
        assert words in response.text
    assert await titles(api, onboarding) == []


async def test_a_plan_becomes_a_template(maya: Visitor, api: httpx.AsyncClient, onboarding: Json, path: str) -> None:
    await create_task(api, onboarding["id"], title=PROBE)
    asked = (await maya.get(f"{path}/save-as-template")).text
    assert "1 task goes into it" in asked
    assert PROBE not in asked
    response = await maya.submit(f"{path}/save-as-template", {"name": "As we did it", "description": "Well"})
    assert response.headers["location"] == "/settings/templates/1"
    made = body_of(await api.get("/templates/1"))
    assert (made["name"], made["description"], made["tasks"][0]["title"]) == ("As we did it", "Well", PROBE)
    for name, words in (("", "Fill this in."), ("x" * 256, "At most 255 characters.")):
        refused = await maya.submit(f"{path}/save-as-template", {"name": name}, fragment=True)
        assert refused.status_code == 422
        assert words in refused.text


async def test_members_apply_templates_and_admins_make_them(tomas: Visitor, path: str) -> None:
    assert (await tomas.get(f"{path}/save-as-template")).status_code == 403
    page = (await tomas.get(path, fragment=False)).text
    page = page or (await tomas.client.get(path, follow_redirects=True)).text
    assert "Apply a template" in page
    assert "Save as template" not in page
