"""What the receiver processes are told: titles, devices, certificates, folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from treadle.connector.client_tls import client_context
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
    """ConfigError when the files of `listen.tls` or of a device's `pull.tls` cannot be used."""
    if (listen := _tls(config)) is not None:
        with _naming("listen.tls", listen["cert"], listen["key"], listen["ca"]):
            server_context(**listen)
    for device in config.devices:
        if (tls := device.pull.tls) is not None:
            with _naming(f"devices.{device.id}.pull.tls", tls.ca, tls.cert, tls.key):
                client_context(ca=tls.ca, cert=tls.cert, key=tls.key)


@contextmanager
def _naming(section: str, *files: Path | str | None) -> Iterator[None]:
    """A ConfigError names the file that cannot be read; of one that can, the library says what is wrong."""
    try:
        yield
    except OSError as error:
        name = next((f"{file}: " for file in files if file and not os.access(file, os.R_OK)), "")
        raise ConfigError(f"{section}: {name}{error.strerror or error}") from error


def _tls(config: ConnectorConfig) -> dict[str, Any] | None:
    if config.tls is None:
        return None
    return {
        "cert": str(config.tls.cert),
        "key": str(config.tls.key),
        "ca": str(config.tls.ca) if config.tls.ca else None,
        "client_auth": config.tls.client_auth,
    }
