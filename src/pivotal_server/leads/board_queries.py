"""Reads of the board of leads: of each stage as many rows as it shows are read off its index."""

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.errors import invalid_field
from pivotal_server.fields.search import Where
from pivotal_server.identity.models import Actor
from pivotal_server.leads.board_cards import ARCHIVED, NOBODY, LeadCard, LeadFilters, StageColumn
from pivotal_server.leads.models import Pipeline, Stage
from pivotal_server.views.columns import CARDS, MOST_COUNTED, Column, card_number

WORDS = """(t.name || ' ' || coalesce(t.email, '') || ' ' || coalesce(t.company, '') COLLATE "default")"""
"""Where a lead's words are looked for, as its index has it."""
COMPANY = """coalesce(
    (SELECT c.name FROM customers c WHERE c.workspace_id = t.workspace_id AND c.id = t.customer_id), t.company)"""
OWNER = "(SELECT p.name FROM people p WHERE p.id = t.owner_id)"
_CARD = columns(LeadCard, "t", company=COMPANY, owner=OWNER)
_IN_STAGE = """
FROM contacts t WHERE t.workspace_id = $1 AND t.pipeline_id = $4 AND t.stage = s.key
    AND t.deleted_at IS NULL AND NOT t.customer_gone AND {filters}
"""
# Who came to a stage last stands first in it.
_CARDS = f"""
SELECT {_CARD} FROM unnest($2::text[]) WITH ORDINALITY s (key, place)
CROSS JOIN LATERAL (SELECT t.* {_IN_STAGE} {{after}} ORDER BY t.stage_entered_at DESC, t.id DESC LIMIT $3) t
ORDER BY s.place, t.stage_entered_at DESC, t.id DESC
"""
_AFTER = """
AND (t.stage_entered_at, t.id) < (SELECT l.stage_entered_at, l.id FROM contacts l
    WHERE l.workspace_id = $1 AND l.display_id = {last} AND l.pipeline_id IS NOT NULL)
"""
_COUNTS = f"""
SELECT s.key, (SELECT count(*) FROM (SELECT {_IN_STAGE} LIMIT $3) counted) FROM unnest($2::text[]) s (key)
"""
_ANY = """
SELECT EXISTS (SELECT FROM contacts t WHERE t.workspace_id = $1 AND t.pipeline_id IS NOT NULL AND t.deleted_at IS NULL)
"""
# Archived ones are not in this index.
_ASSIGNED = "t.id IN (SELECT a.contact_id FROM contact_assignees a WHERE a.workspace_id = $1 AND a.person_id = {})"
# What the newest leads say is what is in use; all of them are too many to look through.
_IN_USE = """
SELECT t.{column} FROM (
    SELECT t.{column} FROM contacts t WHERE t.workspace_id = $1 AND t.pipeline_id IS NOT NULL AND t.deleted_at IS NULL
    ORDER BY t.created_at DESC LIMIT 2000
) t WHERE t.{column} IS NOT NULL GROUP BY t.{column} ORDER BY lower(t.{column}), t.{column} LIMIT 100
"""


async def read_board(
    connection: Connection, actor: Actor, pipeline: Pipeline, filters: LeadFilters, cards: int = CARDS
) -> list[StageColumn]:
    """Return the stages of a pipeline that the filters let through, each with up to so many of its first cards."""
    stages = [stage for stage in pipeline.stages if filters.status in {"", ARCHIVED, stage.kind}]
    return await _read(connection, actor, pipeline, stages, filters, cards)


async def read_column(
    connection: Connection, actor: Actor, pipeline: Pipeline, filters: LeadFilters, last: str
) -> StageColumn:
    """Return a stage with the cards that follow the one with the display_id ``last``.

    Raises:
        ApiError: 400 ``invalid_field`` where the pipeline has no such stage.
    """
    stage = pipeline.find(filters.stage)
    if stage is None:
        raise invalid_field("stage", "The pipeline has no such stage.")
    [column] = await _read(connection, actor, pipeline, [stage], filters, CARDS, card_number(last))
    return column


async def has_leads(connection: Connection, actor: Actor) -> bool:
    """Return whether the workspace has any lead at all."""
    return bool(await connection.fetchval(_ANY, actor.workspace_id))


async def list_in_use(connection: Connection, actor: Actor, column: str) -> list[str]:
    """Return what leads have as their ``source`` or ``lead_source``, by name."""
    return [row[0] for row in await connection.fetch(_IN_USE.format(column=column), actor.workspace_id)]


def add_filters(where: Where, filters: LeadFilters) -> None:
    """Add the conditions of the filters, but for the pipeline's, on leads ``t``."""
    archived = filters.status == ARCHIVED
    where.add(f"t.archived_at IS {'NOT NULL' if archived else 'NULL'}")
    for word in filters.q.split():
        plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.add(f"{WORDS} ILIKE {{}}", f"%{plain}%")
    if filters.owner == NOBODY:
        where.add("t.owner_id IS NULL")
    elif filters.owner:
        where.add("t.owner_id = {}", filters.owner)
    for condition, value in (
        ("t.assignee_ids @> ARRAY[{}::text]" if archived else _ASSIGNED, filters.assignee),
        ("t.status = {}", "" if archived else filters.status),
        ("t.stage = {}", filters.stage),
        ("t.source = {}", filters.source),
        ("t.lead_source = {}", filters.lead_source),
    ):
        if value:
            where.add(condition, value)


async def _read(
    connection: Connection,
    actor: Actor,
    pipeline: Pipeline,
    stages: list[Stage],
    filters: LeadFilters,
    most: int,
    last: int | None = None,
) -> list[StageColumn]:
    found: dict[str, StageColumn] = {stage.key: Column(stage) for stage in stages}
    where = Where(actor.workspace_id, list(found), MOST_COUNTED + 1, pipeline.id)
    add_filters(where, filters)
    for key, count in await connection.fetch(_COUNTS.format(filters=where), *where.values):
        found[key].count = count
    where = Where(actor.workspace_id, list(found), most + 1, pipeline.id)
    add_filters(where, filters)
    after = "" if last is None else _AFTER.format(last=where.place(last))
    for card in await fetch_all(connection, LeadCard, _CARDS.format(filters=where, after=after), *where.values):
        found[card.stage].deal(card, most)
    return list(found.values())
