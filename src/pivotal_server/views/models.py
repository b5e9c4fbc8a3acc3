"""The shapes of saved views and of how a teammate likes a list."""

from datetime import datetime
from typing import Literal, NamedTuple

ListKind = Literal["customers", "onboardings", "leads"]

MAX_VIEWS = 100
"""As many views may one person keep in a workspace."""
MAX_NAME = 60
MAX_QUERY = 4000


class SavedView(NamedTuple):
    """A view as stored.

    Attributes:
        query: what it asks its list for, as an address says it.
        owner_id: who keeps it.
        shared: whether the whole team may use it.
    """

    id: str
    kind: ListKind
    name: str
    query: str
    owner_id: str
    shared: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class Habits(NamedTuple):
    """How a person likes a list.

    Attributes:
        columns: None for those that the list has by itself.
        default_view_id: the view that the list opens with.
        view_order: ids of views; those that are not in it follow.
    """

    person_id: str
    kind: ListKind
    columns: list[str] | None
    default_view_id: str | None
    view_order: list[str]


def in_order(views: list[SavedView], habits: Habits) -> list[SavedView]:
    """Return views in the order in which a person has them."""
    places = {id_: place for place, id_ in enumerate(habits.view_order)}
    return sorted(views, key=lambda view: (places.get(view.id, len(places)), view.created_at, view.id))
