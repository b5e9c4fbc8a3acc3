"""What the documentation names exists, and what exists is documented."""

import re
from pathlib import Path

import click
import pytest
from fastapi.routing import APIRoute

from pivotal_server.app import ROUTERS
from pivotal_server.cli import pivotal
from pivotal_server.core.settings import Settings
from pivotal_server.identity.models import SCOPES
from pivotal_server.notifications.kinds import KINDS
from pivotal_server.webhooks.catalogue import NAMES

DOCS = Path(__file__).parents[2] / "docs"
API = (DOCS / "api.md").read_text()
OPERATING = (DOCS / "operating.md").read_text()


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    existing = {
        str(field.validation_alias or f"PIVOTAL_{name.upper()}") for name, field in Settings.model_fields.items()
    }
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATING, re.MULTILINE))
    assert documented == existing


def commands(command: click.Command, path: str = "pivotal") -> set[str]:
    if not isinstance(command, click.Group):
        return {path}
    context = click.Context(command)
    inner = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return {found for name, one in inner if one for found in commands(one, f"{path} {name}")}


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    documented = set(re.findall(r"^\| `(pivotal(?: [a-z]+(?:-[a-z]+)*)+)", OPERATING, re.MULTILINE))
    assert documented == commands(pivotal)


@pytest.mark.parametrize(
    "path",
    sorted(
        {
            route.path.removeprefix("/api/v1").removeprefix("/api")
            for router in ROUTERS
            for route in router.routes
            if isinstance(route, APIRoute) and route.include_in_schema
        }
    ),
)
def test_every_path_is_documented(path: str) -> None:
    assert re.search(re.escape(path) + r"[`,;\s]", API + OPERATING), path


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_documented(scope: str) -> None:
    assert f"`{scope}`" in API


def raised_codes() -> set[str]:
    sources = Path(__file__).parents[2] / "src" / "pivotal_server"
    text = "\n".join(file.read_text() for file in sources.rglob("*.py"))
    literal = set(re.findall(r'ApiError\(\s*\d{3},\s*"([a-z_]+)"', text))
    return literal | {f"{resource}_not_found" for resource in re.findall(r'not_found\("([a-z_]+)"\)', text)}


def test_every_error_code_is_documented() -> None:
    codes = raised_codes()
    assert {"slug_taken", "customer_not_found", "idempotency_key_reused"} <= codes
    assert not {code for code in codes if f"`{code}`" not in API}


def test_every_kind_of_notification_is_documented() -> None:
    section = API.partition("## Notifications")[2].partition("\n## ")[0]
    named = " ".join(re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE))
    assert set(re.findall("`([a-z_]+)`", named)) - {"type"} == set(KINDS)


def test_every_event_is_documented() -> None:
    documented = re.findall(r"`((?:customer|contact|onboarding|task)\.[a-z_]+)`", API.partition("## Events")[2])
    assert set(documented) == set(NAMES)
