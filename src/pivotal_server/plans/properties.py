"""What is known of an onboarding, as fields that are edited in place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.fields.models import FieldRow
from pivotal_server.identity.models import Person
from pivotal_server.onboardings.models import ROLE_NAMES, OnboardingRow

_CUSTOM = "custom_"
_REQUIRED = {"name", "reminder_frequency_days"}


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that is known of an onboarding.

    Attributes:
        name: of the field in its form.
        kind: ``text``, ``number``, ``date``, ``select``, ``tags``, ``notes`` or ``check``.
        value: what is in the field.
        choices: value and words of what a ``select`` offers.
        field: what ``OnboardingUpdate`` calls it, and its changes on the timeline.
    """

    name: str
    label: str
    icon: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    field: str = ""
    hint: str | None = None

    def words(self, value: str) -> str:
        """Return a value as people read it."""
        if self.kind == "check":
            return "on" if value == "true" else "off"
        return dict(self.choices).get(value, value)


def properties_of(row: OnboardingRow, team: Sequence[Person], fields: Sequence[FieldRow]) -> list[Property]:
    """Return the properties of an onboarding, in the order in which they are shown.

    Args:
        row: the onboarding.
        team: who may have a part in it.
        fields: the workspace's own fields of onboardings.
    """
    people = (("", "Nobody"), *((person.id, person.name) for person in team))
    found = [
        Property(name, label, "user", "select", getattr(row, name) or "", people, name)
        for name, label in ROLE_NAMES.items()
    ]
    found += [
        Property("tags", "Tags", "tag", "tags", ", ".join(row.tags), field="tags", hint="Separated by commas"),
        Property("reminder_email", "By e-mail", "mail", "check", _flag(row.reminder_email), field="reminder_email"),
        Property(
            "reminder_frequency_days",
            "Days between",
            "clock",
            "number",
            str(row.reminder_frequency_days),
            field="reminder_frequency_days",
        ),
        Property("notes", "Notes", "file-text", "notes", row.notes or "", field="notes"),
        Property("name", "Title", "pencil", "text", row.name, field="name"),
    ]
    values = orjson.loads(row.custom_fields)
    return found + [_custom(field, values.get(field.key)) for field in fields]


def grouped(properties: Sequence[Property]) -> list[tuple[str, list[Property]]]:
    """Return the properties as the page has them beside the work; the title stands above it instead."""
    groups: dict[str, list[Property]] = {"People": [], "Reminders": [], "More": []}
    for one in properties:
        if one.name in ROLE_NAMES:
            groups["People"].append(one)
        elif one.name.startswith("reminder_"):
            groups["Reminders"].append(one)
        elif one.name != "name":
            groups["More"].append(one)
    return list(groups.items())


def find_property(properties: Sequence[Property], name: str) -> Property:
    """Return the property with this name.

    Raises:
        ApiError: 404 where there is none.
    """
    for one in properties:
        if one.name == name:
            return one
    raise ApiError(404, "http_exception", "Onboardings have no such property.")


def body_of(one: Property, row: OnboardingRow, text: str) -> dict[str, Any]:
    """Return the fields of ``OnboardingUpdate`` that give a property the value in its form.

    Args:
        one: the property.
        row: the onboarding, whose other custom fields stay.
        text: what is in the field.
    """
    if one.name.startswith(_CUSTOM):
        values, key = orjson.loads(row.custom_fields), one.name.removeprefix(_CUSTOM)
        values.pop(key, None)
        return {"custom_fields": values | ({key: _typed(one, text)} if text else {})}
    if one.kind == "tags":
        return {"tags": list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))}
    return {one.field: text if text or one.name in _REQUIRED else None}


def _custom(field: FieldRow, value: object) -> Property:
    kind = {"string": "text"}.get(field.type, field.type)
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    options = tuple((option, option) for option in field.options)
    if text and field.type == "select" and text not in field.options:
        options = (*options, (text, text))
    choices = (("", "–"), *options) if field.type == "select" else ()
    return Property(
        f"{_CUSTOM}{field.key}", field.name, "tag", kind, text, choices, "custom_fields", hint=field.description
    )


def _typed(one: Property, text: str) -> object:
    """Return a custom field's value as JSON has it; what is no number goes on as text, to be refused as that."""
    if one.kind != "number":
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def _flag(value: bool) -> str:  # noqa: FBT001 - a value, not a switch
    return "true" if value else "false"
