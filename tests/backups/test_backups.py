"""Backups: of one moment while others write, restored whole or not at all."""

import contextlib
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest
from obstore.exceptions import GenericError

from pivotal_server.backups.archive import FILE_LIST, FILES, Writer
from pivotal_server.backups.files import listed
from pivotal_server.backups.models import BackupError, Files, Manifest, TableContent
from pivotal_server.backups.reading import Reader, check_members
from pivotal_server.backups.restoring import require_known
from pivotal_server.backups.tables import made
from pivotal_server.cli.problems import explain
from pivotal_server.cli.progress import Bars
from pivotal_server.core.databases import connection_to
from pivotal_server.core.migrations import check_schema, known_migrations, migrate
from tests.backups.dump import dump, files_in, names_in, tables_in
from tests.backups.steps import bring_back, take
from tests.comments.support import upload
from tests.harness import Databases
from tests.support import create_customer, create_onboarding, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
async def story(api: httpx.AsyncClient, connection: "Connection") -> None:
    """Something to lose: a customer, whose name is hard to write down, an onboarding and a file."""
    customer = await create_customer(api, name='Åurora\t"\\N" 日本\n\\.', slug="aurora", metadata={"a": [1, None]})
    await create_onboarding(api, customer["id"])
    await upload(api, b"\x00\xff" * 5000)
    await eventually(lambda: connection.fetchval("SELECT count(*) = 3 FROM request_log"))


@pytest.fixture
async def other_dsn(databases: Databases) -> AsyncIterator[str]:
    async with databases.database() as name:
        yield databases.dsn_of(name)


@pytest.mark.usefixtures("story")
async def test_a_backup_comes_back_as_it_was(dsn: str, data: Path, other_dsn: str, tmp_path: Path) -> None:
    file, new = tmp_path / "first.pivotal", tmp_path / "new"
    manifest = await take(dsn, data, file)
    assert names_in(tmp_path) == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600

    await bring_back(file, other_dsn, new)
    assert await dump(other_dsn) == await dump(dsn)
    assert len(files_in(new)) == manifest.files.count == 1
    assert files_in(new).items() <= files_in(data).items()
    with zipfile.ZipFile(file) as readable:  # by any program
        assert readable.testzip() is None
        assert json.loads(readable.read("manifest.json"))["workspaces"] == 2

    with pytest.raises(BackupError, match="exists already"):
        await take(dsn, data, file)
    await take(other_dsn, new, file, overwrite=True)
    await bring_back(file, other_dsn, new)
    assert await dump(other_dsn) == await dump(dsn)
    assert len(files_in(new)) == 1


@pytest.mark.usefixtures("story")
async def test_a_cut_or_changed_byte_is_refused(dsn: str, data: Path, tmp_path: Path) -> None:
    file, worse = tmp_path / "first.pivotal", tmp_path / "worse.pivotal"
    await take(dsn, data, file)
    whole = file.read_bytes()
    changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), len(whole) // 200)]
    for content in (whole[:-1], whole[: len(whole) // 2], b"", whole + b"\n", *changed):
        worse.write_bytes(content)
        with pytest.raises(BackupError, match="is damaged, cut short, or no backup"):
            Reader(worse, Bars())


@pytest.mark.usefixtures("story")
async def test_what_a_backup_lacks_of_its_manifest_is_refused_and_nothing_has_changed(
    dsn: str, data: Path, databases: Databases, template: tuple[str, object], tmp_path: Path
) -> None:
    file, lying, new = tmp_path / "first.pivotal", tmp_path / "lying.pivotal", tmp_path / "new"
    manifest = await take(dsn, data, file)
    rows = manifest.tables["customers"].model_copy(update={"rows": 7})
    with Reader(file, Bars()) as honest, Writer(lying, overwrite=False) as writer:
        for name in ("files", "files.jsonl", *(f"tables/{table}" for table in manifest.tables)):
            with writer.member(name) as member, honest.open(name) as content:
                await member.write(content.read())
        writer.finish(manifest.model_copy(update={"tables": manifest.tables | {"customers": rows}}))
    told = "Table customers has 1 rows and not 7 as told"
    with Reader(lying, Bars()) as reader, pytest.raises(BackupError, match=told):
        await check_members(reader, Bars())
    async with databases.database(template[0]) as name:
        there = databases.dsn_of(name)
        before = await dump(there)
        with pytest.raises(BackupError, match="Table customers has got 1 rows and not 7"):
            await bring_back(lying, there, new)
        assert await dump(there) == before
        assert files_in(new) == {}


def made_up(**parts: Any) -> Manifest:  # noqa: ANN401 - of a manifest
    files = Files(count=1, size=1, missing=0, sha256="", list_sha256="")
    known = {migration.version: migration.checksum for migration in known_migrations()}
    told = {"tables": {}, "sequences": {}, "files": files, "migrations": known, **parts}
    return Manifest(format=1, product="Pivotal", taken_at="", workspaces=0, **told)


async def test_a_backup_that_somebody_made_up_reaches_nothing_but_what_is_pivotals(tmp_path: Path) -> None:
    require_known(made_up())
    with pytest.raises(BackupError, match="a table that Pivotal has not: of_somebody_else"):
        require_known(made_up(tables={"of_somebody_else": TableContent(columns=["id"], rows=0, sha256="")}))
    lines = (
        b'{"key":"../../passwd","size":1,"sha256":""}\n',
        b'{"key":"files/a","size":-1,"sha256":""}\n',
        b'{"key":"' + b"a" * 100_000 + b'","size":1,"sha256":""}\n',
    )
    for number, line in enumerate(lines):
        file = tmp_path / str(number)
        with Writer(file, overwrite=False) as writer:
            with writer.member(FILE_LIST) as member:
                await member.write(line)
            writer.finish(made_up())
        with Reader(file, Bars()) as reader, pytest.raises(BackupError, match="list of files in the backup"):
            list(listed(reader))


async def test_a_zip_that_somebody_mended_by_hand_is_read_or_refused_in_words(tmp_path: Path) -> None:
    whole, worse = tmp_path / "whole", tmp_path / "worse"
    with Writer(whole, overwrite=False) as writer:
        for name in (FILES, FILE_LIST, "tables/customers"):
            with writer.member(name) as member:
                await member.write(b"some text " * 50)
        writer.finish(made_up(tables={"customers": TableContent(columns=["id"], rows=0, sha256="")}))
    content = whole.read_bytes()[:-64]
    entry = content.rindex(b"tables/customers") - 46  # of the list that a ZIP ends with
    for place, value, words in (
        (entry + 10, 97, "customers in .* cannot be read .*compression"),
        (entry + 8, 1, "customers in .* cannot be read .*encrypted"),
    ):
        _reseal(worse, content, place, value)
        with Reader(worse, Bars()) as reader, pytest.raises(BackupError, match=words):
            await check_members(reader, Bars())
    for place in range(0, len(content), len(content) // 300):
        _reseal(worse, content, place, content[place] ^ 0xFF)
        with contextlib.suppress(BackupError), Reader(worse, Bars()) as reader:
            list(listed(reader))
        with contextlib.suppress(BackupError), Reader(worse, Bars()) as reader:
            await check_members(reader, Bars())


def _reseal(file: Path, content: bytes, place: int, value: int) -> None:
    """Write a backup with another byte in one place, under a seal that fits."""
    changed = content[:place] + bytes([value]) + content[place + 1 :]
    file.write_bytes(changed + hashlib.sha256(changed).hexdigest().encode())


async def test_a_database_that_somebody_works_on_is_left_alone(dsn: str, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "first.pivotal"
    await take(dsn, data, file)
    before = await dump(dsn)
    async with connection_to(dsn):
        with pytest.raises(BackupError, match="Pivotal is running on the database"):
            await bring_back(file, dsn, data)
    somebody = await asyncpg.connect(dsn)
    async with somebody.transaction():
        await somebody.execute("LOCK TABLE workspaces IN ROW EXCLUSIVE MODE")
        with pytest.raises(BackupError, match="Somebody else works on the database"):
            await bring_back(file, dsn, data)
    await somebody.close()
    assert await dump(dsn) == before


async def test_a_backup_of_an_older_version_is_migrated_and_one_of_a_newer_refused(
    empty_dsn: str, other_dsn: str, data: Path, tmp_path: Path
) -> None:
    older, newer, newest = (tmp_path / name for name in ("older", "newer", "newest"))
    last = known_migrations()[-1].version
    async with connection_to(empty_dsn) as connection:
        await migrate(connection, up_to=last - 1)
        await connection.execute("CREATE TABLE of_somebody_else (id integer)")
        manifest = await take(empty_dsn, data, older)
        assert max(manifest.migrations) == last - 1
        await connection.execute("INSERT INTO schema_migrations VALUES ($1, 'later', 'x')", last + 1)
        await take(empty_dsn, data, newer)

    await bring_back(older, other_dsn, tmp_path / "new")
    async with connection_to(other_dsn) as connection:
        await check_schema(connection)
        assert "of_somebody_else" not in await tables_in(other_dsn)
    with Reader(newer, Bars()) as reader, pytest.raises(BackupError, match="whose database this version does not know"):
        require_known(reader.manifest)
    changed = manifest.model_copy(update={"migrations": manifest.migrations | {1: "another text"}})
    with pytest.raises(BackupError, match="whose migration 0001 had another text"):
        require_known(changed)
    with Writer(newest, overwrite=False) as writer:
        writer.finish(manifest.model_copy(update={"format": 2}))
    with pytest.raises(BackupError, match="in a format that this version does not know"):
        Reader(newest, Bars())


async def test_a_file_that_the_storage_lost_is_counted_and_one_that_was_cut_is_told(
    api: httpx.AsyncClient, dsn: str, data: Path, tmp_path: Path
) -> None:
    lost_id, cut_id = (await upload(api, bytes(1000)))["id"], (await upload(api, bytes(1000)))["id"]
    next((data / "files").rglob(lost_id)).unlink()
    manifest = await take(dsn, data, tmp_path / "first.pivotal")
    assert (manifest.files.count, manifest.files.missing) == (1, 1)
    next((data / "files").rglob(cut_id)).write_bytes(b"half")
    with pytest.raises(BackupError, match="has 4 bytes and not 1000"):
        await take(dsn, data, tmp_path / "second.pivotal")
    assert names_in(tmp_path) == ["first.pivotal"]


def test_a_bucket_that_does_not_answer_is_told_in_one_line() -> None:
    told = explain(GenericError("Generic S3 error: no answer\n\nDebug source: much more"))
    assert told == "The storage of files cannot be used: Generic S3 error: no answer See PIVOTAL_STORAGE."


async def test_migrations_make_what_a_restored_backup_replaces(dsn: str) -> None:
    assert await tables_in(dsn) == set(made("TABLE"))
