"""What is to be told to whom about what has happened, before anybody's preferences are asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pivotal_server.notifications import kinds
from pivotal_server.notifications.sources import find_comments, find_happenings, find_places
from pivotal_server.notifications.words import CommentWords, OnboardingWords, TaskWords, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pivotal_server.core.db import Connection
    from pivotal_server.core.reactions import Fact
    from pivotal_server.notifications.kinds import Kind
    from pivotal_server.notifications.sources import CommentSource, Happening, Place

_COMMENT_TYPES = ("comment.created", "comment.updated")
_DISABLED = "webhook_endpoint.disabled"
_OF_TASKS = {"task.completed": kinds.TASK_COMPLETED, "task.reopened": kinds.REOPENED}
_OF_ONBOARDINGS = {
    "onboarding.at_risk": kinds.AT_RISK,
    "onboarding.phase_changed": kinds.PHASE_CHANGED,
    "onboarding.launched": kinds.LAUNCHED,
    "onboarding.completed": kinds.COMPLETED,
}
# What says where an onboarding went better than the phase does.
_ARRIVALS = ("onboarding.launched", "onboarding.completed")

TYPES = frozenset(
    {
        *("task.created", "task.updated", *_OF_TASKS),
        *("onboarding.state_changed", *_OF_ONBOARDINGS),
        *(*_COMMENT_TYPES, _DISABLED),
    }
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A notification that nobody has asked yet whether it is wanted.

    Attributes:
        cause_id: no second one of this kind is written to this person for the same cause.
        thread_id: what its mail is about, so that repeats are not mailed.
        subject: type and id of what it opens.
    """

    person_id: str
    kind: Kind
    cause_id: str
    thread_id: str
    title: str
    body: str
    subject: tuple[str, str]
    customer_id: str | None
    onboarding_id: str | None
    fact: Fact
    at: datetime


async def make_drafts(
    connection: Connection, workspace_id: str, facts: Sequence[Fact], owner_id: str | None
) -> list[Draft]:
    """Return what is to be told about some facts; nobody is told of what they did themselves.

    Args:
        connection: where to look up what is not in the facts.
        workspace_id: whose facts they are.
        facts: what has happened, in order.
        owner_id: the workspace's owner.
    """
    happenings = await find_happenings(connection, workspace_id, facts)
    said = [one.resource["subject_id"] for one in happenings if one.fact.type in _COMMENT_TYPES]
    comments = await find_comments(connection, workspace_id, said)
    ids = {comment.onboarding_id for comment in comments.values()}
    ids |= {one.resource["onboarding_id"] for one in happenings if one.fact.type.startswith("task.")}
    ids |= {one.resource["id"] for one in happenings if one.fact.type.startswith("onboarding.")}
    places = await find_places(connection, workspace_id, ids)
    drafts = [
        *_of_tasks(happenings, places),
        *_of_onboardings(happenings, places),
        *_of_comments(happenings, comments, places),
        *_of_endpoints(happenings, owner_id),
    ]
    return [draft for draft in drafts if (draft.fact.actor_type, draft.fact.actor_id) != ("person", draft.person_id)]


def _of_tasks(happenings: Iterable[Happening], places: Mapping[str, Place]) -> Iterator[Draft]:
    """Yield a draft for all tasks of an onboarding that one actor did the same with."""
    together: defaultdict[tuple[str, str, str, str, bool], list[Happening]] = defaultdict(list)
    for one in happenings:
        place = places.get(one.resource.get("onboarding_id", "")) if one.fact.type.startswith("task.") else None
        for person_id, kind in _told_of_task(one, place) if place else ():
            assert place is not None  # noqa: S101 - for the type checker
            together[person_id, kind.type, place.id, one.fact.actor_id, one.fact.livemode].append(one)
    for (person_id, type_, place_id, _, _), group in together.items():
        place, first = places[place_id], group[0]
        words = TaskWords(group, place)
        subject = ("task", first.resource["id"]) if len(group) == 1 else ("onboarding", place_id)
        yield Draft(
            *(person_id, kinds.KINDS[type_], first.fact.id, subject[1], words.title(type_), words.body(type_)),
            subject=subject,
            customer_id=place.customer_id,
            onboarding_id=place_id,
            fact=first.fact,
            at=first.at,
        )


def _told_of_task(one: Happening, place: Place) -> Iterator[tuple[str, Kind]]:
    """Yield who is told what of a task."""
    task, assignee = one.resource, place.assignee_of(one.resource)
    if kind := _OF_TASKS.get(one.fact.type):
        for person_id in dict.fromkeys((*((assignee,) if assignee else ()), *place.team)):
            yield person_id, kind
    elif assignee and task["status"] == "open":
        if one.fact.type == "task.created" or not one.previous.keys().isdisjoint({"assignee_id", "assignee_role"}):
            yield assignee, kinds.ASSIGNED
        elif one.previous.get("due_date") is not None:
            yield assignee, kinds.MOVED


def _of_onboardings(happenings: Sequence[Happening], places: Mapping[str, Place]) -> Iterator[Draft]:
    arrived = {one.resource["id"] for one in happenings if one.fact.type in _ARRIVALS}
    for one in happenings:
        kind = _OF_ONBOARDINGS.get(one.fact.type)
        if one.fact.type == "onboarding.state_changed" and one.resource["state"] == "blocked":
            kind = kinds.BLOCKED
        place = places.get(one.resource.get("id", ""))
        if kind is None or place is None or (kind is kinds.PHASE_CHANGED and place.id in arrived):
            continue
        words = OnboardingWords(one, place)
        for person_id in place.team:
            yield Draft(
                *(person_id, kind, one.fact.id, place.id, words.title(kind.type), words.body()),
                subject=("onboarding", place.id),
                customer_id=place.customer_id,
                onboarding_id=place.id,
                fact=one.fact,
                at=one.at,
            )


def _of_comments(
    happenings: Iterable[Happening], comments: Mapping[str, CommentSource], places: Mapping[str, Place]
) -> Iterator[Draft]:
    """Yield who is told of comments: those who are mentioned, once for each comment, and of new ones who follow."""
    for one in happenings:
        comment = comments.get(one.resource.get("subject_id", "")) if one.fact.type in _COMMENT_TYPES else None
        place = places.get(comment.onboarding_id) if comment else None
        if comment is None or place is None:
            continue
        words = CommentWords(one, comment, place)
        assignee = place.assignee_of(comment._asdict())
        follow = dict.fromkeys((*((assignee,) if assignee else ()), *place.team))
        told = [(person_id, kinds.MENTIONED, comment.id, comment.id) for person_id in comment.mentioned]
        if one.fact.type == "comment.created":
            about = comment.task_id or place.id
            told += [
                (person_id, kinds.COMMENTED, one.fact.id, about)
                for person_id in follow
                if person_id not in comment.mentioned
            ]
        for person_id, kind, cause_id, thread_id in told:
            yield Draft(
                *(person_id, kind, cause_id, thread_id, words.title(kind.type), words.body()),
                subject=("comment", comment.id),
                customer_id=place.customer_id,
                onboarding_id=place.id,
                fact=one.fact,
                at=one.at,
            )


def _of_endpoints(happenings: Iterable[Happening], owner_id: str | None) -> Iterator[Draft]:
    for one in happenings:
        if one.fact.type == _DISABLED and owner_id is not None:
            id_ = one.resource["subject_id"]
            body = "It gets no more events until somebody enables it. Then it can be sent what it missed."
            yield Draft(
                *(owner_id, kinds.DISABLED, one.fact.id, id_, one_line(one.resource["summary"]), body),
                subject=("webhook_endpoint", id_),
                customer_id=None,
                onboarding_id=None,
                fact=one.fact,
                at=one.at,
            )
