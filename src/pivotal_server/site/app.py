"""The ASGI application of the documentation: keeps what was made, and says what browsers have to know of it."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import Response

from pivotal_server.site.answers import FAILED, FULL, LIST, NOT_ALLOWED, OK, SEARCH, pack
from pivotal_server.site.documents import ROOT
from pivotal_server.site.packages import PREFIX
from pivotal_server.web.assets import accepted_encodings
from pivotal_server.web.security import PAGE_HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from pivotal_server.core.settings import Settings
    from pivotal_server.site.answers import Answer, Answers

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?", re.IGNORECASE)
logger = logging.getLogger(__name__)

_TEXT = "text/plain; charset=utf-8"
_REFUSAL = pack(NOT_ALLOWED, _TEXT, b"This is only read.\n", (("allow", "GET, HEAD"),))
_FAILURE = pack(FAILED, _TEXT, b"Something went wrong on our side. The server's log says what.\n")
# For each process: all pages, as HTML and as Markdown, at an address or two.
_MOST_KEPT = 1024
# Whoever asks names the address: made-up ones may not fill the memory.
_MOST_KEPT_BYTES = 32 * 1024 * 1024


class Docs:
    """Answers below ``/docs`` and ``/sdk/``, and at ``/llms.txt`` and ``/llms-full.txt``.

    Args:
        settings: the operator's; they say at which address people reach the server, if that is known.
        answers: gives what makes answers; asked, away from the loop, when there is a first request.
    """

    def __init__(self, settings: Settings, answers: Callable[[], Answers]) -> None:
        self._settings, self._answers = settings, answers
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._kept_bytes = 0
        # One answer is made at a time, in a thread: what is kept is given to others meanwhile.
        self._making = asyncio.Lock()

    def takes(self, path: str) -> bool:
        """Return whether a path is one of the documentation's."""
        return path == ROOT or path.startswith((f"{ROOT}/", PREFIX)) or path in {f"/{LIST}", f"/{FULL}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = Headers(scope=scope)
        if scope["method"] not in {"GET", "HEAD"}:
            answer = _REFUSAL
        else:
            answer = await self._find(scope["path"], scope["query_string"], self._base(scope, headers))
        response = _respond(answer, headers)
        if scope["method"] == "HEAD":
            response.body = b""  # its length stays, as that of the GET
        await response(scope, receive, send)

    async def _find(self, path: str, query: bytes, base: str) -> Answer:
        known = self._kept.get((path, base))
        if known is not None:
            self._kept.move_to_end((path, base))
            return known
        async with self._making:
            try:
                answer = await asyncio.to_thread(lambda: self._answers().make(path, query, base))
            except Exception:
                logger.exception("The documentation's %r could not be made", path)
                answer = _FAILURE
        if answer.status == OK and path != SEARCH:
            self._keep((path, base), answer)
        return answer

    def _keep(self, place: tuple[str, str], answer: Answer) -> None:
        """Keep an answer, and let go of those that were asked for the longest time ago, where there are too many."""
        before = self._kept.pop(place, None)
        self._kept[place] = answer
        self._kept_bytes += _own_size(answer) - (_own_size(before) if before else 0)
        while len(self._kept) > _MOST_KEPT or self._kept_bytes > _MOST_KEPT_BYTES:
            _, gone = self._kept.popitem(last=False)
            self._kept_bytes -= _own_size(gone)

    def _base(self, scope: Scope, headers: Headers) -> str:
        """Return the address at which whoever asks reaches the server."""
        host = headers.get("host", "")
        if self._settings.public_url or not _HOST.fullmatch(host):
            return self._settings.base_url
        scheme = scope.get("scheme", "http")
        if self._settings.trust_proxy and headers.get("x-forwarded-proto") in {"http", "https"}:
            scheme = headers["x-forwarded-proto"]
        return f"{scheme}://{host}"


def _own_size(answer: Answer) -> int:
    """Return the bytes that an answer takes; a package's are there anyway, and only once."""
    return len(answer.body) if answer.is_packed else 0


def _respond(answer: Answer, asked: Headers) -> Response:
    """Return the response with an answer, in the form that the asking one takes."""
    headers = {**PAGE_HEADERS, **dict(answer.headers), "content-type": answer.content_type, "etag": answer.etag}
    headers["cache-control"] = "no-cache" if answer.status == OK else "no-store"
    body = answer.body
    if answer.is_packed:
        headers["vary"] = "Accept-Encoding"
        if b"gzip" in accepted_encodings(asked.get("accept-encoding", "").encode("latin-1")):
            headers["content-encoding"] = "gzip"
            headers["etag"] = f'{answer.etag[:-1]}-gzip"'
        else:
            body = gzip.decompress(body)
    known = {tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")}
    if answer.status == OK and headers["etag"] in known:
        del headers["content-type"]
        return Response(status_code=304, headers=headers)
    return Response(body, answer.status, headers)
