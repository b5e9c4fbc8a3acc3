"""What teammates choose to be told of, over what their workspace has chosen."""

from itertools import product
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.core.errors import ApiError
from pivotal_server.notifications import actions
from pivotal_server.notifications.kinds import CHANNELS, COMMENTED, KINDS, MENTIONED, TASK_COMPLETED, is_wanted
from tests.comments.support import create_comment
from tests.harness import World
from tests.notifications.conftest import As, Mails, Told, types
from tests.support import Json, body_of, create_onboarding, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

OURS = "/notification_preferences"
ENTRIES = "SELECT count(*) FROM activity WHERE type = 'notification_preferences.updated'"


def path_of(person_id: str) -> str:
    return f"/people/{person_id}/notification_preferences"


async def choose(api: httpx.AsyncClient, path: str, type_: str, **channels: bool | None) -> Json:
    """Choose about one kind and return what then holds for it."""
    body = body_of(await api.patch(path, json={"preferences": [{"type": type_} | channels]}))
    return about(body, type_)


def about(preferences: Json, type_: str) -> Json:
    (found,) = [one for one in preferences["preferences"] if one["type"] == type_]
    assert isinstance(found, dict)
    return {name: found[name] for name in (*CHANNELS, "chosen")}


@pytest.mark.parametrize(("workspace", "own"), [*product((None, False, True), repeat=2)])
@pytest.mark.parametrize("kind", [COMMENTED, TASK_COMPLETED, MENTIONED], ids=lambda kind: kind.type)
def test_own_choices_go_before_the_workspaces_and_these_before_ours(
    kind: Any,  # noqa: ANN401 - a parameter
    workspace: bool | None,  # noqa: FBT001
    own: bool | None,  # noqa: FBT001
) -> None:
    in_app, email = (is_wanted(kind, channel, workspace, own) for channel in CHANNELS)
    if kind is MENTIONED:
        assert (in_app, email) == (True, own is not False)
    else:
        chosen = own if own is not None else workspace
        assert (in_app, email) == ((True, kind is COMMENTED) if chosen is None else (chosen, chosen))


async def test_choices_are_shown_with_what_comes_of_them_and_can_be_given_back(
    api: httpx.AsyncClient, world: World
) -> None:
    mine, type_ = path_of(world.tomas.id), "task_completed"
    first = body_of(await api.get(mine))
    assert [one["type"] for one in first["preferences"]] == list(KINDS)
    assert (first["person_id"], body_of(await api.get(OURS))["person_id"]) == (world.tomas.id, None)
    assert about(first, type_) == {"in_app": True, "email": False, "chosen": []}

    assert await choose(api, OURS, type_, email=True) == {"in_app": True, "email": True, "chosen": ["email"]}
    assert about(body_of(await api.get(mine)), type_) == {"in_app": True, "email": True, "chosen": []}
    assert await choose(api, mine, type_, in_app=False, email=False) == {
        "in_app": False, "email": False, "chosen": ["in_app", "email"],
    }  # fmt: skip
    assert about(body_of(await api.get(path_of(world.maya.id))), type_)["in_app"] is True
    assert await choose(api, mine, type_, email=None) == {"in_app": False, "email": True, "chosen": ["in_app"]}
    assert await choose(api, OURS, type_, email=None) == {"in_app": True, "email": False, "chosen": []}


async def test_what_is_chosen_again_is_not_noted_and_what_changes_is(
    api: httpx.AsyncClient, world: World, connection: "Connection"
) -> None:
    for _ in range(2):
        await choose(api, path_of(world.tomas.id), "mentioned", email=False)
        await choose(api, OURS, "comment_created", email=False)
    body_of(await api.patch(OURS, json={}))
    body_of(await api.patch(OURS, json={"preferences": [{"type": "mentioned"}]}))
    assert await connection.fetchval(ENTRIES) == 2


@pytest.mark.parametrize("type_", ["mentioned", "task_assigned"])
async def test_what_is_meant_for_one_person_always_comes_in_the_app(
    api: httpx.AsyncClient, world: World, type_: str
) -> None:
    for path, channel in ((OURS, "in_app"), (OURS, "email"), (path_of(world.tomas.id), "in_app")):
        error = error_of(await api.patch(path, json={"preferences": [{"type": type_, channel: False}]}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "preferences")
    assert (await choose(api, path_of(world.tomas.id), type_, email=False))["email"] is False


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"preferences": [{"type": "weather"}]}, "invalid_enum_value", "preferences.0.type"),
        ({"preferences": [{"email": True}]}, "invalid_type", "preferences.0.type"),
        ({"preferences": [{"type": "mentioned", "email": "no"}]}, "invalid_type", "preferences.0.email"),
        ({"preferences": {"mentioned": False}}, "invalid_type", "preferences"),
        ({"preferences": None}, "invalid_type", "preferences"),
        ({"preferences": [{"type": "mentioned"}] * 101}, "too_big", "preferences"),
    ],
)
async def test_choices_that_there_are_not_are_refused(
    api: httpx.AsyncClient, world: World, body: Json, code: str, field: str
) -> None:
    for path in (OURS, path_of(world.tomas.id)):
        error = error_of(await api.patch(path, json=body), 400)
        assert (error["code"], error["field"]) == (code, field)


async def test_a_comment_goes_by_the_channels_that_are_wanted(
    api: httpx.AsyncClient, world: World, told: Told, mails: Mails
) -> None:
    onboarding = await create_onboarding(api, csm_id=world.maya.id, se_id=world.tomas.id)
    await choose(api, OURS, "comment_created", email=False)
    await choose(api, path_of(world.maya.id), "comment_created", in_app=False, email=True)
    await create_comment(api, onboarding["id"])
    assert (await told(world.maya), types(await told(world.tomas))) == ([], ["comment_created"])
    assert [to for to, _ in await mails()] == ["maya@northwind.example"]
    assert body_of(await api.get(f"/people/{world.maya.id}/notifications/unread_count"))["count"] == 0

    await choose(api, path_of(world.maya.id), "comment_created", in_app=False, email=False)
    await create_comment(api, onboarding["id"])
    assert (await told(world.maya), len(await mails())) == ([], 1)


async def test_a_mention_comes_whatever_the_workspace_has_chosen_and_its_mail_as_the_person_has(
    api: httpx.AsyncClient, world: World, told: Told, mails: Mails
) -> None:
    for type_ in set(KINDS) - {"mentioned", "task_assigned"}:
        await choose(api, OURS, type_, in_app=False, email=False)
    onboarding = await create_onboarding(api, csm_id=world.maya.id)
    text = "@tomas@northwind.example, have a look."
    await create_comment(api, onboarding["id"], body=text)
    assert (types(await told(world.tomas)), await told(world.maya)) == (["mentioned"], [])
    assert len(await mails()) == 1
    await choose(api, path_of(world.tomas.id), "mentioned", email=False)
    await create_comment(api, onboarding["id"], body=text)
    assert types(await told(world.tomas)) == ["mentioned", "mentioned"]
    assert len(await mails()) == 1


async def test_members_choose_for_themselves_and_admins_for_the_workspace(world: World, as_person: As) -> None:
    choice = {(TASK_COMPLETED, CHANNELS[1]): True}
    await as_person(world.tomas, lambda change: actions.choose_for_person(change, world.tomas.id, choice))
    await as_person(world.maya, lambda change: actions.choose_for_workspace(change, choice))
    for person, of, code in ((world.tomas, None, "insufficient_role"), (world.maya, world.tomas, "not_yours")):

        def choose_for(change: Any, of: Any = of) -> Any:  # noqa: ANN401
            if of is None:
                return actions.choose_for_workspace(change, choice)
            return actions.choose_for_person(change, of.id, choice)

        with pytest.raises(ApiError) as refusal:
            await as_person(person, choose_for)
        assert (refusal.value.status, refusal.value.code) == (403, code)
