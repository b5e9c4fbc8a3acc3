"""What is known of a customer, as fields that are edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.fields.properties import custom_properties
from pivotal_server.web.properties import Property, in_groups, in_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.fields.models import FieldRow
    from pivotal_server.identity.models import Person

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


def properties_of(row: CustomerRow, team: Sequence[Person], fields: Sequence[FieldRow]) -> list[Property]:
    """Return the properties of a customer, in the order in which they are shown.

    Args:
        row: the customer.
        team: who may own it.
        fields: the workspace's own fields of customers.
    """
    people = (("", "Nobody"), *((person.email, person.name) for person in team))
    orders, tags = "" if row.monthly_orders is None else str(row.monthly_orders), ", ".join(row.tags)
    found = [
        Property("name", "Name", "pencil", "text", row.name, "name", required=True),
        Property("owner_email", "Owner", "user", "select", row.owner_email or "", "owner_email", people),
        Property("arr", "ARR", "trending-up", "money", in_units(row.arr), "arr", hint="A year"),
        Property("mrr", "MRR", "trending-up", "money", in_units(row.mrr), "mrr", hint="A month"),
        Property("monthly_orders", "Orders", "inbox", "number", orders, "monthly_orders", hint="A month"),
        Property("tags", "Tags", "tag", "tags", tags, "tags", hint="Separated by commas", suggests="/tags?of=customer"),
        *(Property(name, label, icon, "text", getattr(row, name) or "", name) for name, label, icon in _PLAIN),
    ]
    known = {one.name: one for one in found}
    order = ["name", *_FIRST, *(name for name, _, _ in _PLAIN if name not in _FIRST)]
    return [*(known[name] for name in order), *custom_properties(fields, row.custom_fields)]


def grouped(properties: Sequence[Property]) -> list[tuple[str, list[Property]]]:
    """Return the properties as the page has them beside the work; the name stands above it instead."""
    return in_groups(properties, {"name": "", **dict.fromkeys(_FIRST, "Details")}, "More")
