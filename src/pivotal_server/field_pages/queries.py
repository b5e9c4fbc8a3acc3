"""How many customers or onboardings have a value in a custom field, or an option of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.fields.models import FieldRow, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

# More are "1,000+": nobody needs to know it to one, and the page stays as quick.
MOST_COUNTED = 1000

_LISTS: dict[Resource, list[str]] = {"customer": ["customers", "archived_customers"], "onboarding": ["onboardings"]}
# A value that is no text is a number; texts that are dates are also found as such, and counted once.
_COUNT_VALUES = """
SELECT w.id, (
    SELECT count(*) FROM (
        SELECT FROM facets f
        WHERE f.workspace_id = $1 AND f.list = ANY(w.lists) AND f.kind IN ('text', 'number') AND f.key = w.key
        LIMIT $5
    ) counted
) FROM (
    SELECT u.id, u.key, CASE u.resource WHEN 'customer' THEN ARRAY['customers', 'archived_customers']
        ELSE ARRAY['onboardings'] END AS lists
    FROM unnest($2::text[], $3::text[], $4::text[]) u (id, resource, key)
) w
"""
_WITH_OPTION = """
FROM facets f
WHERE f.workspace_id = $1 AND f.list = ANY($2::text[]) AND f.kind = 'text' AND f.key = $3 AND f.value = {option}
LIMIT $5
"""
_COUNT_OPTIONS = f"""
SELECT u.option, (SELECT count(*) FROM (SELECT {_WITH_OPTION.format(option="u.option")}) counted)
FROM unnest($4::text[]) u (option)
"""
_IDS = f"SELECT f.resource_id {_WITH_OPTION.format(option='$4')}"


async def count_values(connection: Connection, actor: Actor, fields: Sequence[FieldRow]) -> dict[str, int]:
    """Return how many have a value in each field, by its cuid: up to one more than ``MOST_COUNTED``."""
    columns = zip(*((row.id, row.resource, row.key) for row in fields), strict=True) if fields else ([], [], [])
    records = await connection.fetch(_COUNT_VALUES, actor.workspace_id, *map(list, columns), MOST_COUNTED + 1)
    return {record[0]: record[1] for record in records}


async def count_options(
    connection: Connection, actor: Actor, field: FieldRow, options: Collection[str]
) -> dict[str, int]:
    """Return how many have each of a field's options: up to one more than ``MOST_COUNTED``."""
    records = await connection.fetch(
        _COUNT_OPTIONS, actor.workspace_id, _LISTS[field.resource], field.key, list(options), MOST_COUNTED + 1
    )
    return {record[0]: record[1] for record in records}


async def find_with_option(connection: Connection, actor: Actor, field: FieldRow, option: str, limit: int) -> list[str]:
    """Return the cuids of up to ``limit`` customers or onboardings that have an option."""
    records = await connection.fetch(_IDS, actor.workspace_id, _LISTS[field.resource], field.key, option, limit)
    return [record[0] for record in records]
