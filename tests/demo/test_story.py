from datetime import UTC, datetime, timedelta

import pytest

from pivotal_server.demo import words
from pivotal_server.demo.cast import EXPANSION_TEMPLATE, FIRST_TEMPLATES, RENEWAL_TEMPLATE, SHOPS
from pivotal_server.demo.plans import templates
from pivotal_server.demo.story import tell

NOW = datetime(2026, 7, 15, 14, 30, tzinfo=UTC)


def test_the_same_moment_gets_the_same_story() -> None:
    assert tell(NOW) == tell(NOW)


def test_another_moment_gets_the_same_story_at_other_dates() -> None:
    def told(now: datetime) -> list[str]:
        return sorted(f"{step.label} {step.action}" for step in tell(now))

    # Four weeks later every weekday falls on the same day of the story.
    assert told(NOW) == told(NOW + timedelta(weeks=4))


@pytest.mark.parametrize("day", range(7))
def test_nothing_happens_in_the_future_or_more_than_a_year_and_a_week_ago(day: int) -> None:
    for hour in (0, 9, 23):
        now = NOW.replace(hour=hour) + timedelta(days=day)
        moments = [step.at for step in tell(now)]
        assert moments == sorted(moments)
        assert now - timedelta(days=372) < moments[0]
        assert now - timedelta(days=5) < moments[-1] < now


@pytest.mark.parametrize("day", [*range(8), *range(8, 366, 50)])
def test_every_step_is_about_what_was_made_before_it(day: int) -> None:
    made = set()
    for step in tell(NOW + timedelta(days=day)):
        template = step.fields.get("template_id")
        assert template is None or template in made, step
        if step.action == "create":
            made.add(step.label)
            tasks = templates()[template].everything() if template else ()
            made |= {f"{step.label}/{task.key}" for _, _, task in tasks}
        else:
            assert step.resource == "calendar" or step.label in made, step


def test_the_shops_are_sixty_different_ones() -> None:
    assert len({name for name, _ in SHOPS}) == 60


def test_what_is_said_about_tasks_is_about_tasks_of_the_templates() -> None:
    assert {*FIRST_TEMPLATES, EXPANSION_TEMPLATE, RENEWAL_TEMPLATE} == set(templates())
    keys = {task.key for content in templates().values() for task in content.tasks}
    assert keys >= {*words.TASK_THREADS, *words.FILES, *words.REOPENED}
