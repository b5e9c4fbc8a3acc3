"""The migrated schema is the one that the code declares, and every tenant table is ready to be spread by workspace."""

import importlib
import inspect
import pkgutil
import types
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import pivotal_server
from pivotal_server.audit.queries import AuditRow
from pivotal_server.automations.models import RecapRow, RunRow, SettingsRow
from pivotal_server.branding.models import BrandImage
from pivotal_server.calendars.models import CalendarRow
from pivotal_server.comments.models import AttachmentRow, CommentRow
from pivotal_server.contacts.models import ContactRow, ListedContact
from pivotal_server.customers.models import CustomerRow
from pivotal_server.events.queries import StoredEvent
from pivotal_server.fields.models import FieldRow, TagRow
from pivotal_server.identity.models import ApiKey, Brand, Person, Session, Teammate, Workspace
from pivotal_server.leads.models import LeadRow, MergeRow, PipelineRow, Stage
from pivotal_server.leads.models import TransitionRow as StageTransitionRow
from pivotal_server.message_log.models import MessageRow as LoggedMessage
from pivotal_server.messages.models import MessageRow
from pivotal_server.notifications.models import Choice, NotificationRow
from pivotal_server.onboardings.models import LaunchDateShiftRow, OnboardingRow, TransitionRow
from pivotal_server.onboardings.phases import Phase
from pivotal_server.people.models import Invitation, Member, Offer, SignInLink
from pivotal_server.reminders.models import ReminderRow
from pivotal_server.request_log.models import RequestRow
from pivotal_server.tasks.models import TaskRow
from pivotal_server.templates.models import TemplateRow, VersionRow
from pivotal_server.timeline.models import Activity
from pivotal_server.transfer.models import Takeout
from pivotal_server.views.models import Habits, SavedView
from pivotal_server.webhooks.models import AttemptRow, DeliveryRow, EndpointRow

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# Each declared row: its table, the fields that are computed, the columns that it leaves out (workspace_id always).
# Columns of contacts that tell how they became customers.
OF_LEADS = (
    *("first_name", "company", "owner_id", "assignee_ids", "source"),
    *("lead_source", "status", "pipeline_id", "stage", "stage_entered_at", "closed_at", "lost_reason"),
    *("won_onboarding_id", "created_by", "merged_into", "customer_gone"),
)
ROWS: dict[type[Any], tuple[str, set[str], set[str]]] = {
    Workspace: ("workspaces", set(), set()),
    Person: ("people", {"role"}, {"created_at"}),
    Teammate: ("people", {"role", "created_at"}, {"created_at"}),
    Session: (
        "sessions",
        set(),
        {"person_id", "token_hash", "csrf_secret", "current_workspace_id", "expires_at", "revoked_at"},
    ),
    ApiKey: (
        "api_keys",
        {"last_used_at", "last_used_ip", "request_count"},
        {"public_id", "salt", "rounds", "hash", "created_by"},
    ),
    Member: (
        "memberships",
        {"id", "email", "name", "joined_at", "last_seen_at"},
        {"person_id", "created_at", "removed_at"},
    ),
    SignInLink: ("sign_in_links", set(), {"token_hash", "network", "created_at"}),
    Invitation: ("invitations", {"inviter"}, {"invited_by", "accepted_at", "revoked_at"}),
    Offer: (
        "invitations",
        {"workspace_id", "workspace_name", "inviter", "person_id"},
        {"token_hash", "invited_by", "created_at"},
    ),
    CustomerRow: ("customers", {"owner_email"}, {"restricted"}),
    Brand: ("brands", set(), {"updated_at"}),
    Takeout: ("takeouts", set(), set()),
    BrandImage: ("brand_images", set(), {"created_at"}),
    ContactRow: ("contacts", set(), {"livemode", *OF_LEADS}),
    LeadRow: ("contacts", {"owner_email"}, {"livemode", "is_primary", "customer_gone"}),
    PipelineRow: ("pipelines", set(), set()),
    Stage: ("pipeline_stages", set(), {"pipeline_id"}),
    StageTransitionRow: ("lead_stage_transitions", set(), set()),
    MergeRow: ("lead_merges", set(), set()),
    ListedContact: (
        "contacts",
        {"company"},
        {
            *("customer_id", "is_primary", "labels", "metadata", "livemode", "archived_at", "deleted_at", "company"),
            *("source", "lead_source", "stage_entered_at", "closed_at", "lost_reason", "won_onboarding_id"),
            *("last_message_at", "last_message_status", "merged_into", "customer_gone"),
        },
    ),
    LoggedMessage: ("contact_messages", set(), set()),
    CalendarRow: ("working_calendars", set(), set()),
    FieldRow: ("custom_fields", set(), set()),
    TagRow: ("tags", set(), {"resource"}),
    Phase: ("phases", set(), set()),
    OnboardingRow: ("onboardings", {"owner_email", "phase_target_days"}, {"livemode"}),
    TransitionRow: ("phase_transitions", set(), set()),
    LaunchDateShiftRow: ("launch_date_shifts", set(), set()),
    TaskRow: (
        "tasks",
        {
            *("customer_id", "phase_name", "assignee_email", "depends_on", "cause_title"),
            *("subtask_count", "completed_subtask_count"),
        },
        {"livemode"},
    ),
    CommentRow: ("comments", {"customer_id", "mentions", "attachments"}, set()),
    AttachmentRow: ("attachments", set(), set()),
    SettingsRow: ("automation_settings", set(), set()),
    RunRow: ("automation_runs", set(), set()),
    RecapRow: ("launch_recaps", set(), set()),
    ReminderRow: ("reminders", set(), set()),
    MessageRow: ("message_templates", set(), set()),
    NotificationRow: ("notifications", set(), {"cause_id", "thread_id", "in_app", "mailed"}),
    Choice: ("notification_preferences", set(), set()),
    TemplateRow: ("templates", set(), set()),
    VersionRow: ("template_versions", set(), {"content"}),
    SavedView: ("saved_views", set(), set()),
    Habits: ("list_habits", set(), set()),
    Activity: ("activity", set(), {"customer_id", "onboarding_id", "subject_type", "subject_id", "request_id", "ip"}),
    StoredEvent: ("events", set(), {"type", "livemode", "transaction_id", "oldest_open"}),
    AuditRow: ("activity", set(), {"customer_id", "onboarding_id"}),
    RequestRow: ("request_log", {"key_name"}, set()),
    EndpointRow: ("webhook_endpoints", set(), {"owner_told_at", "rate_used_until"}),
    DeliveryRow: ("deliveries", set(), {"scheduled_attempts", "first_attempt_at", "payload"}),
    AttemptRow: ("delivery_attempts", set(), {"delivery_id"}),
}
# Nullable, and never null in the rows that are read: who has no customer yet is read as a lead, which has a pipeline.
NARROWED = {ContactRow: {"customer_id", "email"}, LeadRow: {"pipeline_id", "stage", "stage_entered_at"}}
TYPES = {
    "text": str,
    "bytea": bytes,
    "json": str,
    "bigint": int,
    "integer": int,
    "smallint": int,
    "boolean": bool,
    "timestamp with time zone": datetime,
    "timestamp without time zone": datetime,
    "interval": timedelta,
    "text[]": list[str],
    "smallint[]": list[int],
    "date": date,
    "date[]": list[date],
}
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull FROM pg_attribute a
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
TENANT_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'workspace_id' ORDER BY 1
"""
UNIQUE_KEYS = """
SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = $1::regclass AND i.indisunique
"""
FOREIGN_KEYS = """
SELECT k.conname, a.attname, k.confrelid::regclass::text FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.conrelid = $1::regclass AND k.contype = 'f'
"""
# The directory by which a workspace is found: looked up before the workspace is known, or shared by workspaces.
GLOBAL_KEYS = {"api_keys_public_id_key", "invitations_token_hash_key"}
GLOBAL_REFERENCES = {("memberships", "people"), ("api_keys", "people")}


def plain(hint: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a type
    """Return a field's type without None, and whether None was there."""
    if get_origin(hint) in {Union, types.UnionType}:
        options = [option for option in get_args(hint) if option is not type(None)]
        assert len(options) == 1
        return plain(options[0])[0], True
    return (str, False) if get_origin(hint) is Literal else (hint, False)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
async def test_a_declared_row_is_its_table(connection: "Connection", row: type[Any]) -> None:
    table, computed, left_out = ROWS[row]
    stored = {name: (TYPES.get(kind), nullable) for name, kind, nullable in await connection.fetch(COLUMNS, table)}
    declared = {name: plain(hint) for name, hint in get_type_hints(row).items() if name not in computed}
    assert set(stored) - set(declared) - {"workspace_id"} == left_out
    for name in NARROWED.get(row, set()):
        stored[name] = (stored[name][0], False)
    assert {name: stored.get(name) for name in declared} == declared


def test_every_declared_row_is_checked() -> None:
    """A row is what ``columns()`` makes a select list of: a named tuple beside the statements that read it."""
    found = set()
    for module in pkgutil.walk_packages(pivotal_server.__path__, "pivotal_server."):
        if module.name.endswith((".models", ".queries", ".phases")):
            for _, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(value, tuple) and hasattr(value, "_fields"):
                    found.add(value)
    assert found == set(ROWS)


async def test_every_key_of_a_tenant_table_starts_with_the_workspace(connection: "Connection") -> None:
    tables = [row[0] for row in await connection.fetch(TENANT_TABLES)]
    assert {"customers", "contacts", "onboardings", "activity", "events", "request_log"} <= set(tables)
    for table in tables:
        keys = {row[0]: row[1] for row in await connection.fetch(UNIQUE_KEYS, table)}
        assert keys, f"{table} has no key"
        assert {name for name, first in keys.items() if first != "workspace_id"} <= GLOBAL_KEYS
        for name, first, target in await connection.fetch(FOREIGN_KEYS, table):
            assert first == "workspace_id" or (table, target) in GLOBAL_REFERENCES, f"{table}: {name}"


async def test_every_reference_can_be_followed_backwards_by_an_index(connection: "Connection") -> None:
    """Rows that hang off a customer or an onboarding are found without reading their whole table."""
    for table, column in (("contacts", "customer_id"), ("onboardings", "customer_id"), ("activity", "customer_id")):
        indexes = await connection.fetch(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = $1::regclass", table
        )
        assert any(f"(workspace_id, {column}" in index[0] for index in indexes), table
