"""The limit: the database alone, running a request's statements from pgbench."""

from __future__ import annotations

import asyncio
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pivotal_server.core.embedded_postgres.installation import find_installation

if TYPE_CHECKING:
    from bench.statements import Script
    from pivotal_server.core.db import Connection

CLIENTS = 32
THREADS = 2
_TPS = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)$", re.MULTILINE)
_PROCESSED = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)
# A logged transaction tells its latency in microseconds in the third column; of many, every tenth is enough.
_SAMPLED = "0.1"
_LATENCY_COLUMN = 2
_COUNTER = "SELECT coalesce(sum({column}), 0)::bigint FROM pg_stat_user_tables WHERE relname = $1"
_CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbench' AND datname = current_database()"
_ENDING_SECONDS = 30
_PROOF_CLIENTS, _PROOF_TRANSACTIONS = 4, 25


class LimitError(Exception):
    """pgbench failed, or its script did not do a request's work; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What one run of pgbench reached.

    Attributes:
        tps: transactions a second, connecting not counted.
        transactions: how many there were.
        p50_ms: the median latency of a sample of them, in milliseconds.
        p99_ms: the 99th percentile: what of a slow tail is the machine's and the database's own.
    """

    tps: float
    transactions: int
    p50_ms: float
    p99_ms: float


def run_pgbench(dsn: str, script: Script, *, seconds: int, transactions: int = 0, clients: int = CLIENTS) -> Limit:
    """Run a script against the database.

    Args:
        dsn: the database.
        script: what to run.
        seconds: for how long, unless ``transactions`` is given.
        transactions: how many each client runs instead.
        clients: how many connections.

    Raises:
        LimitError: a transaction failed.
    """
    length = ["-t", str(transactions)] if transactions else ["-T", str(seconds), f"--sampling-rate={_SAMPLED}"]
    variables = {**script.variables, "clients": str(clients)}
    definitions = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "script.sql"
        file.write_text(script.text, encoding="utf-8")
        finished = subprocess.run(
            [find_installation().programs / "pgbench", "-n", "-M", "prepared", "-c", str(clients),
             "-j", str(min(THREADS, clients)), *length, *definitions, "--log", "-f", file, dsn],
            cwd=directory, capture_output=True, text=True, check=False, timeout=seconds + 120,
        )  # fmt: skip
        if finished.returncode != 0:
            raise LimitError(f"pgbench failed ({finished.returncode}): {finished.stderr[-2000:]}")
        logs = [log.read_text(encoding="utf-8") for log in Path(directory).glob("pgbench_log.*")]
    return parse_pgbench(finished.stdout, "".join(logs))


def parse_pgbench(output: str, log: str) -> Limit:
    """Return the figures in pgbench's report and in its log of single transactions.

    Raises:
        LimitError: there are none, or transactions failed.
    """
    tps, processed, failed = (pattern.search(output) for pattern in (_TPS, _PROCESSED, _FAILED))
    if tps is None or processed is None or (failed is not None and failed[1] != "0"):
        raise LimitError(f"not a report of a clean run of pgbench: {output}")
    latencies = [int(line.split()[_LATENCY_COLUMN]) / 1000 for line in log.splitlines()]
    centiles = statistics.quantiles(latencies, n=100, method="inclusive")
    return Limit(float(tps[1]), int(processed[1]), p50_ms=centiles[49], p99_ms=centiles[98])


async def prove(connection: Connection, dsn: str, name: str, script: Script) -> None:
    """Run a few transactions and check by the tables' statistics that they touched the rows that a request touches.

    Nothing else may use the database meanwhile.

    Raises:
        LimitError: they did not, so the script has to follow a change of the product.
    """
    before = await _counters(connection, script)
    run_pgbench(dsn, script, seconds=0, transactions=_PROOF_TRANSACTIONS, clients=_PROOF_CLIENTS)
    # A connection adds to the statistics when it ends, which may be after pgbench has.
    deadline = time.monotonic() + _ENDING_SECONDS
    while await connection.fetchval(_CONNECTED) and time.monotonic() < deadline:  # noqa: ASYNC110 - the database cannot call us
        await asyncio.sleep(0.01)
    after = await _counters(connection, script)
    transactions = _PROOF_CLIENTS * _PROOF_TRANSACTIONS
    for counter, expected in script.work.items():
        rows = (after[counter] - before[counter]) / transactions
        if rows != expected:
            raise LimitError(f"{name}: {counter} moved by {rows} a transaction instead of {expected}")


async def _counters(connection: Connection, script: Script) -> dict[str, int]:
    # What this very connection has done counts at once, and not whenever it is idle.
    await connection.execute("SELECT pg_stat_force_next_flush()")
    found = {}
    for counter in script.work:
        table, column = counter.split(".")
        found[counter] = int(await connection.fetchval(_COUNTER.format(column=column), table))
    return found
