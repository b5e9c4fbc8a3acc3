"""What can go wrong with an operation, and what each code means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal_server.site.reference.spec import Answer, Operation


class Refusal(NamedTuple):
    """One way in which an operation fails.

    Attributes:
        status: of HTTP.
        codes: those that tell it.
        meaning: in words.
    """

    status: int
    codes: tuple[str, ...]
    meaning: str


# By status: what holds for every operation that may answer it.
_EVERYWHERE: dict[int, tuple[tuple[tuple[str, ...], str], ...]] = {
    401: (
        (("missing_api_key",), "There is no `Authorization` header."),
        (("invalid_api_key",), "The header is not one Bearer token, or not a key of this server."),
        (("api_key_revoked", "api_key_expired"), "It was a key once."),
    ),
    403: ((("insufficient_scope",), "The key was narrowed, and lacks the scope."),),
    408: ((("http_exception",), "The body did not arrive in time."),),
    413: ((("http_exception",), "The body is larger than the server takes."),),
    415: ((("http_exception",), "The body is not sent as the content type that is expected."),),
    429: ((("rate_limited",), "The key has no requests left; `Retry-After` says when it has."),),
    500: ((("internal_error",), "Something went wrong on our side. Quote the request id."),),
}
# What only some operations meet, by their ids, beside what the document has as the example of a status.
OWN: tuple[tuple[Refusal, tuple[str, ...]], ...] = (
    (Refusal(400, ("missing_field",), "A reason has to be given."), ("send-back-onboarding",)),
    (
        Refusal(400, ("missing_field",), "`mapping` lacks a phase that has onboardings, and that the preset lacks."),
        ("apply-phase-preset",),
    ),
    (Refusal(400, ("missing_field",), "The events have to be named."), ("resend-events",)),
    (
        Refusal(403, ("not_the_author",), "Somebody else wrote it, or uploaded it."),
        ("update-comment", "delete-comment", "delete-attachment"),
    ),
    (Refusal(404, ("file_infected",), "The virus scanner found something in the file."), ("get-file",)),
    (
        Refusal(404, ("message_not_found",), "The contact has no such message."),
        ("get-contact-message", "update-contact-message"),
    ),
    (
        Refusal(404, ("template_version_not_found",), "The template has no such version."),
        ("get-template", "export-template", "apply-template"),
    ),
    (
        Refusal(409, ("shopify_domain_taken",), "Another customer has this domain."),
        ("create-customer", "update-customer", "win-lead"),
    ),
    (Refusal(404, ("customer_not_found",), "There is no customer with the `customer_id`."), ("win-lead",)),
    (Refusal(409, ("email_taken",), "Another contact of the customer has the lead's e-mail."), ("win-lead",)),
    (
        Refusal(409, ("date_out_of_range",), "A task would be due before 1990 or after 2100."),
        (
            *("create-task", "update-task", "complete-task", "complete-tasks", "reopen-task"),
            *("create-onboarding", "update-onboarding", "apply-template", "win-lead"),
        ),
    ),
    (
        Refusal(409, ("task_limit_reached",), "The onboarding would have more than 2,000 tasks."),
        ("create-task", "apply-template"),
    ),
    (Refusal(409, ("phase_key_taken",), "A phase has this key, maybe a retired one."), ("create-phase",)),
    (Refusal(409, ("phase_kind_taken",), "There is a launch phase, or a terminal one, already."), ("update-phase",)),
    (Refusal(409, ("phase_limit_reached",), "There are 30 phases, or 100 with the retired ones."), ("create-phase",)),
    (Refusal(409, ("phase_retired",), "It cannot be changed before it is restored."), ("update-phase",)),
    (Refusal(409, ("phase_required",), "The terminal phase, or the last normal one, has to stay."), ("retire-phase",)),
    (
        Refusal(409, ("field_limit_reached",), "The resource has as many custom fields as it may."),
        ("create-custom-field",),
    ),
    (Refusal(409, ("template_too_large",), "The plan has more than 500 tasks."), ("save-as-template",)),
    (
        Refusal(409, ("template_phase_missing",), "A phase of the template was retired, and no other took its place."),
        ("apply-template", "win-lead"),
    ),
    (
        Refusal(409, ("too_many_due",), "Too many deliveries to the endpoint are due already."),
        ("send-test-event", "replay-missing-deliveries", "resend-events", "replay-delivery"),
    ),
    (Refusal(409, ("wrong_mode",), "The event is of the mode that the endpoint does not get."), ("replay-delivery",)),
    (Refusal(409, ("event_not_kept",), "The event is no longer kept: there is nothing to send."), ("replay-delivery",)),
    (Refusal(409, ("pipeline_limit_reached",), "There are 20 pipelines."), ("create-pipeline",)),
    (Refusal(409, ("pipeline_name_taken",), "Another pipeline has this name."), ("update-pipeline",)),
    (Refusal(409, ("pipeline_required",), "It is the last pipeline."), ("delete-pipeline",)),
    (Refusal(409, ("too_many_leads",), "More than 5,000 leads would move at once."), ("update-pipeline",)),
    (Refusal(409, ("lead_won",), "It is won: a contact of a customer, and changed as such."), ("move-lead",)),
    (Refusal(409, ("lead_won",), "The duplicate is won: merge this lead into it."), ("merge-lead",)),
    (Refusal(429, ("too_many_streams",), "The workspace has as many streams open as it may."), ("stream-events",)),
)
_VALUES = (
    ("invalid_type", "invalid_enum_value", "invalid_string", "too_small", "too_big"),
    "A value is not what it has to be: `field` says which, `message` how.",
)
_REFERENCES = (("invalid_field",), "A value fits by itself, and not here: `field` and `message` say why.")
_NOT_JSON = (("invalid_request",), "The body is not a JSON object.")
_KEYS = (
    (("idempotency_key_reused",), "The `Idempotency-Key` was used before, with another body."),
    (("idempotency_key_in_flight",), "The first request with this `Idempotency-Key` has not been answered yet."),
)


def refusals_of(operation: Operation) -> list[Refusal]:
    """Return how an operation may fail, by status."""
    told = [refusal for answer in operation.answers if answer.is_error for refusal in _of(operation, answer)]
    own = [refusal for refusal, operations in OWN if operation.id in operations]
    return sorted([*own, *told], key=lambda refusal: refusal.status)


def _of(operation: Operation, answer: Answer) -> Iterator[Refusal]:
    told = (answer.example or {}).get("error", {})
    if operation.has_own_errors:
        codes, said = ((told["code"],), told["message"]) if isinstance(told, dict) else ((), told)
        yield Refusal(answer.status, codes, f"{answer.description}, such as “{said}”")
    elif answer.status == 400:  # noqa: PLR2004 - whatever is wrong with what was sent
        yield Refusal(400, *_VALUES)
        if operation.body is not None:
            yield Refusal(400, *_REFERENCES)
        if operation.body is not None and operation.body.is_json:
            yield Refusal(400, *_NOT_JSON)
    elif answer.status == 409:  # noqa: PLR2004 - what stands in the way, and the keys of writes
        known = {code for codes, _ in _KEYS for code in codes}
        if told["code"] not in known:
            yield Refusal(409, (told["code"],), told["message"])
        if operation.writes:
            yield from (Refusal(409, *key) for key in _KEYS)
    elif answer.status in _EVERYWHERE:
        yield from (Refusal(answer.status, *each) for each in _EVERYWHERE[answer.status])
    else:
        codes = (told["code"],) if told else ()
        yield Refusal(answer.status, codes, told.get("message") or f"{answer.description}.")
