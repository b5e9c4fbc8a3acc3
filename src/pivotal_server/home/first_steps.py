"""The first steps of a workspace: which there are, which are taken, and putting them out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import fetch_one
from pivotal_server.identity.rights import has_role, require
from pivotal_server.onboardings.phases import DEFAULT_PHASES
from pivotal_server.timeline.change import Subject

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.timeline.change import Change

# What the workspace has tells which steps are taken; only that the phases fit is for somebody to say.
_FACTS = """
SELECT EXISTS (SELECT FROM customers c WHERE c.workspace_id = $1) AS customer,
    EXISTS (SELECT FROM onboardings o WHERE o.workspace_id = $1) AS onboarding,
    EXISTS (SELECT FROM memberships m WHERE m.workspace_id = $1 AND m.person_id <> $2)
        OR EXISTS (SELECT FROM invitations i WHERE i.workspace_id = $1) AS teammate,
    EXISTS (SELECT FROM working_calendars w WHERE w.workspace_id = $1 AND w.customer_id IS NULL) AS calendar,
    EXISTS (SELECT FROM first_steps s WHERE s.workspace_id = $1 AND s.step = 'phases')
        OR (SELECT array_agg(p.name ORDER BY p.position) FROM phases p
            WHERE p.workspace_id = $1 AND p.retired_at IS NULL) IS DISTINCT FROM $3::text[] AS phases,
    EXISTS (SELECT FROM templates t WHERE t.workspace_id = $1) AS template,
    EXISTS (SELECT FROM api_keys k WHERE k.workspace_id = $1) AS api_key,
    EXISTS (SELECT FROM webhook_endpoints e WHERE e.workspace_id = $1) AS endpoint
WHERE NOT EXISTS (
    SELECT FROM first_steps s
    WHERE s.workspace_id = $1 AND (s.person_id IS NULL OR s.person_id = $2) AND s.step = 'hidden'
)
"""
_ADD = """
INSERT INTO first_steps (workspace_id, person_id, step, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_REMOVE = "DELETE FROM first_steps s WHERE s.workspace_id = $1 AND s.person_id IS NOT DISTINCT FROM $2 AND s.step = $3"
_DEFAULT_NAMES = [phase.name for phase in DEFAULT_PHASES]


class Facts(NamedTuple):
    """Which steps are taken."""

    customer: bool
    onboarding: bool
    teammate: bool
    calendar: bool
    phases: bool
    template: bool
    api_key: bool
    endpoint: bool


class Step(NamedTuple):
    """A first step.

    Attributes:
        fact: name of what shows that it is taken.
        title: what to do.
        reason: why.
        path: where it is done.
    """

    fact: str
    title: str
    reason: str
    path: str


STEPS = (
    Step("customer", "Add your first customer", "Everything else is about one.", "/customers/new"),
    Step(
        "onboarding", "Start an onboarding", "It leads a customer from the kick-off to the launch.", "/onboardings/new"
    ),
    Step("teammate", "Invite a teammate", "Tasks and onboardings have owners.", "/settings/team"),
    Step(
        "calendar", "Say when you work", "Due dates keep to your weekdays, holidays and time zone.", "/settings/general"
    ),
    Step("phases", "Look at your phases", "They are the columns of the board.", "/settings/phases"),
    Step("template", "Make a template", "A plan that new onboardings begin with.", "/settings/templates"),
    Step("api_key", "Make an API key", "Your own systems read and change what you see here.", "/settings/api-keys"),
    Step("endpoint", "Add a webhook endpoint", "Your own systems hear of what happens.", "/settings/webhooks"),
)


class FirstSteps(NamedTuple):
    """The steps, each with whether it is taken."""

    steps: list[tuple[Step, bool]]

    @property
    def taken(self) -> int:
        """How many are taken."""
        return sum(taken for _, taken in self.steps)


async def find_first_steps(connection: Connection, actor: Actor) -> FirstSteps | None:
    """Return the first steps for an admin, or None where all are taken or nobody wants to see them."""
    if not has_role(actor.role, "admin"):
        return None
    facts = await fetch_one(connection, Facts, _FACTS, actor.workspace_id, actor.id, _DEFAULT_NAMES)
    if facts is None or all(facts):
        return None
    return FirstSteps([(step, getattr(facts, step.fact)) for step in STEPS])


async def keep_phases(change: Change) -> None:
    """Say that the workspace's phases fit as they are.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    require(change.actor, "admin")
    await change.connection.execute(_ADD, change.actor.workspace_id, None, "phases", change.at)


async def hide_first_steps(change: Change, *, everybody: bool) -> None:
    """Put the first steps out of sight, of the actor's alone or of everybody's.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    require(change.actor, "admin")
    person_id = None if everybody else change.actor.id
    await change.connection.execute(_ADD, change.actor.workspace_id, person_id, "hidden", change.at)
    if everybody:
        subject = Subject("workspace", change.actor.workspace_id)
        change.note("workspace.first_steps_hidden", "Put the first steps out of everybody's sight", subject)


async def show_first_steps(change: Change, *, everybody: bool) -> None:
    """Take back that the first steps were put out of sight.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    require(change.actor, "admin")
    person_id = None if everybody else change.actor.id
    tag = await change.connection.execute(_REMOVE, change.actor.workspace_id, person_id, "hidden")
    if everybody and tag != "DELETE 0":
        subject = Subject("workspace", change.actor.workspace_id)
        change.note("workspace.first_steps_shown", "Brought the first steps back for everybody", subject)
