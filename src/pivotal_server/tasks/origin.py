"""Where a task comes from."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.db import Connection
from pivotal_server.tasks.models import TaskRow

_VERSION = "SELECT v.template_id, v.number FROM template_versions v WHERE v.workspace_id = $1 AND v.id = $2"


class Origin(TypedDict):
    """The version of a template that a task came from."""

    id: Annotated[str, Field(description="The template's cuid.")]
    version: Annotated[int, Field(description="Number of the template's version.")]
    task_key: Annotated[str, Field(description="The task's key in it.")]


async def origin_of(connection: Connection, workspace_id: str, row: TaskRow) -> dict[str, Any] | None:
    """Return the template that a task came from as the API shows it: an ``Origin``, None where it came from none."""
    if row.template_version_id is None:
        return None
    record = await connection.fetchrow(_VERSION, workspace_id, row.template_version_id)
    assert record is not None  # noqa: S101 - the reference says so
    return {"id": record["template_id"], "version": record["number"], "task_key": row.template_task_key}
