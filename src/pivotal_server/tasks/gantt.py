"""An onboarding's plan on a scale of days: bars, where they stood at first, and what waits for what. Pure geometry."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.tasks.plan_view import Line, PlanView

# Pixels for a day, by zoom; so many that a week's number, or a month's name, has room.
ZOOMS = {"week": 22, "month": 7}
ROW, HEAD, BAR = 32, 44, 16
_DAY = timedelta(days=1)
_MARGIN = 3 * _DAY
# Of longer plans the days nearest to the present are drawn.
_MOST_DAYS = 800
_GAP = 7


class Bar(NamedTuple):
    """A task on the scale.

    Attributes:
        y: its row's top.
        x: where it starts; ``width`` is at least a day's.
        ghost: where it would end by its first date, as x; None where it ends there.
        state: ``done``, ``late``, ``held`` or ``open``.
        label: what it says to those who hear it.
    """

    line: Line
    y: int
    x: int
    width: int
    ghost: int | None
    state: str
    label: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.x + self.width


class Tick(NamedTuple):
    """A line of the scale, with words at the top of some."""

    x: int
    label: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Gantt:
    """What the picture is made of, in pixels.

    Attributes:
        undated: the tasks that have no dates, and so no bar.
        days_off: x and width of the spans in which nobody works.
        arrows: paths from the end of a task to the start of one that waits for it.
        today, launch: where these days begin, if they are in the picture.
    """

    width: int
    height: int
    zoom: str
    bars: list[Bar]
    undated: list[Line]
    ticks: list[Tick]
    days_off: list[tuple[int, int]]
    arrows: list[str]
    today: int | None
    launch: int | None


def draw(view: PlanView, zoom: str) -> Gantt:
    """Return the picture of a plan; tasks stand in the order of the plan, subtasks below their parents."""
    scale = ZOOMS.get(zoom, ZOOMS["week"])
    dated = [line for line in view.lines.values() if line.row.due_on]
    target = view.onboarding.target_launch_date.date() if view.onboarding.target_launch_date else None
    first, last = _span(dated, view.today, target)

    def x_of(day: date) -> int:
        return (min(max(day, first), last + _DAY) - first).days * scale

    bars = [_bar(line, place, x_of, scale, view.working_days) for place, line in enumerate(dated)]
    return Gantt(
        width=((last - first).days + 1) * scale,
        height=HEAD + len(bars) * ROW,
        zoom=zoom,
        bars=bars,
        undated=[line for line in view.lines.values() if not line.row.due_on],
        ticks=_ticks(first, last, scale),
        days_off=_days_off(first, last, scale, view.working_days),
        arrows=list(_arrows(bars)),
        today=x_of(view.today) if first <= view.today <= last else None,
        launch=x_of(target) if target and first <= target <= last else None,
    )


def _span(lines: Sequence[Line], today: date, target: date | None) -> tuple[date, date]:
    """Return the first and the last day of the picture."""
    days = {today, *([target] if target else [])}
    for line in lines:
        row = line.row
        days |= {day for day in (row.start_on, row.due_on, row.baseline_due_on) if day}
    first, last = min(days) - _MARGIN, max(days) + _MARGIN
    if (last - first).days > _MOST_DAYS:
        first = max(first, today - _DAY * (_MOST_DAYS // 2))
        last = min(last, first + _DAY * _MOST_DAYS)
    return first, last


def _bar(line: Line, place: int, x_of: Callable[[date], int], scale: int, calendar: WorkingDays) -> Bar:
    row = line.row
    assert row.due_on is not None  # noqa: S101 - lines without dates have no bar
    start = min(row.start_on or row.due_on, row.due_on)
    x, end = x_of(start), x_of(row.due_on + _DAY)
    moved = row.baseline_due_on is not None and row.baseline_due_on != row.due_on
    state = "done" if line.done else "late" if line.overdue else "held" if line.is_held_up else "open"
    return Bar(
        line,
        HEAD + place * ROW,
        x,
        max(end - x, scale),
        x_of(row.baseline_due_on + _DAY) if moved and row.baseline_due_on else None,
        state,
        _label(line, start, calendar),
    )


def _label(line: Line, start: date, calendar: WorkingDays) -> str:
    row = line.row
    assert row.due_on is not None  # noqa: S101 - as above
    words = {"open": "open", "completed": "completed"}[row.status]
    late = calendar.between(row.baseline_due_on, row.due_on) if row.baseline_due_on else 0
    moved = f", {abs(late)} working days {'later' if late > 0 else 'earlier'} than at first" if late else ""
    return f"{row.title}: {_day(start)} to {_day(row.due_on)}{moved}, {words}"


def _ticks(first: date, last: date, scale: int) -> list[Tick]:
    """Return a line for every Monday, or every month where days are narrow; the first of a month stands out."""
    ticks = []
    for count in range((last - first).days + 1):
        day = first + count * _DAY
        if day.day == 1 or count == 0:
            ticks.append(
                Tick(count * scale, f"{day:%B %Y}" if day.month == 1 or count == 0 else f"{day:%B}", strong=True)
            )
        elif day.weekday() == 0:
            ticks.append(Tick(count * scale, str(day.day) if scale > ZOOMS["month"] else "", strong=False))
    return ticks


def _days_off(first: date, last: date, scale: int, calendar: WorkingDays) -> list[tuple[int, int]]:
    """Return the spans in which nobody works, neighbouring days as one."""
    spans: list[tuple[int, int]] = []
    for count in range((last - first).days + 1):
        if calendar.is_working(first + count * _DAY):
            continue
        x = count * scale
        if spans and sum(spans[-1]) == x:
            spans[-1] = spans[-1][0], spans[-1][1] + scale
        else:
            spans.append((x, scale))
    return spans


def _arrows(bars: Sequence[Bar]) -> Iterable[str]:
    """Yield the path of an arrow for each dependency: out of the end, down or up, and into the start."""
    by_id = {bar.line.row.id: bar for bar in bars}
    for bar in bars:
        for other, _ in bar.line.waits_for:
            if source := by_id.get(other.id):
                y, to_y, turn = source.y + ROW // 2, bar.y + ROW // 2, source.end + _GAP
                if turn <= bar.x - _GAP:
                    yield f"M{source.end} {y}H{turn}V{to_y}H{bar.x}"
                else:  # it starts before the other has ended: around the row
                    half = to_y - ROW // 2 if to_y > y else to_y + ROW // 2
                    yield f"M{source.end} {y}H{turn}V{half}H{bar.x - _GAP}V{to_y}H{bar.x}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
