"""The workspace's own fields, as properties that are edited in place."""

from collections.abc import Sequence

import orjson

from pivotal_server.fields.models import FieldRow
from pivotal_server.web.properties import CUSTOM, Property


def custom_properties(fields: Sequence[FieldRow], custom_fields: str) -> list[Property]:
    """Return the fields with the values that a thing has of them.

    Args:
        fields: the workspace's own fields of such things.
        custom_fields: JSON text of the values.
    """
    values = orjson.loads(custom_fields)
    return [_property(field, values.get(field.key)) for field in fields]


def _property(field: FieldRow, value: object) -> Property:
    kind = {"string": "text"}.get(field.type, field.type)
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    options = tuple((option, option) for option in field.options)
    if text and field.type == "select" and text not in field.options:
        options = (*options, (text, text))
    choices = (("", "–"), *options) if field.type == "select" else ()
    name = f"{CUSTOM}{field.key}"
    return Property(name, field.name, "sliders-horizontal", kind, text, "custom_fields", choices, field.description)
