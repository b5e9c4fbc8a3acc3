from datetime import UTC, datetime, timedelta

from pivotal_server.demo.cast import SHOPS
from pivotal_server.demo.story import tell

NOW = datetime(2026, 7, 15, 14, 30, tzinfo=UTC)


def test_the_same_moment_gets_the_same_story() -> None:
    assert tell(NOW) == tell(NOW)


def test_another_moment_gets_the_same_story_at_other_dates() -> None:
    def told(now: datetime) -> list[str]:
        return sorted(f"{step.label} {step.action}" for step in tell(now) if step.resource != "onboarding")

    # Four weeks later every weekday falls on the same day of the story.
    assert told(NOW) == told(NOW + timedelta(weeks=4))


def test_nothing_happens_in_the_future_or_more_than_a_year_and_a_week_ago() -> None:
    for hour in (0, 9, 23):
        now = NOW.replace(hour=hour)
        moments = [step.at for step in tell(now)]
        assert moments == sorted(moments)
        assert now - timedelta(days=372) < moments[0]
        assert moments[-1] < now


def test_the_shops_are_sixty_different_ones() -> None:
    assert len({name for name, _ in SHOPS}) == 60
