"""What happened at the demo company in the last year, as steps in time; made up, and always the same.

A year is told from the present backwards, so that whenever it is seeded there are customers in every phase and state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from pivotal_server.demo.cast import (
    CHANNELS,
    DESIGNER,
    ENGINEER,
    FIRST_NAMES,
    LAST_NAMES,
    LEAD_SOURCES,
    LEADS,
    NOTES,
    OPERATIONS,
    PHASE_REASONS,
    PLANS,
    POSITIONS,
    REASONS,
    REGIONS,
    SHOP_SYSTEMS,
    SHOPS,
)
from pivotal_server.onboardings.phases import DEFAULT_PHASES

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEED = 20_240_229
_SETTLED = 36
_IN_PROGRESS = 20
_EXPANSIONS = 8
_LEAST_DETOUR_DAYS = 4
_WORKDAY = (8, 17)
_LAST_WEEKDAY = 4
_OPEN_PHASES = len(DEFAULT_PHASES) - 1
# What the onboardings under way are in now, in turn: most go well.
_STATES_NOW = ("active", "active", "waiting", "active", "at_risk", "active", "paused", "active", "blocked")
# What became of those who launched, in turn.
_FATES = ("grows", "grows", "at_risk", "grows", "low_touch", "grows", "churned", "grows", "recovered")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody did.

    Attributes:
        at: when.
        who: key of the teammate.
        action: ``create`` or ``update``.
        resource: ``customer``, ``contact`` or ``onboarding``.
        label: names the resource within the story.
        parent: label of the customer that a contact or an onboarding belongs to.
        fields: the request body; ``*_id`` of teammates hold their keys.
    """

    at: datetime
    who: str
    action: str
    resource: str
    label: str
    parent: str
    fields: dict[str, Any]


@dataclass
class _Shop:
    """A customer, and the story told about it so far."""

    random: Random
    name: str
    trade: str
    lead: str
    at: datetime
    steps: list[Step] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return "-".join(self.name.lower().replace("&", " ").split())

    def chance(self, percent: int) -> bool:
        """Return whether something happens that does so in that many of a hundred cases."""
        return self.random.randrange(100) < percent

    def tell(self, action: str, resource: str, label: str, who: str | None = None, **fields: Any) -> None:  # noqa: ANN401
        self.steps.append(Step(self.at, who or self.lead, action, resource, label, self.slug, fields))

    def move_to(self, moment: datetime) -> None:
        """Go on in the office hours of that day, or a little later than the last step if that has been later."""
        weekend = max(moment.weekday() - _LAST_WEEKDAY, 0)
        opens, closes = _WORKDAY
        at_work = (moment - timedelta(days=weekend)).replace(
            hour=self.random.randint(opens, closes), microsecond=self.random.randrange(10**6)
        ) + timedelta(seconds=self.random.randrange(3600))
        self.at = max(at_work, self.at + timedelta(minutes=self.random.randint(3, 40)))


def tell(now: datetime) -> list[Step]:
    """Return the year before ``now``, step by step, in the order of time."""
    # The current day is left out: its office hours may lie ahead.
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    random = Random(_SEED)
    shops = [_Shop(random, name, trade, LEADS[n % len(LEADS)], today) for n, (name, trade) in enumerate(SHOPS)]
    random.shuffle(shops)
    for number, shop in enumerate(shops):
        if number < _SETTLED:
            _tell_settled(shop, today, number)
        elif number < _SETTLED + _IN_PROGRESS:
            _tell_in_progress(shop, today, number - _SETTLED)
        else:
            _tell_newcomer(shop, today, number - _SETTLED - _IN_PROGRESS)
    return sorted((step for shop in shops for step in shop.steps), key=lambda step: step.at)


def _tell_settled(shop: _Shop, today: datetime, number: int) -> None:
    """A customer that launched some time ago, and what became of it."""
    random = shop.random
    days_ago = 364 - number * (364 - 100) // _SETTLED
    pace = random.uniform(0.75, min(1.4, (days_ago - 12) / 63))
    durations = [phase.target_days * pace * random.uniform(0.8, 1.2) for phase in DEFAULT_PHASES[:-1]]
    fee = _meet(shop, today - timedelta(days=days_ago))
    _onboard(shop, f"{shop.slug}:1", shop.name, durations, _OPEN_PHASES)
    shop.tell("update", "customer", shop.slug, status="active", stripe_customer_id=f"cus_{_token(random, 14)}")
    fate = _FATES[number % len(_FATES)]
    if number < _EXPANSIONS * 2 and number % 2 == 0:
        _expand(shop, today, number // 2)
    else:
        _meet_fate(shop, today, fate, fee)


def _meet_fate(shop: _Shop, today: datetime, fate: str, fee: int) -> None:
    random = shop.random
    quarter = timedelta(days=80)
    if shop.at + quarter < today and shop.chance(40):
        _change_contact(shop)
    while fate in {"grows", "recovered"} and shop.at + quarter < today - timedelta(days=2):
        shop.move_to(shop.at + quarter + timedelta(days=random.randint(-15, 0)))
        fee = round(fee * random.uniform(1.05, 1.3))
        shop.tell("update", "customer", shop.slug, mrr=fee * 100, arr=fee * 1200)
    left = (today - shop.at).days
    if fate in {"at_risk", "churned", "recovered"} and left > _LEAST_DETOUR_DAYS:
        shop.move_to(shop.at + timedelta(days=left // 2))
        shop.tell("update", "customer", shop.slug, status="at_risk")
        if fate != "at_risk":
            shop.move_to(today - timedelta(days=max(left // 4, 1)))
            shop.tell("update", "customer", shop.slug, status="active" if fate == "recovered" else "churned")
    elif fate == "low_touch":
        shop.move_to(shop.at + timedelta(days=left // 3))
        shop.tell("update", "customer", shop.slug, who=OPERATIONS, status="low_touch")


def _expand(shop: _Shop, today: datetime, number: int) -> None:
    """A second onboarding, under way now: the customer takes its program to another channel."""
    phase = number % _OPEN_PHASES
    durations = _durations_so_far(shop.random, phase)
    shop.move_to(max(shop.at, today - timedelta(days=sum(durations))))
    label, name = f"{shop.slug}:2", f"{shop.name} in stores"
    _onboard(shop, label, name, durations, phase)
    _end_in_state(shop, label, today, _STATES_NOW[(number + 2) % len(_STATES_NOW)])


def _tell_in_progress(shop: _Shop, today: datetime, number: int) -> None:
    """A customer whose first onboarding is under way."""
    phase = number % _OPEN_PHASES
    durations = _durations_so_far(shop.random, phase)
    _meet(shop, today - timedelta(days=sum(durations) + 3))
    label = f"{shop.slug}:1"
    _onboard(shop, label, shop.name, durations, phase)
    _end_in_state(shop, label, today, _STATES_NOW[number % len(_STATES_NOW)])


def _tell_newcomer(shop: _Shop, today: datetime, number: int) -> None:
    """A customer that has signed and not begun."""
    _meet(shop, today - timedelta(days=number + 1))


def _meet(shop: _Shop, moment: datetime) -> int:
    """Add the customer and its contacts, and return its monthly fee in dollars."""
    random = shop.random
    plan, least, most, orders = random.choices(PLANS, weights=(30, 40, 22, 8))[0]
    fee = random.randint(least, most)
    shop.at = moment - timedelta(days=3)
    shop.move_to(moment)
    external = {"hubspot_company_id": str(random.randint(10**9, 10**10 - 1))} if shop.chance(70) else {}
    if shop.chance(40):
        external["slack_channel_id"] = f"C0{_token(random, 9).upper()}"
    shop.tell(
        "create",
        "customer",
        shop.slug,
        name=shop.name,
        slug=shop.slug,
        domain=f"{shop.slug}.example",
        status="onboarding",
        plan=plan,
        mrr=fee * 100,
        arr=fee * 1200,
        monthly_orders=fee * orders,
        owner_email=shop.lead,
        tags=[shop.trade, random.choice(REGIONS)],
        custom_fields={"contract_signed": f"{shop.at:%F}", "stores": fee // 150, "shop_system": SHOP_SYSTEMS[fee % 4]},
        metadata={"lead_source": random.choice(LEAD_SOURCES)},
        **external,
    )
    for number, (title, labels) in enumerate(random.sample(POSITIONS, random.randint(2, 4))):
        shop.at += timedelta(minutes=random.randint(1, 9))
        _add_contact(shop, number, title=title, labels=labels)
    return fee


def _add_contact(shop: _Shop, number: int, **fields: Any) -> None:  # noqa: ANN401 - of the request body
    first, last = shop.random.choice(FIRST_NAMES.split()), shop.random.choice(LAST_NAMES.split())
    email = f"{first}.{last}{number or ''}@{shop.slug}.example".lower()
    shop.tell("create", "contact", f"{shop.slug}:{number}", name=f"{first} {last}", email=email, **fields)


def _change_contact(shop: _Shop) -> None:
    """The first contact leaves, and somebody else takes over."""
    shop.move_to(shop.at + timedelta(days=shop.random.randint(3, 9)))
    title, labels = shop.random.choice(POSITIONS)
    _add_contact(shop, 9, title=title, labels=labels, is_primary=True)
    shop.move_to(shop.at)
    shop.tell("update", "contact", f"{shop.slug}:0", archived=True)


def _onboard(shop: _Shop, label: str, name: str, durations: Sequence[float], last: int) -> None:
    """Start an onboarding and take it through the phases up to number ``last``, each as long as it took.

    Args:
        shop: whose it is.
        label: names it within the story.
        name: as people see it.
        durations: days in each phase; where there is one for the last phase, it is still going on.
        last: number of the phase to stop in; 0 is the first.
    """
    random = shop.random
    shop.move_to(shop.at + timedelta(hours=2))
    start = shop.at
    target = (start + timedelta(days=63)).replace(hour=0, minute=0, second=0)
    shop.tell(
        "create",
        "onboarding",
        label,
        name=name,
        target_launch_date=target,
        csm_id=shop.lead,
        se_id=ENGINEER,
        designer_id=DESIGNER,
        product_ops_id=OPERATIONS,
        tags=[shop.trade],
        custom_fields={"channel": CHANNELS[name != shop.name]},
        notes=random.choice(NOTES) if shop.chance(60) else None,
        reminder_frequency_days=random.choice((1, 2, 3)),
    )
    entered = start
    for number, phase in enumerate(DEFAULT_PHASES[1 : last + 1]):
        days = durations[number]
        if days > _LEAST_DETOUR_DAYS and shop.chance(35):
            target = _detour(shop, label, entered, days, target)
        entered = start + timedelta(days=sum(durations[: number + 1]))
        shop.move_to(entered)
        reason = random.choice(PHASE_REASONS[phase.key])
        who = random.choice((shop.lead, shop.lead, ENGINEER, DESIGNER))
        shop.tell("update", "onboarding", label, who=who, phase=phase.key, reason=reason)


def _detour(shop: _Shop, label: str, entered: datetime, days: float, target: datetime) -> datetime:
    """Leave the ordinary way for a part of the phase, come back to it, and return the launch date agreed on then."""
    state = shop.random.choices(("waiting", "at_risk", "blocked", "paused"), weights=(60, 20, 12, 8))[0]
    shop.move_to(entered + timedelta(days=days * 0.3))
    shop.tell("update", "onboarding", label, state=state, reason=shop.random.choice(REASONS[state]))
    shop.move_to(entered + timedelta(days=days * 0.7))
    later, reason = target + timedelta(weeks=shop.random.randint(0, 2)), shop.random.choice(REASONS["active"])
    shop.tell("update", "onboarding", label, state="active", target_launch_date=later, reason=reason)
    return later


def _end_in_state(shop: _Shop, label: str, today: datetime, state: str) -> None:
    """Put an onboarding under way into the state that it is in now, a while after it entered its phase."""
    if state == "active":
        return
    left = (today - shop.at) / 3
    shop.move_to(min(shop.at + left, today - timedelta(days=1)))
    shop.tell("update", "onboarding", label, state=state, reason=shop.random.choice(REASONS[state]))


def _durations_so_far(random: Random, phase: int) -> list[float]:
    """Return how many days an onboarding in phase number ``phase`` has spent in each phase, that one included."""
    past = [DEFAULT_PHASES[number].target_days * random.uniform(0.7, 1.4) for number in range(phase)]
    return [*past, max(DEFAULT_PHASES[phase].target_days * random.uniform(0.3, 1.3), 3)]


def _token(random: Random, length: int) -> str:
    return "".join(random.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(length))
