"""Export and import: what goes out comes in again, once, and what is refused is told."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pivotal_server.cli.operations import operation
from pivotal_server.cli.rows import Columns, FileRow, RowError, read_rows
from tests.cli.remote import Shell, explain_all

_OF_THIS_WORKSPACE = {
    "id",
    "display_id",
    "customer_id",
    "created_at",
    "updated_at",
    "phase_entered_at",
    "started_at",
    "time_in_phase_seconds",
}


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without what differs between workspaces, in an order of their own."""
    kept = [{name: row[name] for name in row if name not in _OF_THIS_WORKSPACE} for row in rows]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True))


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_export_comes_in_again_elsewhere_and_only_once(
    shells: tuple[Shell, Shell], tmp_path: Path, form: str
) -> None:
    here, there = shells
    # What other tests have left here goes along: each customer that has onboardings has a slug to be found by.
    name = f'{form} "Ä"\nLtd; x,y'
    body = {"name": name, "slug": f"round-{form}", "mrr": 5, "tags": ["a,b", "c"], "metadata": {"k": [1, None]}}
    customer = await here.json("customers", "create", "--data", json.dumps(body))
    contact = ("--name", "=Kim", "--email", f"kim@{form}.example", "--no-is-primary")
    await here.json("contacts", "create", customer["id"], *contact)
    onboarding = {
        "customer_id": customer["id"],
        "target_launch_date": "2031-03-01T00:00:00.000Z",
        "notes": "Long\r2\n3",
    }
    await here.json("onboardings", "create", "--data", json.dumps(onboarding))
    for resource in ("customers", "contacts", "onboardings"):
        file = tmp_path / f"{resource}.{form}"
        told = await here.run("export", resource, "-o", str(file))
        assert told.stderr.startswith("Exported ")
        tried = await there.run("import", resource, str(file), "--dry-run")
        assert tried.stdout == f"{len(rows_in(file))} {resource} would be made.\n"
        await there.run("import", resource, str(file))
        again = await there.run("import", resource, str(file))
        assert again.stdout.startswith(f"0 {resource} made, ")
        copy = tmp_path / f"copy.{form}"
        await there.run("export", resource, "-o", str(copy))
        assert plain(rows_in(copy)) == plain(rows_in(file))
        assert not list(tmp_path.glob("*.errors.csv"))  # noqa: ASYNC240 - a directory in memory


def rows_in(file: Path) -> list[dict[str, Any]]:
    return [row.cells for row in read_rows(file)]


async def test_rows_that_are_refused_are_in_a_file_with_the_reason(shell: Shell, tmp_path: Path) -> None:
    file, errors = tmp_path / "list.csv", tmp_path / "list.csv.errors.csv"
    file.write_text(
        "Company,slug,MRR,Notes\nGood,good,10,x\nBad,Not a slug,10,\nNaN,nan,much,\n,empty,1,\nTaken,taken,10,x\n"
    )
    await shell.run("customers", "create", "--name", "Taken", "--slug", "taken")
    result = await shell.attempt("import", "customers", str(file), "--map", "Company=name")
    assert result.exit_code == 1
    assert result.stdout == "1 customers made.\n"
    assert result.stderr == "Left out: Notes.\n"
    assert explain_all(result) == f"4 rows were refused: see {errors}."
    refused = list(csv.DictReader(errors.read_text().splitlines()))
    assert [(row["Company"], row["row"]) for row in refused] == [("Bad", "2"), ("NaN", "3"), ("", "4"), ("Taken", "5")]
    told = [row["error"] for row in refused]
    assert "field slug" in told[0]
    assert told[1:3] == ["mrr: 'much' is no integer", "name: Required"]
    assert "409 slug_taken" in told[3]

    file.write_text("Company,slug,MRR,Notes\nGood,good,10,x\nBad,better,10,\n")
    mended = await shell.run("import", "customers", str(file), "--map", "Company=name", "--map", "Notes=")
    assert mended.stdout == "1 customers made, 1 were there from an earlier run.\n"
    assert not errors.exists()


async def test_a_contact_of_a_customer_that_is_not_there_is_refused(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("customer_slug,name,email\nnobody,Kim,kim@nobody.example\n")
    result = await shell.attempt("import", "contacts", str(file))
    assert "1 rows were refused" in (explain_all(result) or "")
    assert "there is no customer 'nobody'" in (tmp_path / "contacts.csv.errors.csv").read_text()


async def test_a_server_that_does_not_answer_ends_an_import_and_leaves_no_half_export(tmp_path: Path) -> None:
    nowhere = Shell("http://127.0.0.1:1", "pivotal_x")
    file = tmp_path / "list.csv"
    file.write_text("name\nGood\n")
    stopped = await nowhere.attempt("import", "customers", str(file))
    assert "Is Pivotal running there?" in (explain_all(stopped) or "")
    assert "Stopped at row 1 of 1; the same command goes on there." in (explain_all(stopped) or "")
    failed = await nowhere.attempt("export", "customers", "-o", str(tmp_path / "export.csv"))
    assert failed.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]  # noqa: ASYNC240 - a directory in memory


async def test_what_cannot_be_read_is_a_matter_of_usage(shell: Shell, tmp_path: Path) -> None:
    file, object_, empty = tmp_path / "list.csv", tmp_path / "list.json", tmp_path / "empty.csv"
    file.write_text("Company\nGood\n")
    object_.write_text("{}")
    empty.write_text("name\n")
    for arguments, told in (
        ((str(file), "--map", "Firm=name"), "The file has no column 'Firm'. It has: Company."),
        ((str(file), "--map", "Company=nam"), "There is no field 'nam'."),
        ((str(file), "--map", "Company"), "--map takes COLUMN=FIELD"),
        ((str(object_),), "is no JSON array of objects"),
        ((str(empty),), "has no rows"),
    ):
        result = await shell.attempt("import", "customers", *arguments)
        assert result.exit_code == 2
        assert told in result.stderr


async def test_what_a_spreadsheet_would_run_goes_out_and_comes_in_as_text(shell: Shell, tmp_path: Path) -> None:
    file, errors = tmp_path / "list.csv", tmp_path / "list.csv.errors.csv"
    file.write_text("name,slug\n'=1+1,formula\n''@x,marked\n=2+2,Not a slug\n'tis,word\n")
    assert (await shell.attempt("import", "customers", str(file))).stdout == "3 customers made.\n"
    made = {row["slug"]: row["name"] for row in await shell.json("customers", "list", "--limit", "3")}
    assert made == {"formula": "=1+1", "marked": "'@x", "word": "'tis"}
    assert "'=2+2,Not a slug,3," in errors.read_text()
    out = (await shell.run("customers", "list", "--limit", "3", "--output", "csv")).stdout
    # They were made several at a time, in no order.
    assert {row["name"] for row in csv.DictReader(out.splitlines())} == {"'tis", "''@x", "'=1+1"}


def test_cells_say_values() -> None:
    names = ["name", "tags", "metadata", "mrr"]
    columns = Columns(operation("customers", "create"), names, [])
    said = columns.fields_of(FileRow(1, {"name": "A", "tags": "a, b", "metadata": '{"x": 1}', "mrr": ""}))
    assert said == {"name": "A", "tags": ["a", "b"], "metadata": {"x": 1}}
    contacts = Columns(operation("contacts", "create"), ["customer_id", "name", "email", "is_primary"], [])
    assert contacts.fields_of(FileRow(1, {"customer_id": "1", "name": "K", "email": "k", "is_primary": "Yes"}))[
        "is_primary"
    ]
    with pytest.raises(RowError, match="is_primary: 'maybe' is no boolean"):
        contacts.fields_of(FileRow(1, {"customer_id": "1", "name": "K", "email": "k", "is_primary": "maybe"}))
