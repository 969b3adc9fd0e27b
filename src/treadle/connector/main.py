"""Runs a connector in the foreground until a signal: receivers, collector, uploaders, heartbeat."""

import errno
import fcntl
import os
import signal
import socket
from threading import Event
from time import monotonic, sleep

from treadle.connector.api import Api
from treadle.connector.arrivals import Arrivals
from treadle.connector.collector import Collector
from treadle.connector.config import ConfigError, ConnectorConfig
from treadle.connector.delivery import Delivery
from treadle.connector.health import Health, log, log_event
from treadle.connector.heartbeat import Heartbeat
from treadle.connector.logs import set_up_logs
from treadle.connector.pipeline import Pipeline
from treadle.connector.pull.holds import Holds
from treadle.connector.pull.pulls import Pulls
from treadle.connector.receivers import Receivers, listen
from treadle.connector.setup import check_tls, receiver_setup
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import State

_PREDECESSOR_S = 10.0
_STOP_S = 4.0


class CannotStartError(Exception):
    """The connector cannot start; the message says why and what to do."""


def run(config: ConnectorConfig) -> int:
    """Receive and send on until SIGTERM or SIGINT; the exit code."""
    set_up_logs(config.log_level)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        connector = Connector(config)
        connector.start()
    except (CannotStartError, ConfigError) as error:
        log.error(str(error))
        return 1
    stop.wait()
    connector.stop()
    return 0


class Connector:
    """All parts of one connector."""

    def __init__(self, config: ConnectorConfig) -> None:
        self._config = config
        self._layout = layout = Layout(config.spool)
        self._lock = _lock_spool(layout)
        self._state = State(layout.database)
        self._health = Health()
        self._apis = [
            Api(url=config.server_url, api_key=config.api_key, ca_file=config.ca_file)
            for _ in range(config.parallel_uploads + 1)
        ]
        delivery = Delivery(layout, self._state, config, self._health)
        self._pipeline = Pipeline(
            delivery,
            self._state,
            self._health,
            apis=self._apis[1:],
            outbox=layout.outbox,
            retry_first_s=config.retry_first_s,
        )
        arrivals = Arrivals()
        self._holds = Holds(self._state, config)
        self._collector = Collector(
            layout,
            self._state,
            config,
            self._health,
            submit=self._pipeline.submit,
            arrivals=arrivals,
            is_held=self._holds.is_held,
        )
        self._pulls = Pulls(
            layout,
            self._state,
            self._health,
            arrivals,
            submit=self._collector.release,
            watch=self._collector.watch,
        )
        self._heartbeat = Heartbeat(
            layout,
            self._state,
            config,
            self._health,
            pipeline=self._pipeline,
            api=self._apis[0],
            pulls=self._pulls.info,
        )
        self._receivers: Receivers | None = None

    def start(self) -> None:
        """Start all parts; CannotStartError when that is impossible."""
        _wait_for_old_receivers(self._layout)
        for left_over in self._layout.outbox.iterdir():
            left_over.unlink()
        listeners = _listen(self._config)
        self._collector.start()
        self._pipeline.start()
        self._receivers = Receivers(
            listeners,
            receiver_setup(self._config, self._layout),
            processes=self._config.processes,
            on_report=self._health.take_report,
        )
        self._receivers.start()
        self._pulls.apply(self._config)
        try:
            self._heartbeat.start()
        except OSError as error:
            raise CannotStartError(f"metrics: {self._config.metrics}: {error.strerror}") from error
        ports = {kind: "{}:{}".format(*listener.getsockname()[:2]) for kind, listener in listeners.items()}
        log_event("listening", ae_title=self._config.ae_title, ports=ports)

    def stop(self) -> None:
        """Stop all parts within a few seconds; what is under way resumes after the next start."""
        self._pulls.stop(timeout_s=_STOP_S / 4)
        if self._receivers:
            self._receivers.stop()
        self._heartbeat.stop(timeout_s=_STOP_S / 4)
        self._collector.stop(timeout_s=_STOP_S / 4)
        self._pipeline.stop(timeout_s=_STOP_S / 4)
        log_event("stopped")


def _lock_spool(layout: Layout) -> int:
    try:
        layout.make()
        fd = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise CannotStartError(f"spool folder {layout.root} cannot be used: {error.strerror}") from error
    if not _flock(fd, for_s=0):
        raise CannotStartError(f"another connector already runs on the spool folder {layout.root}")
    return fd


def _wait_for_old_receivers(layout: Layout) -> None:
    # Receivers of a killed connector may still be finishing: only then their part files are left-overs.
    fd = os.open(layout.receivers_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        if not _flock(fd, for_s=_PREDECESSOR_S):
            raise CannotStartError("receivers of an earlier connector do not end; stop them by hand")
    finally:
        os.close(fd)


def _flock(fd: int, *, for_s: float) -> bool:
    give_up_at = monotonic() + for_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= give_up_at:
                return False
            sleep(0.05)
        else:
            return True


def _listen(config: ConnectorConfig) -> dict[str, socket.socket]:
    wanted = {} if config.port is None else {"plain": (config.host, config.port)}
    if config.tls is not None:
        check_tls(config)
        wanted["tls"] = (config.tls.host, config.tls.port)
    return {kind: _listen_on(host, port) for kind, (host, port) in wanted.items()}


def _listen_on(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        why = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise CannotStartError(f"DICOM port {host}:{port} {why}") from error
