"""Pictures are taken of every page, also of the newest."""

from pathlib import Path

import pytest

from tests.browser import screenshots


def test_every_place_in_a_path_of_a_page_can_be_filled() -> None:
    names = {name for route in screenshots.pages() for name in screenshots.names_of(route)}
    assert names - set(screenshots.REFERENCES) == set()


async def test_a_page_is_pictured_in_each_look(empty_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIVOTAL_DATA", str(tmp_path / "data"))
    into = tmp_path / "pictures"
    assert await screenshots.take(empty_dsn, tmp_path, ["empty"], "/customers/new", into) == []
    pictures = sorted(file.name for file in (into / "empty").iterdir())
    assert pictures == [f"customers_new-{look}.png" for look in ("dark", "light", "phone")]
    assert (into / "index.html").read_text().count("<img") == 3
