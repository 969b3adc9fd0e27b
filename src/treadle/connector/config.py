"""What a connector is told: one frozen value, made by a program or read from YAML (`config_file`)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from treadle.connector.backoff import FIRST_S
from treadle.connector.deid_config import DeidConfig
from treadle.connector.pull_config import PullConfig
from treadle.connector.receive.limits import GIB, Limits
from treadle.dicom.config import MappingConfig
from treadle.dicom.optin import OptConfig

OPEN_DEVICE = "any"

_DEVICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ConfigError(ValueError):
    """The configuration cannot be used; the message names the key and what to write instead."""


@dataclass(frozen=True, kw_only=True)
class TlsConfig:
    """The port with TLS 1.2 or later: our certificate, and what senders have to show."""

    host: str = "0.0.0.0"  # noqa: S104 - scanners are on other machines
    port: int = 2762
    cert: Path
    key: Path
    ca: Path | None = None
    client_auth: Literal["required", "optional", "none"] = "required"

    def __post_init__(self) -> None:
        if self.ca is None and self.client_auth != "none":
            raise ConfigError(
                "listen.tls.ca: needed to check the certificates of senders; or client_auth: none"
            )


@dataclass(frozen=True, kw_only=True)
class CommitmentConfig:
    """Where a device is told that its instances are safe, and when they count as safe."""

    host: str
    port: int
    ae_title: str | None = None
    tls: bool = False
    commit_when: Literal["uploaded", "spooled"] = "uploaded"
    commit_timeout_s: float = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class DeviceConfig:
    """One scanner or archive, and what is made of its series; without an AE title it is for imports only."""

    id: str = OPEN_DEVICE
    mode: Literal["push", "pull", "both"] = "push"
    ae_title: str = ""
    host: str = ""
    port: int = 104
    allow_from: tuple[str, ...] = ()
    tls_required: bool = False
    series_quiet_s: float = 60.0
    series_max_wait_s: float = 6 * 3600.0
    commitment: CommitmentConfig | None = None
    pull: PullConfig = field(default_factory=PullConfig)
    mapping: MappingConfig = field(default_factory=MappingConfig)
    opt: OptConfig = field(default_factory=OptConfig)
    deid: DeidConfig = field(default_factory=DeidConfig)

    def __post_init__(self) -> None:
        if not _DEVICE_ID.fullmatch(self.id):
            raise ConfigError(f"devices.id: {self.id!r} may only hold letters, digits, - and _ (up to 64)")
        if len(self.ae_title) > 16:
            raise ConfigError(f"devices.{self.id}.ae_title: at most 16 characters")
        if self.series_quiet_s < 1:
            raise ConfigError(f"devices.{self.id}.push.series_quiet: at least 1s")
        if self.is_pulled and not (self.host and self.ae_title):
            raise ConfigError(f"devices.{self.id}: mode {self.mode} needs ae_title, host and port")
        for network in self.allow_from:
            _check_network(self.id, network)

    @property
    def is_pulled(self) -> bool:
        """Whether we ask this device for images."""
        return self.mode != "push"


@dataclass(frozen=True, kw_only=True)
class ConnectorConfig:
    """One connector: where it listens, its spool, its server, its devices (none: all are accepted)."""

    spool: Path
    server_url: str
    api_key: str
    ca_file: Path | None = None
    parallel_uploads: int = 2
    ae_title: str = "TREADLE"
    host: str = "0.0.0.0"  # noqa: S104 - scanners are on other machines
    port: int | None = 11112
    tls: TlsConfig | None = None
    processes: int = max(2, os.cpu_count() or 2)
    limits: Limits = field(default_factory=Limits)
    keep_uploaded_s: float = 24 * 3600.0
    keep_skipped_s: float = 0.0
    keep_reports_s: float = 90 * 24 * 3600.0
    heartbeat_s: float = 60.0
    retry_first_s: float = FIRST_S
    defaults: DeviceConfig = field(default_factory=DeviceConfig)
    devices: tuple[DeviceConfig, ...] = ()
    log_level: str = "info"
    log_file: Path | None = None
    log_json: bool = True
    metrics: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.ae_title.strip()) <= 16:
            raise ConfigError("listen.ae_title: 1 to 16 characters")
        if self.port is not None and not 0 <= self.port < 65536:
            raise ConfigError(f"listen.plain.port: {self.port} is not a port")
        if not self.server_url.startswith(("http://", "https://")):
            raise ConfigError("server.url: must begin with https:// or http://")
        if not self.api_key:
            raise ConfigError("server.api_key: missing; make one with `treadle devices add`")
        if self.processes < 1 or self.parallel_uploads < 1:
            raise ConfigError("receivers and server.parallel_uploads: at least 1")
        _check_unique("devices.id", [device.id for device in self.devices])
        _check_senders(self.devices)
        if self.tls is None and any(device.tls_required for device in self.devices):
            raise ConfigError("listen.tls: missing, but a device has push.tls: required")

    def device(self, device_id: str) -> DeviceConfig:
        """What holds for this device; the defaults for one that is no longer configured."""
        return next((device for device in self.devices if device.id == device_id), self.defaults)


def free_limits(min_free: int = 10 * GIB, max_associations: int = 20) -> Limits:
    """Limits with the two values that sites usually change."""
    return Limits(min_free=min_free, max_associations=max_associations, max_per_peer=max_associations)


def _check_network(device: str, network: str) -> None:
    try:
        ip_network(network)
    except ValueError as error:
        raise ConfigError(f"devices.{device}.allow_from: {error}") from None


def _check_unique(key: str, values: list[str]) -> None:
    doubled = next((value for value in values if values.count(value) > 1), None)
    if doubled is not None:
        raise ConfigError(f"{key}: {doubled!r} is there twice")


def _check_senders(devices: tuple[DeviceConfig, ...]) -> None:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for device in devices:
        if not device.ae_title:
            continue
        who = (device.ae_title, tuple(device.allow_from))
        if who in seen:
            raise ConfigError(
                f"devices.{device.id}.ae_title: {device.ae_title!r} is another device's too;"
                " tell them apart by allow_from"
            )
        seen.add(who)
