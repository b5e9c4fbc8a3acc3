"""Settings: environment variables, read once at start."""

import ssl
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pivotal_server.core.bucket import Bucket, read_bucket
from pivotal_server.core.clamd import Clamd, read_clamd
from pivotal_server.core.mail_server import MailServer, read_address, read_mail_server


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _address(text: str) -> str:
    read_address(text)
    return text


def _name_server(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not colon or (host.count(":") > 0 and not host.endswith("]")):  # no port, with or without the colons of IPv6
        host, port = text, "53"
    if not port.isdecimal() or not 1 <= int(port) <= _MAX_PORT:
        raise ValueError(f"{text} looks like no address:port")
    ip_address(host.removeprefix("[").removesuffix("]"))
    return text


def _authorities(file: Path) -> Path:
    try:
        ssl.create_default_context(cafile=str(file))
    except (OSError, ValueError) as error:  # ssl's own errors are of either kind
        raise ValueError(f"{file} cannot be read as certificates: {error}") from None
    return file


_MAX_PORT = 65_535
# Written as one list with commas; pydantic-settings would read JSON.
_SPLIT = (NoDecode, BeforeValidator(_split))


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
    # A delivery is tried for a day, and needs its event for as long.
    event_days: int = Field(default=30, ge=2, le=3650, description="Days for which events are kept.")
    delivery_days: int = Field(
        default=30, ge=2, le=3650, description="Days for which webhook deliveries and their attempts are kept."
    )
    webhook_concurrency: int = Field(
        default=500, ge=1, le=20_000, description="Webhook requests that a worker has under way at most."
    )
    outbound_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], *_SPLIT] = Field(
        default=(),
        description="Networks that outbound requests may reach although they are not public, and without TLS"
        " (for development: 127.0.0.0/8,::1).",
    )
    outbound_ca: Annotated[FilePath, AfterValidator(_authorities)] | None = Field(
        default=None, description="Certificate authorities (PEM) to trust in outbound requests beside the system's."
    )
    outbound_dns: Annotated[tuple[Annotated[str, AfterValidator(_name_server)], ...], *_SPLIT] = Field(
        default=(), description="Name servers for outbound requests (address or address:port); else the system's."
    )
    smtp_url: Annotated[MailServer | None, NoDecode, BeforeValidator(read_mail_server)] = Field(
        default=None,
        description="Mail server, smtp://user:password@host:port or smtps://…; without it mail is kept as files.",
    )
    mail_from: Annotated[str, AfterValidator(_address)] = Field(
        default="Pivotal <pivotal@localhost>", description="Who the mail comes from."
    )
    storage: Annotated[Bucket | None, NoDecode, BeforeValidator(read_bucket)] = Field(
        default=None,
        description="Where files are kept, s3://bucket/prefix?endpoint=…&region=…; else under the data directory.",
    )
    clamd: Annotated[Clamd | None, NoDecode, BeforeValidator(read_clamd)] = Field(
        default=None, description="ClamAV's daemon, host:port, that looks through files before they are served."
    )
    oidc_issuer: str | None = Field(
        default=None, description="Single sign-on by OpenID Connect: the issuer's address; the next two go with it."
    )
    oidc_client_id: str | None = Field(default=None, description="How the issuer knows this server.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="What this server proves itself with there.")
    metrics_token: SecretStr | None = Field(
        default=None, min_length=16, description="What callers of /metrics must know; without it there are no metrics."
    )
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port at which a worker answers /metrics, where no web server does."
    )

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> Self:
        if len({value is None for value in (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)}) > 1:
            raise ValueError("PIVOTAL_OIDC_ISSUER, PIVOTAL_OIDC_CLIENT_ID and PIVOTAL_OIDC_CLIENT_SECRET go together")
        return self

    @property
    def mail_directory(self) -> Path:
        """Where mail is kept while there is no mail server."""
        return self.data / "mail"

    @cached_property
    def base_url(self) -> str:
        """The server's address without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
