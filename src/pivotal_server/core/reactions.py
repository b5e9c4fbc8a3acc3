"""Reactions: jobs that are done when something of a certain type has happened (documentation: decision 14).

The outbox tells of every event, and of activity entries that were announced. Whoever empties it enqueues, in the same
transaction, a job for each reaction and workspace that is concerned. So each fact comes to each of its reactions at
least once; those that were met together come in one job, in the order in which they happened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pivotal_server.core.jobs import enqueue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pivotal_server.core.db import Connection
    from pivotal_server.core.jobs import Job

# What rows of the version before this one do not tell.
_NOBODY = {"actor_type": "system", "actor_id": "system", "actor_name": "Pivotal"}


@dataclass(frozen=True, slots=True)
class Reaction:
    """A job that is to be done for everything of certain types.

    Attributes:
        job: its handler reads its payload with ``read_facts``.
        types: of events, such as ``onboarding.launched``, and of announced entries, such as ``comment.created``.
    """

    job: Job
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened and was committed.

    Attributes:
        id: the event's, ``evt_…``, or else that of the activity entry; either may have been removed by age meanwhile.
        livemode: False where a test key did it: then nothing may leave the house.
    """

    id: str
    type: str
    livemode: bool
    actor_type: str
    actor_id: str
    actor_name: str


async def enqueue_reactions(
    connection: Connection, reactions: Sequence[Reaction], facts: Iterable[dict[str, Any]]
) -> None:
    """Enqueue what is to be done about some facts.

    Args:
        connection: in the transaction that takes them from the outbox.
        reactions: all that there are.
        facts: each the fields of a ``Fact``, without an actor where that is not known, and its ``workspace_id``.
    """
    by_workspace: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        by_workspace[fact.pop("workspace_id")].append(fact)
    for workspace_id, met in by_workspace.items():
        for reaction in reactions:
            if concerned := [fact for fact in met if fact["type"] in reaction.types]:
                await enqueue(connection, reaction.job, {"workspace_id": workspace_id, "facts": concerned})


def read_facts(payload: dict[str, Any]) -> tuple[str, list[Fact]]:
    """Return the workspace and the facts that a reaction's job was enqueued for."""
    facts = [Fact(**(fact if fact["actor_type"] else fact | _NOBODY)) for fact in payload["facts"]]
    return payload["workspace_id"], facts
