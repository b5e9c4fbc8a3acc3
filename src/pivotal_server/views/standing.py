"""Where a list stands among the views of it: which one is shown, and whether something in it was changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from pivotal_server.core.errors import ApiError
from pivotal_server.views.actions import may_change
from pivotal_server.views.models import in_order
from pivotal_server.views.queries import get_habits, get_view, list_views

if TYPE_CHECKING:
    from collections.abc import Callable

    from pivotal_server.identity.models import Actor
    from pivotal_server.views.models import Habits, ListKind, SavedView
    from pivotal_server.web.page import Page

EVERYTHING = "all"
"""What an address calls the list without any view, where it would open with one otherwise."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A list that views can be kept of.

    Attributes:
        name: as it is stored.
        path: where the list is.
        all: what it is called where no view is chosen.
        normalise: returns a query as it is kept: what says nothing left out, in one order; raises ApiError for what
            the list cannot be asked for.
        columns: returns which columns of those named there can be.
        places: names in an address that say where in the list somebody is, and not what the list is.
    """

    name: ListKind
    path: str
    all: str
    normalise: Callable[[str], str]
    columns: Callable[[list[str]], list[str]] = list
    places: frozenset[str] = frozenset({"after", "after_id", "pages"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Which view a list shows.

    Attributes:
        kind: of list.
        actor: whose views these are.
        views: in the person's order.
        habits: how the person likes the list.
        current: the view that is shown or was begun with.
        query: what the list is asked for, with its place.
        name: what the address of the list calls the view.
    """

    kind: Kind
    actor: Actor
    views: list[SavedView]
    habits: Habits
    current: SavedView | None
    query: str
    name: str

    @property
    def kept(self) -> str:
        """What a view would keep of what is shown."""
        return self.kind.normalise(self.query)

    @property
    def is_changed(self) -> bool:
        """Whether something other than the view's own is shown."""
        return self.current is not None and self.kept != self.current.query

    @property
    def may_change(self) -> bool:
        """Whether the person may change the view that is shown."""
        return self.current is not None and may_change(self.actor, self.current)

    @property
    def is_default(self) -> bool:
        """Whether the list opens with the view that is shown."""
        return self.current is not None and self.current.id == self.habits.default_view_id

    @property
    def everything(self) -> str:
        """The address of the list without any view."""
        return f"{self.kind.path}?view={EVERYTHING}" if self.habits.default_view_id else self.kind.path

    def address(self, view: SavedView) -> str:
        """Return the address of a view."""
        return f"{self.kind.path}?view={view.id}"


async def stand(page: Page, kind: Kind) -> Standing:
    """Return where the list that a page asks for stands.

    A view in the address is what the list is asked for unless the address says more; without one, and without anything
    else, it is the one that the person has the list open with.

    Raises:
        ApiError: 404 for a view that the person may not use.
    """
    habits = await get_habits(page.connection, page.actor, kind.name)
    views = in_order(await list_views(page.connection, page.actor, kind.name), habits)
    pairs = parse_qsl(page.url.query, keep_blank_values=True)
    name = next((value for given, value in reversed(pairs) if given == "view"), "")
    said = [pair for pair in pairs if pair[0] != "view"]
    place = [pair for pair in said if pair[0] in kind.places]
    current = None
    if name and name != EVERYTHING:
        current = next((view for view in views if view.id == name), None)
        current = current or await get_view(page.connection, page.actor, kind.name, name)
    elif not said and not name and habits.default_view_id:
        current = next((view for view in views if view.id == habits.default_view_id), None)
    if current is not None and len(said) == len(place):
        said = [*parse_qsl(current.query), *place]
    return Standing(kind, page.actor, views, habits, current, urlencode(said), current.id if current else name)


def gone(page: Page, standing: Standing, error: ApiError) -> str:
    """Return where to go on where a view asks for what there is no more, such as a field that was taken away.

    Raises:
        ApiError: the error itself, where somebody wrote the address.
    """
    if standing.current is None or page.url.query not in {"", f"view={standing.current.id}"}:
        raise error
    return f"{standing.kind.path}?view={EVERYTHING}"
