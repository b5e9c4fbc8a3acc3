"""Plans to measure on: templates, onboardings and a plan of 1,000 tasks, all made over the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from bench.client import Client, get, patch, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.data import Tenant

_ROLES = ("csm", "se", "designer", "product_ops", None)
# A task with three subtasks comes first in every group of ten; others follow one another.
_GROUP, _SUBTASKS = 10, 3
# Of a mesh, so many tasks may be done side by side.
_WIDTH = 20
# Three working days apart.
_DAYS = ("2026-07-06T00:00:00Z", "2026-07-01T00:00:00Z")
_DESCRIPTION = "What we need from you, why, and **by when**. Reply here with whatever is still unclear."


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes what is measured on, in one workspace.

    Attributes:
        client: connected to the server.
        tenant: the workspace.
    """

    client: Client
    tenant: Tenant

    def phases(self) -> list[str]:
        """Return the keys of the workspace's phases, in their order."""
        _, answer = self.client.send(get(self.tenant, "/api/v1/phases"))
        return [phase["key"] for phase in orjson.loads(answer)["data"]]

    def template(self, name: str, tasks: Sequence[dict[str, Any]]) -> str:
        """Return the cuid of a new template."""
        return str(self._post("/api/v1/templates", {"name": name, "tasks": tasks})["id"])

    def onboardings(self, count: int) -> list[str]:
        """Return the cuids of so many new onboardings, all of one customer."""
        customer = self._post("/api/v1/customers", {"name": "Aurora Outfitters"})
        body = {"customer_id": customer["id"], "target_launch_date": "2027-03-01T00:00:00Z"}
        return [str(self._post("/api/v1/onboardings", body)["id"]) for _ in range(count)]

    def apply(self, onboarding_id: str, template_id: str) -> list[str]:
        """Land a template and return the cuids of its tasks, those of subtasks too."""
        return [
            task["id"]
            for task in orjson.loads(self.client.send(self.application(onboarding_id, template_id))[1])["tasks"]
        ]

    def application(self, onboarding_id: str, template_id: str) -> bytes:
        """Return a request that lands a template, once more if need be."""
        path = f"/api/v1/onboardings/{onboarding_id}/apply_template"
        return post(self.tenant, path, {"template_id": template_id, "again": True})

    def mesh(self, tasks: int) -> str:
        """Return the cuid of the first task of a new plan of so many, all of which wait for it."""
        [onboarding_id] = self.onboardings(1)
        template_id = self.template("Half a mesh", mesh_of(tasks // 2, self.phases()[0]))
        first_half, second_half = self.apply(onboarding_id, template_id), self.apply(onboarding_id, template_id)
        waits = {"depends_on": [{"task_id": first_half[-1]}], "due": None}
        self.client.send(patch(self.tenant, f"/api/v1/tasks/{second_half[0]}", waits))
        return first_half[0]

    def moves(self, task_id: str, *, dry_run: bool = False) -> list[bytes]:
        """Return a request that sets a task's date later, and one that sets it back."""
        path = f"/api/v1/tasks/{task_id}"
        return [patch(self.tenant, path, {"due": {"type": "fixed", "date": day}, "dry_run": dry_run}) for day in _DAYS]

    def _post(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = orjson.loads(self.client.send(post(self.tenant, path, fields))[1])
        return made


def template_of(count: int, phases: Sequence[str]) -> list[dict[str, Any]]:
    """Return so many tasks and subtasks over all phases: every kind of date, and what they depend on."""
    tasks: list[dict[str, Any]] = []
    left = count
    while left:
        place = len(tasks)
        phase = phases[(count - left) * len(phases) // count]
        task = _task(f"task_{place}", place) | {"phase": phase, "due": _due(place), "depends_on": _waits(place)}
        if place % _GROUP == 0 and left > _SUBTASKS:
            task["subtasks"] = [
                _task(f"task_{place}_{part}", place) | {"due": {"type": "start", "days": place + part}}
                for part in range(_SUBTASKS)
            ]
        tasks.append(task)
        left -= 1 + len(task.get("subtasks", ()))
    return tasks


def mesh_of(count: int, phase: str) -> list[dict[str, Any]]:
    """Return so many tasks that all wait for the first one: side by side, each for two of those before."""
    tasks = [_task("task_0", 0) | {"phase": phase, "due": {"type": "start", "days": 1}}]
    for place in range(1, count):
        column = (place - 1) % _WIDTH
        before = place - 1 - column - _WIDTH + 1  # the first of those before
        others = {max(before + column, 0), max(before + (column + 1) % _WIDTH, 0)}
        waits = [{"task": f"task_{other}", "lag_days": 0} for other in sorted(others)]
        tasks.append(_task(f"task_{place}", place) | {"phase": phase, "depends_on": waits})
    return tasks


def _task(key: str, place: int) -> dict[str, Any]:
    return {
        "key": key,
        "title": f"Agree on point {place} of the rollout",
        "description": _DESCRIPTION,
        "assignee_role": _ROLES[place % len(_ROLES)],
        "duration_days": 1 + place % 3,
        "visible_in_portal": place % 2 == 0,
    }


def _due(place: int) -> dict[str, Any] | None:
    """Return the rule of a task: each kind in turn, and none where what it depends on decides."""
    rules: list[dict[str, Any] | None] = [
        {"type": "phase", "days": 2 + place % 20},
        None,
        {"type": "task", "days": 3, "task": f"task_{place - 1}"},
        None,
        {"type": "launch", "days": -(place % 30) - 1},
    ]
    return rules[place % len(rules)]


def _waits(place: int) -> list[dict[str, Any]]:
    others = {place - 1, place - 4} if place % _GROUP else set()
    return [{"task": f"task_{other}", "lag_days": place % 2} for other in sorted(others) if other >= 0]
