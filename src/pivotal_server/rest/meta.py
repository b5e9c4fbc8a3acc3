"""Routes about the API itself: who am I, is it up, its description."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server import __version__
from pivotal_server.core.clock import to_iso
from pivotal_server.core.health import CheckStatus, Overall
from pivotal_server.core.validation import Timestamp, shown_as
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.route import ApiRoute

router = APIRouter(tags=["meta"], route_class=ApiRoute)

Anybody = Annotated[Call, Needs(None)]
AnyKey = Annotated[Call, Needs("")]
_PUBLIC: dict[str, Any] = {"x-public": True}


class MeApiKey(TypedDict):
    """The calling key."""

    id: Annotated[str, Field(description="The key's id.")]
    name: Annotated[str, Field(description="What the key was called when it was made.")]
    prefix: Annotated[str, Field(description="The beginning of the key, which is no secret.")]
    scopes: Annotated[list[str], Field(description="What the key may do; `*` is everything.")]
    rate_limit_tier: Annotated[str, Field(description="Which rate limit holds for it.")]


class MeOrganization(TypedDict):
    """The workspace that the key belongs to."""

    id: Annotated[str, Field(description="The workspace's id, as events have it in `org_id`.")]
    slug: Annotated[str, Field(description="The workspace's short name.")]
    name: Annotated[str, Field(description="The workspace's name.")]


class Me(TypedDict):
    """The calling key and its workspace."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {
            "object": "me",
            "api_key": {
                "id": "cmg8x0k4t0002a1b2c3d4e5f6",
                "name": "prod-server",
                "prefix": "pivotal_K8s9X2mP",
                "scopes": ["*"],
                "rate_limit_tier": "default",
            },
            "organization": {"id": "org_mg8x0k4t0003a1b2c3d4e5f6", "slug": "northwind", "name": "Northwind"},
            "key_name": "prod-server",
            "key_prefix": "pivotal_K8s9X2mP",
            "org_id": "org_mg8x0k4t0003a1b2c3d4e5f6",
            "org_slug": "northwind",
            "mode": "live",
        }
    )

    object: Literal["me"]
    api_key: Annotated[MeApiKey, Field(description="The key that the request was sent with.")]
    organization: Annotated[MeOrganization, Field(description="The key's workspace.")]
    key_name: Annotated[str, Field(description="The same as `api_key.name`.")]
    key_prefix: Annotated[str, Field(description="The same as `api_key.prefix`.")]
    org_id: Annotated[str, Field(description="The same as `organization.id`.")]
    org_slug: Annotated[str, Field(description="The same as `organization.slug`.")]
    mode: Annotated[Literal["live", "test"], Field(description="Whether it is a live or a test key.")]


class Health(TypedDict):
    """The process is up."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {"status": "ok", "timestamp": "2026-05-26T17:21:09.412Z", "version": "0.1.0", "api_version": "v1"}
    )

    status: Annotated[Literal["ok"], Field(description="It is up, or it would not answer.")]
    timestamp: Annotated[Timestamp, Field(description="The server's time.")]
    version: Annotated[str, Field(description="Of the server.")]
    api_version: Annotated[str, Field(description="Of the API, as it stands in its paths.")]


class Check(TypedDict):
    """One thing the server depends on; the latency is null where there is nothing to ask."""

    status: Annotated[CheckStatus, Field(description="`not_configured` where the server does without.")]
    latency_ms: Annotated[
        float | None,
        Field(description="How long it took to answer, in milliseconds; `null` where there was nothing to ask."),
    ]


class Checks(TypedDict):
    """Everything the server depends on."""

    database: Annotated[Check, Field(description="Whether statements are answered.")]
    job_queue: Annotated[Check, Field(description="Whether jobs are done in time.")]
    mail: Annotated[Check, Field(description="Whether the mail server answers.")]
    storage: Annotated[Check, Field(description="Whether files can be written.")]


class DeepHealth(TypedDict):
    """The process and everything it depends on, as of the timestamp."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {
            "status": "ok",
            "timestamp": "2026-05-26T17:21:09.412Z",
            "checks": {
                "database": {"status": "ok", "latency_ms": 0.41},
                "job_queue": {"status": "ok", "latency_ms": 0.93},
                "mail": {"status": "not_configured", "latency_ms": None},
                "storage": {"status": "ok", "latency_ms": 3.86},
            },
        }
    )

    status: Annotated[
        Overall, Field(description="`failing` without the database, `degraded` where something else fails.")
    ]
    timestamp: Annotated[Timestamp, Field(description="When it was found out.")]
    checks: Annotated[Checks, Field(description="What the server depends on, each for itself.")]


@router.get("/api/v1/me", operation_id="get-me", summary="Get current identity", response_model=Me)
async def get_me(call: AnyKey) -> Reply:
    """The calling key, its scopes and mode, and the workspace it belongs to."""
    key = call.admission
    return reply(
        {
            "object": "me",
            "api_key": {
                "id": key.key_id,
                "name": key.key_name,
                "prefix": key.prefix,
                "scopes": key.scopes,
                "rate_limit_tier": key.tier,
            },
            "organization": {"id": key.workspace_id, "slug": key.workspace_slug, "name": key.workspace_name},
            "key_name": key.key_name,
            "key_prefix": key.prefix,
            "org_id": key.workspace_id,
            "org_slug": key.workspace_slug,
            "mode": key.mode,
        }
    )


@router.get(
    "/api/v1/health",
    operation_id="get-health",
    summary="Liveness probe",
    response_model=Health,
    openapi_extra=_PUBLIC,
)
async def get_health(call: Anybody) -> Reply:
    """Answers 200 while the process is up; needs no key and touches nothing else."""
    timestamp = to_iso(call.services.clock.now())
    return reply({"status": "ok", "timestamp": timestamp, "version": __version__, "api_version": "v1"})


@router.get(
    "/api/health/deep",
    operation_id="get-deep-health",
    summary="Readiness probe",
    response_model=DeepHealth,
    openapi_extra=_PUBLIC,
    responses={503: {"model": DeepHealth, "description": "The database fails"}},
)
async def get_deep_health(call: Anybody) -> Reply:
    """Asks what the server depends on, all at once, each with its latency. Needs no key.

    Without the database nothing is answered: `failing`, and 503. Where something else fails the API still works:
    `degraded`, and 200. What was found is told again for five seconds.
    """
    report = await call.services.health.report()
    content = {"status": report.status, "timestamp": to_iso(report.at), "checks": report.checks}
    return reply(content, 503 if report.status == "failing" else 200)


@router.get(
    "/api/v1/openapi.json",
    operation_id="get-openapi",
    summary="This document",
    response_model=dict[str, Any],
    openapi_extra=_PUBLIC,
)
async def get_openapi(call: Anybody) -> Reply:
    """The OpenAPI 3.1 description of everything the API serves."""
    return Reply(call.services.openapi)
