"""The documented times of retries; jitter only ever lengthens."""

from datetime import UTC, datetime, timedelta

import pytest

from pivotal_server.webhooks.engine.schedule import LAST_AFTER, MAX_ATTEMPTS, next_attempt, read_retry_after

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = (5, 300, 1800, 7200, 18_000, 36_000)
# More than any clock is off; Python cannot even count so far.
FAR_OFF = "Mon, 02 Mar 2026 09:02:00 +99999999999999999999"


def none() -> float:
    return 0.0


def most() -> float:
    return 0.999999


@pytest.mark.parametrize(("made", "seconds"), list(enumerate(SECONDS, 1)))
def test_the_next_attempt_comes_after_the_documented_delay(made: int, seconds: int) -> None:
    assert next_attempt(made, NOW - timedelta(hours=1), NOW, draw=none) == NOW + timedelta(seconds=seconds)


def test_the_last_attempt_comes_a_day_after_the_first() -> None:
    first = NOW - timedelta(hours=17, minutes=35)
    assert next_attempt(MAX_ATTEMPTS - 1, first, NOW, draw=none) == first + LAST_AFTER


def test_there_are_eight_attempts() -> None:
    assert MAX_ATTEMPTS == 8
    assert next_attempt(8, NOW - LAST_AFTER, NOW) is None


@pytest.mark.parametrize("made", list(range(1, MAX_ATTEMPTS)))
def test_jitter_lengthens_by_up_to_a_tenth_and_ten_minutes(made: int) -> None:
    first = NOW - timedelta(hours=2)
    plain, longest = next_attempt(made, first, NOW, draw=none), next_attempt(made, first, NOW, draw=most)
    assert plain is not None
    assert longest is not None
    room = min((plain - NOW) / 10, timedelta(minutes=10))
    assert plain <= longest <= plain + room
    for _ in range(50):
        drawn = next_attempt(made, first, NOW)
        assert drawn is not None
        assert plain <= drawn <= plain + room


def test_the_last_attempt_keeps_its_distance_where_the_day_is_over() -> None:
    assert next_attempt(7, NOW - timedelta(days=3), NOW, draw=none) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (timedelta(seconds=1), timedelta(seconds=5)),  # never sooner than the schedule
        (timedelta(seconds=90), timedelta(seconds=90)),
        (timedelta(days=2), timedelta(hours=5, minutes=25)),  # the others still have to follow within the day
    ],
)
def test_a_receiver_may_ask_for_more_time(asked: timedelta, due: timedelta) -> None:
    assert next_attempt(1, NOW - timedelta(hours=1), NOW, asked, draw=none) == NOW + due


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Mon, 02 Mar 2026 09:02:00 GMT", 120),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("99999999999999999999", 86_400),
        ("Mon, 02 Mar 2036 09:02:00 GMT", 86_400),
    ],
)
def test_retry_after_is_read_in_both_of_its_forms(value: str, seconds: int) -> None:
    assert read_retry_after(value, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "1.5", "٣", "Mon, 02 Mar 2026 09:02:00", "Mon, 99 Mar 2026", "1e3", FAR_OFF]
)
def test_a_retry_after_that_cannot_be_read_asks_for_nothing(value: str) -> None:
    assert read_retry_after(value, NOW) is None
