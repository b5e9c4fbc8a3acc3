import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from bench.buffers import Buffers, explain_paths, literal, touched
from bench.data import Tenant, customer_id, load_tenants, open_windows
from bench.growth import Growth
from bench.growth_report import buffers_table, growth_table
from bench.limits import Limit, LimitError, parse_pgbench, prove
from bench.load import Load, LoadError, lua, parse_wrk
from bench.machine import Machine, look
from bench.memory import Memory, Minute, growth
from bench.processor import Spent, parents
from bench.report import Report, comparison_table, soak_table, spent_table
from bench.rounds import EXPECTED_TPS, PATHS, Comparison
from bench.statements import bind

from pivotal_server.identity.keys import Credential

if TYPE_CHECKING:
    from pathlib import Path

    from pivotal_server.core.db import Connection

PGBENCH = """\
transaction type: script.sql
query mode: prepared
number of transactions actually processed: 4025
number of failed transactions: {failed} ({failed}.000%)
latency average = 25.013 ms
initial connection time = 71.502 ms
tps = 1279.327512 (without initial connection time)
"""
_FACETS = "SELECT f.* FROM facets f ORDER BY f.workspace_id, f.created_at"
_TAGS = "SELECT t.* FROM tags t WHERE t.uses > 0 ORDER BY t.workspace_id"
WRK = """\
Running 3s test @ http://127.0.0.1:4000
Requests/sec:   3438.11
BENCH {"requests": 900, "seconds": 3.000000, "p50_ms": 8.400, "p99_ms": 21.000, "refused": 2, "broken": 1}
"""


def test_the_figures_of_pgbench_are_read() -> None:
    log = "".join(f"0 {number} {number * 100} 0 1795232046 473021\n" for number in range(1, 102))
    assert parse_pgbench(PGBENCH.format(failed=0), log) == Limit(1279.327512, 4025, p50_ms=5.1, p99_ms=10.0)


@pytest.mark.parametrize("output", [PGBENCH.format(failed=3), "pgbench: something else"])
def test_a_run_of_pgbench_with_failures_counts_for_nothing(output: str) -> None:
    with pytest.raises(LimitError):
        parse_pgbench(output, "")


def test_the_figures_of_wrk_are_read_and_all_its_errors_added_up() -> None:
    load = parse_wrk(WRK)
    assert load == Load(requests=900, seconds=3.0, p50_ms=8.4, p99_ms=21.0, errors=3)
    assert load.rps == 300


def test_a_run_of_wrk_without_figures_counts_for_nothing() -> None:
    with pytest.raises(LoadError):
        parse_wrk("unable to connect")


def test_every_script_of_a_create_makes_other_customers() -> None:
    tenant = Tenant("org_a", Credential("pub", b"digest", "pivotal_key"), 2000)
    assert '"pivotal_key"' in lua("create", [tenant])
    assert lua("create", [tenant]) != lua("create", [tenant])


def test_parameters_become_expressions() -> None:
    assert bind("SELECT $2::text[], $1, $12 - $1" + ", $3 $4 $5 $6 $7 $8 $9 $10 $11", *"abcdefghijkl").startswith(
        "SELECT b::text[], a, l - a, c d"
    )


@pytest.mark.parametrize(("sql", "values"), [("SELECT $1", ()), ("SELECT $1", ("a", "b")), ("SELECT a[1:n]", ())])
def test_a_statement_that_pgbench_would_get_wrong_is_refused(sql: str, values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="in: SELECT"):
        bind(sql, *values)


def test_a_load_is_compared_with_the_limits_around_it() -> None:
    comparison = a_comparison()
    assert comparison.ratios == [0.4, 0.25]
    assert comparison.ratio == pytest.approx(0.325)
    assert comparison.errors == 1


def test_values_become_literals() -> None:
    at = datetime(2026, 5, 26, tzinfo=UTC)
    assert literal("it's") == "'it''s'"
    assert literal(None) == "NULL"
    assert literal([at, None, 'a"b']) == r"""'{"2026-05-26T00:00:00+00:00",NULL,"a\"b"}'"""
    assert literal(b"\x00\xff") == r"'\x00ff'"


def test_buffers_of_a_plan_count_once_and_include_what_runs_after_it() -> None:
    child = {"Shared Hit Blocks": 3, "Shared Read Blocks": 1}
    assert touched({"Shared Hit Blocks": 5, "Shared Read Blocks": 1, "Plans": [child]}) == 6
    assert touched({"Shared Hit Blocks": 0, "Plans": [child, child]}) == 8


def test_tables_say_what_was_reached_and_what_was_missed() -> None:
    assert "| 0.33  | 0.40 0.25 | 0.35 (aim 0.50) |" in comparison_table([a_comparison()])
    assert comparison_table([a_comparison()]).endswith("| 6.0     | 2.5     | 1      | missed |")
    assert spent_table([a_comparison()]).endswith(
        "| 220 | 250              | 150    | 40  | 440 | 0.50        | 0% 20%      |"
    )
    path = Growth("create", {1000: [1.0, 2.0, 3.0], 1_000_000: [1.1, 2.2, 3.3]})
    assert growth_table([path]).endswith("| 2.00  | 2.20      | 1.10  | 1.2   | ok |")
    assert "the same" in buffers_table([Buffers("create", {1000: 70, 10_000: 71}, {1000: ["a"], 10_000: ["a"]})])
    assert "differs" in buffers_table([Buffers("create", {1000: 70, 10_000: 71}, {1000: ["a"], 10_000: ["b"]})])


def test_memory_is_compared_between_the_first_minute_and_the_last() -> None:
    minutes = [a_minute(1, 60.0), a_minute(2, 90.0), a_minute(3, 60.5)]
    assert growth(minutes) == {7: 0.5}
    assert soak_table(minutes).splitlines()[-1] == "| main                 | 60.0 | 90.0 | 60.5 | +0.5   | ok |"


def test_a_report_is_written_for_people_and_for_programs(tmp_path: "Path") -> None:
    machine = Machine(2, "a processor", "3.11.7", 0.03)
    Report(machine, comparisons=[a_comparison()], minutes=[a_minute(1, 60.0)]).write(tmp_path / "results", "quick")
    text = (tmp_path / "results" / "quick.md").read_text()
    assert "UTC on 2 cores (a processor), Python 3.11.7; 3% of it used by others just before." in text
    assert "## Server and limit" in text
    assert '"ratio": 0.325' in (tmp_path / "results" / "quick.json").read_text()


def test_processor_time_is_told_by_request() -> None:
    before, after = Spent(1.0, 2.0, 0.5, 7.0), Spent(3.0, 2.5, 0.75, 9.75)
    assert after.since(before, 1000) == Spent(2000.0, 500.0, 250.0, 2750.0)
    assert after.since(before, 1000).total == 2750
    assert after.since(before, 1000).share_elsewhere == 0.5
    assert parents()[os.getpid()] == os.getppid()


def test_the_machine_is_looked_at() -> None:
    seen = look(seconds=0.05)
    assert seen.cores >= 1
    assert seen.processor
    assert 0 <= seen.busy <= 1


async def test_the_limit_runs_the_statements_of_the_product(connection: "Connection", dsn: str) -> None:
    """Fails when the product's statements have changed and bench/statements.py has not followed."""
    tenants, _ = await load_tenants(connection, "bench", 2, 150)
    await open_windows(connection, tenants)
    for path in PATHS:
        await prove(connection, dsn, path.name, path.script(tenants, EXPECTED_TPS))


async def test_customers_are_found_by_their_tags_as_if_the_triggers_had_kept_them(connection: "Connection") -> None:
    tenants, _ = await load_tenants(connection, "bench", 2, 20)
    found = [await connection.fetch(sql) for sql in (_FACETS, _TAGS)]
    assert [len(rows) for rows in found] == [40, 2]
    # A pass out of all lists and back makes the triggers do it anew.
    for at in ("now()", "NULL"):
        await connection.execute(f"UPDATE customers SET deleted_at = {at} WHERE workspace_id = ANY ($1)", [
            tenant.workspace_id for tenant in tenants
        ])  # fmt: skip
    assert [await connection.fetch(sql) for sql in (_FACETS, _TAGS)] == found


async def test_a_script_that_does_not_do_its_work_is_found_out(connection: "Connection", dsn: str) -> None:
    tenants, _ = await load_tenants(connection, "bench", 1, 150)
    # Nobody has opened the keys' rate windows, so the gate finds no place to count.
    with pytest.raises(LimitError, match=r"rate_windows.n_tup_upd moved by 0.0 a transaction instead of 1"):
        await prove(connection, dsn, PATHS[0].name, PATHS[0].script(tenants, EXPECTED_TPS))


async def test_the_statements_are_explained_and_leave_nothing_behind(connection: "Connection") -> None:
    [tenant], _ = await load_tenants(connection, "bench", 1, 150)
    middle = await connection.fetchval(
        "SELECT created_at FROM customers WHERE workspace_id = $1 AND id = $2", tenant.workspace_id, customer_id(75)
    )
    found = await explain_paths(connection, [tenant], {tenant.workspace_id: middle + timedelta(microseconds=1)})
    assert [path.name for path in found] == ["first page", "deep page", "read by id", "create"]
    assert all(path.touched[150] > 0 for path in found)
    assert (
        await connection.fetchval("SELECT count(*) FROM customers WHERE workspace_id = $1", tenant.workspace_id) == 150
    )


def a_comparison() -> Comparison:
    limits = [Limit(tps, 1000, p50_ms=4.0, p99_ms=10.0) for tps in (900.0, 1100.0, 1300.0)]
    loads = [
        Load(requests=800, seconds=2.0, p50_ms=8.0, p99_ms=16.0, errors=0),
        Load(requests=600, seconds=2.0, p50_ms=8.0, p99_ms=80.0, errors=1),
    ]
    limit_spent = [Spent(database=200.0, server=0.0, generator=20.0, elsewhere=0.0)] * 3
    load_spent = [Spent(database=250.0, server=150.0, generator=40.0, elsewhere=110.0)] * 2
    return Comparison("read by id", 0.35, limits, loads, limit_spent, load_spent)


def a_minute(number: int, rss: float) -> Minute:
    return Minute(number, [Memory(7, "main", rss, rss)], Load(requests=1, seconds=1.0, p50_ms=1, p99_ms=1, errors=0))
