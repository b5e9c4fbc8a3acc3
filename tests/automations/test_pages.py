"""The recap of a launch on the page of an onboarding."""

import httpx

from tests.support import create_onboarding
from tests.visitors import Visitor


async def test_a_launch_has_its_recap_a_link_away(maya: Visitor, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, name="Rollout")
    place = f"/onboardings/{onboarding['display_id']}"
    assert "/recap" not in (await maya.get(f"{place}/header", fragment=True)).text
    assert "There is no recap yet." in (await maya.get(f"{place}/recap")).text
    await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "launch"})
    assert "/recap" in (await maya.get(f"{place}/header", fragment=True)).text
    assert (await maya.get("/onboardings/999/recap")).status_code == 404
