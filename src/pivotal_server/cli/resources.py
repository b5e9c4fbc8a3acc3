"""``pivotal customers list`` and the like: a command for every operation of the API, made when somebody calls it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pivotal_server.cli.calls import call, client_of, rows_of
from pivotal_server.cli.operations import operation, resources
from pivotal_server.cli.output import format_of, show_object, show_rows
from pivotal_server.cli.remote import remote_options
from pivotal_server.cli.whole_file import whole_file

if TYPE_CHECKING:
    from pivotal_server.cli.operations import Field, Operation
    from pivotal_server.cli.remote import Remote

_DEFAULT_ROWS = 25
_NULL = "null"


class ResourceGroup(click.Group):
    """The commands of a resource, beside those that work on the database.

    Args:
        name: as it is written in a shell.
        local: other commands of the same name.
    """

    def __init__(self, name: str, local: click.Group | None = None) -> None:
        self._methods = resources()[name]
        self._local = local
        text = f"Calls of the API about {name.replace('-', ' ')}."
        super().__init__(name, help=f"{local.help} {text}" if local else text)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return [*self._methods, *(self._local.list_commands(ctx) if self._local else ())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make a command."""
        if cmd_name in self._methods:
            return _command(operation(self.name or "", cmd_name))
        return self._local.get_command(ctx, cmd_name) if self._local else None


class _Value(click.ParamType[Any]):
    """A value of a field, as it goes into JSON."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self.name = {"string": "text", "texts": "text"}.get(field.kind, field.kind)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return the value; ``null`` clears a field that may be null."""
        kind = self._field.kind
        if not isinstance(value, str) or (value == _NULL and self._field.nullable and kind != "json"):
            return value
        try:
            if kind == "json":
                return json.loads(_content(value))
            if kind in {"integer", "number"}:
                return {"integer": int, "number": float}[kind](value)
        except (ValueError, OSError) as error:
            self.fail(f"{value!r} is no {kind}: {error}", param, ctx)
        if kind == "choice" and value not in self._field.values:
            self.fail(f"{value!r} is none of {', '.join(self._field.values)}.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:  # noqa: ARG002
        """Offer the values that are known."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks

        return [CompletionItem(value) for value in self._field.values if value.startswith(incomplete)]


def _command(found: Operation) -> click.Command:
    params: list[click.Parameter] = [click.Argument([field.name]) for field in found.arguments]
    params += [_option(field) for field in found.options]

    @remote_options
    def run(*, remote: Remote, **values: Any) -> None:  # noqa: ANN401 - of every kind
        _run(found, remote, values)

    params += _own_options(found)
    text = f"{found.summary}.\n\n{found.description}".replace("`", "")
    name = found.method.replace("_", "-")
    return click.command(name, params=params, help=text, short_help=found.summary)(run)


def _option(field: Field) -> click.Option:
    text = field.help.replace("`", "")
    if field.required:
        text = f"{text} Needed.".strip()
    if field.kind == "boolean":
        return click.Option([f"--{field.option}/--no-{field.option}", f"v_{field.name}"], default=None, help=text)
    metavar = field.kind.upper() if field.kind in {"integer", "number", "json"} else "TEXT"
    if field.values and len(", ".join(field.values)) < click.HelpFormatter().width:
        text = f"{text} {'One' if field.kind == 'choice' else 'Such as'}: {', '.join(field.values)}.".strip()
    return click.Option(
        [f"--{field.option}", f"v_{field.name}"],
        type=_Value(field),
        multiple=field.kind == "texts",
        metavar=metavar,
        help=f"{text} Can be given several times.".strip() if field.kind == "texts" else text,
    )


def _own_options(found: Operation) -> list[click.Parameter]:
    own: list[click.Parameter] = []
    if found.pages:
        number = click.IntRange(min=1)
        own += [
            click.Option(["--limit"], type=number, default=_DEFAULT_ROWS, show_default=True, help="Rows at most."),
            click.Option(["--all", "everything"], is_flag=True, help="All rows, however many."),
        ]
    if found.body == "bytes":
        own.append(
            click.Option(["--file"], type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
        )
    if found.body == "json" and "data" not in found.body_fields:
        text = "The body as JSON, @FILE, or - for standard input; options are put over it."
        own.append(click.Option(["--data"], metavar="JSON", help=text))
    if found.writes:
        text = "Two calls with one key are done once; made up unless given."
        own.append(click.Option(["--idempotency-key"], metavar="KEY", help=text))
    if found.answer == "json":
        text = "A table on a terminal, JSON elsewhere."
        own.append(click.Option(["--output"], type=click.Choice(["table", "json", "csv"]), help=text))
    else:
        own.append(click.Option(["-o", "--to"], type=click.Path(dir_okay=False, path_type=Path), help="File to write."))
    return own


def _run(found: Operation, remote: Remote, values: dict[str, Any]) -> None:
    fields = _fields(found, values)
    arguments = [values[field.name] for field in found.arguments]
    with client_of(remote) as client:
        if found.rows:
            form = format_of(values["output"])
            most = values["limit"] if found.pages and not values["everything"] else None
            if most is None:
                show_rows(rows_of(client, found, arguments, None, **fields), form)
                return
            # One more than is shown tells whether there are more.
            rows = list(rows_of(client, found, arguments, most + 1, **fields))
            show_rows(rows[:most], form)
            if len(rows) > most:
                click.echo(f"There are more than these {most}: --limit N or --all shows them.", err=True)
            return
        if found.writes:
            fields["idempotency_key"] = values["idempotency_key"]
        if found.body == "bytes":
            with values["file"].open("rb") as content:
                answer = call(client, found, arguments, content=content, **fields)
        else:
            answer = call(client, found, arguments, **fields)
    if found.answer == "json":
        show_object(json.loads(answer.content), format_of(values["output"]))
    elif values["to"] is None:
        sys.stdout.buffer.write(answer.content)
    else:
        with whole_file(values["to"]) as file:
            file.write(answer.content)


def _fields(found: Operation, values: dict[str, Any]) -> dict[str, Any]:
    """Return query and body: what ``--data`` says, and over it what the options say."""
    fields = _data(found, values.get("data"))
    for field in found.options:
        value = values[f"v_{field.name}"]
        if value is not None and value != ():
            fields[field.name] = None if value == _NULL and field.nullable else value
    if found.body == "bytes":
        fields.setdefault("filename", values["file"].name)
    missing = [field for field in found.options if field.required and field.name not in fields]
    if missing:
        raise click.UsageError(f"Missing option '--{missing[0].option}'.")
    return fields


def _data(found: Operation, text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        data = json.loads(_content(text))
    except (ValueError, OSError) as error:
        raise click.BadParameter(str(error), param_hint="--data") from None
    if not isinstance(data, dict):
        raise click.BadParameter("This is no JSON object.", param_hint="--data")
    unknown = sorted(data.keys() - found.body_fields.keys())
    if unknown:
        raise click.BadParameter(f"There is no field {unknown[0]!r}.", param_hint="--data")
    return data


def _content(text: str) -> str:
    """Return what ``@FILE`` or ``-`` stands for; other text stands for itself."""
    if text == "-":
        return sys.stdin.read()
    return Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
