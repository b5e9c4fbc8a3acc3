"""The settings of pipelines: adding, naming, reordering and removing them and their stages."""

import re

import httpx

from tests.support import Json, body_of
from tests.visitors import Visitor

PROBE = "<script>x</script>\"'<img src=x onerror=y>"
PATH = "/settings/pipelines"


async def stages_of(api: httpx.AsyncClient, number: int = 1) -> list[str]:
    return [stage["name"] for stage in body_of(await api.get(f"/pipelines/{number}"))["stages"]]


async def lead(api: httpx.AsyncClient, name: str, **fields: object) -> Json:
    return body_of(await api.post("/leads", json={"name": name, **fields}), 201)


async def test_members_do_not_see_them(tomas: Visitor) -> None:
    for path in (PATH, f"{PATH}/1", f"{PATH}/1/delete", f"{PATH}/1/stages/new/remove"):
        assert (await tomas.get(path)).status_code == 403
    assert (await tomas.submit(PATH, {"name": "Mine"})).status_code == 403
    assert "/settings/pipelines" not in (await tomas.get("/settings/profile")).text


async def test_a_pipeline_is_added_named_moved_and_deleted(maya: Visitor, api: httpx.AsyncClient) -> None:
    made = await maya.submit(PATH, {"name": "Partners"})
    assert made.headers["location"] == f"{PATH}/2"
    assert len(await stages_of(api, 2)) == 6
    for name, problem in (("", "Fill this in."), ("partners", "Another pipeline of this workspace has this name.")):
        refused = await maya.submit(PATH, {"name": name})
        assert refused.status_code == 422
        assert problem in refused.text
    named = await maya.submit(f"{PATH}/2/properties/name", {"name": "Resellers", "was": "Partners"})
    assert named.headers["location"] == f"{PATH}/2"
    moved = await maya.submit(f"{PATH}/2/move", {"position": "1"}, fragment=True)
    assert "Resellers is number 1" in moved.headers["hx-trigger"]
    assert "/settings/pipelines/2/move?position=2" in moved.headers["hx-trigger"]
    page = (await maya.get(PATH)).text
    assert page.index("Resellers") < page.index(">Sales<")
    assert (await maya.submit(f"{PATH}/2/move", {"position": "9"})).status_code == 400
    for odd in ("", "x", "0", "9999"):
        assert (await maya.submit(f"{PATH}/2/move", {"position": odd})).status_code == 404
    held = await lead(api, "Ines", pipeline="2")
    assert "1 lead is in it" in (await maya.get(f"{PATH}/2/delete")).text
    refused = await maya.submit(f"{PATH}/2/delete")
    assert refused.status_code == 422
    assert "There are leads in this pipeline" in refused.text
    body_of(await api.post(f"/leads/{held['id']}/move", json={"pipeline": "1", "stage": "new"}))
    assert (await maya.submit(f"{PATH}/2/delete")).headers["location"] == PATH
    assert f'href="{PATH}/2"' not in (await maya.get(PATH)).text
    assert "This is the only pipeline" in (await maya.get(f"{PATH}/1/delete")).text
    assert (await maya.submit(f"{PATH}/1/delete")).status_code == 422


async def test_stages_are_added_named_and_moved(maya: Visitor, api: httpx.AsyncClient) -> None:
    assert (await maya.submit(f"{PATH}/1/stages", {"name": "Trial", "kind": "open"})).status_code == 303
    assert (await maya.submit(f"{PATH}/1/stages", {"name": "Gone quiet", "kind": "lost"})).status_code == 303
    expected = ["New", "Contacted", "Qualified", "Proposal", "Trial", "Won", "Lost", "Gone quiet"]
    assert await stages_of(api) == expected
    refused = await maya.submit(f"{PATH}/1/stages", {"name": "", "kind": "open"})
    assert refused.status_code == 422
    assert "Fill this in." in refused.text
    assert (await maya.submit(f"{PATH}/1/stages", {"name": "X", "kind": "won"})).status_code == 422
    named = await maya.submit(
        f"{PATH}/1/properties/stage-trial", {"stage-trial": "Pilot", "was": "Trial"}, fragment=True
    )
    assert named.status_code == 200
    assert 'value="Pilot"' in named.text
    late = await maya.submit(f"{PATH}/1/properties/stage-trial", {"stage-trial": "Test", "was": "Trial"}, fragment=True)
    assert late.status_code == 409
    assert "changed this to <strong>Pilot</strong>" in late.text
    empty = await maya.submit(f"{PATH}/1/properties/stage-trial", {"stage-trial": "", "was": "Pilot"}, fragment=True)
    assert empty.status_code == 422
    moved = await maya.submit(f"{PATH}/1/stages/trial/move", {"position": "1"}, fragment=True)
    undo = re.search(r'"undo": "([^"]+)"', moved.headers["hx-trigger"])
    assert undo
    assert (await stages_of(api))[:2] == ["Pilot", "New"]
    await maya.submit(undo[1])
    assert (await stages_of(api))[4] == "Pilot"
    for path in (f"{PATH}/1/stages/x/move?position=1", f"{PATH}/1/properties/stage-x", f"{PATH}/9/stages"):
        assert (await maya.submit(path, {"name": "X"})).status_code == 404


async def test_the_leads_of_a_stage_that_goes_move_on(maya: Visitor, api: httpx.AsyncClient) -> None:
    made = await lead(api, "Ines", stage="contacted")
    page = await maya.get(f"{PATH}/1/stages/contacted/remove", fragment=True)
    assert "<html" not in page.text
    assert "1 lead is in it and moves to the stage below." in page.text
    assert re.findall(r'<option value="(\w+)"', page.text) == ["new", "qualified", "proposal"]
    refused = await maya.submit(f"{PATH}/1/stages/contacted/remove", {"move_to": ""})
    assert refused.status_code == 422
    assert "There are leads in Contacted." in refused.text
    assert (await maya.submit(f"{PATH}/1/stages/contacted/remove", {"move_to": "qualified"})).status_code == 303
    assert "Contacted" not in await stages_of(api)
    assert body_of(await api.get(f"/leads/{made['id']}"))["stage"] == "qualified"
    for key, words in (("won", "a stage for what is won"), ("lost", "a stage for what is lost")):
        assert words in (await maya.get(f"{PATH}/1/stages/{key}/remove")).text
        assert (await maya.submit(f"{PATH}/1/stages/{key}/remove", {"move_to": ""})).status_code == 422


async def test_nothing_that_somebody_wrote_is_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    body_of(await api.patch("/pipelines/1", json={"name": PROBE}))
    await maya.submit(f"{PATH}/1/stages", {"name": PROBE, "kind": "open"})
    key = body_of(await api.get("/pipelines/1"))["stages"][4]["key"]
    await maya.submit(PATH, {"name": f"2 {PROBE}"})
    number = (await lead(api, "Ines"))["display_id"]
    for path in (
        *(PATH, f"{PATH}/1", f"{PATH}/1/delete", f"{PATH}/1/stages/{key}/remove"),
        *("/leads", "/leads/new", "/leads?as=list", f"/leads/{number}/stage", f"/leads/{number}/move?to={key}"),
    ):
        page = await maya.get(path)
        assert page.status_code == 200, path
        assert PROBE not in page.text
        assert not re.search(r"<script>|<img|<style|\sstyle=", page.text)
