"""Reads of the board in lanes; the number of statements is the same however many owners and onboardings there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.board.board_queries import CARD, ORDER, TASKS
from pivotal_server.board.cards import LANE_CARDS, LANE_COUNTED, Card, Lane
from pivotal_server.board.narrowing import add_filters
from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.fields.search import Where
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.views.columns import Column

if TYPE_CHECKING:
    from pivotal_server.board.cards import Filters
    from pivotal_server.identity.models import Actor
    from pivotal_server.onboardings.phases import Phase

NOBODY = "nobody"

# From each owner to the next, over the index of lanes: however many onboardings there are.
_OWNERS = """
WITH RECURSIVE owners (id) AS (
    (SELECT o.csm_id FROM onboardings o WHERE o.workspace_id = $1 AND o.deleted_at IS NULL AND o.csm_id IS NOT NULL
        ORDER BY o.csm_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.csm_id FROM onboardings o
        WHERE o.workspace_id = $1 AND o.deleted_at IS NULL AND o.csm_id > w.id ORDER BY o.csm_id LIMIT 1)
    FROM owners w WHERE w.id IS NOT NULL
), found (id) AS (
    SELECT w.id FROM owners w CROSS JOIN LATERAL (SELECT {found} AND o.csm_id = w.id LIMIT 1) one
    WHERE w.id IS NOT NULL
    UNION ALL
    SELECT NULL WHERE EXISTS (SELECT {found} AND o.csm_id IS NULL)
)
SELECT coalesce(s.id, 'nobody'), coalesce(p.name, 'Nobody') FROM found s LEFT JOIN people p ON p.id = s.id
ORDER BY s.id IS NULL, lower(p.name), s.id
"""
_FOUND = """
FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
WHERE o.workspace_id = $1 AND o.deleted_at IS NULL AND c.deleted_at IS NULL AND {filters}
"""
# Whose it is stands twice, as an index finds what is nobody's by another condition than what is somebody's.
_CELL = """(SELECT {columns} {found} AND o.phase = f.key AND w.owner <> 'nobody' AND o.csm_id = w.owner {tail})
    UNION ALL (SELECT {columns} {found} AND o.phase = f.key AND w.owner = 'nobody' AND o.csm_id IS NULL {tail})"""
_CARDS = f"""
SELECT {CARD} FROM unnest($2::text[]) w (owner) CROSS JOIN unnest($3::text[]) f (key)
CROSS JOIN LATERAL ({{cell}}) o
JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
CROSS JOIN LATERAL ({TASKS}) n
ORDER BY {ORDER} {{way}}, o.id {{way}}
"""
_COUNTS = """
SELECT w.owner, f.key, (SELECT count(*) FROM ({cell}) counted)
FROM unnest($2::text[]) w (owner) CROSS JOIN unnest($3::text[]) f (key)
"""


class Owner(NamedTuple):
    """Whose a lane is; the id of nobody is ``nobody``."""

    id: str
    name: str


class _Count(NamedTuple):
    owner: str
    phase: str
    cards: int


async def list_owners(connection: Connection, actor: Actor, filters: Filters) -> list[Owner]:
    """Return who owns what the filters let through, by name, and nobody last."""
    where = Where(actor.workspace_id)
    add_filters(where, filters)
    found = _FOUND.format(filters=where)
    return await fetch_all(connection, Owner, _OWNERS.format(found=found), *where.values)


async def read_lanes(connection: Connection, actor: Actor, filters: Filters, owners: list[Owner]) -> list[Lane]:
    """Return the lanes of owners, each phase in them with its first cards."""
    phases = await list_phases(connection, actor.workspace_id)
    lanes = {
        owner.id: Lane(
            owner.id, owner.name, filters.of(owner.id), [Column(phase, most=LANE_COUNTED) for phase in phases]
        )
        for owner in owners
    }
    cells = {(lane.owner, column.place.key): column for lane in lanes.values() for column in lane.columns}
    where, found = _statement(actor, filters, lanes, phases, LANE_COUNTED + 1)
    cell = _CELL.format(columns="", found=found, tail="LIMIT $4")
    for owner, phase, count in await fetch_all(connection, _Count, _COUNTS.format(cell=cell), *where.values):
        cells[owner, phase].count = count
    for ends in (False, True):
        there = [phase for phase in phases if (phase.kind == "terminal") is ends]
        for card in await _read_cards(connection, actor, filters, lanes, there):
            cells[card.csm_id or NOBODY, card.phase].deal(card, LANE_CARDS)
    return list(lanes.values())


async def _read_cards(
    connection: Connection, actor: Actor, filters: Filters, lanes: dict[str, Lane], phases: list[Phase]
) -> list[Card]:
    """Return the first cards of each cell of phases, all of which end an onboarding or none, and one more."""
    way = "DESC" if any(phase.kind == "terminal" for phase in phases) else "ASC"
    where, found = _statement(actor, filters, lanes, phases, LANE_CARDS + 1)
    cell = _CELL.format(columns="o.*", found=found, tail=f"ORDER BY {ORDER} {way}, o.id {way} LIMIT $4")
    return await fetch_all(connection, Card, _CARDS.format(cell=cell, way=way), *where.values)


def _statement(
    actor: Actor, filters: Filters, lanes: dict[str, Lane], phases: list[Phase], limit: int
) -> tuple[Where, str]:
    where = Where(actor.workspace_id, list(lanes), [phase.key for phase in phases], limit)
    add_filters(where, filters)
    return where, _FOUND.format(filters=where)
