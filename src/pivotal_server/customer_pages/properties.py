"""What is known of a customer, as fields that are edited in place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.fields.models import FieldRow
    from pivotal_server.identity.models import Person

_CUSTOM = "custom_"
_PLAIN = (
    ("plan", "Plan", "layout-template"),
    ("domain", "Domain", "globe"),
    ("slug", "Short name", "link"),
    ("hubspot_company_id", "HubSpot company", "workflow"),
    ("hubspot_deal_id", "HubSpot deal", "workflow"),
    ("stripe_customer_id", "Stripe customer", "workflow"),
    ("intercom_company_id", "Intercom company", "workflow"),
    ("slack_channel_id", "Slack channel", "workflow"),
)
_FIRST = ("owner_email", "plan", "arr", "mrr", "monthly_orders", "domain", "tags")


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that is known of a customer.

    Attributes:
        name: of the field in its form.
        kind: ``text``, ``number``, ``money``, ``date``, ``select`` or ``tags``.
        value: what is in the field.
        field: what ``CustomerUpdate`` calls it, and its changes on the timeline.
        choices: value and words of what a ``select`` offers.
    """

    name: str
    label: str
    icon: str
    kind: str
    value: str
    field: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str | None = None

    def words(self, value: str) -> str:
        """Return a value as people read it."""
        return dict(self.choices).get(value, value)


def properties_of(row: CustomerRow, team: Sequence[Person], fields: Sequence[FieldRow]) -> list[Property]:
    """Return the properties of a customer, in the order in which they are shown.

    Args:
        row: the customer.
        team: who may own it.
        fields: the workspace's own fields of customers.
    """
    people = (("", "Nobody"), *((person.email, person.name) for person in team))
    orders = "" if row.monthly_orders is None else str(row.monthly_orders)
    known = {
        "name": Property("name", "Name", "pencil", "text", row.name, "name"),
        "owner_email": Property("owner_email", "Owner", "user", "select", row.owner_email or "", "owner_email", people),
        "arr": Property("arr", "ARR", "trending-up", "money", _units(row.arr), "arr", hint="A year"),
        "mrr": Property("mrr", "MRR", "trending-up", "money", _units(row.mrr), "mrr", hint="A month"),
        "monthly_orders": Property(
            "monthly_orders", "Orders", "inbox", "number", orders, "monthly_orders", hint="A month"
        ),
        "tags": Property("tags", "Tags", "tag", "tags", ", ".join(row.tags), "tags", hint="Separated by commas"),
    }
    for name, label, icon in _PLAIN:
        known[name] = Property(name, label, icon, "text", getattr(row, name) or "", name)
    order = ["name", *_FIRST, *(name for name, _, _ in _PLAIN if name not in _FIRST)]
    values = orjson.loads(row.custom_fields)
    return [*(known[name] for name in order), *(_custom(field, values.get(field.key)) for field in fields)]


def grouped(properties: Sequence[Property]) -> list[tuple[str, list[Property]]]:
    """Return the properties as the page has them beside the work; the name stands above it instead."""
    rest = [one for one in properties if one.name != "name"]
    return [
        ("Details", [one for one in rest if one.name in _FIRST]),
        ("More", [one for one in rest if one.name not in _FIRST]),
    ]


def find_property(properties: Sequence[Property], name: str) -> Property:
    """Return the property with this name.

    Raises:
        ApiError: 404 where there is none.
    """
    for one in properties:
        if one.name == name:
            return one
    raise ApiError(404, "http_exception", "A customer has no such field.")


def body_of(one: Property, row: CustomerRow, text: str) -> dict[str, Any]:
    """Return the fields of ``CustomerUpdate`` that give a property the value in its form.

    Args:
        one: the property.
        row: the customer, whose other custom fields stay.
        text: what is in the field.
    """
    if one.name.startswith(_CUSTOM):
        values, key = orjson.loads(row.custom_fields), one.name.removeprefix(_CUSTOM)
        values.pop(key, None)
        return {"custom_fields": values | ({key: _typed(one, text)} if text else {})}
    if one.kind == "tags":
        return {"tags": list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))}
    if one.kind == "money":
        return {one.field: _cents(text) if text else None}
    return {one.field: text if text or one.name == "name" else None}


def _custom(field: FieldRow, value: object) -> Property:
    kind = {"string": "text"}.get(field.type, field.type)
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    options = tuple((option, option) for option in field.options)
    if text and field.type == "select" and text not in field.options:
        options = (*options, (text, text))
    choices = (("", "–"), *options) if field.type == "select" else ()
    name = f"{_CUSTOM}{field.key}"
    return Property(name, field.name, "sliders-horizontal", kind, text, "custom_fields", choices, field.description)


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


def _units(cents: int | None) -> str:
    if cents is None:
        return ""
    return f"{cents // 100}" if cents % 100 == 0 else f"{cents // 100}.{cents % 100:02d}"


def _cents(text: str) -> object:
    """Return an amount in cents; what is none goes on as text, to be refused as that."""
    try:
        cents = Decimal(text.replace(",", "").replace(" ", "")) * 100
        return int(cents) if cents == int(cents) else text
    except (InvalidOperation, ValueError, OverflowError):
        return text
