"""How an onboarding goes: through its phases, in and out of trouble."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pivotal_server.demo.cast import CHANNELS, DESIGNER, OPERATIONS
from pivotal_server.demo.words import NOTES, PHASE_REASONS, REASONS, SENT_BACK, SLIPS, STATE_THREADS, THREADS
from pivotal_server.onboardings.phases import DEFAULT_PHASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from pivotal_server.demo.shop import Shop
    from pivotal_server.demo.work import Work
    from pivotal_server.templates.content import TemplateTask

    # Something that happens when a part of a phase is over.
    Act = tuple[float, Callable[[], None]]

PLANNED_WEEKS = 9
_LEAST_DETOUR_DAYS = 4
_REVIEW = 2
# How much of a phase went as it should before it came into trouble.
_TROUBLE = {"active": 1.0, "waiting": 0.5, "at_risk": 0.35, "blocked": 0.4, "paused": 0.4}


@dataclass
class Course:
    """An onboarding, and the story told about it so far.

    Attributes:
        work: its plan, and what people do about it.
    """

    work: Work
    _target: datetime = field(init=False)
    _entered: datetime = field(init=False)

    @property
    def _shop(self) -> Shop:
        return self.work.shop

    def start(self, name: str) -> None:
        """Begin two hours after the shop's last step."""
        shop = self._shop
        shop.move_to(shop.at + timedelta(hours=2))
        self._entered = shop.at
        self._target = (shop.at + timedelta(weeks=PLANNED_WEEKS)).replace(hour=0, minute=0, second=0, microsecond=0)
        shop.tell(
            "create",
            "onboarding",
            self.work.label,
            name=name,
            template_id=self.work.template,
            target_launch_date=self._target,
            csm_id=shop.lead,
            se_id=shop.engineer,
            designer_id=DESIGNER,
            product_ops_id=OPERATIONS,
            tags=[shop.trade],
            custom_fields={
                "channel": CHANNELS[name.endswith("stores")],
                "members": shop.random.randint(4, 400) * 100 if shop.chance(60) else None,
            },
            notes=shop.random.choice(NOTES) if shop.chance(60) else None,
            # Nobody of them exists, so nobody is written to.
            reminder_email=False,
            reminder_slack=False,
            reminder_frequency_days=shop.random.choice((1, 2, 3)),
        )

    def pass_through(self, number: int, days: float, weeks_late: int) -> None:
        """Live through a phase that is over by now, and go on to the next one.

        Args:
            number: of the phase; 0 is the first.
            days: how long it took.
            weeks_late: by how many weeks the launch date moves meanwhile.
        """
        shop, acts = self._shop, [*self._acts(number)]
        if weeks_late or (days > _LEAST_DETOUR_DAYS and shop.chance(25)):
            state = shop.random.choices(("waiting", "at_risk", "blocked", "paused"), weights=(60, 20, 12, 8))[0]
            acts += [(0.31, partial(self._go_into, state)), (0.69, partial(self._come_back, weeks_late))]
        if number == _REVIEW and shop.chance(20):
            acts += [(0.5, self._send_back), (0.8, partial(self._advance, number))]
        self._play(acts, days)
        self._entered += timedelta(days=days)
        shop.move_to(self._entered)
        self._advance(number + 1)

    def be_in(self, number: int, days: float, state: str) -> None:
        """Live through what has happened so far of the phase that it is in now.

        Args:
            number: of the phase; 0 is the first.
            days: for how long it has been in the phase.
            state: which it is in now.
        """
        shop, work = self._shop, self.work
        length = max(DEFAULT_PHASES[number].target_days * shop.random.uniform(0.6, 0.9), 1)
        tasks = work.tasks_in(number)
        acts = [*self._acts(number, state)]
        if shop.chance(60):
            acts.append((0.05, partial(work.pin_task, tasks[-1]) if shop.chance(40) else work.pin_comment))
        if state != "active":
            acts.append((min(_TROUBLE[state], days / length * 0.7), partial(self._get_into_trouble, state)))
        elif shop.chance(50):
            acts.append((0.3, partial(work.fix_date, tasks[-1])))
        self._play(acts, length)
        if state != "paused":
            work.begin([*tasks, *work.tasks_in(number + 1)])

    def look_after(self) -> None:
        """Do what is left to do once it is complete, as far as that is over by now."""
        self._entered = self._shop.at
        left = self.work.aftercare()
        self.work.assign([task for task, _ in left])
        self._play([(days * 1.5, partial(self.work.finish, task)) for task, days in left], 1)

    def _play(self, acts: Iterable[Act], days: float) -> None:
        """Let things happen in their order until today, each at its part of so many days since the last move."""
        for part, act in sorted(acts, key=itemgetter(0)):
            moment = self._entered + timedelta(days=days * part)
            if max(moment, self._shop.at) >= self.work.today:
                return
            self._shop.move_to(moment)
            act()

    def _acts(self, number: int, state: str = "active") -> Iterator[Act]:
        """Yield what is done and said in a phase, as far as its state lets it."""
        shop, work, phase = self._shop, self.work, DEFAULT_PHASES[number].key
        tasks = work.tasks_in(number)
        yield 0.01, partial(work.assign, tasks)
        for place, task in enumerate(tasks, 1):
            part = place / (len(tasks) + 1)
            if not _is_held_up(task, state, part):
                yield part, partial(work.finish, task)
        if shop.chance(60):
            yield shop.random.uniform(0.1, 0.6), partial(work.talk, shop.random.choice(THREADS[phase]))
        if tasks and shop.chance(30):
            yield 0.15, partial(work.add_task, phase, tasks[0])
            if state == "active":
                yield 0.97, partial(work.finish_added, phase)

    def _advance(self, number: int) -> None:
        reason = self._shop.random.choice(PHASE_REASONS[DEFAULT_PHASES[number].key])
        who = self._shop.random.choice((self._shop.lead, self._shop.lead, self._shop.engineer, DESIGNER))
        self._shop.tell("advance", "onboarding", self.work.label, who, reason=reason)

    def _send_back(self) -> None:
        reason = self._shop.random.choice(SENT_BACK)
        self._shop.tell("send_back", "onboarding", self.work.label, reason=reason)

    def _go_into(self, state: str) -> None:
        reason = self._shop.random.choice(REASONS[state])
        self._shop.tell("update", "onboarding", self.work.label, state=state, reason=reason)

    def _come_back(self, weeks_late: int) -> None:
        """Go on as planned, or by a launch date so many weeks later."""
        fields: dict[str, Any] = {
            "state": "active",
            "reason": self._shop.random.choice(SLIPS if weeks_late else REASONS["active"]),
        }
        if weeks_late:
            self._target += timedelta(weeks=weeks_late)
            fields["target_launch_date"] = self._target
        self._shop.tell("update", "onboarding", self.work.label, **fields)

    def _get_into_trouble(self, state: str) -> None:
        self._go_into(state)
        self.work.talk(self._shop.random.choice(STATE_THREADS[state]))


def _is_held_up(task: TemplateTask, state: str, part: float) -> bool:
    """Return whether trouble keeps a task from being done that would be at this part of the phase."""
    if state == "waiting":
        return task.assignee_role is None
    if state == "blocked":
        return task.assignee_role == "se" or part > _TROUBLE[state]
    return part > _TROUBLE[state]
