"""Templates over the API, in and out (documentation: API reference, Templates)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import UNSENT, Name, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.onboardings.schemas import PhaseKey
from pivotal_server.tasks.request_schemas import Description
from pivotal_server.templates.content import EXAMPLE_CONTENT, EXAMPLE_TASK, MAX_BYTES, MAX_TASKS, TemplateTask
from pivotal_server.templates.models import TemplateRow, VersionRow

EXAMPLE: dict[str, Any] = {
    "object": "template",
    "id": "cmg8x0k4t000fa1b2c3d4e5f6",
    "display_id": 4,
    "name": "Loyalty programme",
    "description": "From the first call to the first reward.",
    "version": 3,
    "phases": ["before_getting_started", "program_design"],
    "task_count": 2,
    "archived": False,
    "created_at": "2026-05-04T09:12:44.310Z",
    "updated_at": "2026-05-20T14:03:12.902Z",
}
EXAMPLE_YAML = """\
name: Loyalty programme
description: From the first call to the first reward.
tasks:
- key: kickoff
  title: Hold the kickoff call
  assignee_role: csm
  due:
    type: start
    days: 3
  phase: before_getting_started
"""
_KICKOFF: dict[str, Any] = {
    **EXAMPLE_TASK,
    "description": None,
    "depends_on": [],
    "visible_in_portal": False,
    "links": [],
    **EXAMPLE_CONTENT["tasks"][0],
    "due": {"type": "start", "days": 3, "task": None},
}
EXAMPLE_WITH_TASKS = EXAMPLE | {"tasks": [_KICKOFF, EXAMPLE_TASK]}
EXAMPLE_VERSION: dict[str, Any] = {
    "object": "template_version",
    "id": "cmg8x0k4t000ga1b2c3d4e5f6",
    "template_id": EXAMPLE["id"],
    "number": 3,
    "task_count": 2,
    "created_by": "API: Integration",
    "created_at": EXAMPLE["updated_at"],
}


class TemplateUpdate(RequestModel):
    """Body of update-template: only what is sent changes; all but ``archived`` makes a new version."""

    model_config = shown_as({"description": "From the first call to the first reward, and the first month after it."})

    name: Name = UNSENT
    description: Annotated[Description | None, Field(description="Markdown.")] = None
    tasks: Annotated[list[TemplateTask], Field(max_length=MAX_TASKS, description="All of them.")] = UNSENT
    archived: Annotated[bool, Field(description="`true`: it is not offered any more, and cannot be applied.")] = UNSENT


class TemplateImport(RequestModel):
    """Body of import-template."""

    model_config = shown_as({"yaml": EXAMPLE_YAML})

    yaml: Annotated[str, Field(max_length=MAX_BYTES, description="The file, as export-template makes it.")]


class TemplateSave(RequestModel):
    """Body of save-as-template."""

    model_config = shown_as({"name": "Loyalty programme, as we did it for Aurora"})

    name: Annotated[Name, Field(description="The template's.")]
    description: Annotated[Description | None, Field(description="The template's, in Markdown.")] = None


class TemplateListQuery(PageQuery):
    """Query of list-templates."""

    phase: Annotated[PhaseKey | None, Field(description="Only those that have tasks in this phase.")] = None
    archived: Annotated[
        str, OneOf(("true", "false")), Field(description="`true` shows the archived templates instead.")
    ] = "false"


class TemplateVersionQuery(RequestModel):
    """Query of get-template and export-template."""

    version: Annotated[
        str | None, Field(pattern="^[1-9][0-9]{0,8}$", description="Number of a version; the current one without it.")
    ] = None

    @property
    def number(self) -> int | None:
        """The version that is asked for, None for the current one."""
        return None if self.version is None else int(self.version)


class TemplateSummary(TypedDict):
    """A plan that is made once and lands in many onboardings, without its tasks."""

    object: Literal["template"]
    id: str
    display_id: int
    name: Annotated[str, Field(description="For people.")]
    description: Annotated[str | None, Field(description="Markdown.")]
    version: Annotated[int, Field(description="Number of the version that is shown; from 1.")]
    phases: Annotated[list[str], Field(description="Keys of the phases that it has tasks in.")]
    task_count: Annotated[int, Field(description="How many tasks and subtasks it has.")]
    archived: Annotated[bool, Field(description="Whether it is no longer offered.")]
    created_at: Timestamp
    updated_at: Timestamp


class Template(TemplateSummary):
    """A template with its tasks."""

    __pydantic_config__ = shown_as(EXAMPLE_WITH_TASKS)  # type: ignore[misc]

    tasks: Annotated[list[TemplateTask], Field(description="Its tasks in their order, each with its subtasks.")]


class TemplateList(TypedDict):
    """A page of templates, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[TemplateSummary]
    has_more: bool
    next_cursor: str | None


class TemplateVersion(TypedDict):
    """A version of a template; it never changes."""

    object: Literal["template_version"]
    id: str
    template_id: Annotated[str, Field(description="The template's cuid.")]
    number: Annotated[int, Field(description="Counts from 1.")]
    task_count: Annotated[int, Field(description="How many tasks and subtasks it has.")]
    created_by: Annotated[str, Field(description="Name of the teammate or API key.")]
    created_at: Timestamp


class TemplateVersionList(TypedDict):
    """A page of a template's versions, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_VERSION))  # type: ignore[misc]

    object: Literal["list"]
    data: list[TemplateVersion]
    has_more: bool
    next_cursor: str | None


def present(row: TemplateRow) -> dict[str, Any]:
    """Return the template as lists and the timeline show it: a ``TemplateSummary``."""
    return {
        "object": "template",
        "id": row.id,
        "display_id": row.display_id,
        "name": row.name,
        "description": row.description,
        "version": row.version,
        "phases": row.phases,
        "task_count": row.task_count,
        "archived": row.archived_at is not None,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def present_version(row: VersionRow) -> dict[str, Any]:
    """Return the version as the API shows it: a ``TemplateVersion``."""
    return {
        "object": "template_version",
        "id": row.id,
        "template_id": row.template_id,
        "number": row.number,
        "task_count": row.task_count,
        "created_by": row.created_by,
        "created_at": to_iso(row.created_at),
    }
