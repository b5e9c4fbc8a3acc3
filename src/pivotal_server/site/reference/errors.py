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
    return [refusal for answer in operation.answers if answer.is_error for refusal in _of(operation, answer)]


def _of(operation: Operation, answer: Answer) -> Iterator[Refusal]:
    told = (answer.example or {}).get("error", {})
    if answer.status == 400:  # noqa: PLR2004 - whatever is wrong with what was sent
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
