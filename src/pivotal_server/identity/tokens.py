"""Secrets that travel in links: the database has their hash only, so whoever reads it cannot sign in."""

import hashlib
import secrets

_TOKEN_BYTES = 32


def new_token() -> str:
    """Return a secret of 256 random bits that fits into a URL."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """Return what is kept of a secret; a fast hash does, because nobody guesses 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
