"""Who may become a customer: leads in two pipelines, from the first contact to where they are now."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

from pivotal_server.demo.cast import ENGINEERS, FIRST_NAMES, LAST_NAMES, LEAD_SOURCES, LEADS, MANAGER, POSITIONS
from pivotal_server.demo.shop import Shop, Step
from pivotal_server.demo.words import LETTERS, LOST, STAGE_REASONS, WON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

# Companies that nobody has signed with yet: an address in each street.
_STREETS = (
    *("Amber", "Briar", "Clover", "Dune", "Elm", "Fjord", "Garnet", "Heather", "Islet", "Jade", "Kelp", "Linden"),
)
_TRADES = ("Market", "Supply", "Studio", "Trading", "Pantry")
_PLACES = ("Berlin", "Lyon", "Porto", "Gdańsk", "Leeds", "Utrecht", "Austin", "Toronto")
_SOURCES = ("form", "app", "import", "api")
# The pipeline beside the one that every workspace has, as a request body.
PARTNERS: dict[str, Any] = {
    "name": "Partners",
    "stages": [
        {"name": "Introduced"},
        {"name": "In talks"},
        {"name": "Agreement"},
        {"name": "Signed", "kind": "won"},
        {"name": "No fit", "kind": "lost"},
    ],
}
_SALES_STAGES, _SALES_LOST = ("new", "contacted", "qualified", "proposal"), "lost"
_PARTNER_STAGES, _PARTNERS_LOST = ("introduced", "in_talks", "agreement"), "no_fit"
# How they ended, in turn: most are still open.
_ENDS = ("open", "open", "lost", "open", "open", "open", "lost")
_PARTNER_EVERY, _UNASSIGNED_EVERY = 4, 9
# Days in a stage, and for how long at most what is lost has been lost.
_STAGE_DAYS, _LOST_DAYS = (1, 11), 120
_PIPELINE_AGO = timedelta(days=200)


def meet_leads(seed: int, today: datetime, signed: Sequence[Shop]) -> Iterator[Step]:
    """Yield what happened to all leads, each in the order of time.

    Args:
        seed: of the story's chance.
        today: when it ends.
        signed: shops that have just signed: somebody there was a lead before.
    """
    yield Step(today - _PIPELINE_AGO, MANAGER, "create", "pipeline", PARTNERS["name"], "", PARTNERS)
    for number, (street, trade) in enumerate(product(_STREETS, _TRADES)):
        random = Random(f"{seed} lead {number}")
        lead = Shop(random, f"{street} {trade}", trade, LEADS[number % len(LEADS)], today)
        _tell_lead(lead, today, number)
        yield from lead.steps
    for shop in signed:
        person = Shop(Random(f"{seed} won {shop.name}"), shop.name, shop.trade, shop.lead, today)
        _tell_won(person, shop)
        yield from person.steps


def _tell_lead(lead: Shop, today: datetime, number: int) -> None:
    """Somebody at a company that has not signed yet, or will not."""
    partner, end = number % _PARTNER_EVERY == _PARTNER_EVERY - 1, _ENDS[number % len(_ENDS)]
    stages = _PARTNER_STAGES if partner else _SALES_STAGES
    reached = number // _PARTNER_EVERY % len(stages)
    days = [lead.random.randint(*_STAGE_DAYS) for _ in range(reached + 1)]
    since = lead.random.randint(2, _LOST_DAYS) if end == "lost" else 0
    lead.at = today - timedelta(days=sum(days) + since, hours=9)
    owned = reached or number % _UNASSIGNED_EVERY
    _add(lead, {"pipeline": PARTNERS["name"]} if partner else {}, owner=lead.lead if owned else None)
    _move_on(lead, stages[1 : reached + 1], days)
    if end == "lost":
        lead.move_to(lead.at + timedelta(days=days[-1]))
        lost = _PARTNERS_LOST if partner else _SALES_LOST
        _tell(lead, "move", stage=lost, reason=lead.random.choice(LOST))


def _tell_won(lead: Shop, shop: Shop) -> None:
    """Somebody at a shop that has signed since, and is a contact there now."""
    days = [lead.random.randint(*_STAGE_DAYS) for _ in _SALES_STAGES]
    met = shop.steps[-1].at
    lead.at = met - timedelta(days=sum(days))
    _add(lead, {}, owner=lead.lead)
    _move_on(lead, _SALES_STAGES[1:], days)
    lead.at = max(lead.at, met) + timedelta(minutes=20)
    _tell(lead, "win", customer=shop.slug, reason=lead.random.choice(WON))


def _add(lead: Shop, where: dict[str, str], *, owner: str | None) -> None:
    random = lead.random
    first, last = random.choice(FIRST_NAMES.split()), random.choice(LAST_NAMES.split())
    lead.people[lead.slug] = first
    lead.move_to(lead.at)
    details: dict[str, Any] = {"phone": f"+49 30 555 {random.randint(1000, 9999)}"} if lead.chance(60) else {}
    if lead.chance(50):
        details["linkedin_url"] = f"https://www.linkedin.example/in/{first}-{last}".lower()
    if lead.chance(20):
        details["assignees"] = [random.choice(ENGINEERS)]
    _tell(
        lead,
        "create",
        first_name=first,
        last_name=last,
        email=f"{first[0]}{last}@{lead.slug}.example".lower(),
        company=lead.name,
        title=random.choice(POSITIONS)[0],
        location=random.choice(_PLACES),
        owner=owner,
        source=random.choice(_SOURCES),
        lead_source=random.choice(LEAD_SOURCES),
        **where,
        **details,
    )


def _move_on(lead: Shop, stages: Sequence[str], days: Sequence[int]) -> None:
    """Go through stages, each some days after the one before, and write to the lead in the first."""
    for place, (stage, spent) in enumerate(zip(stages, days, strict=False)):
        lead.move_to(lead.at + timedelta(days=spent))
        reason = {"reason": lead.random.choice(STAGE_REASONS)} if lead.chance(40) else {}
        _tell(lead, "move", stage=stage, **reason)
        if place == 0:
            subject, body, answer = lead.random.choice(LETTERS)
            words = {"name": lead.people[lead.slug], "company": lead.name}
            _write(lead, "outbound", subject, body.format(**words))
            if lead.chance(50):
                _write(lead, "inbound", f"Re: {subject}", answer)


def _write(lead: Shop, direction: str, subject: str, body: str) -> None:
    lead.pause()
    status = "delivered" if direction == "outbound" else "read"
    fields = {"channel": "email", "direction": direction, "status": status, "subject": subject, "body": body}
    lead.tell("create", "message", "", parent=_label(lead), **fields)


def _tell(lead: Shop, action: str, **fields: Any) -> None:  # noqa: ANN401 - of the request body
    lead.tell(action, "lead", _label(lead), **fields)


def _label(lead: Shop) -> str:
    return f"lead:{lead.slug}"
