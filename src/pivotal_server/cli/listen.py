"""``pivotal listen``: events on this machine, as they happen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from click.shell_completion import CompletionItem

from pivotal_server.cli.event_stream import EventStream
from pivotal_server.cli.forwarding import Receiver, kept_secret, read_secret
from pivotal_server.cli.remote import remote_options
from pivotal_server.core.clock import Clock, to_iso
from pivotal_server.webhooks.catalogue import PATTERNS
from pivotal_server.webhooks.signing import secret_text

if TYPE_CHECKING:
    from pivotal_server.cli.forwarding import Answer
    from pivotal_server.cli.remote import Remote

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    url = value if "://" in value else f"http://{value}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter(f"{value!r} is not an address such as http://127.0.0.1:8787/pivotal.")
    return url


def _secret(_: click.Context, __: click.Parameter, value: str | None) -> bytes | None:
    try:
        return None if value is None else read_secret(value)
    except ValueError:
        raise click.BadParameter("A secret is whsec_ and base64, as this command prints it.") from None


def _since(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return a moment, or the id of an event, as the API takes them."""
    if value is None or value.startswith("evt_"):
        return value
    if age := re.fullmatch("([0-9]{1,6})([smhd])", value):
        return to_iso(Clock().now() - timedelta(**{_UNITS[age[2]]: int(age[1])}))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("Give an age such as 10m or 2h, a moment in RFC 3339, or an event's id.") from None
    return to_iso(moment.astimezone(Clock().now().tzinfo))


def complete_events(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the last of the patterns with commas between them."""
    before, comma, last = incomplete.rpartition(",")
    return [CompletionItem(f"{before}{comma}{one}") for one in PATTERNS if one.startswith(last)]


@click.command()
@click.option("--forward-to", "url", callback=_url, metavar="URL", help="Post each event there, signed as a webhook.")
@click.option(
    "--events",
    metavar="A,B",
    shell_complete=complete_events,
    help="Such as customer.*,task.completed; all unless given.",
)
@click.option(
    "--since", callback=_since, metavar="WHEN", help="Begin in the past: an age (10m, 2h, 7d), a moment, or an event."
)
@click.option(
    "--secret", callback=_secret, metavar="WHSEC", help="Sign with this one instead of the one kept on this machine."
)
@click.option("--print-secret", is_flag=True, help="Print the signing secret, alone, and end.")
@click.option("--print-json", is_flag=True, help="Print each event as JSON, a line for each.")
@remote_options
def listen(
    *,
    remote: Remote,
    url: str | None,
    events: str | None,
    since: str | None,
    secret: bytes | None,
    print_secret: bool,
    print_json: bool,
) -> None:
    """Show events as they happen, and forward them to a program on this machine, until Ctrl-C.

    None is missed: not while the connection is broken, nor while the program is not there.
    """
    secret = secret or (kept_secret(remote.base_url) if url or print_secret else None)
    if print_secret and secret:
        click.echo(secret_text(secret))
        return
    say = partial(click.echo, err=print_json)
    stream, taken = EventStream(remote, events, say), 0
    receiver = Receiver(url, secret, say) if url and secret else None
    try:
        stream.begin(since)
        say(f"Listening to {remote.base_url}{f', forwarding to {url}' if url else ''}. Ctrl-C ends it.")
        if secret:
            say(f"Signing secret: {secret_text(secret)}")
        for event, body in stream.events():
            answer = receiver.post(event["id"], body) if receiver else None
            if print_json:
                click.echo(body)
            say(_line(event, answer))
            taken += 1
    except KeyboardInterrupt:
        say(_farewell(stream, taken))


def _line(event: dict[str, Any], answer: Answer | None) -> str:
    """Return an event as a person reads it; Click drops the colours where nobody sees them."""
    line = f"{Clock().now().astimezone():%H:%M:%S}  {event['type']:<26} {event['id']}"
    if not event["livemode"]:
        line += "  test"
    if answer is None:
        return line
    told = str(answer.status) if answer.status is not None else answer.error
    return f"{line}  {click.style(told, fg='green' if answer.is_good else 'red')}  {answer.milliseconds} ms"


def _farewell(stream: EventStream, taken: int) -> str:
    told = f"Ended after {taken} event{'' if taken == 1 else 's'}."
    return f"{told} To go on from here: pivotal listen --since {stream.last}" if stream.last else told
