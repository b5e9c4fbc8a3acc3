"""The demo workspace's keys, which are shown again at every start.

Keys are stored as hashes only, so the cleartext of these two is kept in a file of the data directory that only its
owner may read. No other key is ever kept that way.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.identity import keys
from pivotal_server.identity.api_keys import NewKey, checksum_secret, create_key, list_keys
from pivotal_server.identity.people import list_members

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import ApiKey, Mode

DEMO_SLUG = "demo"
FILE_NAME = "demo-keys.json"


class DemoKeysError(Exception):
    """The file with the demo keys cannot be read or written; the message says what to do."""


class DemoKeys(NamedTuple):
    """The two keys in clear text."""

    live: str
    test: str


async def demo_keys(connection: Connection, workspace_id: str, data: Path, now: datetime) -> DemoKeys:
    """Return the demo workspace's keys: those of the file as long as they work, else new ones.

    Args:
        connection: outside a transaction.
        workspace_id: the demo workspace.
        data: the data directory; it has the file.
        now: the present.

    Raises:
        DemoKeysError: the file cannot be read or written.
    """
    file = data / FILE_NAME
    try:
        kept = _read(file)
        secret = await checksum_secret(connection)
        active = [key for key in await list_keys(connection, workspace_id) if _is_active(key, now)]
        if kept and all(_is_among(text, active, secret) for text in kept):
            return kept
        async with connection.transaction():
            made = DemoKeys(
                await _create(connection, workspace_id, "live", now),
                await _create(connection, workspace_id, "test", now),
            )
            _write(file, made)
    except OSError as error:
        raise DemoKeysError(
            f"The demo workspace's keys cannot be kept in {file}: {error.strerror}. See that the data directory "
            "belongs to the account that Pivotal runs as and that the disk has room."
        ) from error
    return made


async def _create(connection: Connection, workspace_id: str, mode: Mode, now: datetime) -> str:
    owner = next(person.id for person in await list_members(connection, workspace_id) if person.role == "owner")
    return await create_key(connection, workspace_id, NewKey(f"demo {mode}", mode, created_by=owner), now)


def _is_active(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


def _is_among(text: str, active: Iterable[ApiKey], secret: bytes) -> bool:
    return (
        keys.read(text) is not None
        and keys.is_ours(text, secret)  # and not of a database that was here before
        and any(text.startswith(key.prefix) for key in active)
    )


def _read(file: Path) -> DemoKeys | None:
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        content = json.loads(file.read_text(encoding="utf-8"))
        return DemoKeys(str(content["live"]), str(content["test"]))
    return None


def _write(file: Path, made: DemoKeys) -> None:
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        json.dump(made._asdict(), target, indent=2)
        target.write("\n")
    fresh.replace(file)
