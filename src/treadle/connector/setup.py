"""What the receiver processes are told: titles, devices, certificates, folders."""

from __future__ import annotations

from typing import Any

from treadle.connector.config import OPEN_DEVICE, ConfigError, ConnectorConfig
from treadle.connector.receive.process import Setup
from treadle.connector.receive.tls import server_context
from treadle.connector.spool.layout import Layout


def receiver_setup(config: ConnectorConfig, layout: Layout) -> Setup:
    """The setup for a configuration; without devices anybody may send."""
    return Setup(
        arriving=str(layout.arriving),
        commitments=str(layout.commitments),
        seats=str(layout.seats),
        lock=str(layout.receivers_lock),
        ae_title=config.ae_title.strip(),
        open_device=None if config.devices else OPEN_DEVICE,
        peers=[
            {
                "device": device.id,
                "ae_title": device.ae_title,
                "allow_from": list(device.allow_from),
                "needs_tls": device.tls_required,
                "commitment": device.commitment is not None,
            }
            for device in config.devices
            if device.ae_title
        ],
        tls=_tls(config),
        limits=config.limits,
    )


def check_tls(config: ConnectorConfig) -> None:
    """ConfigError when the files of `listen.tls` cannot be used."""
    try:
        server_context(**(_tls(config) or {}))
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        raise ConfigError(f"listen.tls: {name}{error.strerror or error}") from error


def _tls(config: ConnectorConfig) -> dict[str, Any] | None:
    if config.tls is None:
        return None
    return {
        "cert": str(config.tls.cert),
        "key": str(config.tls.key),
        "ca": str(config.tls.ca) if config.tls.ca else None,
        "client_auth": config.tls.client_auth,
    }
