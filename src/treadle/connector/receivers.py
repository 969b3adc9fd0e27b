"""Starts the receiver processes on one listening socket, replaces those that die, passes on their reports."""

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from treadle.connector.receive.mark import recover
from treadle.connector.receive.process import Setup
from treadle.connector.receive.seats import Seats

log = logging.getLogger("treadle.connector")

_BACKLOG = 128
_STOP_S = 5.0
_RESTART_S = 0.2


def listen(host: str, port: int) -> socket.socket:
    """The listening socket that all receiver processes share: the death of one drops no connection."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class Receivers:
    """A number of receiver processes on the same ports (`plain`, `tls`), kept alive until `stop`."""

    def __init__(
        self,
        listeners: dict[str, socket.socket],
        setup: Setup,
        *,
        processes: int,
        on_report: Callable[[dict[str, Any]], None],
    ) -> None:
        self._listeners = listeners
        self._setup = setup
        self._on_report = on_report
        self._stopping = Event()
        self._lock = Lock()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        seats = Path(setup.seats)
        seats.unlink(missing_ok=True)
        limits = setup.limits
        self._seats = Seats(seats, total=limits.max_associations, per_peer=limits.max_per_peer)
        self._keepers = [
            Thread(target=self._keep, name=f"receiver-{number}", daemon=True) for number in range(processes)
        ]

    def start(self) -> None:
        """Start all processes."""
        for keeper in self._keepers:
            keeper.start()

    def pids(self) -> list[int]:
        """The processes now running."""
        with self._lock:
            return sorted(self._children)

    def update(self, setup: Setup) -> None:
        """Decide by this setup from the next association request on."""
        with self._lock:
            self._setup = setup
            for child in self._children.values():
                self._tell(child)

    def stop(self) -> None:
        """End all processes; messages under way may finish for a few seconds."""
        self._stopping.set()
        with self._lock:
            children = list(self._children.values())
        for child in children:
            if child.stdin:
                child.stdin.close()
        for child in children:
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
        for keeper in self._keepers:
            keeper.join(_STOP_S)
        for listener in self._listeners.values():
            listener.close()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            child = self._start_one()
            for line in child.stdout or ():
                self._pass_on(line)
            code = child.wait()
            with self._lock:
                del self._children[child.pid]
            self._seats.clear_process(child.pid)
            for folder in Path(self._setup.arriving).iterdir():
                recover(folder, pattern=f"{child.pid}-*.part")
            if not self._stopping.is_set():
                log.warning(
                    "receiver ended, starting another", extra={"fields": {"pid": child.pid, "code": code}}
                )
                self._stopping.wait(_RESTART_S)

    def _start_one(self) -> subprocess.Popen[bytes]:
        ports = {kind: listener.fileno() for kind, listener in self._listeners.items()}
        words = [f"{kind}:{number}" for kind, number in ports.items()]
        child = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "treadle.connector.receive", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=tuple(ports.values()),
            start_new_session=True,
        )
        with self._lock:
            self._children[child.pid] = child
            self._tell(child)
            if self._stopping.is_set() and child.stdin:
                child.stdin.close()
        return child

    def _tell(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None  # noqa: S101 - a pipe was asked for
        with suppress(OSError):  # killed already: `_keep` starts another
            child.stdin.write(self._setup.to_json().encode() + b"\n")
            child.stdin.flush()

    def _pass_on(self, line: bytes) -> None:
        try:
            report = json.loads(line)
        except ValueError:
            return
        self._on_report(report)
