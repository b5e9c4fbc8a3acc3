"""The calendar of launches: months, what is overdue, days with many, filters."""

import re
from html import unescape

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding
from tests.visitors import Visitor

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora")


async def add(api: httpx.AsyncClient, customer: Json, name: str, day: str | None = None, **fields: object) -> Json:
    target = {"target_launch_date": f"{day}T00:00:00Z"} if day else {}
    return await create_onboarding(api, customer["id"], name=name, **target, **fields)


def day_of(html: str, day: str) -> list[str]:
    """Return the names in a day's field."""
    cell = re.search(rf'<td data-day="{day}"[^>]*>(.*?)</td>', html, re.DOTALL)
    assert cell, day
    return re.findall(r'class="calendar-event [^>]*>(?:<svg.*?</svg><span[^>]*>[^<]*</span>)?([^<]*)</a>', cell[1])


async def test_a_month_shows_targets_and_completions(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, clock: SteeredClock
) -> None:
    await add(api, customer, "Soon", "2026-03-12")
    await add(api, customer, "Next month", "2026-04-02", state="at_risk")
    await add(api, customer, "Undated")
    clock.advance(7 * 86_400)
    await add(api, customer, "Done", "2026-03-30", phase="completed")
    late = await add(api, customer, "Late", "2026-03-04")
    html = (await maya.get("/onboardings?as=calendar")).text
    assert ">March 2026</h2>" in html
    assert day_of(html, "2026-03-12") == ["Soon"]
    assert day_of(html, "2026-03-09") == ["Done"]
    assert day_of(html, "2026-03-30") == []
    assert day_of(html, "2026-04-02") == ["Next month"]
    assert day_of(html, "2026-03-04") == ["Late"]
    assert 'data-day="2026-03-09" aria-current="date"' in html
    assert "Undated" not in html
    overdue = re.search(r'<section class="month-late".*?</section>', html, re.DOTALL)
    assert overdue
    assert f"/onboardings/{late['display_id']}-late" in overdue[0]
    assert "5 days ago" in overdue[0]
    assert "Soon" not in overdue[0]


async def test_months_follow_each_other_and_keep_the_filters(
    maya: Visitor, api: httpx.AsyncClient, customer: Json
) -> None:
    await add(api, customer, "Soon", "2026-04-12", tags=["eu"])
    await add(api, customer, "Other", "2026-04-12")
    page = await maya.get("/onboardings?as=calendar&tag=eu")
    assert "Nothing launches in March 2026 among what the filters let through." in page.text
    after = re.search(r'<a class="button ghost square small" href="([^"]+)" aria-label="Month after"', page.text)
    assert after
    april = await maya.get(unescape(after[1]), fragment=True)
    assert "<html" not in april.text
    assert day_of(april.text, "2026-04-12") == ["Soon"]
    before = re.search(r'href="([^"]+)" aria-label="Month before"', april.text)
    assert before
    assert ">March 2026</h2>" in (await maya.get(unescape(before[1]))).text
    assert ">Today</a>" in april.text
    for odd in ("2026-13", "x", "0001-01", "9999-12", "2026-00", "\u0662026-01"):
        assert ">March 2026</h2>" in (await maya.get(f"/onboardings?as=calendar&month={odd}")).text
    for month, words in (("1990-01", "January 1990"), ("2199-12", "December 2199"), ("2026-12", "December 2026")):
        assert f">{words}</h2>" in (await maya.get(f"/onboardings?as=calendar&month={month}")).text


async def test_a_day_with_many_says_so_and_shows_them_all(
    maya: Visitor, api: httpx.AsyncClient, customer: Json
) -> None:
    for name in "EDCBA":
        await add(api, customer, f"{name} {PROBE}", "2026-03-20")
    html = (await maya.get("/onboardings?as=calendar")).text
    assert [unescape(name)[0] for name in day_of(html, "2026-03-20")] == ["A", "B", "C"]
    more = re.search(r'class="calendar-more" href="([^"]+)" data-dialog>\+2<', html)
    assert more
    for page in (await maya.get(unescape(more[1])), await maya.get(unescape(more[1]), fragment=True)):
        assert page.status_code == 200
        assert len(re.findall(r'class="item-title"', page.text)) == 5
        assert PROBE not in page.text
    assert PROBE not in html
    for odd in ("", "x", "2026-02-30", "0001-01-01", "9999-12-31"):
        assert (await maya.get("/onboardings/day", day=odd)).status_code == 404
    assert "Nothing launches on this day." in (await maya.get("/onboardings/day?day=2026-03-21")).text


async def test_only_some_of_what_is_overdue_is_listed(maya: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    for number in range(10):
        await add(api, customer, f"late {number}", f"2026-02-{10 + number}")
    html = (await maya.get("/onboardings?as=calendar&month=2026-06")).text
    overdue = re.search(r'<section class="month-late".*?</section>', html, re.DOTALL)
    assert overdue
    assert re.findall(r"late \d", overdue[0]) == [f"late {number}" for number in range(8)]
    everything = re.search(r'<a class="link" href="([^"]+)">All of them</a>', overdue[0])
    assert everything
    assert (await maya.get(unescape(everything[1]))).text.count("<tr data-item") == 10
    for number in range(10):
        body_of(await api.patch(f"/onboardings/{number + 1}", json={"target_launch_date": None}))
    assert "month-late" not in (await maya.get("/onboardings?as=calendar")).text
