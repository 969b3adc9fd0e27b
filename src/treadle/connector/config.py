"""What a connector is told: one frozen value, made by a program or read from YAML (`config_file`)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from treadle.connector.backoff import FIRST_S
from treadle.connector.receive.limits import GIB, Limits
from treadle.dicom.config import MappingConfig
from treadle.dicom.optin import OptConfig

OPEN_DEVICE = "any"

_DEVICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class ConfigError(ValueError):
    """The configuration cannot be used; the message names the key and what to write instead."""


@dataclass(frozen=True, kw_only=True)
class DeviceConfig:
    """One sender, and what is made of its series."""

    id: str = OPEN_DEVICE
    ae_title: str = ""
    allow_from: tuple[str, ...] = ()
    series_quiet_s: float = 60.0
    series_max_wait_s: float = 6 * 3600.0
    mapping: MappingConfig = field(default_factory=MappingConfig)
    opt: OptConfig = field(default_factory=OptConfig)

    def __post_init__(self) -> None:
        if not _DEVICE_ID.fullmatch(self.id):
            raise ConfigError(f"devices.id: {self.id!r} may only hold letters, digits, - and _ (up to 64)")
        if len(self.ae_title) > 16:
            raise ConfigError(f"devices.{self.id}.ae_title: at most 16 characters")
        if self.series_quiet_s < 1:
            raise ConfigError(f"devices.{self.id}.push.series_quiet: at least 1s")
        for network in self.allow_from:
            _check_network(self.id, network)


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
    port: int = 11112
    processes: int = max(2, os.cpu_count() or 2)
    limits: Limits = field(default_factory=Limits)
    keep_uploaded_s: float = 24 * 3600.0
    keep_skipped_s: float = 0.0
    heartbeat_s: float = 60.0
    retry_first_s: float = FIRST_S
    defaults: DeviceConfig = field(default_factory=DeviceConfig)
    devices: tuple[DeviceConfig, ...] = ()
    log_level: str = "info"
    metrics: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.ae_title.strip()) <= 16:
            raise ConfigError("listen.ae_title: 1 to 16 characters")
        if not 0 <= self.port < 65536:
            raise ConfigError(f"listen.plain.port: {self.port} is not a port")
        if not self.server_url.startswith(("http://", "https://")):
            raise ConfigError("server.url: must begin with https:// or http://")
        if not self.api_key:
            raise ConfigError("server.api_key: missing; make one with `treadle device add`")
        if self.processes < 1 or self.parallel_uploads < 1:
            raise ConfigError("receivers and server.parallel_uploads: at least 1")
        _check_unique("devices.id", [device.id for device in self.devices])

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
