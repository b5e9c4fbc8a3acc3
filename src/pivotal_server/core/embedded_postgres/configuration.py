"""The settings that the server runs with."""

import os
from collections.abc import Mapping
from pathlib import Path

# For one machine that also runs the web server and the worker: many short transactions, few long queries.
DEFAULTS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    # Huge pages have to be reserved by an administrator, and the attempt costs time at every start.
    "huge_pages": "off",
    # Compiling a query takes longer than running those that we have.
    "jit": "off",
    # A second core for one query is a core less for requests; containers also give parallel queries little /dev/shm.
    "max_parallel_workers_per_gather": "0",
    "random_page_cost": "1.1",
    # What was answered is on disk.
    "fsync": "on",
    "synchronous_commit": "on",
    # Bounds what has to be replayed after a crash to seconds.
    "max_wal_size": "1GB",
    "checkpoint_timeout": "10min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # A value that is taken is an answer to somebody, not an error of ours: no statement and no value of it is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

# The supervisor finds and guards its server by these.
_OURS = frozenset(
    {
        "cluster_name",
        "config_file",
        "data_directory",
        "external_pid_file",
        "hba_file",
        "ident_file",
        "listen_addresses",
        "logging_collector",
        "port",
        "unix_socket_directories",
        "unix_socket_permissions",
    }
)

PORT = 5432


def merged_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the defaults with ``settings`` on top.

    Raises:
        ValueError: ``settings`` names one that belongs to the supervisor.
    """
    refused = sorted(_OURS & {name.lower() for name in settings})
    if refused:
        raise ValueError(f"the embedded server sets these itself: {', '.join(refused)}")
    return {**DEFAULTS, **settings}


def server_command(
    postgres: Path, cluster: Path, socket_directory: Path, marker: str, settings: Mapping[str, str]
) -> list[str]:
    """Return the command line of the server: no TCP, one socket, recognisable by ``marker`` in the process list."""
    quoted = str(socket_directory).replace('"', '""')
    everything = {
        **settings,
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "cluster_name": marker,
        "logging_collector": "off",
    }
    options = [word for name, value in everything.items() for word in ("-c", f"{name}={value}")]
    return [os.fspath(postgres), "-D", os.fspath(cluster), *options]
