"""Forward SQL migrations, applied in order of their number by ``pivotal_server.core.migrations``."""
