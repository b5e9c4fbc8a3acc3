"""A takeout has every table of a workspace, and none of its secrets; a new table has to take its place."""

import re
from typing import TYPE_CHECKING

from pivotal_server.transfer.queries import shape_of
from pivotal_server.transfer.tables import LEFT_OUT, TABLES
from tests.tenancy.test_tenancy import TENANT_TABLES

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

SECRET = re.compile("secret|hash|salt|token|password|csrf|private")


async def test_every_table_of_a_workspace_is_taken_out_or_left_out_with_a_reason(connection: "Connection") -> None:
    existing = {row[0] for row in await connection.fetch(TENANT_TABLES)}
    named = [table.name for table in TABLES]
    assert len(named) == len(set(named))
    assert set(named) | set(LEFT_OUT) == existing
    assert not set(named) & set(LEFT_OUT)


async def test_no_column_that_proves_anything_goes_out(connection: "Connection") -> None:
    told = []
    for table in TABLES:
        names, key = await shape_of(connection, table)
        assert set(table.left_out).isdisjoint(names)
        assert key[0] == "workspace_id"
        told += [f"{table.name}.{name}" for name in names if SECRET.search(name) or name in table.left_out]
    assert told == []


async def test_what_is_left_out_is_there_to_be_left_out(connection: "Connection") -> None:
    sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
    for table in TABLES:
        assert {row[0] for row in await connection.fetch(sql, table.name)} >= set(table.left_out)
