"""Keys made of names: what people call a thing, in the letters that an API takes."""

import re
import unicodedata
from collections.abc import Collection

MAX_KEY_LENGTH = 50


def derive_key(name: str, taken: Collection[str], kind: str) -> str:
    """Return a key that reads like a name, and that nothing has yet.

    Args:
        name: what people call it.
        taken: keys that are not free.
        kind: what begins a key where the name has no letter to begin with, such as ``phase``.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub("[^a-z0-9]+", "_", ascii_name).strip("_") or kind
    key = (key if key[0].isalpha() else f"{kind}_{key}")[:MAX_KEY_LENGTH]
    numbers = (f"_{number}" for number in range(2, len(taken) + 3))
    candidates = (key, *(key[: MAX_KEY_LENGTH - len(number)] + number for number in numbers))
    return next(candidate for candidate in candidates if candidate not in taken)
