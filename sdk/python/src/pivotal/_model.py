"""What all models have in common."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Model(BaseModel):
    """Something that the API answers. Fields of later servers are kept, in ``model_extra``."""

    model_config = ConfigDict(extra="allow", defer_build=True, validate_by_name=True, protected_namespaces=())


class Page(Model, Generic[T]):
    """A page of a list; ``next_cursor`` is the ``cursor`` of the next, and None on the last."""

    data: list[T]
    has_more: bool = False
    next_cursor: str | None = None
