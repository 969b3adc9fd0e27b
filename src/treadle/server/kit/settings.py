"""Settings: `TREADLE_*` in the environment, then `<home>/treadle.toml`, then the defaults written here.

Everything works with none set. A key nobody knows is an error that names the nearest valid one. A secret may
also be given by the name of a file that holds it (`TREADLE_DATABASE_URL_FILE`, `database_url_file`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

FILE_NAME = "treadle.toml"
ALL_INTERFACES = "0.0.0.0"  # noqa: S104 - what scanners need; HTTP stays on loopback until told otherwise

_LOOPBACK = {ALL_INTERFACES: "127.0.0.1", "::": "::1"}


class Address(NamedTuple):
    """Where a service listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable(self) -> Address:
        """The address a program on this machine connects to: loopback where "all interfaces" was meant."""
        return Address(_LOOPBACK.get(self.host, self.host), self.port)


def parse_address(value: object) -> Address:
    """HOST:PORT, [IPv6]:PORT or :PORT as an address."""
    if isinstance(value, Address):
        return value
    if not isinstance(value, str):
        raise ValueError("write it as HOST:PORT")  # noqa: TRY004 - pydantic collects ValueError only
    host, colon, port = value.strip().rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{value!r} is not HOST:PORT with a port from 1 to 65535")
    return Address(host.strip("[]") or ALL_INTERFACES, int(port))


AddressSetting = Annotated[
    Address, NoDecode, BeforeValidator(parse_address), PlainSerializer(str, return_type=str)
]


def secret(default: Any = None, *, description: str) -> Any:
    """A field that is never shown and may be read from a file."""
    return Field(default, description=description, repr=False, json_schema_extra={"secret": True})


def default_home() -> Path:
    """`/var/lib/treadle` for root, else `~/.treadle`."""
    if os.geteuid() == 0:
        return Path("/var/lib/treadle")
    return Path.home() / ".treadle"


class ConnectorSettings(BaseModel):
    """The DICOM connector that `treadle up` runs."""

    model_config = ConfigDict(extra="forbid")

    ae_title: str = Field(default="TREADLE", min_length=1, max_length=16, description="Our DICOM AE title.")
    spool: Path | None = Field(
        default=None,
        description="Folder for received instances until the server has them (default: <home>/spool).",
    )
    config: Path | None = Field(
        default=None, description="YAML file with the `defaults` and `devices` of the connector."
    )
    series_quiet: float = Field(
        default=5.0, ge=1.0, description="Seconds without a new instance after which a series is complete."
    )
    series_max_wait: float = Field(
        default=6 * 3600.0,
        gt=0,
        description="Seconds after its first instance when a series is sent in any case.",
    )
    processes: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="Receiver processes (default: one per processor core, at most 4).",
    )
    create_projects: bool = Field(
        default=False,
        description="Create the project a routing string names when the group has no such project.",
    )
    metrics: AddressSetting | None = Field(
        default=None, description="Where it answers Prometheus, HOST:PORT (default: nowhere)."
    )
    server: str | None = Field(default=None, description="Server a connector on its own sends to.")
    device_key: str | None = secret(description="Device key of a connector on its own.")


class UploadSettings(BaseModel):
    """Limits of what comes in."""

    model_config = ConfigDict(extra="forbid")

    max_file_bytes: int = Field(default=5 * 2**40, gt=0, description="Largest single file.")
    signed_urls: bool = Field(
        default=False,
        description="Offer clients upload tickets: bytes go to a URL that needs no credentials.",
    )
    max_json_bytes: int = Field(default=16 * 2**20, gt=0, description="Largest JSON body or metadata part.")
    part_bytes: int = Field(
        default=16 * 2**20, ge=2**16, le=2**30, description="Part size offered to resumable uploads."
    )
    ticket_hours: float = Field(
        default=72.0, gt=0, description="Hours after which an unfinished upload is dropped."
    )
    min_free_bytes: int = Field(
        default=256 * 2**20, ge=0, description="Free disk space below which nothing more is accepted."
    )


class DeidSettings(BaseModel):
    """De-identification by the server, for clients that cannot do it."""

    model_config = ConfigDict(extra="forbid")

    arrival_max_bytes: int = Field(
        default=512 * 2**20, gt=0, le=2**30, description="Largest file that is de-identified on arrival."
    )


class NotebookSettings(BaseModel):
    """Jupyter beside this site."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(
        default=None,
        description="Address of the JupyterHub or JupyterLab that people are sent to (default: none).",
    )
    key_hours: float = Field(
        default=8.0, gt=0, le=24 * 31, description="Hours after which the key made for a notebook ends."
    )

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("notebooks.url must start with https:// or http://")
        return value or None


class AuditSettings(BaseModel):
    """The access log."""

    model_config = ConfigDict(extra="forbid")

    reason_required: bool = Field(
        default=False, description="Refuse deletions that give no reason; clients are told to ask for one."
    )
    seal_seconds: float = Field(
        default=5.0, gt=0, description="Seconds between two sealings of the access log by the worker."
    )


class LoginSettings(BaseModel):
    """How people log in with an account of this site."""

    model_config = ConfigDict(extra="forbid")

    passwords: bool = Field(
        default=True, description="Let people log in by password; switch off when all come through OpenID."
    )
    totp_required: bool = Field(
        default=False, description="Demand a second factor (authenticator app) of every password login."
    )
    tries_per_account: int = Field(
        default=10, ge=1, description="Wrong passwords or codes for one account in 15 minutes."
    )
    tries_per_address: int = Field(
        default=50, ge=1, description="Wrong passwords or codes from one address in 15 minutes."
    )


class OidcSettings(BaseModel):
    """Log in through an OpenID Connect provider."""

    model_config = ConfigDict(extra="forbid")

    issuer: str | None = Field(
        default=None,
        description="Issuer of the OpenID provider, such as https://login.example.org (default: none).",
    )
    client_id: str | None = Field(default=None, description="This site's client id at the provider.")
    client_secret: str | None = secret(description="This site's client secret; none for a public client.")
    label: str = Field(
        default="OpenID", min_length=1, max_length=40, description="Name on the button 'Log in with ...'."
    )
    scopes: str = Field(default="openid email profile", description="Scopes asked of the provider.")
    create_users: bool = Field(
        default=False, description="Make an account for whoever the provider vouches for, without any rights."
    )
    trust_email: bool = Field(
        default=False,
        description="Take e-mail addresses for verified though the provider does not say so.",
    )

    @model_validator(mode="after")
    def _complete(self) -> OidcSettings:
        if self.issuer is not None and not self.issuer.startswith(("https://", "http://")):
            raise ValueError("issuer must start with https:// (or http:// for tests on one machine)")
        if self.issuer is not None and not self.client_id:
            raise ValueError("client_id is needed, too")
        return self


class JobSettings(BaseModel):
    """Runs of gears: the engine of `treadle up`, and how many there may be at once (empty for no limit)."""

    engine: bool = Field(
        default=True, description="Whether `treadle up` runs an engine (gears that are folders)."
    )
    images: bool = Field(
        default=True,
        description="Whether it runs gears that are images too, where podman or docker works.",
    )
    max_running_per_project: int | None = Field(default=None, ge=1, description="In one project.")
    max_running_per_user: int | None = Field(default=None, ge=1, description="Started by one person or rule.")
    max_running_per_gear: int | None = Field(default=None, ge=1, description="Of one gear.")
    max_running_per_engine: int | None = Field(default=None, ge=1, description="On one engine.")
    drone_secret: str | None = secret(
        description="By this secret (24 characters or more) engines and `fw-hpc-client` log in without a key of "
        "their own (default: nobody can)."
    )

    @field_validator("drone_secret")
    @classmethod
    def _long_enough(cls, value: str | None) -> str | None:
        if value is not None and len(value) < 24:
            raise ValueError("drone_secret must have 24 characters or more: whoever guesses it runs all jobs")
        return value


class AlertSettings(BaseModel):
    """Who is told when a device is silent, holds data back or reports errors."""

    model_config = ConfigDict(extra="forbid")

    email_to: str | None = Field(default=None, description="E-mail addresses, separated by commas.")
    email_from: str = Field(default="treadle@localhost", description="Sender of the e-mails.")
    smtp_host: str | None = Field(default=None, description="Mail server (default: no e-mails).")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to the mail server is protected."
    )
    smtp_user: str | None = Field(default=None, description="Account at the mail server, if it wants one.")
    smtp_password: str | None = secret(description="Password at the mail server.")
    webhook_url: str | None = Field(
        default=None, description="Address that gets each notice as a JSON document by POST."
    )
    webhook_secret: str | None = secret(
        description="Key of the HMAC-SHA256 in `X-Treadle-Signature` of these requests."
    )
    check_seconds: float = Field(default=60.0, gt=0, description="Seconds between two looks at the devices.")

    @property
    def recipients(self) -> tuple[str, ...]:
        """The single addresses."""
        return tuple(filter(None, map(str.strip, (self.email_to or "").split(","))))

    @model_validator(mode="after")
    def _sensible(self) -> AlertSettings:
        if self.webhook_url is not None and not self.webhook_url.startswith(("https://", "http://")):
            raise ValueError("webhook_url must start with https:// or http://")
        if self.smtp_host is not None and not self.recipients:
            raise ValueError("email_to is needed, too: nobody would get the e-mails")
        return self


class Settings(BaseSettings):
    """Everything an administrator may set."""

    model_config = SettingsConfigDict(
        env_prefix="TREADLE_", env_nested_delimiter="__", extra="forbid", validate_default=True, frozen=True
    )

    home: Path = Field(default_factory=default_home, description="Folder for everything Treadle keeps.")
    http: AddressSetting = Field(
        default=Address("127.0.0.1", 8080), description="Where the web app and API listen."
    )
    dicom: AddressSetting = Field(
        default=Address(ALL_INTERFACES, 11112), description="Where the connector listens."
    )
    public_url: str | None = Field(
        default=None, description="Address people use, when a proxy stands in front (default: from http)."
    )
    site_name: str = Field(
        default="Treadle", min_length=1, max_length=100, description="Name shown in the web app."
    )

    database_url: str | None = secret(
        description="PostgreSQL 15 or later, postgresql://USER:PASSWORD@HOST/NAME (default: embedded)."
    )
    database_pool: int = Field(default=10, ge=1, le=200, description="Database connections kept per process.")
    postgres_account: str | None = Field(
        default=None, description="Account the embedded PostgreSQL runs as when Treadle is started by root."
    )
    blobs_url: str | None = Field(
        default=None,
        description="file:///DIR, s3://BUCKET/PREFIX, gs://... or az://... (default: <home>/blobs).",
    )

    site_key: str | None = secret(
        description="Key that secrets in the database are sealed with; several, newest first, while it is changed "
        "(default: the file <home>/site.key, made at the first need)."
    )

    worker_tasks: int = Field(default=2, ge=1, le=64, description="Background tasks a worker runs at once.")

    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: readable on a terminal, JSON elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level logged."
    )

    login_hours: float = Field(
        default=12.0, gt=0, description="Hours of inactivity after which a login ends."
    )
    trash_days: float = Field(default=30.0, ge=0, description="Days deleted things can be restored.")
    check_classification: bool = Field(
        default=False, description="Refuse classification words that a file's modality does not have."
    )

    alerts: AlertSettings = Field(
        default_factory=AlertSettings, description="Who is told of troubles with devices."
    )
    audit: AuditSettings = Field(default_factory=AuditSettings, description="The access log.")
    login: LoginSettings = Field(
        default_factory=LoginSettings, description="How people log in with an account of this site."
    )
    oidc: OidcSettings = Field(
        default_factory=OidcSettings, description="Log in through an OpenID Connect provider."
    )
    jobs: JobSettings = Field(default_factory=JobSettings, description="Runs of gears.")
    deid: DeidSettings = Field(default_factory=DeidSettings, description="De-identification on arrival.")
    notebooks: NotebookSettings = Field(
        default_factory=NotebookSettings, description="Jupyter beside this site."
    )
    uploads: UploadSettings = Field(default_factory=UploadSettings, description="Limits of what comes in.")
    connector: ConnectorSettings = Field(
        default_factory=ConnectorSettings, description="The DICOM connector that `treadle up` runs."
    )

    @field_validator("home", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return Path(os.path.abspath(value.expanduser()))  # noqa: PTH100 - keeps symbolic links as written

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("public_url", mode="after")
    @classmethod
    def _no_slash(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the caller passes; `load_settings` has read environment and file by then."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def url(self) -> str:
        """The address people open."""
        return self.public_url or f"http://{self.http.reachable}"

    @property
    def blobs(self) -> str:
        """The URL of the blob store."""
        return self.blobs_url or (self.home / "blobs").as_uri()

    @property
    def spool(self) -> Path:
        """The folder of received instances."""
        return self.connector.spool or self.home / "spool"


def load_settings(
    flags: Mapping[str, object] | None = None, *, environ: Mapping[str, str] | None = None
) -> Settings:
    """The effective settings; `flags` (from the command line) win over environment and file."""
    from treadle.server.kit.settings_sources import read  # noqa: PLC0415 - the sources need this class

    return read(flags or {}, os.environ if environ is None else environ).settings
