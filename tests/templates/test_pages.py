"""The settings' pages of templates: the list, making, importing, exporting, copying, archiving and deleting them."""

import re

import httpx
import pytest
import yaml

from tests.support import Json, SteeredClock, body_of, create_onboarding
from tests.templates.support import PROGRAMME, apply, create_template
from tests.visitors import Visitor

PATH = "/settings/templates"
PROBE = "<script>x</script>\"'<img src=x onerror=y>"


async def names(api: httpx.AsyncClient, **query: str) -> list[str]:
    return [one["name"] for one in body_of(await api.get("/templates", params={"limit": "100"} | query))["data"]]


async def test_the_list_tells_what_templates_hold_and_who_came_from_them(maya: Visitor, api: httpx.AsyncClient) -> None:
    assert "No templates yet" in (await maya.get(PATH)).text
    template = await create_template(api, name=PROBE)
    await apply(api, await create_onboarding(api), template)
    page = (await maya.get(PATH)).text
    assert PROBE not in page
    row = re.search(r"<tr data-item[^>]*>(.*?)</tr>", page, re.DOTALL)
    assert row
    assert re.findall(r'<td class="number">([^<]*)</td>', row.group(1)) == ["3", "6", "1", "1"]
    assert (await maya.get(PATH, fragment=True)).text.lstrip().startswith('<div id="templates"')
    assert "Nothing is archived" in (await maya.get(PATH, archived="true")).text


async def test_templates_are_for_admins(tomas: Visitor) -> None:
    assert (await tomas.get(PATH)).status_code == 403


async def test_a_long_list_comes_in_pages(maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock) -> None:
    for number in range(51):
        clock.advance(1)
        await create_template(api, name=f"T{number:02}", tasks=[])
    first = (await maya.get(PATH)).text
    assert "T50" in first
    assert "T00" not in first
    cursor = re.search(r"cursor=([^\"&]+)", first)
    assert cursor
    more = await maya.get(PATH, fragment=True, cursor=cursor.group(1))
    assert more.text.count("<tr data-item") == 1
    assert "T00" in more.text
    assert (await maya.get(PATH, cursor="x")).status_code == 400


async def test_a_template_is_made_and_edited_from_there(maya: Visitor, api: httpx.AsyncClient) -> None:
    assert "New template" in (await maya.get(f"{PATH}/new")).text
    response = await maya.submit(PATH, {"name": "Rollout"})
    assert response.headers["location"] == f"{PATH}/1"
    assert (await maya.get(f"{PATH}/1")).status_code == 200
    for name, words in (("", "Fill this in."), ("x" * 256, "At most 255 characters.")):
        response = await maya.submit(PATH, {"name": name})
        assert response.status_code == 422
        assert words in response.text
    assert await names(api) == ["Rollout"]


@pytest.mark.parametrize("way", ["file", "paste"])
async def test_a_template_goes_out_as_yaml_and_comes_in_again(maya: Visitor, api: httpx.AsyncClient, way: str) -> None:
    template = await create_template(api)
    file = await maya.get(f"{PATH}/{template['display_id']}/export")
    assert file.headers["content-disposition"] == 'attachment; filename="loyalty-programme-v1.yaml"'
    assert yaml.safe_load(file.text)["tasks"][0]["key"] == "kickoff"
    assert "Or paste" in (await maya.get(f"{PATH}/import")).text
    if way == "file":
        response = await maya.submit(f"{PATH}/import", files={"file": ("t.yaml", file.content)})
    else:
        response = await maya.submit(f"{PATH}/import", {"yaml": file.text})
    assert response.headers["location"] == f"{PATH}/{template['display_id'] + 1}"
    copy = body_of(await api.get(f"/templates/{template['display_id'] + 1}"))
    assert copy["tasks"] == template["tasks"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Choose a file, or paste what it says."),
        ("name: [", "This is not valid YAML. Line "),
        ("name: A\nname: B", "name stands there twice. Line 2."),
        ("name: A\ntasks:\n- key: a\n  title: A\n  phase: nowhere\n", "Line 5, tasks.0.phase: Invalid enum value"),
        ("name: A\ntasks:\n- key: a\n  phase: review\n", "Line 3, tasks.0.title: Required"),
        (
            "name: A\ntasks:\n- {key: a, title: A, phase: review, depends_on: [{task: b}]}",
            "Line 3, tasks.0.depends_on.0.task",
        ),
        ("- a", "The file must hold a mapping"),
        (f"name: {PROBE}\nx: *y", "Anchors and aliases"),
        ("x" * 300_000, "A file has at most 256 kB."),
    ],
)
async def test_what_is_wrong_with_a_file_is_told_by_line(
    maya: Visitor, api: httpx.AsyncClient, text: str, words: str
) -> None:
    response = await maya.submit(f"{PATH}/import", {"yaml": text})
    assert response.status_code == 422
    assert words in response.text.replace("&#39;", "'")
    assert PROBE not in response.text
    assert await names(api) == []


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe", "not text in UTF-8"), (b"a" * 300_000, "A file has at most 256 kB.")]
)
async def test_what_is_no_file_of_a_template_is_refused(maya: Visitor, content: bytes, words: str) -> None:
    response = await maya.submit(f"{PATH}/import", files={"file": ("t.yaml", content)})
    assert response.status_code == 422
    assert words in response.text


async def test_a_template_is_copied(maya: Visitor, api: httpx.AsyncClient) -> None:
    template = await create_template(api, name="x" * 255)
    response = await maya.submit(f"{PATH}/{template['display_id']}/duplicate")
    assert response.headers["location"] == f"{PATH}/{template['display_id'] + 1}"
    copy = body_of(await api.get(f"/templates/{template['display_id'] + 1}"))
    assert copy["name"] == "Copy of " + "x" * 247
    assert copy["tasks"] == template["tasks"]


async def test_a_template_is_archived_restored_and_deleted(maya: Visitor, api: httpx.AsyncClient) -> None:
    template: Json = await create_template(api)
    path = f"{PATH}/{template['display_id']}"
    response = await maya.submit(f"{path}/archive", fragment=True)
    assert f'"undo": "{path}/restore"' in response.headers["hx-trigger"]
    assert await names(api) == []
    assert "Loyalty programme" in (await maya.get(PATH, archived="true")).text
    await maya.submit(f"{path}/restore")
    assert await names(api) == [PROGRAMME["name"]]
    assert "No onboarding came from it." in (await maya.get(f"{path}/delete")).text
    for fragment in (True, False):
        response = await maya.submit(f"{path}/delete", {"name": PROBE}, fragment=fragment)
        assert response.status_code == 422
        assert "Type Loyalty programme to delete it." in response.text
        assert PROBE not in response.text
    await maya.submit(f"{path}/delete", {"name": "Loyalty programme"})
    assert await names(api) == []
    assert (await maya.get(path)).status_code == 404
