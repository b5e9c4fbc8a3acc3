"""What people do and say in an onboarding: its tasks, and the comments on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pivotal_server.demo.cast import DESIGNER, EMAILS, OPERATIONS
from pivotal_server.demo.plans import templates
from pivotal_server.demo.words import EXTRA_TASKS, FILES, PINNED, REOPENED, TASK_THREADS
from pivotal_server.onboardings.phases import DEFAULT_PHASES

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.demo.shop import Shop
    from pivotal_server.demo.words import Line, Thread
    from pivotal_server.templates.content import TemplateTask

# Tasks that are due later than this after the launch are done when the onboarding is complete.
_AFTERCARE_DAYS = 2


@dataclass
class Work:
    """The plan of an onboarding.

    Attributes:
        shop: whose onboarding it is.
        label: names the onboarding within the story.
        template: name of the template that its tasks come from, if there is one.
        today: the day on which the story ends.
        files: whether people attach files to what they say.
    """

    shop: Shop
    label: str
    template: str | None
    today: datetime
    files: bool
    _done: set[str] = field(default_factory=set, init=False)
    _contacts: dict[str, str] = field(default_factory=dict, init=False)

    def tasks_in(self, number: int) -> list[TemplateTask]:
        """Return what is to be done in a phase; 0 is the first."""
        phase = DEFAULT_PHASES[number].key
        return [task for task in self._tasks() if task.phase == phase and not _is_aftercare(task)]

    def aftercare(self) -> list[tuple[TemplateTask, int]]:
        """Return what is to be done once the onboarding is complete, and how many working days after the launch."""
        return [(task, task.due.days) for task in self._tasks() if task.due and _is_aftercare(task)]

    def assign(self, tasks: list[TemplateTask]) -> None:
        """Say who at the customer's does what is theirs to do."""
        people = [*self.shop.people][:2]
        for task in tasks:
            if task.assignee_role is None:
                self.shop.pause(4)
                self._contacts[task.key] = self.shop.random.choice(people)
                self._tell("update", task.key, assignee_contact_id=self._contacts[task.key])

    def finish(self, task: TemplateTask) -> None:
        """Do a task, at once or by its subtasks, and talk about it."""
        self._done.add(task.key)
        doer = self._doer(task)
        if task.subtasks and self.shop.chance(30):
            for subtask in task.subtasks:
                self._tell("complete", subtask.key, doer)
                self.shop.pause()
        else:
            self._tell("complete", task.key, doer, subtasks=bool(task.subtasks))
        if self.files and task.key in FILES:
            line, name, content = FILES[task.key]
            self._say(line, task.key, files=[(name, content)])
        elif task.key in TASK_THREADS and self.shop.chance(45):
            self.talk(TASK_THREADS[task.key], task.key)
        if task.key in REOPENED and self.shop.chance(50):
            self._do_again(task, doer)

    def begin(self, tasks: list[TemplateTask]) -> None:
        """Do a part of the first of these tasks that is not done yet and has several."""
        for task in tasks:
            if task.key not in self._done and len(task.subtasks) > 1:
                self.shop.pause()
                self._tell("complete", task.subtasks[0].key, self._doer(task))
                return

    def add_task(self, phase: str, after: TemplateTask) -> None:
        """Add a task that the template did not know of, which waits for one that it does know of."""
        title, role, days = self.shop.random.choice(EXTRA_TASKS)
        self._tell(
            "create",
            phase,
            title=title,
            phase=phase,
            assignee_role=role,
            due={"type": "phase", "days": days},
            depends_on=[{"task_id": f"{self.label}/{after.key}", "lag_days": 1}],
        )

    def finish_added(self, phase: str) -> None:
        """Do the task that was added in a phase."""
        self._tell("complete", phase)

    def fix_date(self, task: TemplateTask) -> None:
        """Give a task a date by hand: one of the coming days."""
        if task.key not in self._done:
            day = self.today + timedelta(days=self.shop.random.randint(2, 9))
            self._tell("update", task.key, due_date=f"{day:%F}T00:00:00Z")

    def pin_task(self, task: TemplateTask) -> None:
        """Pin a task to the top."""
        self._tell("pin", task.key)

    def pin_comment(self) -> None:
        """Say something that everybody should see first."""
        self._say(("lead", self.shop.random.choice(PINNED)), pinned=True)

    def talk(self, thread: Thread, key: str | None = None) -> None:
        """Say the lines of a thread, on the task with this key or on the onboarding."""
        for line in thread:
            self._say(line, key)
            self.shop.pause(50)

    def _say(self, line: Line, key: str | None = None, **fields: Any) -> None:  # noqa: ANN401 - of the request body
        shop, (speaker, text) = self.shop, line
        contact = self._contact_for(key)
        people = {"lead": shop.lead, "engineer": shop.engineer, "designer": DESIGNER, "ops": OPERATIONS}
        body = text.format(
            shop=shop.name, contact=shop.people[contact], **{part: EMAILS[who] for part, who in people.items()}
        )
        shop.pause()
        resource, label = ("onboarding", self.label) if key is None else ("task", f"{self.label}/{key}")
        shop.tell("comment", resource, label, people.get(speaker, contact), body=body, **fields)

    def _do_again(self, task: TemplateTask, doer: str) -> None:
        """Reopen a task for what was overlooked, and do it the next day."""
        self.shop.pause(50)
        self._say(REOPENED[task.key], task.key)
        self._tell("reopen", task.key)
        self.shop.move_to(self.shop.at + timedelta(days=1))
        self._tell("complete", task.key, doer, subtasks=bool(task.subtasks))

    def _tell(self, action: str, key: str, who: str | None = None, **fields: Any) -> None:  # noqa: ANN401
        self.shop.tell(action, "task", f"{self.label}/{key}", who, self.label, **fields)

    def _tasks(self) -> list[TemplateTask]:
        return templates()[self.template].tasks if self.template else []

    def _doer(self, task: TemplateTask) -> str:
        roles = {
            "csm": self.shop.lead,
            "se": self.shop.engineer,
            "designer": DESIGNER,
            "product_ops": OPERATIONS,
        }
        return roles[task.assignee_role] if task.assignee_role else self._contact_for(task.key)

    def _contact_for(self, key: str | None) -> str:
        return self._contacts.get(key or "") or next(iter(self.shop.people))


def _is_aftercare(task: TemplateTask) -> bool:
    return task.due is not None and task.due.type == "launch" and task.due.days > _AFTERCARE_DAYS
