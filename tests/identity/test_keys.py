"""The text of a key: what is in it, and how it is recognised and verified."""

import re

import pytest

from pivotal_server.identity import keys
from pivotal_server.identity.keys import KeyVerifier
from pivotal_server.identity.models import Mode

SECRET = b"this installation's own"


@pytest.mark.parametrize(("mode", "start"), [("live", "pivotal_"), ("test", "pivotal_test_")])
def test_a_key_shows_its_mode_and_carries_its_public_id(mode: Mode, start: str) -> None:
    text, public_id, prefix = keys.generate(mode, SECRET)
    assert re.fullmatch(start + "[0-9A-Za-z]{46}", text)
    assert prefix == start + public_id
    assert text.startswith(prefix)
    credential = keys.read(text)
    assert credential
    assert (credential.public_id, credential.text) == (public_id, text)
    assert keys.is_ours(text, SECRET)


def test_the_secret_part_has_at_least_160_random_bits() -> None:
    made = {keys.generate("live", SECRET)[0] for _ in range(1000)}
    assert len(made) == 1000
    secrets = [text[len("pivotal_") + 8 : -6] for text in made]
    assert len(keys._ALPHABET) ** len(secrets[0]) >= 2**160
    for place in range(len(secrets[0])):  # every place takes every value
        assert len({secret[place] for secret in secrets}) > 50


def test_one_wrong_character_spoils_the_checksum() -> None:
    text, _, _ = keys.generate("live", SECRET)
    for place in range(len("pivotal_"), len(text)):
        other = "0" if text[place] != "0" else "1"
        assert not keys.is_ours(text[:place] + other + text[place + 1 :], SECRET)
    assert not keys.is_ours(text, b"another installation's")


@pytest.mark.parametrize(
    "text",
    ["", "pivotal_", "pivotal_test_", "x" * 54, "pivotal_" + "a" * 45, "pivotal_" + "a" * 47, "pivotal_" + "é" * 46],
)
def test_what_has_not_the_form_of_a_key_is_none(text: str) -> None:
    assert keys.read(text) is None


def test_a_credential_does_not_show_its_secret() -> None:
    text, public_id, _ = keys.generate("live", SECRET)
    shown = f"{keys.read(text)!r} {keys.read(text)}"
    assert public_id in shown
    assert text[len("pivotal_") + 8 :] not in shown


async def test_a_key_is_verified_once_and_then_known() -> None:
    verifier = KeyVerifier()
    text, _, _ = keys.generate("live", SECRET)
    credential = keys.read(text)
    assert credential
    right = keys.hash_key(text, b"salt", 1000)
    assert not verifier.knows(credential)
    assert not await verifier.verify(credential, b"salt", 1000, b"wrong")
    assert not verifier.knows(credential)
    assert await verifier.verify(credential, b"salt", 1000, right)
    assert verifier.knows(credential)
    # What is known needs no hash any more, and another text with the same public id is not known by it.
    assert await verifier.verify(credential, b"salt", 10**9, right)
    forged = keys.Credential(credential.public_id, b"0" * 32, text)
    assert not verifier.knows(forged)
    verifier.close()


async def test_the_memory_of_verified_keys_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_MAX_REMEMBERED", 3)
    verifier = KeyVerifier()
    credentials = []
    for _ in range(5):
        text, _, _ = keys.generate("live", SECRET)
        credential = keys.read(text)
        assert credential
        credentials.append(credential)
        assert await verifier.verify(credential, b"salt", 1, keys.hash_key(text, b"salt", 1))
    assert [verifier.knows(credential) for credential in credentials] == [False, False, True, True, True]
    verifier.close()


def test_the_hash_is_slow_on_purpose() -> None:
    assert keys.PBKDF2_ROUNDS >= 600_000
