"""What the reference calls the resources of the API, and what each is, in the order in which they are read."""

from __future__ import annotations

from typing import NamedTuple


class Resource(NamedTuple):
    """A part of the API.

    Attributes:
        title: a headline.
        about: a sentence or two.
        example: component of the OpenAPI document whose fields are the resource's; None where it has none of its own.
        guide: a page that tells more, below ``docs/``.
    """

    title: str
    about: str
    example: str | None
    guide: str | None = None


RESOURCES = {
    "customers": Resource("Customers", "The companies that you onboard: what everything else belongs to.", "Customer"),
    "contacts": Resource("Contacts", "The people at a customer, one of whom is the primary one.", "Contact"),
    "contacts_by_uuid": Resource(
        "Contacts by UUID",
        "The same contacts, leads among them, for tools that know them by UUID, read numbered pages and send the key in"
        " `x-api-key`.",
        "ContactByUuid",
    ),
    "contacts_by_filter": Resource(
        "Contacts by filter",
        "The same contacts, leads among them, narrowed by owner, assignee, source, pipeline, stage, last message and"
        " when they were added, in numbered pages with an exact total.",
        "ContactByFilter",
    ),
    "leads": Resource(
        "Leads",
        "People who are no customers yet, on their way through the stages of a pipeline.",
        "Lead",
        "guides/leads",
    ),
    "lead_merges": Resource(
        "Merges of leads", "Duplicates that became a part of another lead.", "LeadMerge", "guides/leads"
    ),
    "pipelines": Resource("Pipelines", "The stages that leads go through.", "PipelineResource", "guides/leads"),
    "messages": Resource("Messages", "What was written to and by contacts and leads.", "Message", "guides/messages"),
    "onboardings": Resource(
        "Onboardings", "A customer's way through the phases to launch.", "Onboarding", "guides/onboardings"
    ),
    "phases": Resource(
        "Phases", "The steps that every onboarding of the workspace takes.", "PhaseResource", "guides/phases"
    ),
    "tasks": Resource(
        "Tasks", "What has to be done in an onboarding, by whom and when, and why then.", "Task", "guides/tasks"
    ),
    "templates": Resource(
        "Templates", "Plans that are made once and land in many onboardings.", "Template", "guides/templates"
    ),
    "comments": Resource(
        "Comments", "What people say on onboardings and tasks, in Markdown.", "Comment", "guides/comments"
    ),
    "attachments": Resource("Attachments", "The files of comments.", "Attachment", "guides/comments"),
    "calendar": Resource(
        "Working calendar",
        "Which days are worked: in the workspace, and at customers that have a calendar of their own.",
        "CalendarResource",
        "guides/calendars",
    ),
    "custom_fields": Resource(
        "Custom fields",
        "Fields that a workspace gives to its customers and onboardings.",
        "CustomField",
        "guides/custom-fields",
    ),
    "tags": Resource("Tags", "The tags that customers and onboardings have.", "Tag", "guides/custom-fields"),
    "people": Resource("People", "Your teammates, with the ids that other resources name.", "Person"),
    "notifications": Resource("Notifications", "What teammates are told.", "Notification", "guides/notifications"),
    "notification_preferences": Resource(
        "Notification preferences",
        "What is told by which channel: to the workspace, and to each teammate.",
        "NotificationPreferences",
        "guides/notifications",
    ),
    "message_templates": Resource(
        "Message templates", "The texts that Pivotal writes to people.", "MessageTemplate", "guides/message-templates"
    ),
    "reminders": Resource(
        "Reminders", "Mail to contacts about what is overdue on their side.", "Reminder", "guides/reminders"
    ),
    "automations": Resource(
        "Automations", "What happens by itself when an onboarding launches.", "Automations", "guides/automations"
    ),
    "events": Resource(
        "Events", "What happened in the last thirty days, as webhooks tell it.", "Event", "webhooks/envelope"
    ),
    "event_types": Resource("Event types", "What webhooks can tell.", "EventTypeResource", "webhooks/introduction"),
    "webhook_endpoints": Resource(
        "Webhook endpoints", "Addresses of yours that events are sent to.", "WebhookEndpoint", "webhooks/endpoints"
    ),
    "deliveries": Resource(
        "Deliveries", "Events on their way to an endpoint.", "DeliveryWithAttempts", "webhooks/deliveries"
    ),
    "request_logs": Resource("Request logs", "The requests that your API keys have made.", "RequestLog"),
    "me": Resource("Me", "The key that asks, and the workspace that it belongs to.", "Me", "welcome/authentication"),
    "health": Resource("Health", "Whether the server is up.", None),
    "openapi": Resource("OpenAPI document", "The machine-readable description of the API.", None),
}
"""By the name that SDKs have for it."""
