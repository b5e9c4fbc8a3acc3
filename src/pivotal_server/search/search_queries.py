"""Reads of the search: one statement for each kind of thing; nothing is found outside the actor's workspace.

What begins with what was typed comes first, off an index of beginnings. What has the words anywhere comes after it, the
newest first. Common words are soon met among what is new; others are rare enough to be picked out over trigrams,
which need three letters. The planner knows too little of words to choose between the two by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.customers.models import STATUSES
from pivotal_server.fields.search import Where
from pivotal_server.identity.people import list_members
from pivotal_server.leads.board_queries import WORDS as LEAD_WORDS
from pivotal_server.leads.models import Stage
from pivotal_server.leads.pipeline_queries import list_pipelines
from pivotal_server.leads.schemas import STATUSES as LEAD_STATUSES
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.phases import Phase, list_phases
from pivotal_server.search.sought import ARCHIVED, ME, NOBODY, Found, Kind, Sought

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pivotal_server.identity.models import Actor

# How common the words are decides how they are looked for, each time anew.
_FRESH_PLANS = "SET LOCAL plan_cache_mode = force_custom_plan"
_WILD = re.compile(r"([\\%_])")
_TASK_STATUSES = {"open": "open", "done": "completed", "completed": "completed"}


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one kind of thing is found; its table is ``t``.

    Attributes:
        columns: title, detail, note, and the number and title of the page.
        joins: what the columns need.
        words: where words are looked for, as the index has it.
        name: what may begin with them.
        owner: whose it is.
        listed: that it is there, as the index of the newest has it.
        alive: that what it is part of is there as well.
    """

    table: str
    columns: str
    joins: str
    words: str
    name: str
    owner: str
    listed: str
    alive: str = "true"


_OF_CUSTOMER = "JOIN customers c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id"
_HAS_CUSTOMER = """(SELECT c.deleted_at IS NULL FROM customers c
    WHERE c.workspace_id = t.workspace_id AND c.id = t.customer_id)"""
_SOURCES: dict[Kind, _Source] = {
    "customer": _Source(
        "customers",
        "t.name, coalesce(t.domain, ''), CASE WHEN t.archived_at IS NULL THEN t.status ELSE 'archived' END, "
        "t.display_id, t.name",
        "",
        """(t.name || ' ' || coalesce(t.domain, '') COLLATE "default")""",
        "t.name",
        "owner_id",
        "t.deleted_at IS NULL",
    ),
    "onboarding": _Source(
        "onboardings",
        "t.name, c.name, CASE WHEN t.state IN ('active', 'waiting') OR t.completed_at IS NOT NULL THEN p.name "
        "ELSE t.state END, t.display_id, t.name",
        f"{_OF_CUSTOMER} JOIN phases p ON p.workspace_id = t.workspace_id AND p.key = t.phase",
        "t.name",
        "t.name",
        "csm_id",
        "t.deleted_at IS NULL",
        _HAS_CUSTOMER,
    ),
    "contact": _Source(
        "contacts",
        "t.name, c.name, t.email, c.display_id, c.name",
        _OF_CUSTOMER,
        """(t.name || ' ' || t.email COLLATE "default")""",
        "t.name",
        "",
        "t.deleted_at IS NULL AND t.archived_at IS NULL",
        _HAS_CUSTOMER,
    ),
    "lead": _Source(
        "contacts",
        "t.name, coalesce(t.company, t.email, ''), s.name, t.display_id, t.name",
        "JOIN pipeline_stages s ON s.workspace_id = t.workspace_id AND s.pipeline_id = t.pipeline_id "
        "AND s.key = t.stage",
        LEAD_WORDS,
        "t.name",
        "owner_id",
        "t.pipeline_id IS NOT NULL AND t.deleted_at IS NULL",
        "t.archived_at IS NULL",
    ),
    "task": _Source(
        "tasks",
        "t.title, CASE WHEN o.name = c.name THEN c.name ELSE c.name || ' · ' || o.name END, "
        "CASE WHEN t.status = 'completed' THEN 'done' ELSE '' END, t.display_id, t.title",
        "JOIN onboardings o ON o.workspace_id = t.workspace_id AND o.id = t.onboarding_id "
        "JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id",
        "t.title",
        "t.title",
        "assignee_id",
        "t.deleted_at IS NULL",
        "(SELECT o.deleted_at IS NULL AND c.deleted_at IS NULL FROM onboardings o "
        "JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id "
        "WHERE o.workspace_id = t.workspace_id AND o.id = t.onboarding_id)",
    ),
}
# As many of the newest are looked through.
_NEWEST = 1000
_FIND = """
{before}
SELECT t.id, t.display_id, {columns}, t.created_at
FROM (SELECT b.id, min(b.place) AS place FROM ({branches}) b GROUP BY b.id) f
JOIN {table} t ON t.workspace_id = $1 AND t.id = f.id {joins}
ORDER BY {order}t.created_at DESC LIMIT $2
"""
_BY_NUMBER = "(SELECT t.id, 0 AS place FROM {table} t WHERE {where} AND {alive} AND t.display_id = {number})"
_BY_BEGINNING = """(SELECT t.id, 1 AS place FROM {table} t WHERE {where} AND {alive} AND lower({name}) LIKE {beginning}
    ORDER BY lower({name}) USING ~<~ LIMIT $2)"""
# The onboardings of customers that are called so.
_BY_CUSTOMER = """(SELECT t.id, 3 AS place FROM (
    SELECT c.id FROM customers c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND c.archived_at IS NULL
        AND lower(c.name) LIKE {beginning} ORDER BY lower(c.name) USING ~<~ LIMIT $2
) c JOIN onboardings t ON t.workspace_id = $1 AND t.customer_id = c.id WHERE {where} LIMIT $2)"""
_BY_FIELDS = """(SELECT t.id, 2 AS place FROM {table} t WHERE {where} AND {alive} {beyond}
    ORDER BY t.created_at DESC LIMIT $2)"""
_BY_WORDS = "(SELECT n.id, 2 AS place FROM new n) UNION ALL (SELECT o.id, 2 FROM old o)"
_WORDS = f"""
WITH new AS MATERIALIZED (
    SELECT t.id FROM (
        SELECT t.* FROM {{table}} t WHERE t.workspace_id = $1 AND {{listed}} {{beyond}}
        ORDER BY t.created_at DESC LIMIT {_NEWEST}
    ) t WHERE {{words}} AND {{where}} AND {{alive}} LIMIT $2
), rare AS MATERIALIZED (
    SELECT t.id, t.created_at FROM {{table}} t
    WHERE {{words}} AND {{where}} {{beyond}} AND (SELECT count(*) FROM new) < $2
), old AS (
    SELECT r.id FROM (SELECT r.* FROM rare r ORDER BY r.created_at DESC OFFSET 0) r
    WHERE (SELECT {{alive}} FROM {{table}} t WHERE t.workspace_id = $1 AND t.id = r.id) LIMIT $2
)
"""


async def find(
    connection: Connection, actor: Actor, kind: Kind, sought: Sought, limit: int, before: datetime | None = None
) -> list[Found]:
    """Return up to ``limit`` things of a kind, the nearest first; of those ``before`` an instant, the newest first."""
    source, where = _SOURCES[kind], Where(actor.workspace_id, limit)
    where.add("t.workspace_id = $1")
    where.add(_listed(kind, sought))
    if not await _narrow(connection, actor, kind, sought, where):
        return []
    known = {
        "table": source.table,
        "name": source.name,
        "alive": source.alive,
        "listed": _listed(kind, sought),
        "where": str(where),
        "beyond": "" if before is None else f"AND t.created_at < {where.place(before)}",
    }
    branches = [] if before else _nearest(kind, sought, where, known)
    words = ""
    if sought.is_anywhere and sought.words:
        known["words"] = " AND ".join(
            f"{source.words} ILIKE {where.place(f'%{_plain(word)}%')}" for word in sought.words
        )
        words = _WORDS.format(**known)
        branches.append(_BY_WORDS)
    elif sought.is_anywhere:
        branches.append(_BY_FIELDS.format(**known))
    if not branches:
        return []
    sql = _FIND.format(
        before=words,
        columns=source.columns,
        branches=" UNION ALL ".join(branches),
        table=source.table,
        joins=source.joins,
        order="" if before else "f.place, ",
    )
    async with connection.transaction(readonly=True):
        await connection.execute(_FRESH_PLANS)
        return await fetch_all(connection, Found, sql, *where.values)


def _nearest(kind: Kind, sought: Sought, where: Where, known: dict[str, str]) -> list[str]:
    """Return the ways to what is meant most: what has the number, what begins so, what is of a customer that does."""
    found = []
    if sought.number is not None:
        found.append(_BY_NUMBER.format(**known, number=where.place(sought.number)))
    if sought.words:
        beginning = where.place(f"{_plain(sought.beginning)}%")
        found.append(_BY_BEGINNING.format(**known, beginning=beginning))
        if kind == "onboarding":
            found.append(_BY_CUSTOMER.format(**known, beginning=beginning))
    return found


def _listed(kind: Kind, sought: Sought) -> str:
    """Return that something is there, and archived or not as is wanted."""
    listed = _SOURCES[kind].listed
    if kind != "customer":
        return listed
    return f"{listed} AND t.archived_at IS {'NOT NULL' if sought.fields.get('status') == ARCHIVED else 'NULL'}"


async def _narrow(connection: Connection, actor: Actor, kind: Kind, sought: Sought, where: Where) -> bool:
    """Add the conditions of the fields; return False where nothing can be like that."""
    asked = sought.fields
    wanted: list[tuple[str, set[str]]] = []
    if (statuses := _statuses(kind, asked.get("status", "").replace("-", "_"))) is not None:
        wanted.append(("status", statuses))
    if state := asked.get("state", "").replace("-", "_"):
        wanted.append(("state", {one for one in STATES if one.startswith(state)}))
    if phase := asked.get("phase"):
        wanted.append(("phase", _called(phase, await list_phases(connection, actor.workspace_id))))
    if stage := asked.get("stage"):
        pipelines = await list_pipelines(connection, actor)
        wanted.append(("stage", _called(stage, [one for pipeline in pipelines for one in pipeline.stages])))
    if owner := asked.get("owner"):
        column = _SOURCES[kind].owner
        if owner == NOBODY:
            where.add(f"t.{column} IS NULL")
        else:
            wanted.append((column, await _people(connection, actor, owner)))
    for column, values in wanted:
        where.add(f"t.{column} = ANY ({{}}::text[])", sorted(values))
    return all(values for _, values in wanted)


def _statuses(kind: Kind, status: str) -> set[str] | None:
    """Return which statuses things of a kind may have to be found; None where it is any."""
    if kind == "lead":
        # Who is won is found as a contact.
        return {one for one in LEAD_STATUSES if (one.startswith(status) if status else one != "won")}
    if not status or (kind == "customer" and status == ARCHIVED):
        return None
    if kind == "customer":
        return {one for one in STATUSES if one.startswith(status)}
    return {value for word, value in _TASK_STATUSES.items() if word.startswith(status)}


def _called(named: str, places: Sequence[Phase | Stage]) -> set[str]:
    """Return the keys of the phases or stages that are called so, or whose names begin so."""
    return {one.key for one in places if named == one.key or one.name.lower().startswith(named)}


async def _people(connection: Connection, actor: Actor, named: str) -> set[str]:
    """Return the ids of the teammates who are called so: ``me``, an e-mail, or how a name or a part of it begins."""
    if named == ME:
        return {actor.id}
    return {
        one.id
        for one in await list_members(connection, actor.workspace_id)
        if named == one.email or any(part.lower().startswith(named) for part in (one.name, *one.name.split()))
    }


def _plain(text: str) -> str:
    """Return a text as a pattern that matches it alone."""
    return _WILD.sub(r"\\\1", text)
