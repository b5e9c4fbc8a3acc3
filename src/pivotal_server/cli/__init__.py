"""The ``pivotal`` command. Each subcommand is imported when it is called, because every start waits for the imports."""

import importlib
import sys
from typing import TYPE_CHECKING, Any

import click

from pivotal_server import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# In the order of --help, each with what that says: to import them all for their help would take a second.
_COMMANDS = {
    "run": ("servers:run", "Run everything: database, web server and worker."),
    "serve": ("servers:serve", "Run the web server alone."),
    "worker": ("servers:worker", "Run the worker alone."),
    "migrate": ("setup:migrate", "Bring the database's schema to this version."),
    "backup": ("backup:backup", "Write everything to one file, or check such a file."),
    "restore": ("backup:restore", "Put back what a backup has."),
    "doctor": ("setup:doctor", "Check everything that Pivotal needs."),
    "openapi": ("setup:openapi", "Print the OpenAPI document of the API as JSON."),
    "workspaces": ("workspaces:workspaces", "Make workspaces."),
    "people": ("workspaces:people", "Add people to workspaces; list and get them over the API."),
    "sign-in-link": ("sign_in:sign_in_link", "Print a link that signs a person in."),
    "keys": ("keys:keys", "Make, list and revoke API keys."),
    "import": ("importing:import_rows", "Make customers, contacts or onboardings of a file's rows."),
    "export": ("exporting:export", "Write a list of the API to a file."),
    "completion": ("completion:completion", "Print a script that completes commands in a shell."),
    "listen": ("listen:listen", "Show events as they happen, and forward them to a program on this machine."),
    "trigger": ("trigger:trigger", "Send a made-up event to whoever listens, or to an endpoint."),
    "logs": ("logs:logs", "Follow the requests of API keys as they are answered."),
}

# As a shell reports a command that Ctrl-C has ended.
_INTERRUPTED = 130


def _resources() -> dict[str, list[str]]:
    from pivotal_server.cli.operations import resources  # noqa: PLC0415 - few commands need the table

    return resources()


class _Commands(click.Group):
    """The commands of the table, and those of the API's resources, by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return [*_COMMANDS, *(name for name in _resources() if name not in _COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        found: click.Command | None = None
        if cmd_name in _COMMANDS:
            module, _, name = _COMMANDS[cmd_name][0].partition(":")
            found = getattr(importlib.import_module(f"pivotal_server.cli.{module}"), name)
        if cmd_name in _resources():
            from pivotal_server.cli.resources import ResourceGroup  # noqa: PLC0415 - as all commands

            return ResourceGroup(cmd_name, found if isinstance(found, click.Group) else None)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        """Write the commands, without making any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])
        with formatter.section("Resources of the API"):
            found = {name: methods for name, methods in _resources().items() if name not in _COMMANDS}
            formatter.write_dl([(name, ", ".join(methods)) for name, methods in found.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return what a shell may complete, without making any command."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks

        texts = {name: text for name, (_, text) in _COMMANDS.items()}
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=texts.get(name)) for name in names), *options]

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
