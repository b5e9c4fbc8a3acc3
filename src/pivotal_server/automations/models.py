"""The shapes of automations: which are on, what ran, and the draft of a recap."""

from datetime import datetime
from typing import NamedTuple

AUTOMATIONS = ("launch_message", "calendar_entry", "launch_recap")
STATES = ("queued", "done", "skipped", "suppressed")


class SettingsRow(NamedTuple):
    """Which automations a workspace has switched on, as stored."""

    launch_message: bool
    calendar_entry: bool
    launch_recap: bool
    updated_at: datetime


class RunRow(NamedTuple):
    """A run of an automation for a launch.

    Attributes:
        event_id: the ``onboarding.launched`` that it follows.
        state: ``suppressed`` where a test key launched it, ``skipped`` where there was nobody to do it for.
        result: one sentence on what came of it.
    """

    id: str
    onboarding_id: str
    automation: str
    event_id: str
    launched_at: datetime
    state: str
    result: str | None
    created_at: datetime
    finished_at: datetime | None


class RecapRow(NamedTuple):
    """The draft of a recap; its body is Markdown."""

    onboarding_id: str
    subject: str
    body: str
    launched_at: datetime
    created_at: datetime
