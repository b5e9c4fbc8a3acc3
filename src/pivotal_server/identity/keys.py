"""The text of an API key, its hash, and the verification that costs its price once (documentation: Authentication).

A key reads ``pivotal_`` (test keys: ``pivotal_test_``), 8 characters by which it is looked up, 32 secret characters
(190 bits) and a checksum of 6. The checksum is keyed with the installation's own secret: nobody else can make a text
that passes it, so a flood of invented keys never reaches the hash.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pivotal_server.identity.models import Mode

PBKDF2_ROUNDS = 600_000
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIX: dict[Mode, str] = {"live": "pivotal_", "test": "pivotal_test_"}
_PUBLIC_LENGTH, _SECRET_LENGTH, _CHECKSUM_LENGTH = 8, 32, 6
_LENGTH = _PUBLIC_LENGTH + _SECRET_LENGTH + _CHECKSUM_LENGTH
_MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Credential:
    """A text in the form of a key, as someone presented it.

    Attributes:
        public_id: what the key is looked up by.
        digest: SHA-256 of the whole key, for the comparison with one that was verified before.
        text: the whole key, for the one slow verification; never logged.
    """

    public_id: str
    digest: bytes
    text: str

    def __repr__(self) -> str:
        return f"Credential({self.public_id})"


def generate(mode: Mode, checksum_secret: bytes) -> tuple[str, str, str]:
    """Return a new key, its public id and its prefix (safe to log).

    Args:
        mode: ``live`` or ``test``; shows in the key.
        checksum_secret: the installation's secret.
    """
    public_id = "".join(secrets.choice(_ALPHABET) for _ in range(_PUBLIC_LENGTH))
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
    stem = _PREFIX[mode] + public_id + secret
    return stem + _checksum(stem, checksum_secret), public_id, _PREFIX[mode] + public_id


def read(text: str) -> Credential | None:
    """Return the credential in ``text``, or None where it does not have a key's form."""
    prefix = _PREFIX["test"] if text.startswith(_PREFIX["test"]) else _PREFIX["live"]
    if len(text) != len(prefix) + _LENGTH or not text.startswith(prefix) or not text.isascii():
        return None
    public_id = text[len(prefix) : len(prefix) + _PUBLIC_LENGTH]
    return Credential(public_id, hashlib.sha256(text.encode()).digest(), text)


def prefix_of(text: str) -> str | None:
    """Return the prefix of a whole key, or None where the text does not have a key's form."""
    credential = read(text)
    return text[: text.index(credential.public_id) + _PUBLIC_LENGTH] if credential else None


def is_ours(text: str, checksum_secret: bytes) -> bool:
    """Whether the key's checksum says that this installation made it; told without the database."""
    stem, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    return hmac.compare_digest(_checksum(stem, checksum_secret), checksum)


def hash_key(text: str, salt: bytes, rounds: int) -> bytes:
    """Return the PBKDF2-SHA256 hash of a key: some 200 ms of work at 600,000 rounds."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt, rounds)


def _checksum(stem: str, secret: bytes) -> str:
    number = int.from_bytes(hmac.digest(secret, stem.encode(), "sha256"))
    digits = []
    for _ in range(_CHECKSUM_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[rest])
    return "".join(digits)


class KeyVerifier:
    """Remembers which keys this process has verified, so that PBKDF2 is paid once per process and key.

    It never says that a key may be used: the key's row, read on every request, does.
    """

    def __init__(self) -> None:
        self._verified: OrderedDict[str, bytes] = OrderedDict()
        # One at a time: hashing may take one core of the machine and never all of them.
        self._turn = asyncio.Lock()
        self._hasher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="key-hash")

    def knows(self, credential: Credential) -> bool:
        """Whether this very key was verified before; a comparison in constant time."""
        digest = self._verified.get(credential.public_id)
        return digest is not None and hmac.compare_digest(digest, credential.digest)

    async def verify(self, credential: Credential, salt: bytes, rounds: int, expected: bytes) -> bool:
        """Return whether the key has the stored hash, and remember it if so."""
        async with self._turn:
            if self.knows(credential):  # verified while this one waited
                return True
            loop = asyncio.get_running_loop()
            actual = await loop.run_in_executor(self._hasher, hash_key, credential.text, salt, rounds)
        if not hmac.compare_digest(actual, expected):
            return False
        self._verified[credential.public_id] = credential.digest
        if len(self._verified) > _MAX_REMEMBERED:
            self._verified.popitem(last=False)
        return True

    def close(self) -> None:
        """Stop the hashing thread."""
        self._hasher.shutdown(wait=False, cancel_futures=True)
