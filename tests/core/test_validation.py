"""Whatever is sent in whatever field, the problem is told in a documented code, never in the library's own."""

from collections.abc import Iterator
from typing import Any

import pytest

from pivotal_server.app import ROUTERS
from pivotal_server.core.errors import ApiError
from pivotal_server.core.json_input import MAX_DEPTH, parse_object
from pivotal_server.core.validation import RequestModel, parse_datetime, validate

CODES = {"invalid_type", "invalid_enum_value", "invalid_field", "too_small", "too_big", "invalid_string"}
ODDITIES: list[Any] = [
    None,
    True,
    0,
    -1,
    7,
    2**53,
    2**63 - 1,
    -(2**63),
    1.5,
    -0.0,
    1e308,
    "",
    " ",
    "x",
    "x" * 300,
    "x" * 100_001,
    "null",
    "2026-02-30T00:00:00Z",
    "a@b",
    [],
    [None],
    [1],
    ["", "x"],
    ["x"] * 51,
    [["x"]],
    {},
    {"a": 1},
    {"a": "x" * 20_000},
    {"": None},
]


def request_models(base: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    for model in base.__subclasses__():
        yield model
        yield from request_models(model)


def refusal(model: type[RequestModel], values: dict[str, Any]) -> ApiError | None:
    """Return what is told of the values, or None where they are in order."""
    try:
        validate(model, values)
    except ApiError as error:
        return error
    return None


def test_every_problem_of_every_field_has_a_documented_code() -> None:
    assert ROUTERS  # their import has declared the models
    models = list(request_models())
    assert len(models) >= 8
    for model in models:
        for name in model.model_fields:
            for value in ODDITIES:
                error = refusal(model, {name: value})
                if error is not None:
                    assert error.status == 400
                    assert error.code in CODES, f"{model.__name__}.{name} = {value!r}: {error.code}"
                    assert error.message[0].isupper()
                    assert error.field


def test_a_patch_knows_what_was_sent() -> None:
    class Body(RequestModel):
        first: str | None = None
        second: str | None = None

    assert validate(Body, {}).changes() == {}
    assert validate(Body, {"second": None, "third": 1}).changes() == {"second": None}
    assert validate(Body, {"first": "x", "second": "y"}).changes() == {"first": "x", "second": "y"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02T09:00:00.1Z", "2026-03-02T09:00:00.100000+00:00"),
        ("2026-03-02T09:00:00.1234567899Z", "2026-03-02T09:00:00.123456+00:00"),
        ("2026-03-02T09:00:00+05:30", "2026-03-02T03:30:00+00:00"),
        ("2026-03-02t09:00:00z", "2026-03-02T09:00:00+00:00"),
        ("2024-02-29T23:59:59-23:59", "2024-03-01T23:58:59+00:00"),
    ],
)
def test_a_datetime_is_read_as_utc(text: str, shown: str) -> None:
    assert parse_datetime(text).isoformat() == shown


def test_the_fast_and_the_careful_parser_agree() -> None:
    """A long number or many brackets make a body suspicious; it is then read by another parser."""
    bodies = [
        b'{"a": 1.5, "b": [true, null], "c": "\\u00e9\\ud83c\\udf89", "d": {"e": -0.0, "f": 1e5}}',
        b' {"a" : "\\n\\t\\"\\\\\\/" , "b":""}\r\n',
        b'{"a": 123456789012345, "a": 2}',
    ]
    for body in bodies:
        suspicious = body.rstrip()[:-1] + b', "long": 1234567890123456, "many": [' + b"[]," * 100 + b"[]]}"
        careful = parse_object(suspicious)
        assert careful.pop("long") == 1234567890123456
        assert len(careful.pop("many")) == 101
        assert careful == parse_object(body)


def test_nesting_is_bounded_exactly() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    assert parse_object(nested(MAX_DEPTH))
    with pytest.raises(ApiError, match="nests deeper"):
        parse_object(nested(MAX_DEPTH + 1))
