"""The catalogue of event types: what there is, and which of it an endpoint's list chooses."""

from collections import Counter

import pytest
from pydantic import TypeAdapter, ValidationError

from pivotal_server.webhooks.catalogue import EVENT_TYPES, NAMES, PATTERNS, EventPattern, matches, patterns_of


def test_there_are_all_event_types_in_order() -> None:
    count = Counter(event_type.resource for event_type in EVENT_TYPES.values())
    assert count == {"contact": 3, "customer": 6, "lead": 7, "onboarding": 7, "task": 4}
    assert sorted(NAMES, key=lambda name: name.split(".")) == list(NAMES)


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [
        ([], set()),
        (["*"], set(NAMES)),
        (["task.*"], {"task.completed", "task.created", "task.reopened", "task.updated"}),
        (["customer.created"], {"customer.created"}),
        (["contact.deleted", "task.*", "task.created"], {"contact.deleted", *NAMES[-4:]}),
        (["custom", "customer", "customer.", "*.created", "customer.creat"], set()),
    ],
)
def test_a_list_chooses_names_resources_and_everything(patterns: list[str], chosen: set[str]) -> None:
    assert {name for name in NAMES if matches(patterns, name)} == chosen
    assert {name for name in NAMES if set(patterns) & set(patterns_of(name))} == chosen


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_is_taken(pattern: str) -> None:
    assert TypeAdapter(EventPattern).validate_python(pattern) == pattern
    assert any(matches([pattern], name) for name in NAMES)


@pytest.mark.parametrize("pattern", ["", "customer", "customer.gone", "*.created", "Customer.created", "order.*", "**"])
def test_what_is_no_pattern_is_refused_with_a_list_of_those_there_are(pattern: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(EventPattern).validate_python(pattern)
    (error,) = refusal.value.errors()
    assert error["type"] == "invalid_enum_value"
    assert all(f"'{known}'" in error["msg"] for known in PATTERNS)
