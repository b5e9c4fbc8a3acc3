"""Whom a text mentions: what is said outside of code and quotations, and nothing else."""

import time

import pytest

from pivotal_server.comments.mentions import MAX_MENTIONS, find_mentions


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("@maya@northwind.example", ["maya@northwind.example"]),
        ("(@maya@northwind.example): look", ["maya@northwind.example"]),
        ("Ask @maya@northwind.example.", ["maya@northwind.example"]),
        ("**@maya@northwind.example**", ["maya@northwind.example"]),
        ("- one\n- @maya_x@north-wind.example", ["maya_x@north-wind.example"]),
        ("[@maya@northwind.example](https://northwind.example)", ["maya@northwind.example"]),
        ("@B@x.example @a@x.example @b@x.example", ["b@x.example", "a@x.example"]),
        ("# @maya@northwind.example", ["maya@northwind.example"]),
        ("maya@northwind.example", []),
        ("x@maya@northwind.example", []),
        ("@maya", []),
        ("@maya@localhost", []),
        ("`@maya@northwind.example`", []),
        ("```\n@maya@northwind.example\n```", []),
        ("    @maya@northwind.example", []),
        ("> @maya@northwind.example", []),
        ("> > @maya@northwind.example\n\n@b@x.example", ["b@x.example"]),
        ("<b title='@maya@northwind.example'>", []),
    ],
)
def test_a_mention_is_an_at_and_an_address(body: str, found: list[str]) -> None:
    assert find_mentions(body) == found


def test_only_so_many_are_mentioned() -> None:
    assert len(find_mentions(" ".join(f"@p{number}@x.example" for number in range(99)))) == MAX_MENTIONS


@pytest.mark.parametrize("part", ["[", "![", "*a_ ", "<a ", "@", "@a", "a-", "@a@", "> @a@", "`", "[@a@x.example]("])
def test_no_text_takes_long(part: str) -> None:
    body = ("@" + part * 20_000)[:20_000]
    began = time.process_time()
    find_mentions(body)
    assert time.process_time() - began < 3  # the worst take 0.4 s
