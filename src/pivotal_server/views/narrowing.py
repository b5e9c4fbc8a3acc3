"""What narrows a list down that is shown in several layouts, as its address says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import ClassVar, Self
from urllib.parse import urlencode

_LONGEST = 255
# What an address calls a field, where that is no name in Python.
_NAMES = {"layout": "as"}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrows a list down, and how it is shown; empty where the address does not say. Lists add fields of theirs.

    Attributes:
        layout: one of ``LAYOUTS``, called ``as`` in an address.
        sort: how the list is sorted.
        view: what the address calls the view with which this was begun.
    """

    PATH: ClassVar[str]
    """Where the list is."""
    THINGS: ClassVar[str]
    """What it is a list of."""
    COLUMN: ClassVar[str]
    """The field that is told by the column on a board."""
    LAYOUTS: ClassVar[tuple[tuple[str, str, str], ...]]
    """How it can be shown: what an address calls each, its name and its icon."""
    SORTS: ClassVar[tuple[str, ...]]
    """How it can be sorted as a list, as it is by itself first."""
    SHAPE: ClassVar[tuple[str, ...]] = ("layout", "sort", "view")
    """The fields that narrow nothing down."""

    layout: str = ""
    sort: str = ""
    view: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], view: str = "") -> Self:
        """Return the filters of an address; nothing in it is wrong, at worst nothing is found."""
        names = [field.name for field in fields(cls)]
        texts = {name: query.get(_NAMES.get(name, name), "").replace("\0", "").strip() for name in names}
        texts["layout"] = texts["layout"] if texts["layout"] in {key for key, _, _ in cls.LAYOUTS} else ""
        texts["sort"] = texts["sort"] if texts["sort"] in cls.SORTS[1:] else ""
        texts["view"] = view or texts["view"]
        return cls(**{name: text[:_LONGEST] for name, text in texts.items()})

    def __bool__(self) -> bool:
        return any(value for name, value in asdict(self).items() if name not in self.SHAPE)

    @property
    def kept(self) -> str:
        """The query as a view keeps it."""
        return urlencode(sorted((name, value) for name, value in self._said().items() if name != "view"))

    @property
    def order(self) -> str:
        """How the list is sorted."""
        return self.sort or self.SORTS[0]

    @property
    def shape(self) -> dict[str, str]:
        """What an address says beside what narrows the list down."""
        return {_NAMES.get(name, name): value for name in self.SHAPE if (value := getattr(self, name))}

    def address(self, path: str | None = None, **more: str) -> str:
        """Return the address of a page with these filters, but for what it should say in their place or beside.

        Args:
            path: of the page, if it is not the list itself.
            more: by the names of fields, or of what else the page can be asked for.
        """
        given = self._said(more)
        if set(given) == {"view"}:
            given["sort"] = ""  # a view alone would stand for all that it keeps
        path = path or self.PATH
        return f"{path}?{urlencode(given)}" if given else path

    def cleared(self) -> str:
        """Return the address of the whole list in the same layout."""
        return replace(self, **{field.name: "" for field in fields(self) if field.name not in self.SHAPE}).address()

    def turned(self, column: str, *, falling: bool = False) -> str:
        """Return the address of the list in the order of a column, turned where it is in that order already."""
        first, other = (f"-{column}", column) if falling else (column, f"-{column}")
        return self.address(sort=other if self.order == first else first)

    def direction(self, column: str) -> str | None:
        """Return how a column is ordered: ``ascending``, ``descending``, or None where another is."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.order)

    def _said(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what an address says, what narrows it down first."""
        values: dict[str, str] = asdict(self) | dict(more or {})
        own = asdict(self).keys() - set(self.SHAPE)
        names = sorted(values, key=lambda name: name not in own)
        return {_NAMES.get(name, name): values[name] for name in names if values[name]}
