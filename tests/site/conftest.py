"""The documentation alone, without the rest of the application: it needs no database."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pivotal_server.app import doc_library
from pivotal_server.core.settings import Settings
from pivotal_server.site.answers import Answers
from pivotal_server.site.app import Docs
from pivotal_server.site.library import Library
from pivotal_server.site.packages import Package
from pivotal_server.web.assets import Assets
from pivotal_server.web.rendering import Renderer

PACKAGE = Package("pivotal-1.2.3-py3-none-any.whl", "application/zip", b"a wheel's bytes")

Reader = Callable[..., httpx.AsyncClient]


@pytest.fixture(scope="session")
def library() -> Library:
    return doc_library(Settings())


@pytest.fixture(scope="session")
def answers(library: Library) -> Answers:
    return Answers(library, Renderer(Assets.load(), (), ()), {PACKAGE.name: PACKAGE})


@pytest.fixture
def reader(answers: Answers) -> Reader:
    """Makes clients that read the documentation at an address: ``reader("http://localhost", PIVOTAL_PUBLIC_URL=…)``."""

    def make(base: str = "http://docs.test", **settings: Any) -> httpx.AsyncClient:  # noqa: ANN401 - the settings'
        docs = Docs(Settings.model_validate(settings), lambda: answers)
        return httpx.AsyncClient(transport=httpx.ASGITransport(docs), base_url=base)

    return make
