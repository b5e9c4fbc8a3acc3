"""An example of every event: Aurora Outfitters' way through Northwind, told in the slices' own examples."""

import functools
from typing import Any

from pivotal_server.contacts.schemas import EXAMPLE as CONTACT
from pivotal_server.core.outbox import API_VERSION
from pivotal_server.customers.schemas import EXAMPLE as CUSTOMER
from pivotal_server.leads.schemas import EXAMPLE as LEAD
from pivotal_server.onboardings.schemas import EXAMPLE as ONBOARDING
from pivotal_server.tasks.schemas import EXAMPLE as TASK
from pivotal_server.webhooks.catalogue import resource_of

Json = dict[str, Any]

_RESOURCES = {"contact": CONTACT, "customer": CUSTOMER, "lead": LEAD, "onboarding": ONBOARDING, "task": TASK}
_ORGANIZATION = "org_mg8x0k4t0003a1b2c3d4e5f6"

# Four days after the example's onboarding entered its phase; an hour of them it waited.
_LATER = "2026-05-28T17:21:09.412Z"
_CLOCK_LATER = {"time_in_phase_seconds": 342000, "time_waiting_seconds": 3600}
_LEFT_NEW: Json = {"stage": "new", "stage_entered_at": LEAD["stage_entered_at"]}
_WON_AS: Json = {"customer_id": CUSTOMER["id"], "onboarding_id": ONBOARDING["id"]}
_LAUNCH, _END = "2026-07-13T15:30:00.250Z", "2026-07-27T09:05:41.118Z"


def _entered(phase: str, target_days: int, at: str) -> Json:
    """Return what an onboarding has at the moment when it enters a phase."""
    clock = {"time_in_phase_seconds": 0, "time_waiting_seconds": 0}
    return {"phase": phase, "phase_target_days": target_days, "phase_entered_at": at, "updated_at": at, **clock}


def _state(state: str) -> Json:
    return {"state": state, "updated_at": _LATER, **_CLOCK_LATER}


def _in_stage(stage: str, status: str = "open") -> Json:
    """Return what a lead has at the moment when it enters a stage."""
    closed_at = None if status == "open" else _LATER
    return {"stage": stage, "status": status, "stage_entered_at": _LATER, "closed_at": closed_at, "updated_at": _LATER}


# For each event: what the resource then has other than the slice's example, and the former values.
_STORY: dict[str, tuple[Json, Json | None]] = {
    "contact.created": ({}, None),
    "contact.deleted": ({"updated_at": _LATER}, None),
    "contact.updated": ({"title": "COO", "updated_at": _LATER}, {"title": "Head of Ops"}),
    "customer.archived": ({"archived": True, "updated_at": _LATER}, {"archived": False}),
    "customer.at_risk": (
        {"status": "at_risk", "at_risk": True, "updated_at": _LATER},
        {"status": "onboarding", "at_risk": False},
    ),
    "customer.churned": (
        {"status": "churned", "churned": True, "updated_at": _LATER},
        {"status": "active", "churned": False},
    ),
    "customer.created": ({}, None),
    "customer.health_score_dropped": (
        {"status": "active", "health_score": 38, "previous_health_score": 72, "updated_at": _LATER},
        {"health_score": 72},
    ),
    "customer.updated": (
        {"plan": "Scale", "mrr": 99900, "arr": 1198800, "updated_at": _LATER},
        {"plan": "Pro", "mrr": 49900, "arr": 598800},
    ),
    "lead.created": ({}, None),
    "lead.deleted": ({"updated_at": _LATER}, None),
    "lead.lost": (
        _in_stage("lost", "lost") | {"lost_reason": "Chose another system"},
        _LEFT_NEW | {"status": "open", "closed_at": None, "lost_reason": None},
    ),
    "lead.merged": ({"location": "Toulon", "updated_at": _LATER}, {"location": "Marseille"}),
    "lead.stage_changed": (_in_stage("contacted"), _LEFT_NEW),
    "lead.updated": ({"title": "COO", "updated_at": _LATER}, {"title": "Head of E-commerce"}),
    "lead.won": (
        _in_stage("won", "won") | _WON_AS,
        _LEFT_NEW | {"status": "open", "closed_at": None} | dict.fromkeys(_WON_AS),
    ),
    "onboarding.at_risk": (_state("at_risk"), {"state": "active"}),
    "onboarding.back_on_track": (_state("active"), {"state": "at_risk"}),
    "onboarding.completed": (
        {**_entered("completed", 0, _END), "completed_at": _END},
        {"phase": "launch", "completed_at": None},
    ),
    "onboarding.created": (_entered("before_getting_started", 7, ONBOARDING["created_at"]), None),
    "onboarding.launched": (_entered("launch", 7, _LAUNCH), {"phase": "internal_qa"}),
    "onboarding.phase_changed": (
        _entered("program_design", 14, ONBOARDING["phase_entered_at"]),
        {"phase": "before_getting_started"},
    ),
    "onboarding.state_changed": (
        _state("waiting") | {"waiting_on_customer": True, "waiting_on_customer_since": _LATER},
        {"state": "active", "waiting_on_customer": False, "waiting_on_customer_since": None},
    ),
    "task.completed": (
        {
            "status": "completed",
            "completed_at": _LATER,
            "completed_by": "portal:contact_mg8x0k4t0005a1b2c3d4e5f6",
            "updated_at": _LATER,
        },
        {"status": "open", "completed_at": None, "completed_by": None},
    ),
    "task.created": ({}, None),
    "task.reopened": (
        {"updated_at": _LATER},
        {"status": "completed", "completed_at": "2026-05-27T08:14:55.630Z", "completed_by": "maya@northwind.example"},
    ),
    "task.updated": (
        {"due_date": "2026-06-05T00:00:00.000Z", "updated_at": _LATER},
        {"due_date": "2026-06-02T00:00:00.000Z"},
    ),
}


@functools.cache
def example_of(name: str) -> Json:
    """Return an event of this type, whole; not to be changed, for it is the same for every caller."""
    changes, previous = _STORY[name]
    resource = _RESOURCES[resource_of(name)] | changes
    return {
        "id": "evt_mg8x0k4t0004a1b2c3d4e5f6",
        "type": name,
        "created_at": resource["updated_at"],
        "org_id": _ORGANIZATION,
        "livemode": True,
        "api_version": API_VERSION,
        "data": {"object": resource, "previous_attributes": previous},
    }
