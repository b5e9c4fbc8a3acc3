"""The application: its router list is the table of contents."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import FastAPI

from pivotal_server import __version__
from pivotal_server.api_keys import pages as api_key_pages
from pivotal_server.audit import pages as audit_pages
from pivotal_server.automations import api as automations
from pivotal_server.automations import pages as automation_pages
from pivotal_server.board import bulk_pages as onboarding_bulk_pages
from pivotal_server.board import calendar_pages as onboarding_calendar_pages
from pivotal_server.board import lane_pages as onboarding_lane_pages
from pivotal_server.board import list_pages as onboarding_list_pages
from pivotal_server.board import pages as board_pages
from pivotal_server.board import view_pages as onboarding_view_pages
from pivotal_server.branding import api as brands
from pivotal_server.branding import pages as branding_pages
from pivotal_server.calendars import api as calendars
from pivotal_server.comments import api as comments
from pivotal_server.comments import file_api as files
from pivotal_server.comments import pages as comment_pages
from pivotal_server.contacts import api as contacts
from pivotal_server.core.clock import Clock
from pivotal_server.core.health import Health
from pivotal_server.core.live import Listener, PageBell
from pivotal_server.core.migrations import check_schema
from pivotal_server.core.pool import Pool
from pivotal_server.core.stopping import Stopping
from pivotal_server.core.storage import storage_of
from pivotal_server.core.telemetry import telemetry_of
from pivotal_server.core.wake import WorkerBell
from pivotal_server.customer_pages import access_pages as customer_access_pages
from pivotal_server.customer_pages import bulk_pages as customer_bulk_pages
from pivotal_server.customer_pages import contact_pages, detail_pages
from pivotal_server.customer_pages import file_pages as customer_file_pages
from pivotal_server.customer_pages import message_pages as contact_message_pages
from pivotal_server.customer_pages import pages as customer_pages
from pivotal_server.customer_pages import property_pages as customer_property_pages
from pivotal_server.customer_pages import view_pages as customer_view_pages
from pivotal_server.customers import api as customers
from pivotal_server.dialects import filter_api as filter_contacts
from pivotal_server.dialects import uuid_api as uuid_contacts
from pivotal_server.events import api as events
from pivotal_server.field_pages import pages as field_pages
from pivotal_server.fields import api as fields
from pivotal_server.general import pages as general_pages
from pivotal_server.home import first_step_pages
from pivotal_server.home import pages as home_pages
from pivotal_server.identity.api_keys import checksum_secret
from pivotal_server.identity.keys import KeyVerifier
from pivotal_server.identity.usage import UsageLog
from pivotal_server.leads import api as leads
from pivotal_server.leads import board_pages as lead_board_pages
from pivotal_server.leads import board_view_pages as lead_view_pages
from pivotal_server.leads import detail_pages as lead_pages
from pivotal_server.leads import merge_api as lead_merges
from pivotal_server.leads import merge_pages as lead_merge_pages
from pivotal_server.leads import message_pages as lead_message_pages
from pivotal_server.leads import move_pages as lead_move_pages
from pivotal_server.leads import new_pages as lead_new_pages
from pivotal_server.leads import pipeline_api as pipelines
from pivotal_server.leads import pipeline_pages as lead_pipeline_pages
from pivotal_server.leads import property_pages as lead_property_pages
from pivotal_server.leads import win_api as lead_wins
from pivotal_server.leads import win_pages as lead_win_pages
from pivotal_server.message_log import api as message_log
from pivotal_server.messages import api as messages
from pivotal_server.messages import pages as message_pages
from pivotal_server.notifications import api as notifications
from pivotal_server.notifications import inbox_pages, preference_pages
from pivotal_server.notifications.inbox_queries import count_waiting
from pivotal_server.onboardings import api as onboardings
from pivotal_server.onboardings import phase_api as phases
from pivotal_server.people import (
    invitation_pages,
    mail_pages,
    profile_pages,
    sign_in_pages,
    sso_pages,
    team_pages,
    workspace_pages,
)
from pivotal_server.plans import api as plans
from pivotal_server.plans import move_pages, phase_pages, preset_pages, property_pages, state_pages
from pivotal_server.plans import pages as onboarding_pages
from pivotal_server.plans import settings_api as plan_settings
from pivotal_server.plans import task_pages as task_page
from pivotal_server.plans import template_pages as plan_template_pages
from pivotal_server.reminders import api as reminders
from pivotal_server.reminders import pages as reminder_pages
from pivotal_server.request_log import api as request_logs
from pivotal_server.request_log import pages as request_log_pages
from pivotal_server.rest import meta, metrics, people
from pivotal_server.rest.call import Services
from pivotal_server.rest.dispatch import Dispatcher
from pivotal_server.rest.openapi import build_openapi
from pivotal_server.samples import pages as sample_pages
from pivotal_server.search import pages as search_pages
from pivotal_server.site.answers import Answers
from pivotal_server.site.app import Docs
from pivotal_server.site.contents import docs_folder, read_changelog
from pivotal_server.site.library import Library
from pivotal_server.site.packages import packages_page, read_packages
from pivotal_server.site.reference.source import event_documents, reference_documents
from pivotal_server.starting import pages as starting_pages
from pivotal_server.streams import api as streams
from pivotal_server.tasks import api as tasks
from pivotal_server.tasks import bulk_pages, due_pages
from pivotal_server.tasks import list_pages as task_list_pages
from pivotal_server.tasks import pages as task_pages
from pivotal_server.templates import api as templates
from pivotal_server.templates import editor_pages as template_editor_pages
from pivotal_server.templates import pages as template_pages
from pivotal_server.templates import version_pages as template_version_pages
from pivotal_server.transfer import api as takeouts
from pivotal_server.transfer import pages as data_pages
from pivotal_server.web import live
from pivotal_server.web.assets import Assets
from pivotal_server.web.rendering import Renderer
from pivotal_server.web.routes import Pages
from pivotal_server.web.security import Cookies
from pivotal_server.web.shell import Entry
from pivotal_server.webhooks import api as webhooks
from pivotal_server.webhooks import delivery_pages as webhook_delivery_pages
from pivotal_server.webhooks import event_types
from pivotal_server.webhooks import pages as webhook_pages
from pivotal_server.webhooks import sending_pages as webhook_sending_pages
from pivotal_server.webhooks.openapi import webhooks_section
from pivotal_server.webhooks.telemetry import STATES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pivotal_server.core.settings import Settings
    from pivotal_server.site.documents import Source

ROUTERS = (
    meta.router,
    metrics.router,
    customers.router,
    contacts.router,
    leads.router,
    pipelines.router,
    lead_wins.router,
    message_log.router,
    lead_merges.router,
    lead_merges.merges,
    calendars.router,
    onboardings.router,
    phases.router,
    tasks.router,
    plans.router,
    plan_settings.phases,
    plan_settings.calendars,
    templates.router,
    fields.router,
    events.router,
    comments.router,
    files.router,
    people.router,
    notifications.router,
    messages.router,
    reminders.router,
    automations.router,
    event_types.router,
    webhooks.router,
    brands.router,
    takeouts.router,
    request_logs.router,
    streams.router,
    uuid_contacts.router,
    filter_contacts.router,
)

DIALECTS = (uuid_contacts.DIALECT, filter_contacts.DIALECT)

PAGES = (
    home_pages.pages,
    first_step_pages.pages,
    search_pages.pages,
    sample_pages.pages,
    customer_pages.pages,
    customer_bulk_pages.pages,
    customer_view_pages.pages,
    detail_pages.pages,
    customer_file_pages.pages,
    customer_property_pages.pages,
    customer_access_pages.pages,
    contact_pages.pages,
    contact_message_pages.pages,
    lead_pages.pages,
    lead_property_pages.pages,
    lead_message_pages.pages,
    lead_win_pages.pages,
    lead_merge_pages.pages,
    general_pages.pages,
    branding_pages.pages,
    data_pages.pages,
    api_key_pages.pages,
    sign_in_pages.pages,
    sso_pages.pages,
    invitation_pages.pages,
    workspace_pages.pages,
    profile_pages.pages,
    team_pages.pages,
    mail_pages.pages,
    board_pages.pages,
    onboarding_view_pages.pages,
    onboarding_list_pages.pages,
    onboarding_lane_pages.pages,
    onboarding_calendar_pages.pages,
    onboarding_bulk_pages.pages,
    lead_board_pages.pages,
    lead_view_pages.pages,
    lead_new_pages.pages,
    lead_move_pages.pages,
    lead_pipeline_pages.pages,
    starting_pages.pages,
    onboarding_pages.pages,
    move_pages.pages,
    state_pages.pages,
    property_pages.pages,
    field_pages.pages,
    template_pages.pages,
    template_editor_pages.pages,
    template_version_pages.pages,
    phase_pages.pages,
    preset_pages.pages,
    plan_template_pages.pages,
    task_page.pages,
    task_pages.pages,
    due_pages.pages,
    bulk_pages.pages,
    task_list_pages.pages,
    comment_pages.pages,
    reminder_pages.pages,
    automation_pages.pages,
    inbox_pages.pages,
    preference_pages.pages,
    message_pages.pages,
    webhook_pages.pages,
    webhook_delivery_pages.pages,
    webhook_sending_pages.pages,
    request_log_pages.pages,
    audit_pages.pages,
    live.pages,
)
NAVIGATION = (
    Entry("Home", "/", "house", keys="g h"),
    Entry("Inbox", "/inbox", "inbox", keys="g i", badge="notifications/badge.html"),
    Entry("Customers", "/customers", "building-2", keys="g c"),
    Entry("Onboardings", "/onboardings", "kanban", keys="g o"),
    Entry("Tasks", "/tasks", "list-checks", keys="g t"),
    Entry("Leads", "/leads", "funnel", keys="g l"),
)
SETTINGS: tuple[Entry, ...] = (
    Entry("General", "/settings/general", "settings", "admin", group="Workspace"),
    Entry("Branding", "/settings/branding", "palette", "admin", group="Workspace"),
    Entry("Team", "/settings/team", "users", group="Workspace"),
    Entry("Phases", "/settings/phases", "workflow", "admin", group="Workspace"),
    Entry("Pipelines", "/settings/pipelines", "funnel", "admin", group="Workspace"),
    Entry("Templates", "/settings/templates", "layout-template", "admin", group="Workspace"),
    Entry("Custom fields", "/settings/fields", "sliders-horizontal", "admin", group="Workspace"),
    Entry("Notifications", "/settings/notifications", "bell", "admin", group="Workspace"),
    Entry("Message texts", "/settings/messages", "mail", "admin", group="Workspace"),
    Entry("Data", "/settings/data", "archive", "admin", group="Workspace"),
    Entry("API keys", "/settings/api-keys", "key-round", "admin", group="Developers"),
    Entry("Webhooks", "/settings/webhooks", "webhook", "admin", group="Developers"),
    Entry("API requests", "/settings/logs", "code", "admin", group="Developers"),
    Entry("Audit log", "/settings/audit", "history", "admin", group="Developers"),
    Entry("Your profile", "/settings/profile", "user", group="You"),
    Entry("Your sessions", "/settings/sessions", "monitor", group="You"),
    Entry("Your notifications", "/settings/your-notifications", "bell", group="You"),
)


def create_app(
    dsn: str, settings: Settings, clock: Clock | None = None, stopping: Stopping | None = None
) -> Dispatcher:
    """Return the ASGI application on the database at ``dsn``.

    Args:
        dsn: a PostgreSQL address whose schema is up to date.
        settings: the operator's.
        clock: the source of time; tests steer it.
        stopping: tells when the server was told to stop, so that streams end.
    """
    document = _openapi_text(settings)
    holder: list[Services] = []

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with start_services(dsn, settings, clock or Clock(), document) as services:
            holder.append(services)
            if stopping:
                stopping.when_told(services.listener.end)
            warming = asyncio.create_task(_renderer().warm_up())
            yield
            warming.cancel()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    pages = Pages(PAGES, lambda: holder[-1], _renderer(), Cookies(settings), count_waiting)
    docs = Docs(settings, lambda: _doc_answers(settings))
    return Dispatcher(app, ROUTERS, DIALECTS, lambda: holder[-1], pages, Assets.load(), docs)


def prepare(settings: Settings) -> None:
    """Make what the applications of all processes share, so that those which are forked need not make it again.

    Raises:
        AssetsError: the app's styles and scripts are not there.
    """
    _openapi_text(settings)
    _renderer()


@contextlib.asynccontextmanager
async def start_services(dsn: str, settings: Settings, clock: Clock, openapi: bytes) -> AsyncIterator[Services]:
    """Open the pool and start the request log; close both in the end.

    Raises:
        SchemaError: the database is not at this version's schema.
        OSError | asyncpg.PostgresError: the database cannot be reached.
    """
    pool = Pool(dsn, settings.database_connections)
    try:
        async with pool.acquire() as connection:
            await check_schema(connection)
            secret = await checksum_secret(connection)
        usage, verifier, bell = UsageLog(pool), KeyVerifier(), WorkerBell(pool)
        page_bell, listener = PageBell(pool), Listener(dsn)
        writer = asyncio.create_task(usage.run())
        async with telemetry_of(settings, "web", pool, clock, STATES) as telemetry:
            storage = storage_of(settings)
            health = Health(pool, clock, settings, storage)
            yield Services(
                *(pool, clock, verifier, usage, bell, secret, settings, openapi, telemetry, storage, health),
                *(page_bell, listener),
            )
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        await usage.write()
        await bell.close()
        await page_bell.close()
        await listener.close()
        verifier.close()
    finally:
        await pool.close()


@functools.cache  # as below: compiling the components takes a tenth of a second
def _renderer() -> Renderer:
    return Renderer(Assets.load(), NAVIGATION, SETTINGS)


@functools.cache
def _doc_answers(settings: Settings) -> Answers:
    return Answers(doc_library(settings), _renderer(), read_packages())


def doc_library(settings: Settings, folder: Path | None = None) -> Library:
    """Return the documentation: what is written in ``docs/``, and what is made of the product itself.

    Args:
        settings: the operator's.
        folder: where the files are, if not where this version has them.
    """
    files, document = folder or docs_folder(), openapi_document(settings)
    sources: dict[str, Source] = {
        "changelog": lambda: read_changelog(files),
        "events": lambda: event_documents(document),
        "packages": lambda: packages_page(read_packages().values()),
        "reference": lambda: reference_documents(document),
    }
    return Library.read(files, sources)


@functools.cache
def _openapi_text(settings: Settings) -> bytes:
    return orjson.dumps(openapi_document(settings))


@functools.cache  # the same for every application of a process; tests start thousands
def openapi_document(settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document of the whole API."""
    routes = [route for router in ROUTERS for route in router.routes]
    return build_openapi(
        routes, dialects=DIALECTS, version=__version__, server_url=settings.base_url, webhooks=webhooks_section()
    )
