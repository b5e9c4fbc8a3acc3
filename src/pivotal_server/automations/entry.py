"""The entry of a launch for a calendar (RFC 5545)."""

from datetime import date, datetime, timedelta

from pivotal_server.automations.facts import Launch


def calendar_entry(launch: Launch, run_id: str, stamp: datetime) -> str:
    """Return a calendar with one entry for the day of the launch, which takes no time of it.

    Args:
        launch: what it is about.
        run_id: identifies the entry for ever, so that importing it twice makes one.
        stamp: when it was made.
    """
    # Here, because it takes the worker 5 MB, and web processes never need it.
    from icalendar import Calendar, Event  # noqa: PLC0415

    entry = Event()
    entry.add("uid", f"launch-{run_id}@pivotal")
    entry.add("dtstamp", stamp)
    entry.add("dtstart", launch.launched_on)
    entry.add("dtend", _day_after(launch.launched_on))
    entry.add("summary", f"{launch.title} launches")
    entry.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", "-//Pivotal//Launch//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    text: str = calendar.to_ical().decode()
    return text


def _day_after(day: date) -> date:
    return day + timedelta(days=1)
