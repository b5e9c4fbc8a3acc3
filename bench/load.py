"""The load: wrk against the running server, over every workspace's key and random customers of it."""

from __future__ import annotations

import json
import secrets
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.data import Tenant

CONNECTIONS = 32
THREADS = 2
_MARK = "BENCH "

Kind = Literal["read", "list", "create", "mixed"]

# Requests are put together from ready pieces: what the generator spends on a request, the server cannot have.
_LUA = r"""
local keys = { %(keys)s }
local customers, token, seed, pause = %(customers)d, "%(token)s", %(seed)d, %(pause)d
local threads = 0
local number = 0
local heads = {}
local random, format = math.random, string.format

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

function init(args)
  math.randomseed(seed + id)
  for place, key in ipairs(keys) do
    heads[place] = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. key .. "\r\n"
  end
end

local function head()
  return heads[random(#heads)]
end

local function read()
  return "GET /api/v1/customers/" .. format("c%%024d", random(customers)) .. head() .. "\r\n"
end

local function list()
  return "GET /api/v1/customers?limit=100" .. head() .. "\r\n"
end

local function create()
  number = number + 1
  local unique = format("%%s%%02d%%08d", token, id, number)
  return "POST /api/v1/customers" .. head()
    .. "Content-Type: application/json\r\nIdempotency-Key: bench-" .. unique .. "\r\nContent-Length: %(length)d\r\n\r\n"
    .. '{"name":"Aurora Outfitters","slug":"aurora-' .. unique .. '","domain":"aurora-' .. unique
    .. '.example","status":"onboarding"}'
end

local function mixed()
  local draw = random(10)
  if draw == 1 then return create() elseif draw < 4 then return list() else return read() end
end

request = %(kind)s
if pause > 0 then
  delay = function() return pause end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(format(
    '%(mark)s{"requests": %%d, "seconds": %%.6f, "p50_ms": %%.3f, "p99_ms": %%.3f, "refused": %%d, "broken": %%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
"""
_TOKEN_LENGTH = 12
_UNIQUE_LENGTH = _TOKEN_LENGTH + 2 + 8
_BODY_LENGTH = len(
    '{"name":"Aurora Outfitters","slug":"aurora-","domain":"aurora-.example","status":"onboarding"}'
) + 2 * _UNIQUE_LENGTH  # fmt: skip


class LoadError(Exception):
    """wrk failed; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk saw.

    Attributes:
        requests: answers received.
        seconds: in which they came.
        p50_ms: median latency in milliseconds, as wrk reports it.
        p99_ms: 99th percentile.
        errors: answers beyond 399, and requests without an answer.
    """

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def rps(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def run_wrk(
    port: int, kind: Kind, tenants: Sequence[Tenant], *, seconds: int, connections: int = CONNECTIONS, pause_ms: int = 0
) -> Load:
    """Load the server and return what came of it.

    Args:
        port: of the server, on 127.0.0.1.
        kind: which requests.
        tenants: whose keys to use, one drawn for each request.
        seconds: for how long.
        connections: how many requests are under way at a time.
        pause_ms: how long each connection waits before its next request, for a load that is not the highest.

    Raises:
        LoadError: wrk failed.
    """
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "load.lua"
        script.write_text(lua(kind, tenants, pause_ms), encoding="utf-8")
        finished = subprocess.run(
            ["wrk", f"-t{min(THREADS, connections)}", f"-c{connections}", f"-d{seconds}s", "-s", script,
             f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, check=False, timeout=seconds + 60,
        )  # fmt: skip
    if finished.returncode != 0:
        raise LoadError(f"wrk failed ({finished.returncode}): {finished.stderr or finished.stdout}")
    return parse_wrk(finished.stdout)


def lua(kind: Kind, tenants: Sequence[Tenant], pause_ms: int = 0) -> str:
    """Return the script that makes wrk's requests; every script of a create makes other customers."""
    return _LUA % {
        "keys": ", ".join(f'"{tenant.key}"' for tenant in tenants),
        "customers": min(tenant.customers for tenant in tenants),
        "token": secrets.token_hex(_TOKEN_LENGTH // 2),
        "seed": secrets.randbelow(10**6),
        "pause": pause_ms,
        "kind": kind,
        "length": _BODY_LENGTH,
        "mark": _MARK,
    }


def parse_wrk(output: str) -> Load:
    """Return the figures that our script prints at the end of wrk's report.

    Raises:
        LoadError: there are none, as after an error in the script.
    """
    for line in output.splitlines():
        if line.startswith(_MARK):
            found = json.loads(line.removeprefix(_MARK))
            errors = found.pop("refused") + found.pop("broken")
            return Load(**found, errors=errors)
    raise LoadError(f"not a report of our script: {output}")
