"""``python -m sdk.generator``: write what is generated; with ``--check``, only tell what would change."""

from __future__ import annotations

import argparse
import sys

from pivotal_server.app import openapi_document
from pivotal_server.core.settings import Settings
from sdk.generator import commands, python, typescript
from sdk.generator.outputs import differences, generate, write
from sdk.generator.reader import read

EMITTERS = (commands.EMITTER, python.EMITTER, typescript.EMITTER)


def main() -> None:
    """Do what the command line asks for; exit with status 1 where a check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m sdk.generator", description="Generate the SDKs.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where something would change")
    options = parser.parse_args()
    files, stale = generate(read(openapi_document(Settings())), EMITTERS)
    changed = differences(files, stale)
    if not options.check:
        write(files, stale)
    for path in changed:
        sys.stdout.write(f"{path}\n")
    if options.check and changed:
        sys.exit("These files are not what the API's description makes. Run: make sdk-generate")


if __name__ == "__main__":
    main()
