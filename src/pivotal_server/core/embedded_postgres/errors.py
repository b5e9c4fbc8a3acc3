"""What can go wrong with the embedded server. Every message is for the operator and says what to do."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be started or kept running."""


class DataDirectoryInUseError(EmbeddedPostgresError):
    """Another supervisor, or a server that is not ours, works on the data directory."""


class StartCancelledError(EmbeddedPostgresError):
    """``stop()`` was called before the server had started."""
