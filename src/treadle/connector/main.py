"""Runs a connector in the foreground until a signal: receivers, collector, uploaders, heartbeat."""

import errno
import os
import shutil
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from treadle.connector.api import Api
from treadle.connector.arrivals import Arrivals
from treadle.connector.collector import Collector
from treadle.connector.commitment import Commitments
from treadle.connector.config import ConfigError, ConnectorConfig, DeviceConfig
from treadle.connector.courtesy import Rush
from treadle.connector.delivery import Delivery
from treadle.connector.devices import Devices
from treadle.connector.health import Health, log, log_event
from treadle.connector.heartbeat import Heartbeat
from treadle.connector.logs import set_up_logs
from treadle.connector.pipeline import Pipeline
from treadle.connector.privacy.desk import Desk
from treadle.connector.privacy.pool import Pool
from treadle.connector.pull.holds import Holds
from treadle.connector.receivers import Receivers, listen
from treadle.connector.setup import check_tls, receiver_setup
from treadle.connector.spool.layout import Layout, keep_to_ourselves
from treadle.connector.spool.lock import CannotStartError, lock_spool, wait_for_old_receivers
from treadle.connector.spool.state import State

if TYPE_CHECKING:
    from treadle.connector.pull.pulls import Pulls

_PACK_AHEAD = 1  # series packed while as many as allowed are being sent
_STOP_S = 4.0
_LOOK_S = 0.1


def run(config: ConnectorConfig, *, reread: Callable[[], ConnectorConfig] | None = None) -> int:
    """Receive and send on until SIGTERM or SIGINT; the exit code. SIGHUP takes the devices of `reread`."""
    set_up_logs(config.log_level, file=config.log_file, as_json=config.log_json)
    keep_to_ourselves()
    signals: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT, *((signal.SIGHUP,) if reread else ())):
        signal.signal(number, lambda number, _: signals.put(number))
    try:
        connector = Connector(config)
        connector.start()
    except (CannotStartError, ConfigError) as error:
        log.error(str(error))
        return 1
    while signals.get() == signal.SIGHUP:
        if reread:
            connector.reload(reread)
    connector.stop()
    return 0


def run_once(
    config: ConnectorConfig,
    *,
    asks: bool = False,
    stop: Event | None = None,
    watch: Callable[[], object] = bool,
) -> tuple[bool, list[str]]:
    """Send what is in the spool; whether all has been dealt with, and what is wrong.

    `asks`: also retrieve what rests at the devices that are pulled from. Nobody else is listened to.
    `watch` is called again and again meanwhile.
    """
    keep_to_ourselves()
    connector = Connector(replace(config, metrics=None), stays=False, asks=asks)
    connector.start()
    try:
        return connector.drain(stop or Event(), watch), connector.troubles()
    finally:
        connector.stop()


class Connector:
    """All parts of one connector."""

    def __init__(self, config: ConnectorConfig, *, stays: bool = True, asks: bool = True) -> None:
        """One that does not stay waits for no quiet time and hears only what it `asks` devices for."""
        self._config = config
        self._stays = stays
        self._asks = asks
        self._layout = layout = Layout(config.spool)
        self._lock = lock_spool(layout)
        self._state = state = State(layout.database)
        self._devices = devices = Devices(config)
        self._health = health = Health()
        self._apis = [
            Api(url=config.server_url, api_key=config.api_key, ca_file=config.ca_file)
            for _ in range(1 + config.parallel_uploads + _PACK_AHEAD)
        ]
        self._pool = Pool()
        rush = Rush()
        self._pipeline = Pipeline(
            Delivery(layout, state, devices, health, Desk(layout, state, health, self._pool)),
            state,
            health,
            apis=self._apis[1:],
            sends=config.parallel_uploads,
            outbox=layout.outbox,
            rush=rush,
            retry_first_s=config.retry_first_s,
        )
        self._arrivals = Arrivals()
        self._collector = Collector(
            layout,
            state,
            config,
            health,
            devices=devices,
            submit=self._pipeline.submit,
            arrivals=self._arrivals,
            rush=rush,
            is_held=Holds(state, devices).is_held,
            waits=stays,
        )
        self._pulls: Pulls | None = None
        self._heartbeat = Heartbeat(
            layout,
            state,
            config,
            health,
            devices=devices,
            pipeline=self._pipeline,
            api=self._apis[0],
            pulls=lambda: self._pulls.info() if self._pulls else {},
        )
        self._commitments = Commitments(layout, state, devices, health, report=self._report)
        self._receivers: Receivers | None = None

    def start(self) -> None:
        """Start all parts; CannotStartError or ConfigError when that is impossible."""
        check_tls(self._config)
        wait_for_old_receivers(self._layout)
        shutil.rmtree(self._layout.outbox)
        self._layout.make()
        heard = self._config if self._stays else _only_moving(self._config)
        listeners = _listen(heard) if self._stays or (self._asks and heard.devices) else {}
        self._collector.start()
        self._pipeline.start()
        if listeners:
            self._receivers = Receivers(
                listeners,
                receiver_setup(heard, self._layout),
                processes=self._config.processes,
                on_report=self._health.take_report,
            )
            self._receivers.start()
        self._follow(self._config)
        try:
            self._heartbeat.start()
        except OSError as error:
            raise CannotStartError(f"metrics: {self._config.metrics}: {error.strerror}") from error
        self._commitments.start()
        ports = {kind: "{}:{}".format(*listener.getsockname()[:2]) for kind, listener in listeners.items()}
        log_event("listening" if listeners else "sending", ae_title=self._config.ae_title, ports=ports)

    def reload(self, reread: Callable[[], ConnectorConfig]) -> None:
        """Take the devices and certificates as they are configured now; associations go on."""
        try:
            config = reread()
            check_tls(config)
        except ConfigError as error:
            self._health.trouble("config", f"the configuration stays as it was: {error}")
            log_event("not reloaded", level=40, reason=str(error))
            return
        self._health.trouble("config", None)
        new = replace(self._config, defaults=config.defaults, devices=config.devices, tls=config.tls)
        self._devices.replace(new)
        if self._receivers:
            self._receivers.update(receiver_setup(new, self._layout))
        self._follow(new)
        log_event("reloaded", devices=[device.id for device in config.devices])

    def drain(self, stop: Event, watch: Callable[[], object]) -> bool:
        """Wait until everything in the spool was tried; False if something is left or the server is away."""
        pulls = self._pulls
        while not stop.wait(_LOOK_S) and not self._health.is_troubled("server"):
            watch()
            if (not pulls or pulls.is_over()) and self._collector.is_idle and self._pipeline.is_idle():
                break
        if pulls and (pulls.has_left() or not pulls.is_over()):
            return False
        return not self._state.unsettled_series() and not self._state.count_by_state().get("held")

    def troubles(self) -> list[str]:
        """Everything that is wrong at the moment."""
        return self._health.troubles()

    def stop(self) -> None:
        """Stop all parts within a few seconds; what is under way resumes after the next start."""
        if self._pulls:
            self._pulls.stop(timeout_s=_STOP_S / 4)
        if self._receivers:
            self._receivers.stop()
        for part in (self._commitments, self._heartbeat, self._collector, self._pipeline):
            part.stop(timeout_s=_STOP_S / 4)
        self._pool.stop()
        os.close(self._lock)
        log_event("stopped")

    def _follow(self, config: ConnectorConfig) -> None:
        """Ask the devices of that configuration for images."""
        if self._pulls is None and self._asks and any(device.is_pulled for device in config.devices):
            from treadle.connector.pull.pulls import Pulls  # noqa: PLC0415 - slow to load, and many sites only push

            self._pulls = Pulls(
                self._layout,
                self._state,
                self._health,
                self._arrivals,
                submit=self._collector.release,
                watch=self._collector.watch,
                is_once=not self._stays,
            )
        if self._pulls is not None:
            self._pulls.apply(config)

    def _report(self, device: DeviceConfig, information: Dataset, kind: int) -> None:
        from treadle.connector.reports import Reporter  # noqa: PLC0415 - slow to load, and most sites need it never

        Reporter(self._config).report(device, information, kind)


def _only_moving(config: ConnectorConfig) -> ConnectorConfig:
    """With no other devices than those that send because we ask them to."""
    moving = tuple(one for one in config.devices if one.is_pulled and one.pull.retrieve == "move")
    return replace(config, devices=moving)


def _listen(config: ConnectorConfig) -> dict[str, socket.socket]:
    wanted = {} if config.port is None else {"plain": (config.host, config.port)}
    if config.tls is not None:
        wanted["tls"] = (config.tls.host, config.tls.port)
    return {kind: _listen_on(host, port) for kind, (host, port) in wanted.items()}


def _listen_on(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        why = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise CannotStartError(f"DICOM port {host}:{port} {why}") from error
