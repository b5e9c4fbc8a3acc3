"""The documentation over HTTP: pages, Markdown, lists for agents, the search and packages."""

import gzip
import hashlib
from typing import NoReturn

import httpx
import orjson
import pytest

from pivotal_server.core.settings import Settings
from pivotal_server.site import finding
from pivotal_server.site.agents import SAMPLE_ADDRESS
from pivotal_server.site.answers import Answers
from pivotal_server.site.app import Docs
from pivotal_server.site.contents import ContentsError
from pivotal_server.site.library import Library
from pivotal_server.site.packages import packages_page, read_packages
from pivotal_server.web.security import PAGE_HEADERS
from tests.site.conftest import PACKAGE, Reader

PAGE = "/docs/webhooks/signing"


@pytest.mark.parametrize("path", ["/docs", "/docs/webhooks", PAGE, "/docs/changelog", "/docs/search?q=signature"])
async def test_a_page_is_for_everybody_and_loads_nothing_from_elsewhere(reader: Reader, path: str) -> None:
    response = await reader().get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert {name: response.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
    assert "set-cookie" not in response.headers
    assert " style=" not in response.text
    assert "<style" not in response.text
    assert 'src="http' not in response.text


async def test_the_app_has_it_for_strangers_too(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get(f"http://testserver{PAGE}", headers={"accept": "*/*"})
    assert response.status_code == 200
    assert "<h1>" in response.text
    assert (await anonymous.get("http://testserver/llms.txt")).text.startswith("# Pivotal\n")


async def test_a_page_is_checked_again_but_not_sent_again(reader: Reader) -> None:
    client = reader()
    first = await client.get(PAGE, headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "no-cache"
    plain = await client.get(PAGE, headers={"accept-encoding": "identity"})
    assert plain.text == first.text
    assert plain.headers["etag"] != first.headers["etag"]
    assert plain.headers["content-length"] == str(len(plain.content))
    again = await client.get(
        PAGE, headers={"if-none-match": f'W/"other", {first.headers["etag"]}', "accept-encoding": "gzip"}
    )
    assert (again.status_code, again.content) == (304, b"")
    head = await client.head(PAGE, headers={"accept-encoding": "identity"})
    assert head.content == b""
    assert head.headers["content-length"] == plain.headers["content-length"]


async def test_a_page_is_markdown_as_well(reader: Reader) -> None:
    client = reader()
    page = await client.get(PAGE)
    assert page.headers["link"] == f'<{PAGE}.md>; rel="alternate"; type="text/markdown"'
    markdown = await client.get(f"{PAGE}.md")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert markdown.text.startswith("# ")
    assert f"\nSource: http://docs.test{PAGE}\n" in markdown.text
    assert (await client.get(f"{PAGE}/llms.txt")).text == markdown.text


async def test_agents_get_everything_or_one_section(reader: Reader, library: Library) -> None:
    client = reader()
    everything, section = (await client.get("/llms.txt")).text, (await client.get("/docs/webhooks/llms.txt")).text
    for document in library.documents:
        line = f"]({'http://docs.test'}{document.address}.md)"
        assert line in everything
        assert (line in section) == document.path.startswith("webhooks/")
    assert (await client.get("/docs/webhooks.md")).text == section
    full = (await client.get("/llms-full.txt")).text
    assert full.count("\nSource: http://docs.test/docs/") == len(library.documents)
    of_section = (await client.get("/docs/webhooks/llms-full.txt")).text
    assert of_section in full


@pytest.mark.parametrize(
    ("base", "headers", "settings", "shown"),
    [
        ("http://127.0.0.1:9123", {}, {}, "http://127.0.0.1:9123"),
        ("https://pivotal.example", {}, {}, "https://pivotal.example"),
        ("http://x", {"host": 'x"><script>'}, {}, "http://127.0.0.1:8000"),
        ("http://x", {"host": ""}, {"PORT": 8001}, "http://127.0.0.1:8001"),
        ("http://x", {}, {"public_url": "https://cs.example/"}, "https://cs.example"),
        ("http://x.test", {"x-forwarded-proto": "https"}, {}, "http://x.test"),
        ("http://x.test", {"x-forwarded-proto": "https"}, {"trust_proxy": True}, "https://x.test"),
        ("http://x.test", {"x-forwarded-proto": "gopher"}, {"trust_proxy": True}, "http://x.test"),
    ],
)
async def test_samples_name_the_server_as_it_is_reached(
    reader: Reader, base: str, headers: dict[str, str], settings: dict[str, object], shown: str
) -> None:
    client = reader(base, **settings)
    for path in ("/docs/webhooks/quickstart", "/docs/webhooks/quickstart.md", "/llms-full.txt"):
        text = (await client.get(path, headers=headers)).text
        assert f"{shown}/api/v1/" in text
        assert shown == SAMPLE_ADDRESS or SAMPLE_ADDRESS not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/docs/webhooks/sining", 404),
        ("/docs/nowhere/llms.txt", 404),
        ("/docs/developers/frontend", 404),
        ("/docs/..%2f..%2fetc/passwd", 404),
        ("/docs/%00", 404),
        ("/sdk/other.whl", 404),
        ("/sdk/", 404),
        ("/docs/x%0d%0aset-cookie:%20a=b/", 404),
        ("/docs/%E2%98%83/", 404),
        ("/docs//elsewhere.test/", 404),
        ("/docs/", 308),
        ("/docs/webhooks/", 308),
    ],
)
async def test_what_is_not_there_is_told(reader: Reader, path: str, status: int) -> None:
    response = await reader().get(path)
    assert response.status_code == status
    assert response.headers["cache-control"] == "no-store"
    if status == 308:
        assert response.headers["location"] == path.rstrip("/")
    else:
        assert 'action="/docs/search"' in response.text


async def test_a_page_that_is_not_there_says_which_was_meant(reader: Reader) -> None:
    assert f'href="{PAGE}"' in (await reader().get("/docs/webhooks/sining")).text


async def test_what_cannot_be_made_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> NoReturn:
        raise ContentsError("contents.yml is not there.")

    transport = httpx.ASGITransport(Docs(Settings(), fail))
    async with httpx.AsyncClient(transport=transport, base_url="http://docs.test") as client:
        response = await client.get(PAGE)
    assert response.status_code == 500
    assert response.text == "Something went wrong on our side. The server's log says what.\n"
    assert "contents.yml is not there." in caplog.text


async def test_nothing_is_written_here(reader: Reader) -> None:
    response = await reader().post("/docs")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


async def test_a_package_comes_as_it_is(reader: Reader) -> None:
    response = await reader().get(f"/sdk/{PACKAGE.name}", headers={"accept-encoding": "gzip"})
    assert response.content == PACKAGE.content
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-length"] == str(len(PACKAGE.content))
    assert response.headers["etag"] == f'"{hashlib.sha256(PACKAGE.content).hexdigest()}"'
    assert "content-encoding" not in response.headers


async def test_the_search_brings_the_page_that_is_called_so_first(reader: Reader) -> None:
    client = reader()
    entries = [finding.Entry(*entry) for entry in orjson.loads((await client.get("/docs/search.json")).content)]
    assert finding.find(entries, "retries")[0].address == "/docs/webhooks/retries"
    assert finding.find(entries, "idempotency-key")
    assert finding.find(entries, "nothinglikeit") == finding.find(entries, " ") == []
    page = (await client.get("/docs/search", params={"q": "retries"})).text
    assert 'href="/docs/webhooks/retries"' in page
    nothing = await client.get("/docs/search", params={"q": '<b>"\0nothinglikeit'})
    assert nothing.status_code == 200
    assert "No results" in nothing.text
    assert "<b>" not in nothing.text
    assert (await client.get("/docs/search?q=%ff%fe")).status_code == 200


def test_hits_are_ordered_by_where_their_words_stand() -> None:
    entries = [
        finding.Entry("/docs/a", "Guides", "Customers", "", "They sign nothing."),
        finding.Entry("/docs/b", "Guides", "Signing", "", "Secrets."),
        finding.Entry("/docs/b#how", "Guides", "Signing", "How to sign", "Secrets."),
        finding.Entry("/docs/c", "Guides", "Assigning", "", "Tasks."),
        finding.Entry("/docs/d", "Guides", "Sign", "", ""),
    ]
    found = [entry.address for entry in finding.find(entries, "sign")]
    assert found == ["/docs/d", "/docs/b#how", "/docs/b", "/docs/a"]
    assert [entry.address for entry in finding.find(entries, "SIGN secrets")] == ["/docs/b#how", "/docs/b"]


def test_a_search_of_very_many_words_looks_for_the_first_of_them_once_each() -> None:
    entry = finding.Entry("/docs/a", "Webhooks", "Signing", "", "one two three four five six seven eight nine ten")
    words = entry.text.split()
    assert finding.find([entry], " ".join([*words, *words, "eleven"])) == [entry]
    assert finding.find([entry], " ".join([*words[:9], "eleven"])) == []


async def test_addresses_that_somebody_makes_up_do_not_fill_the_memory(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 30_000
    monkeypatch.setattr("pivotal_server.site.app._MOST_KEPT_BYTES", most)
    docs = Docs(Settings(), lambda: answers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(docs)) as client:
        for number in range(10):
            assert (await client.get(f"http://made-up-{number}.test{PAGE}")).status_code == 200
        kept = sum(len(answer.body) for answer in docs._kept.values())
        assert most / 2 < kept <= most
        assert (PAGE, "http://made-up-9.test") in docs._kept
        again = await client.get(f"http://made-up-0.test{PAGE}")
    assert "made-up-0.test" in again.text
    assert "made-up-9" not in again.text


def test_an_excerpt_shows_what_was_sought() -> None:
    text = "word " * 100 + "signature " + "word " * 100
    piece = finding.excerpt(finding.Entry("/docs/a", "", "", "", text), "signature")
    assert "signature" in piece
    assert piece.startswith("…word")
    assert piece.endswith("word…")
    assert len(piece) < 200
    assert finding.excerpt(finding.Entry("/docs/a", "", "", "", "short"), "nothing") == "short"


async def test_the_index_is_small(reader: Reader) -> None:
    content = (await reader().get("/docs/search.json")).content
    assert len(gzip.compress(content)) < 150 * 1024


async def test_what_is_handed_out_stands_on_a_page(reader: Reader) -> None:
    [page] = packages_page([PACKAGE])
    assert page.address == "/docs/sdks/packages"
    assert page.description == "Every Pivotal server hands out the SDKs that fit it: 1.2.3 for Python."
    assert f"## Python\n\nVersion 1.2.3:\n\n```sh\npip install {SAMPLE_ADDRESS}/sdk/{PACKAGE.name}\n```" in page.body
    for package in read_packages().values():
        assert package.version
        assert f"http://docs.test/sdk/{package.name}" in (await reader().get("/docs/sdks/packages")).text
