"""The ``pivotal`` command. Each subcommand is imported when it is called, because every start waits for the imports."""

import importlib
import sys
from typing import Any

import click

from pivotal_server import __version__

# In the order of --help.
_COMMANDS = {
    "run": "pivotal_server.cli.servers:run",
    "serve": "pivotal_server.cli.servers:serve",
    "worker": "pivotal_server.cli.servers:worker",
    "migrate": "pivotal_server.cli.setup:migrate",
    "backup": "pivotal_server.cli.backup:backup",
    "restore": "pivotal_server.cli.backup:restore",
    "doctor": "pivotal_server.cli.setup:doctor",
    "openapi": "pivotal_server.cli.setup:openapi",
    "workspaces": "pivotal_server.cli.workspaces:workspaces",
    "people": "pivotal_server.cli.workspaces:people",
    "sign-in-link": "pivotal_server.cli.sign_in:sign_in_link",
    "keys": "pivotal_server.cli.keys:keys",
    "logs": "pivotal_server.cli.logs:logs",
}

# As a shell reports a command that Ctrl-C has ended.
_INTERRUPTED = 130


class _Commands(click.Group):
    """The commands of the table, by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends it without a word, also while its modules are still being imported."""
        try:
            result: object = super().invoke(ctx)
        except KeyboardInterrupt:  # Click would say "Aborted!"
            sys.exit(_INTERRUPTED)
        return result


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pivotal", message="%(prog)s %(version)s")
def pivotal(**_: Any) -> None:  # noqa: ANN401 - no options of its own
    """Pivotal, the self-hosted customer onboarding platform.

    The database is the one of DATABASE_URL; without it, an embedded PostgreSQL under the data directory (PIVOTAL_DATA,
    default .pivotal). Every command works whether Pivotal is running or not; those with --base-url ask a
    running server, here or elsewhere, with an API key.
    """


def main() -> None:
    """Run the command line; expected failures become one line on stderr and exit status 1."""
    try:
        pivotal()
    except KeyboardInterrupt:  # where Click does not see it
        sys.exit(_INTERRUPTED)
    except Exception as error:
        from pivotal_server.cli.problems import explain  # noqa: PLC0415 - imports more than most commands need

        line = explain(error)
        if line is None:
            raise
        click.echo(f"pivotal: {line}", err=True)
        sys.exit(1)
