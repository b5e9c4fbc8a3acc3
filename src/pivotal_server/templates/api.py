"""REST routes of templates."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.tasks.plan_schemas import present_move
from pivotal_server.tasks.schemas import present as present_task
from pivotal_server.templates import actions, queries
from pivotal_server.templates.actions import Shown
from pivotal_server.templates.apply_schemas import TemplateApplication, TemplateApply
from pivotal_server.templates.applying import Application, apply_template
from pivotal_server.templates.content import EXAMPLE_CONTENT, TemplateContent
from pivotal_server.templates.models import TemplateRow
from pivotal_server.templates.saving import save_as_template
from pivotal_server.templates.schemas import (
    Template,
    TemplateImport,
    TemplateList,
    TemplateListQuery,
    TemplateSave,
    TemplateUpdate,
    TemplateVersionList,
    TemplateVersionQuery,
    present,
    present_version,
)
from pivotal_server.templates.yaml_file import read_yaml, write_yaml

router = APIRouter(prefix="/api/v1", tags=["templates"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]

_MISSING = conflict(
    "template_phase_missing", "The workspace has retired the phase Review, and no other took its place."
)  # fmt: skip
_APPLIED = conflict(
    "template_applied", "Of this template, 12 tasks are in the plan already, such as kickoff. Send again: true."
)  # fmt: skip


@router.get(
    "/templates", operation_id="list-templates", summary="List templates", response_model=TemplateList,
    responses=errors(400),
)  # fmt: skip
async def list_templates(call: Reader, query: Annotated[TemplateListQuery, Query()]) -> Reply:
    """Templates of the workspace without their tasks, newest first."""
    return reply(page(await queries.list_templates(call.connection, call.actor, query), query.limit, present))


@router.post(
    "/templates", operation_id="create-template", summary="Create a template", response_model=Template,
    status_code=201, responses=errors(400),
)  # fmt: skip
async def create_template(call: Writer, body: TemplateContent) -> Reply:
    """Adds a template: tasks by phase, with subtasks, parts, relative dates and what they depend on."""
    return await call.commit(
        lambda change: actions.create_template(change, body), _template, status=201, location=_location
    )


@router.post(
    "/templates/import", operation_id="import-template", summary="Import a template", response_model=Template,
    status_code=201, responses=errors(400),
)  # fmt: skip
async def import_template(call: Writer, body: TemplateImport) -> Reply:
    """Adds the template that a YAML file holds. Anchors, aliases and tags are refused; dates are read as text."""
    return await call.commit(
        lambda change: actions.create_template(change, read_yaml(body.yaml), how="Imported"), _template,
        status=201, location=_location,
    )  # fmt: skip


@router.get(
    "/templates/{id}", operation_id="get-template", summary="Retrieve a template", response_model=Template,
    responses=errors(400, 404),
)  # fmt: skip
async def get_template(call: Reader, id: str, query: Annotated[TemplateVersionQuery, Query()]) -> Reply:  # noqa: A002 - the name in every path
    """One template, by `id` or `display_id`, as its current version or the one that `version` names says it."""
    row, content = await _read(call, id, query)
    return reply(_template(Shown(row, content)))


@router.patch(
    "/templates/{id}", operation_id="update-template", summary="Update a template", response_model=Template,
    responses=errors(400, 404),
)  # fmt: skip
async def update_template(call: Writer, id: str, body: TemplateUpdate) -> Reply:  # noqa: A002
    """Makes the next version of what is sent. Onboardings keep the tasks that landed from earlier ones."""
    return await call.commit(lambda change: actions.update_template(change, id, body), _template)


@router.delete(
    "/templates/{id}", operation_id="delete-template", summary="Delete a template", response_model=Deleted,
    responses=errors(404),
)  # fmt: skip
async def delete_template(call: Writer, id: str) -> Reply:  # noqa: A002
    """Soft delete; what landed from it stays. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_template(change, id), present_deleted)


@router.get(
    "/templates/{id}/versions", operation_id="list-template-versions", summary="List a template's versions",
    response_model=TemplateVersionList, responses=errors(400, 404),
)  # fmt: skip
async def list_template_versions(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """Who made which version and when, newest first."""
    template = await queries.get_template(call.connection, call.actor, id)
    rows = await queries.list_versions(call.connection, call.actor, template, query)
    return reply(page(rows, query.limit, present_version))


@router.get(
    "/templates/{id}/export", operation_id="export-template", summary="Export a template", response_model=None,
    responses={
        200: {"content": {"application/yaml": {"schema": {"type": "object"}, "example": EXAMPLE_CONTENT}}},
        **errors(400, 404),
    },
)  # fmt: skip
async def export_template(call: Reader, id: str, query: Annotated[TemplateVersionQuery, Query()]) -> Reply:  # noqa: A002
    """The template as one YAML file, which import-template reads back, here or in another workspace."""
    row, content = await _read(call, id, query)
    name = f'attachment; filename="template-{row.display_id}-v{row.version}.yaml"'
    headers = ((b"content-disposition", name.encode()),)
    return Reply(write_yaml(content).encode(), headers=headers, content_type=b"application/yaml")


@router.post(
    "/onboardings/{id}/apply_template", operation_id="apply-template", summary="Apply a template to an onboarding",
    response_model=TemplateApplication, responses=errors(400, 404) | _APPLIED,
)  # fmt: skip
async def apply(call: Writer, id: str, body: TemplateApply) -> Reply:  # noqa: A002
    """Adds the template's tasks to the plan, all or some of them, with their dates and all that holds between them.

    With `dry_run: true`, answers the tasks as they would be, and adds nothing.
    """
    return await call.commit(
        lambda change: apply_template(change, id, body), lambda done: _application(done, dry_run=body.dry_run),
        dry_run=body.dry_run,
    )  # fmt: skip


@router.post(
    "/onboardings/{id}/save_as_template", operation_id="save-as-template",
    summary="Make a template of an onboarding", response_model=Template, status_code=201,
    responses=errors(400, 404) | _MISSING,
)  # fmt: skip
async def save(call: Writer, id: str, body: TemplateSave) -> Reply:  # noqa: A002
    """Takes its plan over: tasks, subtasks, parts, dependencies, and dates as working days from their phase."""
    return await call.commit(
        lambda change: save_as_template(change, id, body), _template, status=201, location=_location
    )


async def _read(call: Call, reference: str, query: TemplateVersionQuery) -> tuple[TemplateRow, TemplateContent]:
    """Return a template as one of its versions says it."""
    row = await queries.get_template(call.connection, call.actor, reference)
    version = await queries.get_version(call.connection, call.actor, row, query.number)
    content = await queries.read_content(call.connection, call.actor, version)
    shown = row._replace(
        name=content.name,
        description=content.description,
        version=version.number,
        phases=content.phases,
        task_count=content.task_count,
    )
    return shown, content


def _template(shown: Shown) -> dict[str, Any]:
    return present(shown.row) | {"tasks": [task.model_dump() for task in shown.content.tasks]}


def _location(shown: Shown) -> str:
    return f"/api/v1/templates/{shown.row.id}"


def _application(done: Application, *, dry_run: bool) -> dict[str, Any]:
    return {
        "object": "template_application",
        "onboarding_id": done.onboarding.id,
        "template_id": done.version.template_id,
        "version": done.version.number,
        "dry_run": dry_run,
        "tasks": [present_task(row) for row in done.outcome.rows.values()],
        "moves": [present_move(move, row) for move, row in done.outcome.others],
    }
