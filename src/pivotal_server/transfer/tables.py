"""What a takeout has in it: every table of a workspace is named here, with what of it stays in the house, and why."""

from __future__ import annotations

from typing import NamedTuple


class Table(NamedTuple):
    """A table that is in every takeout.

    Attributes:
        name: of the table, and of its file.
        left_out: columns that prove who somebody is, or that mean nothing elsewhere.
    """

    name: str
    left_out: tuple[str, ...] = ()


TABLES = (
    Table("memberships"),
    Table("invitations", ("token_hash",)),
    Table("counters"),
    Table("api_keys", ("public_id", "salt", "rounds", "hash")),
    Table("api_key_usage"),
    Table("customers"),
    Table("customer_access"),
    Table("pipelines"),
    Table("pipeline_stages"),
    Table("contacts", ("customer_gone",)),
    Table("lead_stage_transitions"),
    Table("lead_merges"),
    Table("contact_messages"),
    Table("phases"),
    Table("onboardings"),
    Table("phase_transitions"),
    Table("launch_date_shifts"),
    Table("custom_fields"),
    Table("tags"),
    Table("working_calendars"),
    Table("tasks"),
    Table("task_dependencies"),
    Table("templates"),
    Table("template_versions"),
    Table("comments"),
    Table("comment_mentions"),
    Table("attachments"),
    Table("activity"),
    Table("events", ("transaction_id", "oldest_open")),
    Table("webhook_endpoints", ("secret", "previous_secret", "previous_secret_until", "rate_used_until")),
    Table("deliveries", ("lease",)),
    Table("delivery_attempts"),
    Table("message_templates"),
    Table("reminders"),
    Table("notifications"),
    Table("notification_preferences"),
    Table("automation_settings"),
    Table("automation_runs"),
    Table("launch_recaps"),
    Table("saved_views"),
    Table("list_habits"),
    Table("first_steps"),
    Table("brands"),
    Table("brand_images"),
    Table("request_log"),
)
LEFT_OUT = {
    "contact_assignees": "an index of contacts by whom they are assigned to",
    "contact_tallies": "how many contacts there are of each kind",
    "contact_tally_changes": "what has changed about that",
    "event_streams": "who has a stream of events open",
    "facets": "an index of tags and custom fields, made of what is here",
    "idempotency_records": "answers kept for a day, for repeated requests",
    "leftover_files": "files that are about to be removed",
    "outbox": "events on their way to where they are told of",
    "rate_windows": "requests of the last minute",
    "stream_tests": "test events for streams, kept for minutes",
    "takeouts": "takeouts themselves",
}
"""Tables that are in no takeout, each with what they hold."""
