"""What the documentation names exists, and what exists is documented."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from fastapi.routing import APIRoute

from pivotal_server.app import ROUTERS, openapi_document
from pivotal_server.cli import pivotal
from pivotal_server.core.settings import Settings
from pivotal_server.identity.models import SCOPES
from pivotal_server.notifications.kinds import KINDS
from pivotal_server.rest.error_codes import ERROR_CODES
from pivotal_server.webhooks.catalogue import NAMES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    str(page.relative_to(DOCS)): page.read_text()
    for page in sorted(DOCS.glob("*/**/*.md"))
    if page.relative_to(DOCS).parts[0] != "developers"
}
"""Every page that users read, by its path."""
EVERYTHING = "\n".join(PAGES.values())
API = "\n".join(text for path, text in PAGES.items() if path.partition("/")[0] in {"welcome", "guides", "webhooks"})
"""What is said about the API, as against the app and the server."""
ERROR_TYPES = {
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found",
    "conflict",
    "rate_limit_error",
    "internal_error",
}
OF_CLIENTS = {"PIVOTAL_API_KEY", "PIVOTAL_BASE_URL", "PIVOTAL_WEBHOOK_SECRET"}
"""Environment variables that programs of users read, rather than the server."""


def spans(text: str) -> list[str]:
    """Return what stands between single backticks, outside of fences."""
    prose = re.sub(r"^(\s*)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give the first header of the table and the cells of every row of every table."""
    header = ""
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not line.startswith("|"):
            header = ""
        elif not header:
            header = cells[0]
        elif not set(cells[0]) <= set("-: "):
            yield header, cells


def settings() -> set[str]:
    return {str(field.validation_alias or f"PIVOTAL_{name.upper()}") for name, field in Settings.model_fields.items()}


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGES["hosting/settings.md"], re.MULTILINE))
    assert documented == settings()


def test_no_page_names_a_variable_that_nobody_reads() -> None:
    named = set(re.findall(r"\bPIVOTAL_[A-Z_]*[A-Z]\b(?!_)", EVERYTHING))
    assert named <= settings() | OF_CLIENTS


def commands(command: click.Command, path: str = "pivotal") -> set[str]:
    if not isinstance(command, click.Group):
        return {path}
    context = click.Context(command)
    inner = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return {found for name, one in inner if one for found in commands(one, f"{path} {name}")}


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    documented = set(re.findall(r"^\| `(pivotal(?: [a-z]+(?:-[a-z]+)*)+)", PAGES["hosting/commands.md"], re.MULTILINE))
    of_resources = {
        f"pivotal {resource} {method}"
        for header, (resource, methods) in rows(PAGES["sdks/cli.md"].replace("`", ""))
        if header == "resource"
        for method in methods.split(", ")
    }
    assert documented | of_resources == commands(pivotal)
    assert not documented & of_resources


def test_no_page_names_a_command_that_there_is_not() -> None:
    existing = commands(pivotal)
    lines = re.findall(r"^ *(pivotal [a-z].*)$", EVERYTHING, re.MULTILINE)
    for line in [*lines, *(span for span in spans(EVERYTHING) if span.startswith("pivotal "))]:
        words = " ".join(re.findall(r"^pivotal(?: [a-z]+(?:-[a-z]+)*)+(?= |$)", line)).split()
        assert any(" ".join(words[:length]) in existing for length in (2, 3)), line


ROUTES = {
    (method, route.path.removeprefix("/api/v1").removeprefix("/api"))
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
    for method in route.methods or ()
}
PATHS = {path for _, path in ROUTES}


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_path_is_documented(path: str) -> None:
    assert re.search(re.escape(path) + r"[`,;\s]", EVERYTHING), path


def pattern_of(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def test_every_documented_method_and_path_exists() -> None:
    named = [
        re.fullmatch(r"(GET|POST|PATCH|PUT|DELETE) (?:/api(?:/v1)?)?(/[^?]+)(?:\?.*)?", span) for span in spans(API)
    ]
    found = {(match[1], match[2]) for match in named if match}
    assert len(found) > 80
    patterns = [(method, pattern_of(path)) for method, path in ROUTES]
    missing = {
        (method, path)
        for method, path in found - ROUTES
        if "{" in path or not any(method == one and pattern.fullmatch(path) for one, pattern in patterns)
    }
    assert missing == set()


def test_every_other_documented_path_belongs_to_one() -> None:
    """A path on its own is a whole one, or the end of one (`/send_back`)."""
    outside = {"/api/v1", "/api/v1/openapi.json", "/api/v1/health", "/metrics", "/docs", "/llms.txt", "/llms-full.txt"}
    named = {span for span in spans(API) if re.fullmatch(r"/[\w/{}.-]+", span)} - outside
    numbers = {re.sub(r"/(\d+|c[a-z0-9]{24})(?=/|$)", "/{id}", path) for path in named}
    assert {path for path in numbers if not any(one.endswith(path.removeprefix("/api")) for one in PATHS)} == set()


def test_samples_call_paths_that_exist() -> None:
    called = set(re.findall(r"http://127\.0\.0\.1:8000/api(?:/v1)?(/[^\s\"'?`)]*)", EVERYTHING))
    patterns = [pattern_of(path) for path in PATHS | {"/openapi.json", "/health"}]
    assert called
    assert {path for path in called if not any(pattern.fullmatch(path) for pattern in patterns)} == set()


@cache
def field_names() -> set[str]:
    """Return the names of all fields and parameters of the API."""
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            properties = node.get("properties")
            found.update(properties if isinstance(properties, dict) else ())
            if "in" in node and "name" in node:
                found.add(str(node["name"]))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(openapi_document(Settings()))
    return found


def test_every_field_of_a_table_exists() -> None:
    named = {
        part
        for header, cells in rows(API)
        if header in {"field", "property", "filter"}
        for span in re.findall(r"`([^`]+)`", cells[0])
        for part in span.split(".")
    }
    assert len(named) > 50
    assert named - field_names() == set()


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_documented(scope: str) -> None:
    assert f"`{scope}`" in API


def test_every_documented_scope_exists() -> None:
    assert {span for span in spans(EVERYTHING) if re.fullmatch(r"[a-z_]+:(read|write)", span)} <= set(SCOPES)


def source() -> str:
    return "\n".join(file.read_text() for file in (ROOT / "src" / "pivotal_server").rglob("*.py"))


def raised_codes() -> set[str]:
    text = source()
    literal = set(re.findall(r'ApiError\(\s*\d{3},\s*"([a-z_]+)"', text))
    return literal | {f"{resource}_not_found" for resource in re.findall(r'not_found\("([a-z_]+)"\)', text)}


def test_every_error_code_is_documented() -> None:
    codes = raised_codes()
    assert {"slug_taken", "customer_not_found", "idempotency_key_reused"} <= codes
    assert not {code for code in codes if f"`{code}`" not in API}


def test_every_documented_error_code_exists() -> None:
    named = {
        code
        for _, cells in rows(EVERYTHING)
        if re.match(r"[45]\d\d\b", cells[0])
        for cell in (cells[1:] if len(cells) > 2 else cells[:1])
        for code in re.findall(r"`([a-z_]+)`", cell)
    }
    assert len(named) > 50
    text = source()
    assert {code for code in named - ERROR_TYPES - raised_codes() if f'"{code}"' not in text} == set()


ONLY_IN_THE_APP = {
    "insufficient_role",
    "invitation_accepted",
    "invitation_expired",
    "invitation_limit_reached",
    "invitation_not_found",
    "member_not_found",
    "not_invited",
    "owner_stays",
    "session_not_found",
    "sign_in_first",
    "sso_refused",
    "sso_unavailable",
    "too_many_sign_in_links",
    "workspace_not_found",
}


def test_the_openapi_document_lists_every_error_code_that_a_key_can_meet() -> None:
    assert set(ERROR_CODES) == raised_codes() - ONLY_IN_THE_APP


def test_every_kind_of_notification_is_documented() -> None:
    table = re.findall(r"^\| (`[^|]+) \|", PAGES["guides/notifications.md"], re.MULTILINE)
    assert set(re.findall("`([a-z_]+)`", " ".join(table))) - {"type"} == set(KINDS)


def test_every_event_is_documented_and_every_documented_event_exists() -> None:
    documented = re.findall(r"`((?:customer|contact|lead|onboarding|task)\.[a-z_]+)`", API)
    assert set(documented) == set(NAMES)
