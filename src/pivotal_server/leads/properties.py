"""What is known of a lead, as fields that are edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.web.properties import Property, in_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.identity.models import Person
    from pivotal_server.leads.models import LeadRow

# Name, label, icon and kind of what is a line of text.
_PERSON = (
    ("email", "E-mail", "mail", "email"),
    ("phone", "Phone", "phone", "tel"),
    ("company", "Company", "building-2", "text"),
    ("title", "Job title", "briefcase", "text"),
    ("linkedin_url", "LinkedIn", "link", "url"),
    ("location", "Location", "map-pin", "text"),
)
_ORIGIN = (("lead_source", "Lead source", "target", "text"), ("source", "Added by", "webhook", "text"))
_HEADINGS = {"name": "", "owner": "Who works on it", "assignees": "Who works on it"}
_ASSIGNEES = "assignees"


def properties_of(row: LeadRow, team: Sequence[Person]) -> list[Property]:
    """Return the properties of a lead, in the order in which they are shown.

    Args:
        row: the lead.
        team: who may own it, or work on it.
    """
    people = [(person.id, person.name) for person in team]
    if row.owner_id and row.owner_id not in dict(people):
        people.append((row.owner_id, row.owner_email or "Somebody who left"))
    assignees, owners = ", ".join(sorted(row.assignee_ids)), (("", "Nobody"), *people)
    return [
        Property("name", "Name", "pencil", "text", row.name, "name", required=True),
        Property("owner", "Owner", "user", "select", row.owner_id or "", "owner", owners),
        Property(_ASSIGNEES, "Assignees", "users", "people", assignees, _ASSIGNEES, tuple(people)),
        *(_line(row, *one) for one in _PERSON),
        *(_line(row, *one) for one in _ORIGIN),
        Property("labels", "Labels", "tag", "tags", ", ".join(row.labels), "labels", hint="Separated by commas"),
    ]


def grouped(properties: Sequence[Property]) -> list[tuple[str, list[Property]]]:
    """Return the properties as the page has them beside the work; the name stands above it instead."""
    headings = _HEADINGS | {name: "The person" for name, *_ in _PERSON}
    return in_groups(properties, headings, "More")


def _line(row: LeadRow, name: str, label: str, icon: str, kind: str) -> Property:
    return Property(name, label, icon, kind, getattr(row, name) or "", name)
