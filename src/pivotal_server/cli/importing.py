"""``pivotal import``: a file's rows as calls of the API, each made once however often the file is imported."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import click

from pivotal_server.cli.calls import RefusedError, call, client_of
from pivotal_server.cli.operations import operation
from pivotal_server.cli.progress import Bars
from pivotal_server.cli.remote import RemoteError, remote_options
from pivotal_server.cli.rows import CUSTOMER_NAMES, Columns, RowError, read_rows
from pivotal_server.cli.whole_file import whole_file
from pivotal_server.core.spreadsheets import marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal import PivotalApi
    from pivotal_server.cli.operations import Operation
    from pivotal_server.cli.remote import Remote
    from pivotal_server.cli.rows import FileRow

_IMPORTED = ("customers", "contacts", "onboardings")
_AT_ONCE = 4
# Calls under way or waiting for their turn; what was read of the file beyond them would only fill the memory.
_AHEAD = 32


class _Result(NamedTuple):
    """What became of a row: ``made``, ``repeated`` (it was made before) or ``refused``, and then why."""

    row: FileRow
    outcome: str
    reason: str = ""


@click.command("import")
@click.argument("resource", type=click.Choice(_IMPORTED))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="COLUMN= leaves a column out.")
@click.option("--dry-run", is_flag=True, help="Read the file, say what would be sent, and send nothing.")
@remote_options
def import_rows(*, remote: Remote, resource: str, file: Path, mapping: tuple[str, ...], dry_run: bool) -> None:
    """Make a customer, contact or onboarding of every row of a CSV or JSON FILE.

    Columns are named like the API's fields. A row that was imported within a day is not made again, so that a file can
    be imported again after it was interrupted or mended. Rows that are refused go to FILE.errors.csv.
    """
    found = operation(resource, "create")
    names, count = _survey(file)
    columns = Columns(found, names, mapping)
    if columns.ignored:
        click.echo(f"Left out: {', '.join(columns.ignored)}.", err=True)
    errors = file.with_name(f"{file.name}.errors.csv")
    with client_of(remote) as client, Bars() as bars, _Refused(errors, names) as refused:
        bars.begin("Reading" if dry_run else "Importing", count)
        work = _Importing(client, found, columns, dry_run=dry_run)
        counted: Counter[str] = Counter()
        try:
            for result in work.results(file):
                counted[result.outcome] += 1
                refused.add(result)
                bars.step(1)
        except RemoteError as error:
            raise RemoteError(f"{error} {_stopped(counted, count)}") from error
        except KeyboardInterrupt:
            bars.end()
            click.echo(_stopped(counted, count), err=True)
            raise
    would = "would be " if dry_run else ""
    again = f", {counted['repeated']:,} were there from an earlier run" if counted["repeated"] else ""
    click.echo(f"{counted['made']:,} {resource} {would}made{again}.")
    if counted["refused"]:
        raise RemoteError(f"{counted['refused']:,} rows were refused: see {errors}.")


class _Importing:
    """Sends rows, a few at a time.

    Args:
        client: of the server.
        operation: makes one.
        columns: of the file.
        dry_run: whether to send nothing.
    """

    def __init__(self, client: PivotalApi, operation: Operation, columns: Columns, *, dry_run: bool) -> None:
        self._client, self._operation, self._columns, self._dry_run = client, operation, columns, dry_run
        self._seen: Counter[bytes] = Counter()
        self._customers: dict[tuple[str, str], str] = {}

    def results(self, file: Path) -> Iterator[_Result]:
        """Yield what became of each row, in the order of the file.

        Raises:
            RemoteError: the server cannot be reached, or does not know the key.
        """
        waiting: deque[Future[_Result]] = deque()
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            for row in read_rows(file):
                waiting.append(self._begin(pool, row))
                if len(waiting) >= _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _begin(self, pool: ThreadPoolExecutor, row: FileRow) -> Future[_Result]:
        try:
            fields = self._columns.fields_of(row)
        except RowError as error:
            told: Future[_Result] = Future()
            told.set_result(_Result(row, "refused", str(error)))
            return told
        key = self._key(fields)
        return pool.submit(self._send, row, fields, key)

    def _key(self, fields: dict[str, Any]) -> str:
        """Return the row's own key: of what it says, and how many rows before it said the same."""
        said = json.dumps([self._operation.resource, fields], sort_keys=True).encode()
        digest = hashlib.sha256(said).digest()
        self._seen[digest] += 1
        return f"import-{digest.hex()}-{self._seen[digest]}"

    def _send(self, row: FileRow, fields: dict[str, Any], key: str) -> _Result:
        if self._dry_run:
            return _Result(row, "made")
        try:
            names = {name: fields.pop(name) for name in CUSTOMER_NAMES if name in fields}
            if names:
                fields["customer_id"] = self._customer(names)
            arguments = [fields.pop(field.name) for field in self._operation.arguments]
            answer = call(self._client, self._operation, arguments, idempotency_key=key, **fields)
        except RefusedError as error:
            return _Result(row, "refused", str(error))
        return _Result(row, "repeated" if answer.headers.get("idempotent-replay") == "true" else "made")

    def _customer(self, names: dict[str, str]) -> str:
        """Return the id of the customer with such a slug, or else such a domain.

        Raises:
            RefusedError: there is none.
        """
        name, value = next(iter(names.items()))
        if (name, value) not in self._customers:
            wanted = {name.removeprefix("customer_"): value, "limit": 1}
            page = json.loads(call(self._client, operation("customers", "list"), [], **wanted).content)
            if not page["data"]:
                raise RefusedError(f"{name}: there is no customer {value!r}")
            self._customers[name, value] = page["data"][0]["id"]
        return self._customers[name, value]


class _Refused:
    """The file of refused rows, which is there if there are some."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self._path = path
        self._names = names
        self._rows: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._rows:
            with whole_file(self._path) as file:
                file.write(_line([*self._names, "row", "error"]).encode())
                file.writelines(row.encode() for row in self._rows)
        else:
            self._path.unlink(missing_ok=True)

    def add(self, result: _Result) -> None:
        """Keep a row that was refused."""
        if result.outcome == "refused":
            cells = [result.row.cells.get(name) for name in self._names]
            texts = [cell if isinstance(cell, str) else "" if cell is None else json.dumps(cell) for cell in cells]
            self._rows.append(_line([*map(marked, texts), str(result.row.number), result.reason]))


def _stopped(counted: Counter[str], count: int) -> str:
    return f"Stopped at row {counted.total() + 1} of {count}; the same command goes on there."


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _survey(file: Path) -> tuple[list[str], int]:
    """Return the columns of a file and the number of its rows, read once from end to end.

    Raises:
        click.UsageError: it cannot be read, or has no rows.
    """
    names: dict[str, None] = {}
    count = 0
    for row in read_rows(file):
        names.update(dict.fromkeys(row.cells))
        count += 1
    if not count:
        raise click.UsageError(f"{file} has no rows.")
    return list(names), count
