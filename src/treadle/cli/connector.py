"""`treadle connector`: from settings (alone or under `treadle up`) or from a connector's own YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from treadle.cli.client import ClientError
from treadle.connector.config import ConfigError, ConnectorConfig, DeviceConfig, free_limits
from treadle.connector.config_file import read_config, read_devices
from treadle.connector.main import run as run_connector


def run(flags: Mapping[str, object], *, file: Path | None, control_fd: int | None) -> NoReturn:
    """Receive and send on until a signal."""
    try:
        config = read_config(file) if file is not None else _from_settings(flags, control_fd)
    except ConfigError as error:
        raise ClientError(str(error)) from error
    raise SystemExit(run_connector(config))


def _from_settings(flags: Mapping[str, object], control_fd: int | None) -> ConnectorConfig:
    from treadle.server.app.supervise.control import Control
    from treadle.server.kit.settings import load_settings

    settings = load_settings(flags)
    ours = settings.connector
    server, key = ours.server, ours.device_key
    if control_fd is not None:
        orders = Control(control_fd).orders()
        server, key = orders["server"], orders["device_key"]
    if not server or not key:
        raise ClientError(
            "set TREADLE_CONNECTOR__SERVER and TREADLE_CONNECTOR__DEVICE_KEY, or name a file with --config"
        )
    defaults = DeviceConfig(series_quiet_s=ours.series_quiet, series_max_wait_s=ours.series_max_wait)
    devices: tuple[DeviceConfig, ...] = ()
    if ours.config is not None:
        defaults, devices = read_devices(ours.config, series_quiet_s=ours.series_quiet)
    options: dict[str, Any] = {} if ours.processes is None else {"processes": ours.processes}
    return ConnectorConfig(
        spool=settings.spool,
        server_url=server,
        api_key=key,
        ae_title=ours.ae_title,
        host=settings.dicom.host,
        port=settings.dicom.port,
        limits=free_limits(min_free=settings.uploads.min_free_bytes),
        defaults=defaults,
        devices=devices,
        log_level=settings.log_level,
        **options,
    )


def check(file: Path, *, json_lines: bool) -> None:
    """Say what a file means."""
    from treadle.cli.output import show_all

    try:
        config = read_config(file)
    except ConfigError as error:
        raise ClientError(str(error)) from error
    rows = [
        {
            "device": device.id,
            "mode": device.mode,
            "ae_title": device.ae_title,
            "tls": "required" if device.tls_required else "optional",
            "routing": device.mapping.routing.tags,
            "timezone": device.mapping.timezone,
            "opt": device.opt.mode,
        }
        for device in config.devices
    ]
    show_all(
        rows,
        columns=("device", "mode", "ae_title", "tls", "routing", "timezone", "opt"),
        json_lines=json_lines,
    )
