"""Settings: environment variables, read once at start."""

from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set. Every variable has a default that suits one machine.

    Raises:
        pydantic.ValidationError: a variable is set to something that cannot be meant.
    """

    model_config = SettingsConfigDict(env_prefix="PIVOTAL_", frozen=True, extra="ignore")

    database_url: str | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL to use; without it an embedded server runs under the data directory.",
    )
    data: Path = Field(default=Path(".pivotal"), description="Data directory: embedded database, files, logs.")
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, validation_alias="PORT", description="Port of the web server.")
    public_url: str | None = Field(default=None, description="Address at which users reach the server.")
    workers: int = Field(default=0, ge=0, le=256, description="Web server processes; 0 means one per core.")
    database_connections: int = Field(default=4, ge=2, le=200, description="Database connections of each process.")
    trust_proxy: bool = Field(
        default=False, description="Take the client address from X-Forwarded-For (only behind a proxy of yours)."
    )
    request_log_days: int = Field(default=30, ge=1, le=3650, description="Days for which API requests are kept.")
    event_days: int = Field(default=30, ge=1, le=3650, description="Days for which events are kept.")

    @cached_property
    def base_url(self) -> str:
        """The server's address without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
