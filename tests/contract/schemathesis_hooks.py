"""What Schemathesis has to know about the API beyond its schemas; loaded by the run, not by tests.

The environment names somebody of the workspace who may own and do things.
"""

import itertools
import os
import re
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData

# What a valid body is told instead of what was made up: people who exist, and a URL that may be requested.
_POSSIBLE: dict[str, Any] = {
    "owner_email": os.environ["PIVOTAL_TEST_EMAIL"],
    **dict.fromkeys(("csm_id", "se_id", "designer_id", "product_ops_id"), os.environ["PIVOTAL_TEST_PERSON"]),
    "owner": os.environ["PIVOTAL_TEST_PERSON"],
    "assignees": [os.environ["PIVOTAL_TEST_PERSON"]],
    # A pipeline has a stage of each kind.
    "stages": [{"name": name, "kind": name.lower()} for name in ("Open", "Won", "Lost")],
    "moved_stages": {},
    # A task has one assignee, one way to say when it is due, and knows the tasks of its own onboarding only.
    "assignee_id": os.environ["PIVOTAL_TEST_PERSON"],
    **dict.fromkeys(("assignee_role", "assignee_contact_id", "contact_id", "parent_id")),
    "due": {"type": "start", "days": 3},
    "due_date": "2026-06-02T00:00:00Z",
    "depends_on": [],
    "completed_at": "2026-03-01T09:00:00Z",
    # A template has its own keys, and needs phases that there are.
    "tasks": [{"key": "kickoff", "title": "Hold the kickoff call", "phase": "review"}],
    "yaml": "name: Pilot",
    "url": "https://hooks.aurora.example/pivotal",
    "time_zone": "Europe/Berlin",
    "holidays_country": "DE",
    "holidays_subdivision": "BY",
    "extra_days_off": ["2026-12-24"],
    "extra_working_days": ["2026-12-26"],
}
# Refused by the contract's words, and beyond what the type of a field can say: code and message.
_BEYOND_SCHEMAS = (
    ("invalid_request", re.compile("A number does not fit into 64 bits")),
    ("invalid_string", re.compile("NUL or a lone surrogate|Invalid: NUL")),
    ("invalid_field", re.compile("There is no event |There is no such attachment |This onboarding has no task ")),
    ("invalid_field", re.compile("A subtask is in its parent's phase|What is asked for by its due date comes in ")),
    ("invalid_field", re.compile("comes in the order of due dates")),
    ("invalid_field", re.compile("A subdivision needs a holidays_country")),
    ("invalid_field", re.compile("no such custom field|A select needs options|Only a select has options")),
    ("invalid_field", re.compile("This workspace has no such template|The template has |This template is archived")),
    ("invalid_field", re.compile("A template is applied at the start of an onboarding or by ")),
    ("invalid_field", re.compile(" is no merge field of this text")),
    ("invalid_string", re.compile("A subject is one line|Invalid cursor|Invalid url")),
    ("too_big", re.compile("String must contain at most 100000 byte|First and last name have at most ")),
    ("invalid_field", re.compile("This is meant for one person|This is always told in the app")),
    ("invalid_field", re.compile("No pipeline of this workspace | has no such stage")),
    ("invalid_field", re.compile("The lead has no e-mail|Send customer for a new customer or customer_id")),
    ("invalid_field", re.compile("No teammate of this workspace has this |This is the lead itself")),
    ("invalid_field", re.compile("Nobody on your team has this |Send a JSON object with ")),
    ("invalid_request", re.compile("The query string is not valid")),
    ("too_small", re.compile("Date must be ")),
    ("too_big", re.compile("Date must be ")),
)
# The same, where errors are sentences.
_BEYOND_SENTENCES = re.compile(
    "number does not fit into 64 bits|NUL or a lone surrogate|invalid: NUL|first_name is required", re.IGNORECASE
)

# What these may say depends on the phases that the workspace has by now.
_FIELDS_OF_PHASES = frozenset({"phase", "to", "move_to", "position", "mapping"})

# Of a stream, which the document calls a text, each message is looked at by itself.
_MESSAGE = {
    "type": "object",
    "required": ["id", "data"],
    "properties": {
        "id": {"type": "string", "pattern": "^evt_"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

_numbers = itertools.count()


@schemathesis.hook
def before_load_schema(_context: schemathesis.HookContext, document: dict[str, Any]) -> None:
    """Take open lists of values in answers for what they are: a workspace makes phases of its own in this run."""
    for schema in document["components"]["schemas"].values():
        fields = schema.get("properties", {})
        for field in fields.values() if not fields.keys().isdisjoint({"object", "subtasks"}) else ():
            if "x-extensible-enum" in field:
                field.pop("enum", None)
    stream = document["paths"]["/api/v1/events/stream"]["get"]["responses"]["200"]["content"]
    stream["text/event-stream"]["schema"] = _MESSAGE


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _options: dict[str, Any]) -> None:
    """Point a valid body at what is possible, and give every request an idempotency key of its own.

    A replayed answer shows the resource as it was, and it may have been deleted since.
    """
    if case.path == "/api/v1/events/stream" and "true" in str((case.query or {}).get("follow", "true")):
        case.query = {**(case.query or {}), "follow": "false"}  # it would tell of events for ever
    key = case.headers.get("Idempotency-Key") if case.headers else None
    if isinstance(key, str) and 0 < len(key) < 200:
        case.headers["Idempotency-Key"] = f"{key}{next(_numbers)}"
    valid = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if valid and isinstance(case.body, dict):
        case.body |= {name: value for name, value in _POSSIBLE.items() if case.body.get(name) is not None}
        if case.path == "/api/v1/leads":  # one name or the other
            case.body["first_name"] = "Ines"
        case.body.pop("due_date" if "due" in case.body else "", None)


@schemathesis.hook
def filter_failure(
    _context: schemathesis.HookContext, failure: Failure, _case: schemathesis.Case[Any], response: Response
) -> bool:
    """Keep a failure unless it is that a valid-looking request met one of the refusals above."""
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    error = response.json()["error"]
    if isinstance(error, str):  # a dialect's, in a sentence
        return not _BEYOND_SENTENCES.search(error)
    about_phases = not _FIELDS_OF_PHASES.isdisjoint(error.get("field", "").split("."))
    if about_phases and error["code"] in {"invalid_enum_value", "invalid_field", "missing_field"}:
        return False
    return not any(error["code"] == code and words.search(error["message"]) for code, words in _BEYOND_SCHEMAS)
