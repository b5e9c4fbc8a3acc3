"""What the command line says when something that may happen has happened."""

import asyncpg
from pydantic import ValidationError

from pivotal_server.backups.models import BackupError
from pivotal_server.cli.remote import RemoteError
from pivotal_server.core.databases import DatabaseError
from pivotal_server.core.embedded_postgres import EmbeddedPostgresError
from pivotal_server.core.migrations import SchemaError
from pivotal_server.core.ports import PortError
from pivotal_server.core.settings import Settings
from pivotal_server.core.supervision import SupervisionError
from pivotal_server.demo.keys import DemoKeysError
from pivotal_server.doctor import explain_settings
from pivotal_server.identity.api_keys import ApiKeyError
from pivotal_server.identity.people import MembershipError
from pivotal_server.identity.workspaces import WorkspaceError
from pivotal_server.run import DataDirectoryError
from pivotal_server.web.assets import AssetsError

_OWN = (
    ApiKeyError,
    AssetsError,
    BackupError,
    DataDirectoryError,
    DatabaseError,
    DemoKeysError,
    EmbeddedPostgresError,
    MembershipError,
    PortError,
    RemoteError,
    SchemaError,
    SupervisionError,
    WorkspaceError,
)
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
)


def explain(error: Exception) -> str | None:
    """Return what to tell the operator about an expected failure, or None where it is an unexpected one."""
    if isinstance(error, _OWN):
        return str(error)
    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return explain_settings(error)
    return _explain_services(error)


def _explain_services(error: Exception) -> str | None:
    """Return what to tell about the database, or the storage of files."""
    if isinstance(error, asyncpg.LockNotAvailableError):
        return (
            "A table stayed busy, so the migration was given up; nothing of it is applied. Try again at a calmer time."
        )
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return f"The database's user lacks a right: {error}. Give it the right, or use the owner of the database."
    if type(error).__module__.startswith("obstore."):  # loaded only where a bucket is used
        return f"The storage of files cannot be used: {str(error).splitlines()[0].strip()} See PIVOTAL_STORAGE."
    if isinstance(error, _GONE):
        return f"The connection to the database was lost: {error}."
    return None
