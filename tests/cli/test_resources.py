"""The commands that are made of the API's operations, against a real server."""

import asyncio
import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pivotal_server.cli.operations import operation, resources
from pivotal_server.cli.output import csv_lines, json_lines, table_lines
from pivotal_server.cli.remote import Remote
from tests.cli.command import PIVOTAL
from tests.cli.remote import Shell, explain_all
from tests.sdk.faulty import faulty_server


async def test_a_customer_is_made_read_changed_and_deleted(shell: Shell) -> None:
    fields = ("--slug", "aurora", "--mrr", "120", "--tags", "vip", "--tags", "eu", "--metadata", '{"a": [1]}')
    made = await shell.json("customers", "create", "--name", "Aurora", *fields)
    assert (made["name"], made["mrr"], made["tags"], made["metadata"]) == ("Aurora", 120, ["vip", "eu"], {"a": [1]})
    changed = await shell.json("customers", "update", str(made["display_id"]), "--mrr", "null", "--archived")
    assert (changed["mrr"], changed["archived"]) == (None, True)
    deleted = await shell.run("customers", "delete", made["id"], "--output", "table")
    assert "deleted     true" in deleted.stdout
    gone = await shell.attempt("customers", "get", made["id"])
    assert gone.exit_code == 1
    told = explain_all(gone)
    assert told is not None
    assert "404 customer_not_found, request req_" in told
    assert "\n" not in told


async def test_lists_walk_pages_and_say_when_there_is_more(shell: Shell, tmp_path: Path) -> None:
    bodies = tmp_path / "body.json"
    for number in range(3):
        bodies.write_text(json.dumps({"name": f"Walk {number}", "domain": f"walk-{number}.example"}))
        await shell.run("customers", "create", "--data", f"@{bodies}", "--slug", f"walk-{number}")
    some = await shell.run("customers", "list", "--limit", "2")
    assert [row["slug"] for row in json.loads(some.stdout)] == ["walk-2", "walk-1"]
    assert some.stderr == "There are more than these 2: --limit N or --all shows them.\n"
    everything = await shell.run("customers", "list", "--all", "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(everything.stdout)))
    assert [row["slug"] for row in rows[:3]] == ["walk-2", "walk-1", "walk-0"]
    table = await shell.run("customers", "list", "--domain", "walk-1.example", "--output", "table")
    heads, row = table.stdout.splitlines()
    assert heads.startswith("DISPLAY_ID  NAME    SLUG")
    assert row.split()[1:4] == ["Walk", "1", "walk-1"]


async def test_what_is_wrong_with_a_command_is_a_matter_of_usage(shell: Shell) -> None:
    for arguments, told in (
        (("customers", "create"), "Missing option '--name'."),
        (("customers", "create", "--data", '{"nam": "x"}'), "There is no field 'nam'."),
        (("customers", "create", "--data", "[1]"), "This is no JSON object."),
        (("customers", "create", "--name", "x", "--mrr", "much"), "'much' is no integer"),
        (("customers", "create", "--name", "x", "--metadata", "{"), "is no json"),
        (("customers", "lits"), "No such command 'lits'"),
        (("customers", "get"), "Missing argument 'CUSTOMER_ID'."),
    ):
        result = await shell.attempt(*arguments)
        assert result.exit_code == 2, arguments
        assert told in result.stderr
    wrong = await shell.attempt("customers", "create", "--name", "x", "--slug", "Not a slug")
    assert wrong.exit_code == 1
    assert "field slug" in (explain_all(wrong) or "")
    stranger = await Shell(shell.url, "pivotal_nobody").attempt("me", "get")
    assert "401 invalid_api_key" in (explain_all(stranger) or "")
    assert "PIVOTAL_API_KEY gives a key" in (explain_all(stranger) or "")


async def test_a_key_makes_a_write_that_is_repeated_one(shell: Shell) -> None:
    twice = [await shell.run("customers", "create", "--name", "Once", "--idempotency-key", "once") for _ in range(2)]
    assert twice[0].stdout == twice[1].stdout


async def test_a_dry_run_a_body_of_standard_input_and_files(shell: Shell, tmp_path: Path) -> None:
    customer = await shell.json("customers", "create", "--data", "-", typed='{"name": "Files", "slug": "files"}')
    begun = await shell.json("onboardings", "create", "--customer-id", customer["id"])
    task = ("tasks", "create", begun["id"], "--title", "Announce")
    await shell.run(*task, "--due", '{"type": "launch", "days": -10}', "--dry-run")
    assert await shell.json("tasks", "list-for-onboarding", begun["id"]) == []
    picture, copy = tmp_path / "screen.txt", tmp_path / "copy.txt"
    picture.write_text("hello")
    stored = await shell.json("attachments", "create", "--file", str(picture))
    assert stored["filename"] == "screen.txt"
    token = stored["download_url"].rpartition("/")[2]
    await shell.run("attachments", "download", token, "--to", str(copy))
    assert copy.read_text() == "hello"
    assert (await shell.run("attachments", "download", token)).stdout == "hello"


async def test_filters_with_parts_and_answers_that_are_text(shell: Shell) -> None:
    await shell.run(
        "custom-fields", "create", "--resource", "customer", "--key", "seats", "--name", "Seats", "--type", "number"
    )
    for seats in (3, 7):
        named = ("--name", f"{seats} seats", "--slug", f"seats-{seats}")
        await shell.run("customers", "create", *named, "--custom-fields", json.dumps({"seats": seats}))
    found = await shell.json("customers", "list", "--custom-fields", '{"seats": {"gte": 5}}')
    assert [row["slug"] for row in found] == ["seats-7"]
    for customer in await shell.json("customers", "list", "--limit", "2"):  # no other workspace has such a field
        await shell.run("customers", "delete", customer["id"])
    template = await shell.json("templates", "create", "--name", "Plan")
    assert "name: Plan" in (await shell.run("templates", "export", template["id"])).stdout


async def test_people_are_listed_over_the_api_beside_the_command_that_adds_them(shell: Shell) -> None:
    people = await shell.json("people", "list")
    assert {person["name"] for person in people} == {"Maya", "Tomas"}
    assert "\n  add " in (await shell.run("people", "--help")).stdout


async def test_every_operation_has_a_command_whose_help_can_be_read(shell: Shell) -> None:
    for resource, methods in resources().items():
        for method in methods:
            found = operation(resource, method)
            result = await shell.run(resource, method, "--help")
            assert result.stdout.startswith(f"Usage: pivotal {resource} {method} [OPTIONS]"), result.stdout
            assert all(f"--{field.option}" in result.stdout for field in found.options)


async def test_a_server_that_asks_for_more_than_a_minute_is_not_waited_for() -> None:
    async with faulty_server() as faulty:
        run = faulty.run_of([{"status": 429, "error": "rate_limited", "headers": {"Retry-After": "3600"}}])
        shell = Shell(f"{faulty.url}/{run}", "pivotal_0000")
        for command in (("customers", "list"), ("events", "list", "--all"), ("logs", "tail"), ("listen",)):
            refused = await asyncio.wait_for(shell.attempt(*command), 30)
            assert refused.exit_code == 1
            assert "About rate_limited." in (explain_all(refused) or "")
        assert len(faulty.requests[run]) == 4


def test_a_short_wait_may_be_tried_again() -> None:
    remote = Remote("http://127.0.0.1:1", "pivotal_0000")
    body = b'{"error": {"code": "rate_limited", "message": "Slowly."}}'
    waits = {
        asked: remote.refusal(429, body, {"retry-after": asked}).retry_after for asked in ("7", "60", "61", "9" * 400)
    }
    assert waits == {"7": 7.0, "60": 60.0, "61": None, "9" * 400: None}


async def test_help_waits_for_no_command() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "importtime", PIVOTAL, "--help"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert b"  customers " in out
    assert b"pivotal_server.cli" in err
    for heavy in (b"pydantic", b"asyncpg", b"httpx"):
        assert heavy not in err


def test_rows_become_lines() -> None:
    rows: list[dict[str, Any]] = [
        {"object": "x", "id": "a", "name": "A\x1b[2J\nB", "tags": ["t"]},
        {"object": "x", "id": "b", "name": None},
    ]
    assert json.loads("\n".join(json_lines(rows))) == rows
    assert json.loads("\n".join(json_lines([]))) == []
    assert list(table_lines(rows)) == ["NAME     ID", "A [2J B  a", "         b"]
    assert list(csv_lines(rows))[-1] == "x,b,,"
    assert list(csv_lines([{"name": "=1+1", "phone": "+49 30", "at": "@x", "note": "'-", "mrr": -5}]))[-1] == (
        "'=1+1,'+49 30,'@x,''-,-5"
    )
    assert list(csv_lines([])) == []
