"""The plan on a scale of days."""

import re

import httpx

from tests.support import create_onboarding, create_task
from tests.tasks.story import act, on
from tests.visitors import Visitor


async def test_bars_stand_where_the_days_are(maya: Visitor, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date="2026-03-20T00:00:00Z")
    first = await create_task(api, onboarding["id"], title="Workshop", due_date=on("03-04"), duration_days=2)
    second = await create_task(api, onboarding["id"], title="Design", depends_on=[{"task_id": first["id"]}])
    await create_task(api, onboarding["id"], title="Some day")
    await act(api, await create_task(api, onboarding["id"], title="Kick-off", due_date=on("02-27")), "complete")
    await api.patch(f"/tasks/{first['id']}", json={"due_date": on("03-06")})

    svg = (await maya.get(f"/onboardings/{onboarding['id']}/timeline", fragment=True)).text
    bars = re.findall(
        r'gantt-bar (\w+)"[^>]*aria-label="([^"]+)".*?<rect x="(\d+)" y="(\d+)" width="(\d+)"', svg, re.DOTALL
    )
    assert [(state, int(width)) for state, _, _, _, width in bars] == [("open", 44), ("held", 22), ("done", 22)]
    assert bars[0][1] == "Workshop: 5 March 2026 to 6 March 2026, 2 working days later than at first, open"
    # Design follows on the next working day: three days after Workshop's last one began.
    assert int(bars[1][2]) - int(bars[0][2]) == 4 * 22
    assert int(bars[2][2]) < int(bars[0][2])
    assert svg.count("gantt-ghost") == 2  # Workshop's and Design's
    assert svg.count('class="gantt-arrow"') == 1
    assert svg.count("gantt-today") == 2
    assert "Launch" in svg
    assert "Without a date, and so not in the picture: Some day." in svg
    assert svg.count("<tr>") == 5
    assert f"/tasks/{second['display_id']}/due" in svg


async def test_months_are_narrower_and_long_plans_have_an_end(maya: Visitor, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    await create_task(api, onboarding["id"], title="Now", due_date=on("03-04"))
    path = f"/onboardings/{onboarding['id']}/timeline"
    widths = []
    for zoom in ("week", "month", "aeon"):
        found = re.search(
            r'<svg class="gantt-picture" width="(\d+)"', (await maya.get(path, fragment=True, zoom=zoom)).text
        )
        assert found
        widths.append(int(found[1]))
    assert widths[0] == widths[2]
    assert widths[0] * 7 == widths[1] * 22
    await create_task(api, onboarding["id"], title="Far", due_date="2090-01-01T00:00:00Z")
    long = (await maya.get(path, fragment=True)).text
    assert len(long) < 200_000
    assert long.count('class="gantt-bar') == 2


async def test_without_dates_it_says_what_to_do(maya: Visitor, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    assert "Nothing to draw yet" in (await maya.get(f"/onboardings/{onboarding['id']}/timeline", fragment=True)).text
