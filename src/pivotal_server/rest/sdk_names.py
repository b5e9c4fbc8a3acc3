"""What SDKs and the command line call each operation: ``x-sdk`` in the OpenAPI document.

``create-customer`` is ``customers.create``: the verb of the operationId, on the resource that its tag names. Where an
operation is about a resource through another one, or its tag holds several resources, the table says what it is called.
"""

from typing import Any

# By operationId: the resource and the method.
_IRREGULAR = {
    "get-me": "me.get",
    "get-health": "health.get",
    "get-deep-health": "health.get_deep",
    "get-openapi": "openapi.get",
    "list-customer-timeline": "customers.list_timeline",
    "list-customer-contacts": "contacts.list",
    "create-customer-contact": "contacts.create",
    "list-contact-messages": "messages.list",
    "create-contact-message": "messages.create",
    "get-contact-message": "messages.get",
    "update-contact-message": "messages.update",
    "list-calendar-days": "calendar.list_days",
    "list-calendar-countries": "calendar.list_countries",
    "get-customer-calendar": "calendar.get_for_customer",
    "update-customer-calendar": "calendar.update_for_customer",
    "delete-customer-calendar": "calendar.delete_for_customer",
    "list-customer-calendar-days": "calendar.list_days_for_customer",
    "list-stage-transitions": "leads.list_stage_transitions",
    "list-lead-duplicates": "leads.list_duplicates",
    "list-lead-merges": "leads.list_merges",
    "list-customer-onboardings": "onboardings.list_for_customer",
    "list-phase-transitions": "onboardings.list_phase_transitions",
    "list-launch-date-shifts": "onboardings.list_launch_date_shifts",
    "preview-onboarding-update": "onboardings.preview_update",
    "send-back-onboarding": "onboardings.send_back",
    "skip-onboarding-phases": "onboardings.skip",
    "list-phases": "phases.list",
    "create-phase": "phases.create",
    "get-phase": "phases.get",
    "update-phase": "phases.update",
    "retire-phase": "phases.retire",
    "restore-phase": "phases.restore",
    "apply-phase-preset": "phases.apply_preset",
    "list-phase-presets": "phases.list_presets",
    "list-onboarding-tasks": "tasks.list_for_onboarding",
    "complete-tasks": "tasks.complete_many",
    "import-template": "templates.import_template",
    "list-template-versions": "templates.list_versions",
    "save-as-template": "templates.save_from_onboarding",
    "list-tags": "tags.list",
    "list-onboarding-comments": "comments.list_for_onboarding",
    "create-onboarding-comment": "comments.create_for_onboarding",
    "list-task-comments": "comments.list_for_task",
    "create-task-comment": "comments.create_for_task",
    "get-file": "attachments.download",
    "count-unread-notifications": "notifications.count_unread",
    "read-all-notifications": "notifications.read_all",
    "get-notification-preferences": "notification_preferences.get",
    "update-notification-preferences": "notification_preferences.update",
    "get-person-notification-preferences": "notification_preferences.get_for_person",
    "update-person-notification-preferences": "notification_preferences.update_for_person",
    "list-automation-runs": "automations.list_runs",
    "get-launch-recap": "automations.get_recap",
    "rotate-webhook-endpoint-secret": "webhook_endpoints.rotate_secret",
    "send-test-event": "webhook_endpoints.send_test_event",
    "list-webhook-endpoint-deliveries": "webhook_endpoints.list_deliveries",
    "send-stream-test-event": "events.send_test_event",
    "replay-missing-deliveries": "webhook_endpoints.replay_missing",
    "resend-events": "webhook_endpoints.resend",
    "get-delivery": "deliveries.get",
    "replay-delivery": "deliveries.replay",
}
_RESOURCES = {"webhooks": "webhook_endpoints"}  # where a tag is not the name of its resource
_SINGULAR = {"people": "person"}


def is_stream(operation: dict[str, Any]) -> bool:
    """Return whether an operation of the document answers without end, which is no method of an SDK."""
    return any("text/event-stream" in answer.get("content", {}) for answer in operation["responses"].values())


def name_for_sdks(operation: dict[str, Any]) -> dict[str, str]:
    """Return the resource and the method, in snake case, that SDKs have for an operation of the document.

    Raises:
        ValueError: the name does not follow from the operationId, and the table does not have it.
    """
    operation_id: str = operation["operationId"]
    if operation_id in _IRREGULAR:
        resource, _, method = _IRREGULAR[operation_id].partition(".")
        return {"resource": resource, "method": method}
    resource = _RESOURCES.get(operation["tags"][0], operation["tags"][0])
    method, _, noun = operation_id.replace("-", "_").partition("_")
    if noun not in {resource, _SINGULAR.get(resource, resource.removesuffix("s"))}:
        raise ValueError(f"{operation_id} needs a name for SDKs, in {__name__}")
    return {"resource": resource, "method": method}
