"""Values of custom fields: whether one fits its field, in a body and in a query."""

import math
import re
from datetime import date
from typing import Any

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.core.resources import json_text
from pivotal_server.core.validation import enum_message, explain
from pivotal_server.fields.models import FieldRow, Resource
from pivotal_server.fields.queries import held_fields
from pivotal_server.timeline.change import Change

MAX_STRING = 1000
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


async def values_to_store(change: Change, resource: Resource, values: dict[str, Any] | None, before: str = "{}") -> str:
    """Return the ``custom_fields`` of a body as the text to store; nothing is looked up where there are none.

    Args:
        change: where they are written.
        resource: what they are written on.
        values: as sent; ``null`` clears a field of the workspace.
        before: the text stored so far. What does not differ from it is not checked, so that sending back what was
            read is no error, however old the value.

    Raises:
        ApiError: 400 where a value does not fit the workspace's field of this key.
    """
    if not values:
        return json_text(values)
    former, kept = orjson.loads(before), dict(values)
    for field in await held_fields(change.connection, change.actor, resource, list(values)):
        value = values[field.key]
        if value is None:
            del kept[field.key]
        elif field.key not in former or orjson.dumps(former[field.key]) != orjson.dumps(value):
            _check(field, value)
    return json_text(kept)


def _check(field: FieldRow, value: object) -> None:
    """Raise 400 unless a value of JSON fits the field."""
    if field.type == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _misfit(field, "int_type", value)
    elif not isinstance(value, str):
        raise _misfit(field, "string_type", value)
    elif field.type == "date":
        read_date(field, value)
    elif field.type == "select":
        read_option(field, value)
    elif len(value) > MAX_STRING:
        raise _misfit(field, "string_too_long", value, max_length=MAX_STRING)


def read_number(field: FieldRow, text: str) -> float:
    """Return the number in a query's value.

    Raises:
        ApiError: 400 ``invalid_type``.
    """
    number = float(text) if _JSON_NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise _refused(field, "invalid_type", "Expected number, received nan")
    return number


def read_date(field: FieldRow, text: str) -> date:
    """Return the date in a value.

    Raises:
        ApiError: 400 ``invalid_string``.
    """
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise _refused(field, "invalid_string", "Invalid date") from None


def read_option(field: FieldRow, text: str) -> str:
    """Return the option in a value.

    Raises:
        ApiError: 400 ``invalid_enum_value``, which lists the options.
    """
    if text not in field.options:
        raise _refused(field, "invalid_enum_value", enum_message(tuple(field.options), text))
    return text


def _misfit(field: FieldRow, kind: str, value: object, **context: object) -> ApiError:
    """Return the 400 of a problem that Pydantic has a name for, in the documented words."""
    return explain({"type": kind, "loc": ("custom_fields", field.key), "msg": "", "input": value, "ctx": context})


def _refused(field: FieldRow, code: str, message: str) -> ApiError:
    return ApiError(400, code, message, field=f"custom_fields.{field.key}")
