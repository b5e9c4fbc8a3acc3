"""What is known of an onboarding, as fields that are edited in place."""

from collections.abc import Sequence

from pivotal_server.fields.models import FieldRow
from pivotal_server.fields.properties import custom_properties
from pivotal_server.identity.models import Person
from pivotal_server.onboardings.models import ROLE_NAMES, OnboardingRow
from pivotal_server.web.properties import Property, in_groups

_DAYS = "reminder_frequency_days"
_HEADINGS = {"name": "", **dict.fromkeys(ROLE_NAMES, "People"), "reminder_email": "Reminders", _DAYS: "Reminders"}


def properties_of(row: OnboardingRow, team: Sequence[Person], fields: Sequence[FieldRow]) -> list[Property]:
    """Return the properties of an onboarding, in the order in which they are shown.

    Args:
        row: the onboarding.
        team: who may have a part in it.
        fields: the workspace's own fields of onboardings.
    """
    people = (("", "Nobody"), *((person.id, person.name) for person in team))
    tags, reminds = ", ".join(row.tags), "true" if row.reminder_email else "false"
    return [
        *(
            Property(name, label, "user", "select", getattr(row, name) or "", name, people)
            for name, label in ROLE_NAMES.items()
        ),
        Property(
            "tags", "Tags", "tag", "tags", tags, "tags", hint="Separated by commas", suggests="/tags?of=onboarding"
        ),
        Property("reminder_email", "By e-mail", "mail", "check", reminds, "reminder_email"),
        Property(_DAYS, "Days between", "clock", "number", str(row.reminder_frequency_days), _DAYS, required=True),
        Property("notes", "Notes", "file-text", "notes", row.notes or "", "notes"),
        Property("name", "Title", "pencil", "text", row.name, "name", required=True),
        *custom_properties(fields, row.custom_fields),
    ]


def grouped(properties: Sequence[Property]) -> list[tuple[str, list[Property]]]:
    """Return the properties as the page has them beside the work; the title stands above it instead."""
    return in_groups(properties, _HEADINGS, "More")
