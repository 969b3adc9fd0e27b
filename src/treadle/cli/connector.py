"""Running and checking a connector: from settings (alone or under `treadle up`) or from its own YAML file."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from treadle.cli.client import ClientError
from treadle.cli.output import show, show_all
from treadle.connector.config import ConfigError, ConnectorConfig, DeviceConfig, free_limits
from treadle.connector.config_file import read_config, read_devices

_DEVICES = ("device", "mode", "ae_title", "tls", "routing", "timezone", "opt")


@contextmanager
def complaining() -> Iterator[None]:
    """What a connector cannot do becomes one line for people."""
    from treadle.connector.importing import DiskFullError
    from treadle.connector.pull.errors import PullError
    from treadle.connector.spool.lock import CannotStartError

    try:
        yield
    except (ConfigError, CannotStartError, DiskFullError, PullError) as error:
        raise ClientError(str(error)) from error


def find_device(devices: Sequence[DeviceConfig], device_id: str) -> DeviceConfig:
    """The device of that id; ConfigError when there is none."""
    found = next((device for device in devices if device.id == device_id), None)
    if found is None:
        known = ", ".join(device.id for device in devices) or "none"
        raise ConfigError(f"no device {device_id!r} in the configuration; there is: {known}")
    return found


def run(flags: Mapping[str, object], *, file: Path | None, once: bool, control_fd: int | None) -> NoReturn:
    """Receive and send on until a signal, or ask and send once."""
    from treadle.server.kit.loading import loading

    with loading():
        from treadle.connector.main import run as run_connector

    with complaining():
        config = read_config(file) if file is not None else _from_settings(flags, control_fd)
        if once:
            raise SystemExit(_run_once(config))
    raise SystemExit(run_connector(config, reread=(lambda: read_config(file)) if file is not None else None))


def _run_once(config: ConnectorConfig) -> int:
    import signal
    from threading import Event

    from treadle.connector.logs import set_up_logs
    from treadle.connector.main import run_once

    set_up_logs(config.log_level, file=config.log_file, as_json=config.log_json)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    is_done, _ = run_once(config, asks=True, stop=stop)
    return 0 if is_done else 1


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
        metrics=None if ours.metrics is None else (ours.metrics.host, ours.metrics.port),
        **options,
    )


def check(file: Path, *, json_lines: bool) -> None:
    """Say what a file means."""
    from treadle.connector.setup import check_tls

    with complaining():
        config = read_config(file)
        check_tls(config)
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
    show_all(rows, columns=_DEVICES, json_lines=json_lines)


def status(file: Path, *, json_lines: bool) -> None:
    """How the connector is, and which series are not on the server."""
    import json

    from treadle.connector.spool.layout import Layout
    from treadle.connector.spool.lock import is_running
    from treadle.connector.spool.state import State

    with complaining():
        layout = Layout(read_config(file).spool)
    try:
        told = json.loads(layout.status.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ClientError(f"no connector has run on the spool {layout.root} yet") from None
    state = State(layout.database)
    waiting = [
        {
            "state": one.state,
            "device": one.device,
            "study": one.study,
            "series": one.series,
            "reason": one.reason,
        }
        for one in state.unsettled_series() + state.settled_series(state="held", before=float("inf"))
    ]
    state.close()
    document = {"running": is_running(layout), **told, "waiting": waiting}
    if json_lines:
        show(document, json_lines=True)
        return
    show(
        {key: document[key] for key in ("running", "version", "queue", "unsent", "errors")}, json_lines=False
    )
    show_all(waiting, columns=("state", "device", "series", "reason"), json_lines=False)


def retry(file: Path, series: str, *, json_lines: bool) -> None:
    """Have a series that waits, is held or was abandoned tried again now."""
    from treadle.connector.events import series_called
    from treadle.connector.pull.by_hand import retry as retry_pull
    from treadle.connector.spool.layout import Layout
    from treadle.connector.spool.state import State

    with complaining():
        config = read_config(file)
        count = retry_pull(config, series)
    state = State(Layout(config.spool).database)
    series = series_called(series, state.all_series())
    count += state.ask_again(series)
    state.close()
    if not count:
        raise ClientError(f"nothing to try again: no series {series} waits, is held or was abandoned")
    show({"series": series, "retried": count}, json_lines=json_lines, text=f"{series} is tried again")


def forget(file: Path, series: str, *, sure: bool, json_lines: bool) -> None:
    """Drop what the connector knows of a series, and its files in the spool."""
    from treadle.cli.connect import confirm
    from treadle.connector.events import series_called
    from treadle.connector.pull.by_hand import forget as forget_pull
    from treadle.connector.retention import delete_files
    from treadle.connector.spool.layout import Layout
    from treadle.connector.spool.state import State

    logging.getLogger("treadle").addHandler(logging.NullHandler())
    with complaining():
        config = read_config(file)
        layout = Layout(config.spool)
        if not layout.root.is_dir():
            raise ClientError(f"the spool folder {layout.root} is not there: has this connector never run?")
        state = State(layout.database)
        series = series_called(series, state.all_series())
        known = [one for one in state.all_series() if one.series == series]
        if any(one.state not in ("uploaded", "skipped") for one in known):
            confirm(f"Series {series} is not on the server: delete its files here?", sure=sure)
        count = sum(delete_files(layout, state, one, forget=True) for one in known)
        state.close()
        count += forget_pull(config, series)
    if not count:
        raise ClientError(f"no series {series} is known here")
    show({"series": series, "forgotten": count}, json_lines=json_lines, text=f"forgot {series}")
