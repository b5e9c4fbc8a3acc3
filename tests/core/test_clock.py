"""Time: stamps never repeat, and instants are shown the documented way."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pivotal_server.core.clock import Clock, to_cursor, to_iso, to_iso_or_none
from tests.support import START, SteeredClock


def test_stamps_never_repeat_while_time_stands_still() -> None:
    clock = SteeredClock()
    stamps = [clock.stamp() for _ in range(1000)]
    assert stamps[0] == START == clock.now()
    assert all(later - earlier == timedelta(microseconds=1) for earlier, later in itertools.pairwise(stamps))


def test_stamps_never_run_backwards_with_the_system_clock() -> None:
    clock = SteeredClock()
    before = clock.stamp()
    clock.advance(-3600)
    assert clock.stamp() > before
    clock.advance(7200)
    assert clock.stamp() == clock.now()


def test_threads_get_different_stamps() -> None:
    clock = Clock()
    with ThreadPoolExecutor(8) as threads:
        lists = threads.map(lambda _: [clock.stamp() for _ in range(500)], range(8))
    stamps = [stamp for stamps in lists for stamp in stamps]
    assert len(set(stamps)) == 4000


def test_a_leap_leads_on_and_further_each_time() -> None:
    clock = SteeredClock()
    before = clock.stamp()
    for clashes in range(1, 6):
        clock.leap(clashes)
        after = clock.stamp()
        assert timedelta(0) < after - before <= timedelta(microseconds=100 * 10**clashes)
        before = after


def test_now_is_utc() -> None:
    assert Clock().now().tzinfo is UTC
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 5, 26, 17, 21, 9, 412_999, tzinfo=UTC), "2026-05-26T17:21:09.412Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "9999-12-31T23:59:59.999Z"),
    ],
)
def test_an_instant_is_shown_in_milliseconds_truncated(moment: datetime, shown: str) -> None:
    assert to_iso(moment) == to_iso_or_none(moment) == shown


def test_no_instant_is_shown_as_none() -> None:
    assert to_iso_or_none(None) is None


def test_a_cursor_carries_the_microseconds() -> None:
    assert to_cursor(datetime(2026, 5, 26, 17, 21, 9, 7, tzinfo=UTC)) == "2026-05-26T17:21:09.000007Z"
    assert datetime.fromisoformat(to_cursor(START)) == START
    assert START.astimezone(timezone(timedelta(hours=2))) == START
