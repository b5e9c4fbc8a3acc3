"""``pivotal completion``: what a shell needs to complete this command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_PIVOTAL_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> None:
    """Print a script that completes commands, options and values in a SHELL.

    \b
    bash:  eval "$(pivotal completion bash)" in ~/.bashrc
    zsh:   eval "$(pivotal completion zsh)" in ~/.zshrc, behind compinit
    fish:  pivotal completion fish > ~/.config/fish/completions/pivotal.fish
    """  # noqa: D301 - the backslash is Click's mark for lines that stay
    root = click.get_current_context().find_root().command
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - Click let nothing else through
    click.echo(found(root, {}, "pivotal", _VARIABLE).source())
