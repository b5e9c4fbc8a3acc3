"""``pivotal trigger``: a made-up event, for an endpoint or for whoever listens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
from click.shell_completion import CompletionItem

from pivotal_server.cli.remote import RemoteError, remote_options
from pivotal_server.webhooks.catalogue import NAMES

if TYPE_CHECKING:
    import httpx

    from pivotal_server.cli.remote import Remote


def complete_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of an event type."""
    return [CompletionItem(name) for name in NAMES if name.startswith(incomplete)]


@click.command()
@click.argument("event", shell_complete=complete_names)
@click.option("--endpoint", metavar="ID", help="Send it to this webhook endpoint, instead of to whoever listens.")
@click.option(
    "--data",
    "data",
    multiple=True,
    metavar="FIELD=VALUE|@FILE",
    help="A field of data.object, or a file with the object as JSON; otherwise an example. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the server's answer.")
@remote_options
def trigger(*, remote: Remote, event: str, endpoint: str | None, data: tuple[str, ...], as_json: bool) -> None:
    """Send a made-up EVENT, such as customer.created, with livemode false; nothing changes.

    It goes to everybody who listens to the workspace's events now, as with `pivotal listen`.
    """
    path = f"/webhook_endpoints/{quote(endpoint, safe='')}/test" if endpoint else "/events/test"
    with remote.client() as client:
        body: dict[str, Any] = {"type": event}
        if data:
            body["data"] = _data(remote, client, event, data)
        answer = remote.call(client, "POST", path, json=body)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif endpoint:
        click.echo(f"Sent {event} to {endpoint}. What became of it: pivotal deliveries get {answer['id']}")
    elif answer["listeners"]:
        count = answer["listeners"]
        click.echo(f"Sent {event} ({answer['id']}) to {count} listener{'' if count == 1 else 's'}.")
    else:
        raise RemoteError(
            f"Nobody listens for {event} now. Start `pivotal listen` first, or name an endpoint with --endpoint."
        )


def _data(remote: Remote, client: httpx.Client, event: str, given: tuple[str, ...]) -> dict[str, Any]:
    """Return what the event tells: the example of its type, with what was given put over it."""
    example = remote.call(client, "GET", f"/event_types/{quote(event, safe='')}")["example"]["data"]
    told, previous = dict(example["object"]), example["previous_attributes"]
    for one in given:
        name, equals, value = one.partition("=")
        if one.startswith("@"):
            told = _read(one[1:])
        elif equals and name:
            told[name] = _value(value)
        else:
            raise click.BadParameter(f"{one!r} is neither FIELD=VALUE nor @FILE.", param_hint="--data")
    return {"object": told, "previous_attributes": previous}


def _read(path: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path} cannot be read as JSON: {error}", param_hint="--data") from None
    if not isinstance(found, dict):
        raise click.BadParameter(f"{path} holds no JSON object.", param_hint="--data")
    return found


def _value(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value of a field: JSON where it is some, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
