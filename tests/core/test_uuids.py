"""Ids as UUIDs: the same 122 bits, there and back."""

import uuid

import pytest
from hypothesis import given
from hypothesis.strategies import integers, one_of, text, uuids

from pivotal_server.core.ids import cuid_to_uuid, new_id, uuid_to_cuid

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def cuid(number: int) -> str:
    digits = ""
    for _ in range(24):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return f"c{digits}"


@given(milliseconds=integers(0, 2**48 - 1), random=integers(0, 2**74 - 1))
def test_a_uuid_has_the_bits_of_its_cuid(milliseconds: int, random: int) -> None:
    id_ = cuid((milliseconds << 74) | random)
    text = cuid_to_uuid(id_)
    assert uuid_to_cuid(text) == id_
    read = uuid.UUID(text)
    assert (read.version, read.variant) == (7, uuid.RFC_4122)
    assert read.int >> 80 == milliseconds
    assert ((read.int >> 64 & 0xFFF) << 62) | (read.int & (2**62 - 1)) == random


@given(one=integers(0, 2**122 - 1), other=integers(0, 2**122 - 1))
def test_uuids_sort_as_their_cuids_do(one: int, other: int) -> None:
    ids = [cuid(one), cuid(other)]
    assert (ids[0] < ids[1]) == (cuid_to_uuid(ids[0]) < cuid_to_uuid(ids[1]))


@given(words=one_of(text(), uuids().map(str), uuids(version=4).map(str)))
def test_other_texts_are_no_uuid_of_ours(words: str) -> None:
    id_ = uuid_to_cuid(words)
    assert id_ is None or cuid_to_uuid(id_) == words


def test_a_new_id_has_a_uuid_and_a_longer_one_has_none() -> None:
    id_ = new_id()
    assert uuid_to_cuid(cuid_to_uuid(id_)) == id_
    with pytest.raises(ValueError, match="int"):
        cuid_to_uuid("c" + "z" * 24)
