"""What the settings' pages of pipelines show: each stage, how many leads are in it, and its name as a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.validation import Name, RequestModel
from pivotal_server.leads.pipeline_actions import update_pipeline
from pivotal_server.leads.pipeline_queries import get_pipeline
from pivotal_server.leads.pipeline_schemas import PipelineUpdate
from pivotal_server.timeline.queries import who_changed_setting
from pivotal_server.web.properties import Known, Property

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.leads.models import Pipeline, Stage
    from pivotal_server.timeline.change import Change

PATH = "/settings/pipelines"
# More are "1,000+": nobody needs to know it to one, and the page stays as quick.
MOST_COUNTED = 1000
_STAGE = "stage-"
_COUNTS = """
SELECT s.pipeline_id, s.key, (
    SELECT count(*) FROM (
        SELECT FROM contacts t WHERE t.workspace_id = $1 AND t.pipeline_id = s.pipeline_id AND t.stage = s.key
            AND t.deleted_at IS NULL LIMIT $3
    ) counted
) FROM pipeline_stages s WHERE s.workspace_id = $1 AND s.pipeline_id = ANY ($2::text[])
"""


class StageName(RequestModel):
    """The form of a stage's name."""

    name: Name


async def count_leads(
    connection: Connection, actor: Actor, pipelines: Iterable[Pipeline]
) -> dict[tuple[str, str], int]:
    """Return how many leads are in each stage, by cuid of the pipeline and key; at most one more than are counted."""
    ids = [pipeline.id for pipeline in pipelines]
    rows = await connection.fetch(_COUNTS, actor.workspace_id, ids, MOST_COUNTED + 1)
    return {(pipeline, key): count for pipeline, key, count in rows}


def path_of_pipeline(pipeline: Pipeline) -> str:
    """Return where a pipeline's settings are."""
    return f"{PATH}/{pipeline.row.display_id}"


def names_of(pipeline: Pipeline) -> list[Property]:
    """Return the names of a pipeline and of its stages, as fields that are edited in place."""
    names = [("name", "Name of the pipeline", pipeline.name)]
    names += [(f"{_STAGE}{stage.key}", f"Name of {stage.name}", stage.name) for stage in pipeline.stages]
    return [Property(name, label, "pencil", "text", value, "name", required=True) for name, label, value in names]


def staged(stages: Iterable[Stage]) -> list[dict[str, str]]:
    """Return stages as the body of an update names them, in their order."""
    return [{"key": stage.key, "name": stage.name} for stage in stages]


class Named:
    """A pipeline whose own name, or that of one of its stages, is edited in place."""

    def __init__(self, pipeline: Pipeline, name: str) -> None:
        self._id, self.action = pipeline.id, f"{path_of_pipeline(pipeline)}/properties"
        self._stage = name.removeprefix(_STAGE) if name.startswith(_STAGE) else None
        self.model: type[BaseModel] = PipelineUpdate if self._stage is None else StageName

    async def read(self, connection: Connection, actor: Actor, *, lock: bool = False) -> Known:
        """Return the names."""
        pipeline = await get_pipeline(connection, actor, self._id, lock=lock)
        return Known(pipeline.name, path_of_pipeline(pipeline), names_of(pipeline))

    async def save(self, change: Change, body: PipelineUpdate | StageName) -> object:
        """Give it the name."""
        if isinstance(body, StageName):
            pipeline = await get_pipeline(change.connection, change.actor, self._id)
            stages = [s._replace(name=body.name) if s.key == self._stage else s for s in pipeline.stages]
            body = PipelineUpdate.model_validate({"stages": staged(stages)})
        return await update_pipeline(change, self._id, body)

    async def who_changed(self, connection: Connection, actor: Actor, field: str) -> str:  # noqa: ARG002 - all fields alike
        """Return who changed the pipeline last."""
        return await who_changed_setting(connection, actor, "pipeline", self._id)
