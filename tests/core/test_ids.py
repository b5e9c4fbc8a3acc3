"""Ids: time-ordered, unguessable, and told apart from display ids."""

import re

import pytest

from pivotal_server.core.ids import Reference, new_id, new_prefixed_id, read_reference
from tests.support import eventually


def test_a_cuid_has_25_characters() -> None:
    assert re.fullmatch("c[0-9a-z]{24}", new_id())
    assert re.fullmatch("evt_[0-9a-z]{24}", new_prefixed_id("evt"))


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(20_000)}) == 20_000


async def test_ids_sort_by_their_time() -> None:
    ids = [new_id()]

    def later() -> bool:
        return new_id()[:10] > ids[-1][:10]  # another millisecond has come

    for _ in range(20):
        await eventually(later)
        ids.append(new_id())
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("1", Reference("display_id", 1)),
        ("007", Reference("display_id", 7)),
        ("9223372036854775807", Reference("display_id", 2**63 - 1)),
        ("0" * 100 + "5", Reference("display_id", 5)),
        ("c" + "0" * 24, Reference("id", "c" + "0" * 24)),
        ("9223372036854775808", None),
        ("9" * 5000, None),
        ("0", None),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1\n", None),
        ("1.0", None),
        ("\u0661", None),
        ("\u00b2", None),
        ("c" + "0" * 23, None),
        ("c" + "0" * 25, None),
        ("C" + "0" * 24, None),
        ("c" + "0" * 23 + "A", None),
        ("c" + "0" * 24 + "\n", None),
        ("evt_" + "0" * 24, None),
    ],
    ids=repr,
)
def test_what_an_id_points_at(text: str, reference: Reference | None) -> None:
    assert read_reference(text) == reference
