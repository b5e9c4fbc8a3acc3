"""A server that answers as sdk/behaviour.json says, faults included, and tells what it was asked.

Its base URL for a case is ``{url}/{number of the case}.{any token}``; every token is a run of its own. What a run was
asked is at ``{base URL}/_requests``. ``python -m tests.sdk.faulty`` prints the URL and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pivotal_server.core.errors import type_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[2] / "sdk" / "behaviour.json").read_text())

_DRIP_SECONDS = 0.05


@cache
def example(operation: str) -> dict[str, Any]:
    """What the OpenAPI document shows as the answer of ``get-…``."""
    from pivotal_server.app import openapi_document  # noqa: PLC0415 - only some answers need it
    from pivotal_server.core.settings import Settings  # noqa: PLC0415 - likewise

    paths = openapi_document(Settings())["paths"]
    found = next(node for path in paths.values() for node in path.values() if node["operationId"] == operation)
    shown: dict[str, Any] = found["responses"]["200"]["content"]["application/json"]["example"]
    return shown


class Faulty:
    """The server: what each run was asked, and what is answered."""

    def __init__(self) -> None:
        self.requests: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.scripts = [case["script"] for case in TABLE["faults"]]
        self.url = ""

    def run_of(self, script: list[dict[str, Any]]) -> str:
        """Return the name of a run that is answered by a script of its own."""
        self.scripts.append(script)
        return f"{len(self.scripts) - 1}.own"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection, one after the other."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._answer(reader, writer):
                await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; return whether the connection stays."""
        request = await _read(reader)
        run, _, path = request["url"].removeprefix("/").partition("/")
        if path == "_requests":
            writer.write(_response(200, {}, json.dumps(self.requests[run]).encode()))
            return True
        request["url"] = f"/{path}"
        asked = self.requests[run]
        asked.append(request)
        script = self.scripts[int(run.partition(".")[0])]
        step = script[min(len(asked), len(script)) - 1]
        if "fault" in step:
            await _fail(step["fault"], reader, writer)
            return False
        writer.write(_response(step.get("status", 200), step.get("headers", {}), _body(step, path)))
        return True


async def _read(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, url, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return {"method": method, "url": url, "headers": headers, "body": body.decode("latin-1"), "at": time.monotonic()}


def _response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    told = {
        "Content-Type": "application/json",
        "X-Request-Id": "req_faulty",
        "Access-Control-Allow-Origin": "*",
        **headers,
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + body


def _body(step: dict[str, Any], path: str) -> bytes:
    if "text" in step:
        return str(step["text"]).encode()
    if "error" in step:
        code = step["error"]
        error = {"type": type_of(step["status"]), "code": code, "message": f"About {code}."}
        return json.dumps({"error": error | ({"field": step["field"]} if "field" in step else {})}).encode()
    if "rows" in step:
        return json.dumps(_page(step["rows"], dict(parse_qsl(path.partition("?")[2])))).encode()
    told = step["json"] if isinstance(step["json"], dict) else example(f"get-{step['json']}")
    return json.dumps(told | step.get("with", {})).encode()


def _page(rows: int, query: dict[str, str]) -> dict[str, Any]:
    """A page of customers whose ``display_id`` counts up from 1; the cursor is the last one's."""
    first = int(query.get("cursor", "0")) + 1
    last = min(rows, first - 1 + int(query["limit"]))
    data = [example("get-customer") | {"display_id": number} for number in range(first, last + 1)]
    return {"object": "list", "data": data, "has_more": last < rows, "next_cursor": str(last) if last < rows else None}


async def _fail(fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Cut the connection at once or inside of the body, or keep the client waiting for as long as it likes."""
    whole = _response(200, {}, json.dumps(example("get-customer")).encode())
    if fault == "half":
        writer.write(whole[: len(whole) // 2])
        await writer.drain()
    elif fault == "stall":
        await reader.read()  # ends when the client has gone
    elif fault == "drip":
        head, _, body = whole.partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n")
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(_DRIP_SECONDS)


@asynccontextmanager
async def faulty_server() -> AsyncIterator[Faulty]:
    """Run the server on a free port, inside of the running loop."""
    faulty = Faulty()
    example("get-customer")
    server = await asyncio.start_server(faulty.serve, "127.0.0.1", 0)
    faulty.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield faulty
    finally:
        server.close()


async def _main() -> None:
    async with faulty_server() as faulty:
        sys.stdout.write(f"{faulty.url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
