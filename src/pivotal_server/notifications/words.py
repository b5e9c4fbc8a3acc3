"""What notifications say. Everything that people have written is cut to a length and, in titles, to one line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pivotal_server.notifications import kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.notifications.sources import CommentSource, Happening, Place

_LONGEST_NAME = 120
_LONGEST_QUOTATION = 500
_MOST_NAMED = 5
_MAIL_BREAKS = re.compile(r"[^\S\n]+")


def one_line(text: str, length: int = 250) -> str:
    """Return the text on one line, without control characters, and cut where it is longer than ``length``."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return shortened(" ".join(line.split()), length)


def shortened(text: str, length: int) -> str:
    """Return the text, cut with an ellipsis where it is longer than ``length``."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _day(moment: str | None) -> str | None:
    """Return the day of an instant that the API shows, such as 4 March 2026."""
    if moment is None:
        return None
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"


def _count(tasks: Sequence[object]) -> str:
    return f"{len(tasks)} tasks"


@dataclass(frozen=True, slots=True)
class TaskWords:
    """What is said of one task or of several that the same happened to."""

    group: Sequence[Happening]
    place: Place

    def title(self, type_: str) -> str:
        """Return the line that says what happened, by the type of the notification."""
        actor, first = one_line(self.group[0].fact.actor_name, _LONGEST_NAME), self.group[0].resource
        many = len(self.group) > 1
        what = _count(self.group) if many else one_line(first["title"], _LONGEST_NAME)
        if type_ == kinds.ASSIGNED.type:
            return f"{actor} assigned you {what}"
        if type_ == kinds.MOVED.type:
            if many:
                return f"{len(self.group)} of your tasks have new due dates"
            day = _day(first["due_date"])
            return f"{what} is now due on {day}" if day else f"{what} no longer has a due date"
        verb = "completed" if type_ == kinds.TASK_COMPLETED.type else "reopened"
        return f"{actor} {verb} {what}"

    def body(self, type_: str) -> str:
        """Return the lines that follow the title."""
        lines = [one_line(self.place.title)]
        if len(self.group) > 1:
            named = [self._named(one, type_) for one in self.group[:_MOST_NAMED]]
            more = len(self.group) - len(named)
            return "\n".join([*lines, *named, *([f"and {more} more"] if more else [])])
        one = self.group[0]
        if type_ == kinds.MOVED.type:
            lines.append(f"It was due on {_day(one.previous['due_date'])}.")
            if one.resource["due_reason"]:
                lines.append(one_line(one.resource["due_reason"]["sentence"], _LONGEST_QUOTATION))
        elif type_ == kinds.ASSIGNED.type and one.resource["due_date"]:
            lines.append(f"Due on {_day(one.resource['due_date'])}.")
        return "\n".join(lines)

    @staticmethod
    def _named(one: Happening, type_: str) -> str:
        name = one_line(one.resource["title"], _LONGEST_NAME)
        day = _day(one.resource["due_date"]) if type_ in {kinds.ASSIGNED.type, kinds.MOVED.type} else None
        return f"- {name}, due on {day}" if day else f"- {name}"


@dataclass(frozen=True, slots=True)
class OnboardingWords:
    """What is said of an onboarding."""

    one: Happening
    place: Place

    def title(self, type_: str) -> str:
        """Return the line that says what happened, by the type of the notification."""
        said = {
            kinds.AT_RISK.type: "is at risk",
            kinds.BLOCKED.type: "is blocked",
            kinds.PHASE_CHANGED.type: f"moved to {one_line(self.place.phase_name, _LONGEST_NAME)}",
            kinds.LAUNCHED.type: "has launched",
            kinds.COMPLETED.type: "is completed",
        }
        return f"{one_line(self.place.title, _LONGEST_NAME)} {said[type_]}"

    def body(self) -> str:
        """Return the line that says who did it, and when the launch is due while it is to come."""
        lines = [f"By {one_line(self.one.fact.actor_name, _LONGEST_NAME)}."]
        resource: dict[str, Any] = self.one.resource
        if self.one.fact.type in {"onboarding.at_risk", "onboarding.state_changed"} and resource["target_launch_date"]:
            lines.append(f"Its target launch date is {_day(resource['target_launch_date'])}.")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class CommentWords:
    """What is said of a comment."""

    one: Happening
    comment: CommentSource
    place: Place

    def title(self, type_: str) -> str:
        """Return the line that says who commented on what, by the type of the notification."""
        about = one_line(self.comment.task_title or self.place.title, _LONGEST_NAME)
        actor = one_line(self.one.fact.actor_name, _LONGEST_NAME)
        if type_ == kinds.MENTIONED.type:
            return f"{actor} mentioned you in a comment on {about}"
        return f"{actor} commented on {about}"

    def body(self) -> str:
        """Return the onboarding, where the title has the task, and the beginning of the comment."""
        text = _MAIL_BREAKS.sub(" ", "".join(c if c.isprintable() or c == "\n" else " " for c in self.comment.body))
        lines = [one_line(self.place.title)] if self.comment.task_title else []
        return "\n".join([*lines, shortened(text.strip(), _LONGEST_QUOTATION)])
