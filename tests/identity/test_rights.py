"""What a role may do: settings are refused to members by the actions themselves, whichever door they come through."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from pivotal_server.automations.actions import update_automations
from pivotal_server.calendars.actions import update_calendar
from pivotal_server.core.errors import ApiError
from pivotal_server.fields.actions import create_field, delete_field, update_field
from pivotal_server.identity.models import ROLES, Actor, Role
from pivotal_server.identity.rights import has_role, require
from pivotal_server.messages.actions import reset_template
from pivotal_server.messages.actions import update_template as update_text
from pivotal_server.onboardings.moves import skip
from pivotal_server.onboardings.phase_actions import create_phase, restore_phase, retire_phase, update_phase
from pivotal_server.onboardings.preset_actions import apply_preset
from pivotal_server.templates.actions import create_template, delete_template, update_template
from pivotal_server.timeline.change import Change
from pivotal_server.webhooks.actions import (
    create_endpoint,
    delete_endpoint,
    enable_endpoint,
    rotate_secret,
    update_endpoint,
)
from pivotal_server.webhooks.delivery_actions import (
    replay_delivery,
    replay_missing,
    resend_events,
    send_test_event,
)
from tests.harness import World
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# Nothing of a body is read before the refusal, so there is none.
NO_BODY: Any = None
ADMINS_ONLY: dict[str, Callable[[Change], Awaitable[object]]] = {
    "calendar": lambda change: update_calendar(change, NO_BODY),
    "field made": lambda change: create_field(change, NO_BODY),
    "field changed": lambda change: update_field(change, "1", NO_BODY),
    "field deleted": lambda change: delete_field(change, "1"),
    "phase made": lambda change: create_phase(change, NO_BODY),
    "phase changed": lambda change: update_phase(change, "review", NO_BODY),
    "phase retired": lambda change: retire_phase(change, "review", None),
    "phase restored": lambda change: restore_phase(change, "review"),
    "preset": lambda change: apply_preset(change, NO_BODY),
    "phase skipped": lambda change: skip(change, "1", NO_BODY),
    "template made": lambda change: create_template(change, NO_BODY),
    "template changed": lambda change: update_template(change, "1", NO_BODY),
    "template deleted": lambda change: delete_template(change, "1"),
    "text changed": lambda change: update_text(change, "reminder", NO_BODY),
    "text given back": lambda change: reset_template(change, "reminder"),
    "automations": lambda change: update_automations(change, NO_BODY),
    "endpoint made": lambda change: create_endpoint(change, NO_BODY, ()),
    "endpoint changed": lambda change: update_endpoint(change, "ep_1", NO_BODY, ()),
    "endpoint enabled": lambda change: enable_endpoint(change, "ep_1"),
    "endpoint deleted": lambda change: delete_endpoint(change, "ep_1"),
    "secret rotated": lambda change: rotate_secret(change, "ep_1"),
    "test event": lambda change: send_test_event(change, "ep_1", NO_BODY),
    "delivery replayed": lambda change: replay_delivery(change, "msg_1"),
    "missing replayed": lambda change: replay_missing(change, "ep_1", NO_BODY),
    "events resent": lambda change: resend_events(change, "ep_1", NO_BODY),
}


@pytest.mark.parametrize("what", ADMINS_ONLY)
async def test_settings_are_not_for_members(
    connection: "Connection", world: World, clock: SteeredClock, what: str
) -> None:
    tomas = Actor(world.northwind.id, "person", world.tomas.id, world.tomas.name, role="member")
    with pytest.raises(ApiError) as refusal:
        await ADMINS_ONLY[what](Change(connection, tomas, clock))
    assert (refusal.value.status, refusal.value.code) == (403, "insufficient_role")


def test_nobody_is_an_admin_by_oversight() -> None:
    assert Actor("org_1", "person", "c1", "Somebody").role == "member"


@pytest.mark.parametrize(
    ("role", "may"),
    [("owner", ["owner", "admin", "member"]), ("admin", ["admin", "member"]), ("member", ["member"]), (None, [])],
)
def test_each_role_may_what_those_below_it_may(role: Role | None, may: list[Role]) -> None:
    assert [least for least in ROLES if has_role(role, least)] == may
    if role is not None:
        for least in set(ROLES) - set(may):
            with pytest.raises(ApiError, match="owner"):
                require(Actor("org_1", "person", "c1", "Somebody", role=role), least)
