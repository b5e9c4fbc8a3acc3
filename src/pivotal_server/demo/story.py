"""What happened at the demo company in the last year, as steps in time; made up, and always the same.

A year is told from the present backwards, so that whenever it is seeded there are customers in every phase and state.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, cycle, islice
from math import ceil
from random import Random
from typing import TYPE_CHECKING

from pivotal_server.demo.cast import (
    CALENDAR,
    EXPANSION_TEMPLATE,
    FIELDS,
    FIRST_TEMPLATES,
    LEAD_SOURCES,
    LEADS,
    MANAGER,
    PLANS,
    POSITIONS,
    REGIONS,
    RENEWAL_TEMPLATE,
    SHOP_SYSTEMS,
    SHOPS,
)
from pivotal_server.demo.course import PLANNED_WEEKS, Course
from pivotal_server.demo.plans import templates
from pivotal_server.demo.prospects import meet_leads
from pivotal_server.demo.shop import Shop, Step
from pivotal_server.demo.work import Work
from pivotal_server.onboardings.phases import DEFAULT_PHASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SEED = 20_240_229
# How many customers were there before the story, launched in its course, are on their way now; the others are new.
_VETERANS, _SETTLED, _IN_PROGRESS = 14, 18, 22
# So many of the first two begin something else, one after another.
_RENEWALS, _EXPANSIONS = 3, 4
_STORY = timedelta(days=365)
# Onboardings that began before have no tasks: templates were imported a few days earlier.
_TEMPLATES_AGO, _EARLIER = timedelta(days=230), timedelta(days=6)
_LAST_START = timedelta(days=95)
_LEAST_DETOUR_DAYS = 4
_OPEN_PHASES = len(DEFAULT_PHASES) - 1
# The phases in which launch dates move, and by how many weeks at most.
_SLIPPING, _LONGEST_SLIP = (1, 3, 4), 2
# What the onboardings under way are in now, in turn: most go well.
_STATES_NOW = ("active", "active", "waiting", "active", "at_risk", "active", "paused", "active", "blocked")
# What became of those who launched, in turn.
_FATES = ("grows", "grows", "at_risk", "grows", "low_touch", "grows", "churned", "grows", "recovered")
# The one whose people attach files.
_WITH_FILES = 5


def tell(now: datetime) -> list[Step]:
    """Return the year before ``now``, step by step, in the order of time."""
    # The current day is left out: its office hours may lie ahead.
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    leads = cycle(LEADS)
    # Each has chances of its own, so that a weekend in one story changes nothing in the others.
    shops = [Shop(Random(f"{_SEED} {name}"), name, trade, next(leads), today) for name, trade in SHOPS]
    Random(_SEED).shuffle(shops)
    rest = iter(shops)
    for number, shop in enumerate(islice(rest, _VETERANS)):
        _tell_veteran(shop, today, number)
    for number, shop in enumerate(islice(rest, _SETTLED)):
        _tell_settled(shop, today, number)
    for number, shop in enumerate(islice(rest, _IN_PROGRESS)):
        _tell_in_progress(shop, today, number)
    newcomers = list(rest)
    for number, shop in enumerate(newcomers):
        _meet(shop, today - timedelta(days=number + 1))
    everything = chain(*(shop.steps for shop in shops), meet_leads(_SEED, today, newcomers))
    told = [step for step in everything if step.at < now]
    first = min(step.at for step in told)
    return sorted([*_set_up(first, today), *told], key=lambda step: step.at)


def _set_up(first: datetime, today: datetime) -> Iterator[Step]:
    """Yield the steps in which the manager says when people work, what is to be known, and what plans begin with."""
    at, year = first - timedelta(minutes=10), today.year
    calendar = CALENDAR | {"extra_days_off": [f"{year}-12-24", f"{year}-12-31"]}
    yield Step(at, MANAGER, "update", "calendar", "", "", calendar)
    for fields in FIELDS:
        at += timedelta(minutes=1)
        yield Step(at, MANAGER, "create", "custom_field", fields["key"], "", fields)
    at = today - _TEMPLATES_AGO - _EARLIER
    for name, content in templates().items():
        at += timedelta(minutes=3)
        yield Step(at, MANAGER, "create", "template", name, "", {"content": content})


def _tell_veteran(shop: Shop, today: datetime, number: int) -> None:
    """A customer that was there before the story begins."""
    signed = today - _STORY - timedelta(days=shop.random.randint(60, 900))
    fee = _meet(shop, today - _STORY + timedelta(minutes=number), signed)
    if number < _RENEWALS:
        _begin_another(shop, today, number, RENEWAL_TEMPLATE, f"{shop.name}: renewal")
    else:
        _meet_fate(shop, today, _FATES[number % len(_FATES)], fee)


def _tell_settled(shop: Shop, today: datetime, number: int) -> None:
    """A customer that launched some time ago, and what became of it."""
    random = shop.random
    ago = _STORY - timedelta(days=1) - number * (_STORY - _LAST_START) / _SETTLED
    pace = random.uniform(0.75, min(1.4, (ago.days - 12) / (PLANNED_WEEKS * 7)))
    durations = [phase.target_days * pace * random.uniform(0.8, 1.2) for phase in DEFAULT_PHASES[:-1]]
    fee = _meet(shop, today - ago)
    template = FIRST_TEMPLATES[number % len(FIRST_TEMPLATES)] if ago < _TEMPLATES_AGO else None
    course = _course(shop, 1, template, today)
    _run(course, durations, _OPEN_PHASES)
    shop.pause()
    shop.tell("update", "customer", shop.slug, status="active", stripe_customer_id=f"cus_{_token(random, 14)}")
    course.look_after()
    if number < _EXPANSIONS:
        _begin_another(shop, today, number + 2, EXPANSION_TEMPLATE, f"{shop.name} in stores")
    else:
        _meet_fate(shop, today, _FATES[number % len(_FATES)], fee)


def _tell_in_progress(shop: Shop, today: datetime, number: int) -> None:
    """A customer whose first onboarding is under way."""
    phase = number % _OPEN_PHASES
    durations = _durations_so_far(shop.random, phase)
    _meet(shop, today - timedelta(days=sum(durations) + 3))
    template = FIRST_TEMPLATES[number % len(FIRST_TEMPLATES)]
    course = _course(shop, 1, template, today, files=number == _WITH_FILES)
    _run(course, durations, phase)
    course.be_in(phase, durations[-1], _STATES_NOW[number % len(_STATES_NOW)])


def _begin_another(shop: Shop, today: datetime, number: int, template: str, name: str) -> None:
    """A further onboarding, under way now."""
    phase = number % _OPEN_PHASES
    durations = _durations_so_far(shop.random, phase)
    shop.move_to(max(shop.at, today - timedelta(days=sum(durations))))
    course = _course(shop, 2, template, today)
    _run(course, durations, phase, name)
    course.be_in(phase, durations[-1], _STATES_NOW[(number + 2) % len(_STATES_NOW)])


def _course(shop: Shop, number: int, template: str | None, today: datetime, *, files: bool = False) -> Course:
    return Course(Work(shop, f"{shop.slug}/{number}", template, today, files))


def _run(course: Course, durations: Sequence[float], last: int, name: str | None = None) -> None:
    """Start an onboarding and take it through the phases before number ``last``, each as long as it took."""
    shop, template = course.work.shop, course.work.template
    plain = shop.name if template in {None, FIRST_TEMPLATES[0]} else f"{shop.name}: {template}"
    course.start(name or plain)
    for number, weeks in enumerate(_slips(durations[:last])):
        course.pass_through(number, durations[number], weeks)


def _slips(durations: Sequence[float]) -> Iterator[int]:
    """Yield for each phase by how many weeks the launch date moves in it, so that the lost time is made up for."""
    lost = sum(durations) - sum(phase.target_days for phase in DEFAULT_PHASES[: len(durations)])
    weeks = max(ceil((lost - 2) / 7), 0)
    for number, days in enumerate(durations):
        moved = min(weeks, _LONGEST_SLIP) if number in _SLIPPING and days > _LEAST_DETOUR_DAYS else 0
        weeks -= moved
        yield moved


def _meet_fate(shop: Shop, today: datetime, fate: str, fee: int) -> None:
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
        shop.tell("update", "customer", shop.slug, who=MANAGER, status="low_touch")


def _meet(shop: Shop, moment: datetime, signed: datetime | None = None) -> int:
    """Add the customer and its contacts, and return its monthly fee in dollars; ``signed`` is of long ago."""
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
        status="active" if signed else "onboarding",
        plan=plan,
        mrr=fee * 100,
        arr=fee * 1200,
        monthly_orders=fee * orders,
        owner_email=shop.lead,
        tags=[shop.trade, random.choice(REGIONS)],
        custom_fields={
            "contract_signed": f"{signed or shop.at:%F}",
            "renews_on": f"{_anniversary(signed or shop.at, shop.at):%F}",
            "stores": fee // 150,
            "shop_system": SHOP_SYSTEMS[fee % 4],
        },
        metadata={"lead_source": random.choice(LEAD_SOURCES)},
        **external,
    )
    for number, (title, labels) in enumerate(random.sample(POSITIONS, random.randint(2, 4))):
        shop.pause()
        shop.add_contact(number, title=title, labels=labels)
    return fee


def _change_contact(shop: Shop) -> None:
    """The first contact leaves, and somebody else takes over."""
    shop.move_to(shop.at + timedelta(days=shop.random.randint(3, 9)))
    title, labels = shop.random.choice(POSITIONS)
    shop.add_contact(9, title=title, labels=labels, is_primary=True)
    shop.move_to(shop.at)
    shop.tell("update", "contact", f"{shop.slug}:0", archived=True)


def _durations_so_far(random: Random, phase: int) -> list[float]:
    """Return how many days an onboarding in phase number ``phase`` has spent in each phase, that one included."""
    past = [DEFAULT_PHASES[number].target_days * random.uniform(0.7, 1.4) for number in range(phase)]
    return [*past, max(DEFAULT_PHASES[phase].target_days * random.uniform(0.3, 1.3), 3)]


def _anniversary(signed: datetime, moment: datetime) -> datetime:
    """Return when the contract year ends that ``moment`` lies in."""
    years = (moment - signed) // _STORY + 1
    return signed + years * _STORY


def _token(random: Random, length: int) -> str:
    return "".join(random.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(length))
