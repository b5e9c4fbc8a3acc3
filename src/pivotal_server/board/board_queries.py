"""Reads of the board; the number of statements is the same however many onboardings there are."""

from typing import NamedTuple

from pivotal_server.board.cards import Card, Filters, PhaseColumn
from pivotal_server.board.narrowing import add_filters
from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.fields.search import Where
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.phases import Phase, find_phase, list_phases
from pivotal_server.views.columns import CARDS, MOST_COUNTED, Column, card_number

ORDER = "COALESCE(o.completed_at, o.target_launch_date, 'infinity'::timestamptz)"
CARD = columns(
    Card,
    "o",
    customer="c.name AS customer",
    owner="(SELECT p.name FROM people p WHERE p.id = o.csm_id) AS owner",
    tasks="n.tasks",
    done="n.done",
)
TASKS = """
SELECT count(*) AS tasks, count(*) FILTER (WHERE t.status = 'completed') AS done FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = o.id AND t.parent_id IS NULL AND t.deleted_at IS NULL
"""
# Of each phase as many rows as it needs are read off its index; the tasks are counted of these alone.
_IN_PHASE = """
FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
WHERE o.workspace_id = $1 AND o.phase = p.key AND o.deleted_at IS NULL AND c.deleted_at IS NULL AND {filters}
"""
_CARDS = f"""
SELECT {CARD} FROM unnest($2::text[]) WITH ORDINALITY p (key, place)
CROSS JOIN LATERAL (SELECT o.* {_IN_PHASE} {{after}} ORDER BY {ORDER} {{direction}}, o.id {{direction}} LIMIT $3) o
JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
CROSS JOIN LATERAL ({TASKS}) n
ORDER BY p.place, {ORDER} {{direction}}, o.id {{direction}}
"""
_AFTER = f"""
AND ({ORDER}, o.id) {{beyond}} (SELECT {ORDER.replace("o.", "l.")}, l.id FROM onboardings l
    WHERE l.workspace_id = $1 AND l.display_id = {{last}})
"""
_COUNTS = f"""
SELECT p.key, (SELECT count(*) FROM (SELECT {_IN_PHASE} LIMIT $3) counted) FROM unnest($2::text[]) p (key)
"""
_ANY = "SELECT EXISTS (SELECT FROM onboardings o WHERE o.workspace_id = $1 AND o.deleted_at IS NULL)"
_TEMPLATES = """
SELECT t.id, t.name FROM templates t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL
ORDER BY lower(t.name) LIMIT 200
"""


class _Count(NamedTuple):
    phase: str
    cards: int


class Choice(NamedTuple):
    """Something to choose, by its id."""

    id: str
    name: str


async def read_board(connection: Connection, actor: Actor, filters: Filters, cards: int = CARDS) -> list[PhaseColumn]:
    """Return the columns of the board, each with up to so many of its first cards."""
    phases = await list_phases(connection, actor.workspace_id)
    found: dict[str, PhaseColumn] = {phase.key: Column(phase) for phase in phases}
    await _count(connection, actor, filters, found)
    for ends in (False, True):
        there = [phase for phase in phases if (phase.kind == "terminal") is ends]
        for card in await _read_cards(connection, actor, filters, there, cards):
            found[card.phase].deal(card, cards)
    return list(found.values())


async def read_column(connection: Connection, actor: Actor, filters: Filters, key: str, last: str) -> PhaseColumn:
    """Return a column with the cards that follow the one with the display_id ``last``.

    Raises:
        ApiError: 400 ``invalid_enum_value`` where the workspace has no such phase.
    """
    phase = find_phase(await list_phases(connection, actor.workspace_id), key)
    found: dict[str, PhaseColumn] = {key: Column(phase)}
    await _count(connection, actor, filters, found)
    for card in await _read_cards(connection, actor, filters, [phase], CARDS, card_number(last)):
        found[key].deal(card, CARDS)
    return found[key]


async def has_onboardings(connection: Connection, actor: Actor) -> bool:
    """Return whether the workspace has any onboarding at all."""
    return bool(await connection.fetchval(_ANY, actor.workspace_id))


async def list_template_names(connection: Connection, actor: Actor) -> list[Choice]:
    """Return the templates by name, archived ones too: onboardings come from those as well."""
    return await fetch_all(connection, Choice, _TEMPLATES, actor.workspace_id)


async def _count(connection: Connection, actor: Actor, filters: Filters, found: dict[str, PhaseColumn]) -> None:
    where = Where(actor.workspace_id, list(found), MOST_COUNTED + 1)
    add_filters(where, filters)
    for phase, cards in await fetch_all(connection, _Count, _COUNTS.format(filters=where), *where.values):
        found[phase].count = cards


async def _read_cards(
    connection: Connection, actor: Actor, filters: Filters, phases: list[Phase], most: int, last: int | None = None
) -> list[Card]:
    """Return the first cards of phases, all of which end an onboarding or none, and one more of each with more."""
    where = Where(actor.workspace_id, [phase.key for phase in phases], most + 1)
    add_filters(where, filters)
    ends = any(phase.kind == "terminal" for phase in phases)
    after = "" if last is None else _AFTER.format(beyond="<" if ends else ">", last=where.place(last))
    sql = _CARDS.format(filters=where, after=after, direction="DESC" if ends else "ASC")
    return await fetch_all(connection, Card, sql, *where.values)
