"""Validation of bodies and queries with Zod's issue codes and English (documentation: Errors, validation details).

Pydantic does the work; its first error is told in the documented words. The field types below are the ones that more
than one slice needs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from pivotal_server.core.errors import ApiError

Model = TypeVar("Model", bound=BaseModel)

MAX_SAFE_INTEGER = 2**53 - 1
MAX_METADATA_BYTES = 16 * 1024
EXAMPLE_KEYWORD = "x-example"
# Default of a PATCH's fields that cannot be null: never read, because only what was sent counts.
UNSENT: Any = None
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class RequestModel(BaseModel):
    """A request's body or query: types as JSON has them, unknown keys ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    def changes(self) -> dict[str, Any]:
        """Return the fields that the request named, with their values; ``None`` means clear."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


def parse_datetime(value: object) -> datetime:
    """Return the UTC instant of an RFC 3339 string with ``Z`` or an offset.

    Raises:
        PydanticCustomError: it is something else; a bare date is (code ``invalid_string``, "Invalid datetime").
    """
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "")  # told in the documented words by explain()
    try:
        if not _RFC3339.fullmatch(value):
            raise ValueError(value)
        return datetime.fromisoformat(_six_digit_fraction(value).upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("invalid_string", "Invalid datetime") from None


def parse_date(value: object) -> date:
    """Return the day that ``YYYY-MM-DD`` names.

    Raises:
        PydanticCustomError: it is something else (code ``invalid_string``, "Invalid date").
    """
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "")
    try:
        if not _DATE.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("invalid_string", "Invalid date") from None


def _six_digit_fraction(value: str) -> str:
    """Cut a longer fraction of a second, which Python 3.11 reads and older notation does not, to microseconds."""
    return re.sub(r"(\.\d{6})\d+", r"\1", value)


def _check_email(value: str) -> str:
    if not _EMAIL.fullmatch(value) or len(value.partition("@")[0]) > 64:  # noqa: PLR2004 - RFC 5321
        raise PydanticCustomError("invalid_string", "Invalid email")
    return value.lower()


def _whole(value: object) -> object:
    """Take 3.0 for 3, as JSON does not tell them apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a string type with its known values: ``Annotated[str, OneOf(("a", "b"))]``.

    Attributes:
        values: the values in their documented order.
        extensible: the list is open, and the caller checks the value itself (a workspace's own phases).
    """

    values: tuple[str, ...]
    extensible: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        schema = handler(source)
        return schema if self.extensible else core_schema.no_info_before_validator_function(self._check, schema)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        known = {"x-extensible-enum": list(self.values)} if self.extensible else {}
        return handler(schema) | {"enum": list(self.values)} | known

    def _check(self, value: object) -> object:
        if not isinstance(value, str):
            text = f"Expected {_quoted(self.values)}, received {_type_name(value)}"
            raise PydanticCustomError("invalid_type", "{text}", {"text": text})
        if value not in self.values:
            raise PydanticCustomError("invalid_enum_value", "{text}", {"text": enum_message(self.values, value)})
        return value


def enum_message(expected: tuple[str, ...], received: str) -> str:
    """Return the sentence that lists the expected values in order."""
    return f"Invalid enum value. Expected {_quoted(expected)}, received '{received}'"


def _quoted(values: tuple[str, ...]) -> str:
    return " | ".join(f"'{value}'" for value in values)


def shown_as(example: dict[str, Any], besides: dict[str, Any] | None = None) -> ConfigDict:
    """Return the configuration of a model or answer whose example in the API's description is ``example``.

    It travels as text, because FastAPI drops every ``null`` from what it documents. ``besides`` is what else its schema
    says.
    """
    return ConfigDict(json_schema_extra={EXAMPLE_KEYWORD: orjson.dumps(example).decode(), **(besides or {})})


Name = Annotated[str, Field(min_length=1, max_length=255)]
DateTime = Annotated[
    datetime, BeforeValidator(parse_datetime), WithJsonSchema({"type": "string", "format": "date-time"})
]
Date = Annotated[date, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "format": "date"})]
Email = Annotated[
    str,
    Field(max_length=254),
    AfterValidator(_check_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
Count = Annotated[int, Field(ge=0, le=MAX_SAFE_INTEGER), BeforeValidator(_whole)]


def _check_json_size(value: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(value)) > MAX_METADATA_BYTES:
        raise PydanticCustomError("too_big", f"JSON must be at most {MAX_METADATA_BYTES} bytes")
    return value


# Opaque to us, returned as it was sent, replaced as a whole.
JsonObject = Annotated[
    dict[str, Any], AfterValidator(_check_json_size), WithJsonSchema({"type": "object", "additionalProperties": True})
]
# What answers show for an instant; rendered by core.clock.
Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
ExternalId = Annotated[str, Field(min_length=1, max_length=255)]


def validate(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return the model of ``values``.

    Raises:
        ApiError: 400 with the first problem in the documented words, and its field.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise explain(error.errors(include_url=False)[0]) from None


def accepts_nothing(model: type[BaseModel]) -> bool:
    """Return whether an empty object is a value of a model, and its schema does not say otherwise."""
    said = model.model_config.get("json_schema_extra")
    if isinstance(said, dict) and not said.keys().isdisjoint(("required", "anyOf")):
        return False
    try:
        model.model_validate({})
    except ValidationError:
        return False
    return True


def explain(detail: ErrorDetails) -> ApiError:
    """Return the 400 that tells one Pydantic error in Zod's code and words."""
    kind, context, received = detail["type"], detail.get("ctx", {}), detail.get("input")
    path = [str(part) for part in detail["loc"]]
    code, message = _WORDS[kind](context, received) if kind in _WORDS else (kind, detail["msg"])
    if message == "Required":
        code = "invalid_type"
    return ApiError(400, code, message, field=".".join(path) or None)


def _expected(name: str) -> Any:  # noqa: ANN401 - one entry of the table below
    return lambda _context, received: ("invalid_type", f"Expected {name}, received {_type_name(received)}")


def _expected_integer(_context: dict[str, Any], received: object) -> tuple[str, str]:
    if isinstance(received, float):
        return "invalid_type", "Expected integer, received float"
    return "invalid_type", f"Expected number, received {_type_name(received)}"


def _type_name(value: object) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"


def _size(kind: str, bound: str, key: str, unit: str) -> Any:  # noqa: ANN401 - one entry of the table below
    code = "too_small" if bound == "at least" else "too_big"
    return lambda context, _received: (code, f"{kind} must contain {bound} {context[key]} {unit}(s)")


_WORDS: dict[str, Any] = {
    "missing": lambda _context, _received: ("invalid_type", "Required"),
    "string_type": _expected("string"),
    "int_type": _expected_integer,
    "bool_type": _expected("boolean"),
    "list_type": _expected("array"),
    "dict_type": _expected("object"),
    "model_type": _expected("object"),
    "string_too_short": _size("String", "at least", "min_length", "character"),
    "string_too_long": _size("String", "at most", "max_length", "character"),
    "too_long": _size("Array", "at most", "max_length", "element"),
    "too_short": _size("Array", "at least", "min_length", "element"),
    "greater_than_equal": lambda context, _: (
        "too_small",
        f"Number must be greater than or equal to {context['ge']}",
    ),
    "less_than_equal": lambda context, _: ("too_big", f"Number must be less than or equal to {context['le']}"),
    "string_pattern_mismatch": lambda _context, _received: ("invalid_string", "Invalid"),
    "string_unicode": lambda _context, _received: ("invalid_string", "Invalid"),
}
