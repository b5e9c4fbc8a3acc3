"""Assets: built, small enough, served to be kept for good, and part of every wheel."""

import gzip
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from pivotal_server.app import doc_library
from pivotal_server.cli.problems import explain
from pivotal_server.core.settings import Settings
from pivotal_server.web.assets import ASSETS, Assets, AssetsError

ROOT = Path(__file__).parents[2]
NAMES: dict[str, str] = json.loads((ASSETS / "manifest.json").read_text())
SCRIPTS = sorted(ASSETS.glob("*.js"))
MAX_SCRIPT_BYTES = 150 * 1024


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Asks for assets alone."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Assets.load()), base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("app.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("docs.js", "text/javascript; charset=utf-8"),
        ("theme.js", "text/javascript; charset=utf-8"),
        ("icons.svg", "image/svg+xml"),
        ("favicon.svg", "image/svg+xml"),
        ("licenses.txt", "text/plain; charset=utf-8"),
        ("inter-latin-wght-normal.woff2", "font/woff2"),
    ],
)
async def test_an_asset_is_kept_for_good_and_is_what_it_says(
    browser: httpx.AsyncClient, name: str, content_type: str
) -> None:
    response = await browser.get(Assets.load().url(name), headers={"accept-encoding": "identity"})
    assert response.status_code == 200
    assert response.content == (ASSETS / NAMES[name]).read_bytes()
    assert response.headers["content-type"] == content_type
    assert response.headers["content-length"] == str(len(response.content))
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("br;q=0.0, gzip; q=0", None),
        ("zstd", None),
        ("", None),
    ],
)
async def test_text_is_compressed_as_the_browser_accepts(
    browser: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    request = browser.build_request("GET", Assets.load().url("app.css"), headers={"accept-encoding": accepted})
    response = await browser.send(request, stream=True)
    raw = b"".join([piece async for piece in response.aiter_raw()])
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "accept-encoding"
    plain = (ASSETS / NAMES["app.css"]).read_bytes()
    if encoding is None:
        assert raw == plain
    else:
        assert len(raw) < len(plain) / 3
    if encoding == "gzip":
        assert gzip.decompress(raw) == plain


async def test_a_font_is_compressed_by_nature(browser: httpx.AsyncClient) -> None:
    response = await browser.get(Assets.load().url("inter-latin-wght-normal.woff2"), headers={"accept-encoding": "br"})
    assert "content-encoding" not in response.headers


async def test_head_tells_the_same_without_the_file(browser: httpx.AsyncClient) -> None:
    path = Assets.load().url("app.js")
    head = await browser.head(path, headers={"accept-encoding": "gzip"})
    got = await browser.get(path, headers={"accept-encoding": "gzip"})
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == got.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/",
        "/assets/app.css",
        "/assets/manifest.json",
        f"/assets/{NAMES['app.js']}.gz",
        "/assets/..%2fassets.py",
        "/assets/%2e%2e/assets.py",
        "/assets//etc/passwd",
        "/assets/%00",
    ],
)
async def test_there_is_nothing_else(browser: httpx.AsyncClient, path: str) -> None:
    response = await browser.get(path)
    assert response.status_code == 404
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_an_asset_takes_nothing(browser: httpx.AsyncClient) -> None:
    response = await browser.post(Assets.load().url("app.js"))
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


async def test_the_app_serves_them_to_anybody(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get(f"http://testserver{Assets.load().url('app.css')}")
    assert response.status_code == 200


def test_without_a_build_the_server_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsError, match="make assets") as raised:
        Assets.load(tmp_path)
    assert explain(raised.value) == str(raised.value)


def test_all_scripts_together_are_small() -> None:
    assert sum(len(gzip.compress(script.read_bytes(), 9)) for script in SCRIPTS) <= MAX_SCRIPT_BYTES


def test_no_style_or_script_loads_anything_from_elsewhere() -> None:
    for file in [*ASSETS.glob("*.css"), ASSETS / NAMES["icons.svg"]]:
        addresses = re.findall(r"url\(([^)]*)\)|\bhttps?://[^\s\"')]+", file.read_text())
        assert not [address for address in addresses if address and not address.strip("\"'").startswith("./")], file


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (ASSETS / NAMES["icons.svg"]).read_text()))
    named = {
        name
        for template in (ROOT / "src" / "pivotal_server").rglob("*.html")
        for name in re.findall(r'(?:icon_button|ui\.icon|\bicon=|ui\.empty)\(?\s*"([a-z0-9-]+)"', template.read_text())
    }
    assert "plus" in named
    assert named <= known


def test_a_wheel_carries_the_assets_the_sdks_and_the_documentation(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = [name.removeprefix("pivotal_server/") for name in opened.namelist()]
        opened.extractall(tmp_path, [name for name in opened.namelist() if "/site/" in name])
    for directory in ("web/assets", "site/packages"):
        packed = {Path(name).name for name in names if name.startswith(f"{directory}/")}
        assert packed == {file.name for file in (ROOT / "src" / "pivotal_server" / directory).iterdir()}
    folder = tmp_path / "pivotal_server" / "site" / "docs"
    assert doc_library(Settings(), folder).documents == doc_library(Settings()).documents
