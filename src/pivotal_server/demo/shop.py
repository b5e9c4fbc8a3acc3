"""What a story is told with: steps in time, and the shop that they are about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pivotal_server.demo.cast import ENGINEERS, FIRST_NAMES, LAST_NAMES

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

_WORKDAY = (8, 17)
_LAST_WEEKDAY = 4


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody did.

    Attributes:
        at: when.
        who: key of the teammate, or label of the contact.
        action: what was done, such as ``create``.
        resource: to what: ``customer``, ``contact``, ``onboarding``, ``task``, or a part of the settings.
        label: names the resource within the story; that of a task is its onboarding's and its key in the template.
        parent: label of what a new resource belongs to.
        fields: the request body; teammates, contacts, templates and tasks stand there by key, label or name.
    """

    at: datetime
    who: str
    action: str
    resource: str
    label: str
    parent: str
    fields: dict[str, Any]


@dataclass
class Shop:
    """A customer, and the story told about it so far.

    Attributes:
        random: the story's source of chance.
        name: as people say it.
        trade: what it sells.
        lead: key of the teammate who leads its onboardings.
        at: when the last step was.
        steps: what happened, in the order of time.
        people: first names of its contacts by label.
    """

    random: Random
    name: str
    trade: str
    lead: str
    at: datetime
    steps: list[Step] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """Its part of URLs and domains, which is its label in the story as well."""
        return "-".join(self.name.lower().replace("&", " ").split())

    @property
    def engineer(self) -> str:
        """Key of the engineer who works for it, always the same one."""
        return ENGINEERS[len(self.name) % len(ENGINEERS)]

    def chance(self, percent: int) -> bool:
        """Return whether something happens that does so in that many of a hundred cases."""
        return self.random.randrange(100) < percent

    def tell(
        self,
        action: str,
        resource: str,
        label: str,
        who: str | None = None,
        parent: str | None = None,
        **fields: Any,  # noqa: ANN401 - of the request body
    ) -> None:
        """Add a step that the lead does now, or ``who``."""
        self.steps.append(Step(self.at, who or self.lead, action, resource, label, parent or self.slug, fields))

    def pause(self, most: int = 9) -> None:
        """Let some minutes go by."""
        self.at += timedelta(minutes=self.random.randint(1, most), seconds=self.random.randrange(60))

    def move_to(self, moment: datetime) -> None:
        """Go on in the office hours of that day, or a little later than the last step if that has been later."""
        weekend = max(moment.weekday() - _LAST_WEEKDAY, 0)
        opens, closes = _WORKDAY
        at_work = (moment - timedelta(days=weekend)).replace(
            hour=self.random.randint(opens, closes), microsecond=self.random.randrange(10**6)
        ) + timedelta(seconds=self.random.randrange(3600))
        self.pause()
        self.at = max(at_work, self.at)

    def add_contact(self, number: int, **fields: Any) -> None:  # noqa: ANN401 - of the request body
        """Add a contact; the label is the shop's and the number."""
        first, last = self.random.choice(FIRST_NAMES.split()), self.random.choice(LAST_NAMES.split())
        email = f"{first}.{last}{number or ''}@{self.slug}.example".lower()
        label = f"{self.slug}:{number}"
        self.people[label] = first
        self.tell("create", "contact", label, name=f"{first} {last}", email=email, **fields)
