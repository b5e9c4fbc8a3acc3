"""What all models have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Model(BaseModel):
    """Something that the API answers. Fields of later servers are kept, in ``model_extra``."""

    model_config = ConfigDict(extra="allow", defer_build=True, validate_by_name=True, protected_namespaces=())

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Give what representations show: a secret is for whoever asks for it by its name, and for no log."""
        for name, value in super().__repr_args__():
            yield name, "…" if name == "secret" and value else value


class Page(Model, Generic[T]):
    """A page of a list; ``next_cursor`` is the ``cursor`` of the next, and None on the last."""

    data: list[T]
    has_more: bool = False
    next_cursor: str | None = None
