"""The shapes of templates and their versions."""

from datetime import datetime
from typing import NamedTuple


class TemplateRow(NamedTuple):
    """A template as stored.

    Attributes:
        name: of its current version, as ``description``, ``phases`` and ``task_count`` are.
        version: number of its current version, from 1.
        phases: keys of the phases that it has tasks in, in the order of its tasks.
        task_count: how many tasks and subtasks it has.
        archived_at: since when it is not offered any more.
    """

    id: str
    display_id: int
    name: str
    description: str | None
    version: int
    phases: list[str]
    task_count: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None


class VersionRow(NamedTuple):
    """A version of a template, without its content; ``created_by`` is the name of whoever made it."""

    id: str
    template_id: str
    number: int
    task_count: int
    created_at: datetime
    created_by: str
