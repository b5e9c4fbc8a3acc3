"""Places of the app and things to do in it, which are found by their words like everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.identity.models import Role
from pivotal_server.identity.rights import has_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal_server.web.page import Page


class Deed(NamedTuple):
    """Something to do, or somewhere to go.

    Attributes:
        path: where it leads, or where its form goes.
        also: other words by which it is found.
        posts: it is done by sending a form.
        theme: it sets this theme, which a script does.
    """

    title: str
    path: str
    icon: str
    also: str = ""
    role: Role = "member"
    keys: str | None = None
    posts: bool = False
    theme: str | None = None


ACTIONS = (
    Deed("New customer", "/customers/new", "plus", "add create company account"),
    Deed("New onboarding", "/onboardings/new", "plus", "add create start project"),
    Deed("New lead", "/leads/new", "plus", "add create prospect contact"),
    Deed("Invite teammates", "/settings/team", "user-plus", "add people members", "admin"),
    Deed("Switch workspace", "/workspaces", "chevrons-up-down", "change organisation"),
    Deed("Use the light theme", "/settings/profile", "sun", "appearance bright toggle", theme="light"),
    Deed("Use the dark theme", "/settings/profile", "moon", "appearance night toggle", theme="dark"),
    Deed("Use the system's theme", "/settings/profile", "monitor", "appearance toggle", theme="system"),
    Deed("Read the documentation", "/docs", "book-open", "docs help guides api reference"),
    Deed("Sign out", "/sign-out", "log-out", "leave log off", posts=True),
)


def find_actions(page: Page, words: tuple[str, ...]) -> list[Deed]:
    """Return what the person may do that has all of these words, or begins of words."""
    return [one for one in ACTIONS if has_role(page.actor.role, one.role) and _has(f"{one.title} {one.also}", words)]


def find_places(page: Page, words: tuple[str, ...]) -> list[Deed]:
    """Return the pages and settings that the person may see and that have all of these words, or begins of words."""
    return [one for one in _places(page) if _has(f"{one.title} {one.also}", words)]


def _places(page: Page) -> Iterator[Deed]:
    for entries, also in ((page.renderer.navigation, ""), (page.renderer.settings_navigation, "Settings")):
        for entry in entries:
            if has_role(page.actor.role, entry.role):
                words = f"{also} {entry.group or ''}".strip()
                yield Deed(entry.title, entry.path, entry.icon, words, keys=entry.keys)


def _has(text: str, words: tuple[str, ...]) -> bool:
    known = text.lower().split()
    return all(any(one.startswith(part) for one in known) for word in words for part in word.lower().split())
