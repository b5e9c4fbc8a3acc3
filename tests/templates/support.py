"""Templates that stories are about."""

import httpx

from tests.support import Json, body_of

# One over two phases, with all that a template can say.
PROGRAMME: Json = {
    "name": "Loyalty programme",
    "description": "From the first call\nto the first reward.",
    "tasks": [
        {
            "key": "kickoff",
            "title": "Hold the kickoff call",
            "phase": "before_getting_started",
            "assignee_role": "csm",
            "due": {"type": "start", "days": 2},
            "subtasks": [
                {"key": "agenda", "title": "Send the agenda", "due": {"type": "start", "days": 1}},
                {"key": "minutes", "title": "Send the minutes", "depends_on": [{"task": "agenda", "lag_days": 1}]},
            ],
        },
        {
            "key": "assets",
            "title": "Send us your brand assets",
            "description": "Logo as SVG.",
            "phase": "program_design",
            "visible_in_portal": True,
            "duration_days": 2,
            "depends_on": [{"task": "kickoff"}],
            "links": [{"label": "What [exactly]", "url": "https://help.northwind.example/assets_(1)"}],
        },
        {
            "key": "tiers",
            "title": "Design the tiers",
            "phase": "program_design",
            "assignee_role": "designer",
            "due": {"type": "task", "days": 3, "task": "assets"},
            "depends_on": [{"task": "assets", "lag_days": 1}],
        },
        {
            "key": "announce",
            "title": "Announce the launch",
            "phase": "launch",
            "due": {"type": "launch", "days": -5},
        },
    ],
}  # fmt: skip


async def create_template(api: httpx.AsyncClient, **fields: object) -> Json:
    """Make a template, the programme unless it says else, and return it."""
    return body_of(await api.post("/templates", json=PROGRAMME | fields), 201)


async def apply(api: httpx.AsyncClient, onboarding: Json, template: Json, **fields: object) -> Json:
    """Apply a template and return what landed."""
    path = f"/onboardings/{onboarding['id']}/apply_template"
    return body_of(await api.post(path, json={"template_id": template["id"]} | fields))
