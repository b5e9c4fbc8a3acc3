"""The statements of each measured request, taken from the product, as pgbench scripts.

A constant's ``$1``, ``$2`` … become pgbench variables inside typed SQL expressions. Texts that the server sends with
every request (an event's payload, the stored answer) are sent by pgbench as well, as variables of the real size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.ids import new_id
from pivotal_server.core.outbox import new_event
from pivotal_server.core.pagination import END_OF_TIME
from pivotal_server.customers.actions import CREATE
from pivotal_server.customers.models import CustomerRow
from pivotal_server.customers.queries import BY_REFERENCE, LIST
from pivotal_server.customers.schemas import present
from pivotal_server.identity.gate import GATE
from pivotal_server.rest.idempotency import LOCK_AND_FIND
from pivotal_server.timeline.change import WRITE_RECORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.data import Tenant

_PARAMETER = re.compile(r"\$(\d+)")
# The gate counts requests by half second.
_BUCKET_SECONDS = 0.5
# What pgbench would take for one of its own variables, such as the end of an array slice [1:n].
_STRAY_VARIABLE = re.compile(r"(?<!:):[A-Za-z_]\w*")
# What each transaction begins with: it learns the time, which pgbench cannot tell, from the transactions that its
# client has run.
_COUNT = (
    r"\set i :i + 1",
    rf"\set bucket :first_bucket + :i * :clients * {round(1 / _BUCKET_SECONDS)} / :a_second",
)
# Texts cannot be drawn in a script, and drawing them inside the statements would cost more than a parameter: every so
# many transactions a statement draws the workspace of the next ones.
_DRAW = r"""\if :i %% 20 = 1
\set w random(1, :workspaces)
SELECT (CAST('{%s}' AS text[]))[CAST(:w AS integer)] AS workspace,
    (CAST('{%s}' AS text[]))[CAST(:w AS integer)] AS public_id \gset
\endif"""
_WORKSPACE = "CAST(:workspace AS text)"
_NAME = "Aurora Outfitters"
_SAMPLE: dict[str, Any] = {
    **dict.fromkeys(CustomerRow._fields),
    "display_id": 2001, "name": _NAME, "slug": f"aurora-{0:020d}", "domain": f"aurora-{0:020d}.example",
    "status": "onboarding", "tags": [], "custom_fields": "{}", "metadata": "{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """A pgbench script and what it needs.

    Attributes:
        text: the script.
        variables: what to define on pgbench's command line.
        work: rows touched by one transaction, by counter of ``pg_stat_user_tables``: proof that it does its work.
    """

    text: str
    variables: Mapping[str, str]
    work: Mapping[str, int]


def read_script(tenants: Sequence[Tenant], tps: float) -> Script:
    """Return the statements of a read by id.

    Args:
        tenants: whose keys and customers to use.
        tps: transactions a second to expect; the rate windows move on by it as they do under the server.
    """
    by_id = BY_REFERENCE.format(column="id")
    text = _script(
        tenants,
        [r"\set c random(1, :customers)"],
        [_gate(), bind(by_id, _WORKSPACE, "('c' || lpad(CAST(:c AS text), 24, '0'))")],
    )
    return Script(text, _variables(tenants, tps), {"rate_windows.n_tup_upd": 1, "customers.idx_tup_fetch": 1})


def list_script(tenants: Sequence[Tenant], tps: float) -> Script:
    """Return the statements of a list of 100; the 101st row is how the server knows that more follow."""
    first_page = LIST.format(filters="c.archived_at IS NULL")
    parameters = (_WORKSPACE, "CAST(:before AS timestamptz)", "CAST(:limit AS bigint)")
    text = _script(tenants, [], [_gate(), bind(first_page, *parameters)])
    page = {"before": END_OF_TIME.isoformat(), "limit": "101"}
    work = {"rate_windows.n_tup_upd": 1, "customers.idx_tup_fetch": 101}
    return Script(text, {**_variables(tenants, tps), **page}, work)


def create_script(tenants: Sequence[Tenant], tps: float) -> Script:
    """Return the statements of a create with an idempotency key, in its transaction.

    ``:now`` is a microsecond that no other transaction of the run has, and numbers everything that has to be unique.
    """
    text = _script(
        tenants,
        [r"\set now :start + :i * :clients + :client_id", r"\set lock random(1, 9223372036854775806)"],
        [_gate(), "BEGIN", _lock_and_find(), _create(), _write_records(), "COMMIT"],
    )
    work = {
        "rate_windows.n_tup_upd": 1, "counters.n_tup_upd": 1, "customers.n_tup_ins": 1, "activity.n_tup_ins": 1,
        "events.n_tup_ins": 1, "idempotency_records.n_tup_ins": 1,
    }  # fmt: skip
    return Script(text, {**_variables(tenants, tps), **_create_variables()}, work)


def sample_customer(now: datetime) -> dict[str, Any]:
    """Return a customer such as the load generator makes, as events and answers show it."""
    return present(CustomerRow(**{**_SAMPLE, "id": new_id(), "created_at": now, "updated_at": now}))


def bind(sql: str, *expressions: str) -> str:
    """Return the statement with its parameters replaced by SQL expressions.

    Raises:
        ValueError: the numbers of parameters differ, or pgbench would misread the statement; this module then has to
            follow a change of the product.
    """
    used = {int(number) for number in _PARAMETER.findall(sql)}
    if used != set(range(1, len(expressions) + 1)):
        raise ValueError(f"parameters {sorted(used)} do not match {len(expressions)} expressions in: {sql}")
    if stray := _STRAY_VARIABLE.search(sql):
        raise ValueError(f"pgbench would take {stray.group()} for a variable in: {sql}")
    return _PARAMETER.sub(lambda match: expressions[int(match.group(1)) - 1], sql).strip()


def _script(tenants: Sequence[Tenant], settings: Sequence[str], statements: Sequence[str]) -> str:
    workspaces = ",".join(tenant.workspace_id for tenant in tenants)
    public_ids = ",".join(tenant.credential.public_id for tenant in tenants)
    lines = [*_COUNT, _DRAW % (workspaces, public_ids), *settings, *(f"{statement};" for statement in statements)]
    return "\n".join(lines) + "\n"


def _variables(tenants: Sequence[Tenant], tps: float) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "workspaces": str(len(tenants)),
        "customers": str(tenants[0].customers),
        "i": "0",
        "present": now.isoformat(),
        "first_bucket": str(int(now.timestamp() / _BUCKET_SECONDS)),
        "a_second": str(max(round(tps), 1)),
    }


def _text(variable: str) -> str:
    return f"CAST(:{variable} AS text)"


def _unique(prefix: str, width: int) -> str:
    return f"({prefix} || lpad(CAST(:now AS text), {width}, '0'))"


def _at() -> str:
    return "(timestamptz 'epoch' + CAST(:now AS bigint) * interval '1 microsecond')"


def _array(expression: str, of: str) -> str:
    return f"CAST(ARRAY[{expression}] AS {of}[])"


def _gate() -> str:
    return bind(GATE, _text("public_id"), "CAST(:bucket AS bigint)", "CAST(:present AS timestamptz)")


def _lock_and_find() -> str:
    since = f"({_at()} - interval '24 hours')"
    return bind(
        LOCK_AND_FIND,
        *(_WORKSPACE, _text("method"), _text("path"), _unique("'bench-'", 30), since),
        "CAST(:lock AS bigint)",
    )


def _create() -> str:
    """Return the insert of a customer with the fields that the load generator sends: the others are empty."""
    slug = _unique("'aurora-'", 20)
    sent = [_text("name"), slug, f"({slug} || '.example')", "'onboarding'"]
    plan_to_orders = ["CAST(NULL AS text)", *["CAST(NULL AS bigint)"] * 3]
    external_ids_and_owner = ["CAST(NULL AS text)"] * 6
    objects = ["CAST('{}' AS text[])", "CAST('{}' AS json)", "CAST('{}' AS json)"]
    fields = [*sent, *plan_to_orders, *external_ids_and_owner, *objects]
    return bind(CREATE, _WORKSPACE, _at(), _unique(_text("stem"), 16), *fields)


def _write_records() -> str:
    no_text = "CAST(NULL AS text)"
    id_ = _unique(_text("stem"), 16)
    actor = ["'api_key'", _text("actor"), _text("actor_name"), "true", _unique("'req_'", 24), "'127.0.0.1'"]
    entry = [id_, "'customer.created'", _text("summary"), "'customer'", id_, id_, no_text]
    entries = [_array(value, "text") for value in entry]
    entries.insert(1, _array(_at(), "timestamptz"))
    entries.append(_array("CAST('{}' AS json)", "json"))
    event_id = f"('evt_' || substr({id_}, 2))"
    events = [
        _array(event_id, "text"), _array(_at(), "timestamptz"), _array("'customer.created'", "text"),
        _array(_text("payload"), "text"),
    ]  # fmt: skip
    told = [_array(_at(), "timestamptz"), _array(no_text, "text")]
    answer = [
        _text("method"), _text("path"), _unique("'bench-'", 30), "CAST(:hash AS bytea)", "CAST(201 AS smallint)",
        f"('/api/v1/customers/' || {id_})", "CAST(:body AS bytea)", _at(),
    ]  # fmt: skip
    return bind(WRITE_RECORDS, _WORKSPACE, *actor, *entries, *events, *told, *answer)


def _create_variables() -> dict[str, str]:
    """Return the texts of a create, made by the product's own code so that they have the real sizes."""
    now = datetime.now(UTC)
    shown = sample_customer(now)
    event = new_event(
        "customer.created", f"org_{'0' * 24}", livemode=True, created_at=now, data=shown, previous=None
    )  # fmt: skip
    return {
        # Time first, as in every id, so that the indexes grow where they grow under the server.
        "stem": new_id()[:9],
        "start": str(int(now.timestamp() * 1_000_000)),
        "name": _NAME,
        "method": "POST",
        "path": "/api/v1/customers",
        "actor": new_id(),
        "actor_name": "API: bench",
        "summary": f"Created customer {_NAME}",
        "payload": event.payload,
        "body": orjson.dumps(shown).decode(),
        "hash": "\\x" + "5a" * 32,
    }
