"""One directory in which the processes of a machine leave what they have counted, so that any of them can tell the sum.

A process writes ``<id>.json``, a new file in the old one's place each time, and holds a lock on ``<id>.alive`` for as
long as it lives: the kernel lets go of it however the process ends, and nobody else can be mistaken for its holder, as
by a process id that is used again. Whoever finds a dead process moves its counts into ``past.json``, so that no sum
ever falls and no file stays behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import orjson

from pivotal_server import __version__
from pivotal_server.core.telemetry.metrics import Samples, add_samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)


class Counts(NamedTuple):
    """What a process, or several, have to tell.

    Attributes:
        totals: what only grows, and outlives the process.
        levels: what is true while the process lives.
    """

    totals: Samples
    levels: Samples

    def add(self, further: Counts) -> None:
        """Add what others have counted."""
        add_samples(self.totals, further.totals)
        add_samples(self.levels, further.levels)


class SharedCounts:
    """This process's place in the directory; to be used by one thread at a time.

    Counting goes on whatever becomes of the directory; the other processes are then missing from the sum.

    Args:
        directory: made where there is none.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._id = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._alive: IO[bytes] | None = None
        self._failing = False

    def publish(self, own: bytes) -> None:
        """Leave what this process has counted, as ``pack`` returns it, for the others."""
        with self._told_once():
            self._publish(own)

    def exchange(self, own: bytes) -> Counts:
        """Publish, and return the sum over all processes, the dead ones included."""
        # What is told once must not be taken back by the next process that is asked: it is written before it is told.
        total = unpack(own)
        with self._told_once():
            self._publish(own)
            with self._locked():
                past, living = self._look_around()
                total.add(past)
                for id_ in living - {self._id}:
                    total.add(self._read(id_))
        return total

    def close(self) -> None:
        """Leave the directory; what was published last counts as that of a dead process from here on."""
        if self._alive is not None:
            self._alive.close()
            self._alive = None

    def _publish(self, own: bytes) -> None:
        if self._alive is None:
            self._enter()
        replace(self._file(self._id, "json"), own)

    def _enter(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            self._look_around()  # processes that die again and again must not wait for somebody to ask
            alive = self._file(self._id, "alive").open("wb")
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._alive = alive

    def _look_around(self) -> tuple[Counts, set[str]]:
        """Return the counts of all dead processes and the ids of the living; who died just now is moved to the dead."""
        stored = self._load(self._directory / "past.json")
        past = _counts_of(stored)
        # Their counts were moved, and the mover died before it could remove them.
        self._remove(stored.get("moved", ()))
        living: set[str] = set()
        dead: set[str] = set()
        for file in self._directory.glob("*.alive"):
            (living if _is_held(file) else dead).add(file.stem)
        if dead:
            for id_ in dead:
                add_samples(past.totals, self._read(id_).totals)
            replace(self._directory / "past.json", pack(past, moved=list(dead)))
            self._remove(dead)
        return past, living

    def _read(self, id_: str) -> Counts:
        return _counts_of(self._load(self._file(id_, "json")))

    def _load(self, file: Path) -> dict[str, Any]:
        """Return what is in a file of this version; nothing where there is none, or where power failed on it."""
        try:
            stored = orjson.loads(file.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}
        return stored if isinstance(stored, dict) and stored.get("version") == __version__ else {}

    def _remove(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            for suffix in ("json", "new", "alive"):  # the last one names the others
                self._file(id_, suffix).unlink(missing_ok=True)

    def _file(self, id_: str, suffix: str) -> Path:
        return self._directory / f"{id_}.{suffix}"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep the other processes from moving counts meanwhile."""
        with (self._directory / "lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def _told_once(self) -> Iterator[None]:
        try:
            yield
            self._failing = False
        except OSError as error:
            if not self._failing:
                logger.warning("Metrics are those of one process alone: %s", error)
            self._failing = True


def pack(counts: Counts, **further: object) -> bytes:
    """Return counts as the bytes of a file."""
    parts = {name: _rows(samples) for name, samples in counts._asdict().items()}
    return orjson.dumps({"version": __version__, **parts, **further})


def unpack(packed: bytes) -> Counts:
    """Return the counts in the bytes of a file."""
    return _counts_of(orjson.loads(packed))


def replace(file: Path, content: bytes) -> None:
    """Write a file so that whoever reads it finds the old content or the new."""
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)


def _rows(samples: Samples) -> dict[str, list[Any]]:
    return {name: list(cells.items()) for name, cells in samples.items()}


def _counts_of(stored: dict[str, Any]) -> Counts:
    return Counts(*(_samples(stored.get(name, {})) for name in Counts._fields))


def _samples(rows: dict[str, Any]) -> Samples:
    return {name: {tuple(labels): cell for labels, cell in cells} for name, cells in rows.items()}


def _is_held(file: Path) -> bool:
    """Return whether a living process holds the lock of a file."""
    try:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
