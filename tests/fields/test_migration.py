"""Customers that had tags and fields before there was a search are found by them after the upgrade."""

from datetime import UTC, datetime

import asyncpg

from pivotal_server.core.migrations import known_migrations, migrate

BEFORE = """
INSERT INTO workspaces (id, slug, name, created_at) VALUES ('org_a', 'a', 'A', now());
INSERT INTO customers (workspace_id, id, display_id, name, status, tags, custom_fields, created_at, updated_at,
    archived_at, deleted_at)
VALUES ('org_a', 'c1', 1, 'One', 'active', '{retail,emea,retail}', '{"seats": 5, "since": "2026-01-31", "x": [1]}',
        '2026-01-01', '2026-01-01', NULL, NULL),
    ('org_a', 'c2', 2, 'Two', 'active', '{retail}', '{"Not a key": 1}', '2026-01-02', '2026-01-02', now(), NULL),
    ('org_a', 'c3', 3, 'Three', 'active', '{retail}', '{"seats": 7}', '2026-01-03', '2026-01-03', NULL, now()),
    ('org_a', 'c4', 4, 'Four', 'active', '{}', '{}', '2026-01-04', '2026-01-04', NULL, NULL);
"""


async def test_the_upgrade_fills_the_index(empty_dsn: str) -> None:
    connection = await asyncpg.connect(empty_dsn)
    await connection.execute("CREATE TABLE schema_migrations (version int, name text, checksum text, applied_at text)")
    for migration in known_migrations():
        if migration.name != "fields":
            await connection.execute(migration.sql)
            row = (migration.version, migration.name, migration.checksum)
            await connection.execute("INSERT INTO schema_migrations VALUES ($1, $2, $3)", *row)
    await connection.execute(BEFORE)
    assert [migration.name for migration in await migrate(connection)] == ["fields"]
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    columns = "list, resource_id, created_at, kind, key, value, number"
    assert set(map(tuple, await connection.fetch(f"SELECT {columns} FROM facets"))) == {
        ("customers", "c1", first, "tag", "", "retail", None),
        ("customers", "c1", first, "tag", "", "emea", None),
        ("customers", "c1", first, "number", "seats", "", 5.0),
        ("customers", "c1", first, "text", "since", "2026-01-31", None),
        ("customers", "c1", first, "date", "since", "", 20484.0),
        ("archived_customers", "c2", second, "tag", "", "retail", None),
    }
    tags = await connection.fetch("SELECT resource, tag, uses FROM tags ORDER BY tag")
    assert list(map(tuple, tags)) == [("customer", "emea", 1), ("customer", "retail", 2)]
    await connection.close()
