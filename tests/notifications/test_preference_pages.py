"""Who is told of what, by boxes: the workspace's choices, one's own over them, and the way back."""

import re

from tests.harness import World
from tests.visitors import Visitor

WORKSPACE, OWN = "/settings/notifications", "/settings/your-notifications"
_SHOWN = re.compile(r'name="shown" value="([^"]+)"')


async def shown(visitor: Visitor, path: str) -> set[str]:
    """Return the boxes that are ticked."""
    return set(_SHOWN.findall((await visitor.get(path)).text))


async def submit(visitor: Visitor, path: str, before: set[str], after: set[str], *, fragment: bool = False) -> str:
    answer = await visitor.submit(path, {"shown": [*before], "wanted": [*after]}, fragment=fragment)
    assert answer.status_code == (200 if fragment else 303)
    return answer.text


async def test_the_workspace_chooses_for_those_who_have_not(maya: Visitor, tomas: Visitor) -> None:
    before = await shown(maya, WORKSPACE)
    assert before == await shown(tomas, OWN)
    assert "comment_created.email" in before
    assert "task_completed.email" not in before
    await submit(maya, WORKSPACE, before, before - {"comment_created.email"} | {"task_completed.email"})
    assert await shown(tomas, OWN) == before - {"comment_created.email"} | {"task_completed.email"}
    assert "Go back to how Pivotal has it" in (await maya.get(WORKSPACE)).text
    # What is ticked as it was from the start is no choice any more.
    await submit(maya, WORKSPACE, await shown(maya, WORKSPACE), before)
    assert "Go back to how Pivotal has it" not in (await maya.get(WORKSPACE)).text


async def test_two_admins_at_the_same_page_do_not_undo_each_other(maya: Visitor) -> None:
    before = await shown(maya, WORKSPACE)
    await submit(maya, WORKSPACE, before, before - {"comment_created.email"})
    await submit(maya, WORKSPACE, before, before - {"onboarding_launched.email"})
    assert await shown(maya, WORKSPACE) == before - {"comment_created.email", "onboarding_launched.email"}


async def test_ones_own_choice_holds_over_the_workspaces_until_it_is_given_back(maya: Visitor, tomas: Visitor) -> None:
    before = await shown(tomas, OWN)
    page = await submit(tomas, OWN, before, before - {"onboarding_launched.email"}, fragment=True)
    assert "<html" not in page
    assert page.count("Your choice") == 1
    assert ">Saved<" in page
    await submit(maya, WORKSPACE, before, before - {"onboarding_launched.email", "comment_created.email"})
    await maya.submit(f"{WORKSPACE}/reset")
    assert await shown(maya, WORKSPACE) == before
    assert await shown(tomas, OWN) == before - {"onboarding_launched.email"}
    # Ticked again it is a choice still, and stays while the workspace's changes.
    await submit(tomas, OWN, before - {"onboarding_launched.email"}, before)
    await submit(maya, WORKSPACE, before, before - {"onboarding_launched.email"})
    assert "onboarding_launched.email" in await shown(tomas, OWN)
    assert (await tomas.submit(f"{OWN}/reset", {"kind": "onboarding_launched"})).status_code == 303
    assert "onboarding_launched.email" not in await shown(tomas, OWN)
    assert "Your choice" not in (await tomas.get(OWN)).text
    await submit(tomas, OWN, before - {"onboarding_launched.email"}, {"mentioned.in_app", "task_assigned.in_app"})
    assert (await tomas.get(OWN)).text.count("Your choice") == 12
    await tomas.submit(f"{OWN}/reset")
    assert await shown(tomas, OWN) == before - {"onboarding_launched.email"}


async def test_what_is_meant_for_one_person_is_always_told(maya: Visitor, tomas: Visitor) -> None:
    before = await shown(maya, WORKSPACE)
    refused = await maya.submit(WORKSPACE, {"shown": [*before], "wanted": [*(before - {"mentioned.email"})]})
    assert refused.status_code == 400
    refused = await tomas.submit(OWN, {"shown": [*before], "wanted": [*(before - {"mentioned.in_app"})]})
    assert refused.status_code == 400
    assert await shown(tomas, OWN) == before
    # Their mails one may do without.
    await submit(tomas, OWN, before, before - {"mentioned.email"})
    assert await shown(tomas, OWN) == before - {"mentioned.email"}


async def test_the_workspaces_choices_are_for_admins(tomas: Visitor, maya: Visitor, world: World) -> None:
    before = await shown(maya, WORKSPACE)
    assert (await tomas.get(WORKSPACE)).status_code == 403
    for path in (WORKSPACE, f"{WORKSPACE}/reset"):
        assert (await tomas.submit(path, {"shown": [*before]})).status_code == 403
    assert await shown(maya, WORKSPACE) == before
    assert WORKSPACE not in (await tomas.get(OWN)).text
    assert world.tomas.role == "member"
