"""What a backup says about itself."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
"""Of the file and its manifest; a reader that knows only older ones stops."""


class BackupError(Exception):
    """A backup cannot be written, read or restored; the message says why and what to do."""


class Progress(Protocol):
    """Shows somebody how far a long work is."""

    def begin(self, label: str, total: int) -> None:
        """Begin a part of the work that has ``total`` steps."""

    def step(self, count: int) -> None:
        """Count what was done."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Format(_Part):
    """What every manifest begins with, of whichever format it is."""

    format: int
    product: str


class TableContent(_Part):
    """A table: its rows as COPY writes them, one line each."""

    columns: list[str]
    rows: int
    sha256: str


class Sequence(_Part):
    """Where a sequence stands."""

    last_value: int
    is_called: bool


class Files(_Part):
    """The stored files, one after the other in one member, and the list of them in another.

    Attributes:
        size: of all together, in bytes.
        missing: how many the database knows of that the storage did not have.
    """

    count: int
    size: int
    missing: int
    sha256: str
    list_sha256: str


class Manifest(Format):
    """What is in a backup.

    Attributes:
        taken_at: ISO 8601.
        workspaces: how many there are.
        migrations: checksum of each migration that had been applied, by its number.
    """

    taken_at: str
    workspaces: int
    migrations: dict[int, str] = Field(min_length=1)
    tables: dict[str, TableContent]
    sequences: dict[str, Sequence]
    files: Files

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(table.rows for table in self.tables.values())


class StoredFile(_Part):
    """A line of the list of files."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]+(?:/[a-z0-9_]+)*$")]
    size: Annotated[int, Field(ge=0)]
    sha256: str
