"""From the gear's start to its end: its output is read, its use of the machine watched, its limits kept."""

from __future__ import annotations

import os
import selectors
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from treadle.engine import watch
from treadle.engine.errors import RunFailed
from treadle.engine.logs import ERR, OUT, Log
from treadle.engine.plan import Plan
from treadle.engine.runtimes import Running, Runtime

_LOOK_EVERY_S = 0.25
_DISK_PART = 20  # looking through the folders takes at most this part of the time
_CANCEL_GRACE_S = 10.0
_TIMEOUT_GRACE_S = 30.0
_LEFT_FREE = 512 << 20  # bytes: a volume with less than this left is full


@dataclass(slots=True)
class Ended:
    """How a gear ended; `failure` is None for success."""

    exit_code: int
    elapsed_s: float
    failure: RunFailed | None = None
    peak_memory: int = 0


@dataclass(slots=True)
class Stop:
    """Somebody else wants the run to end; the reason is theirs."""

    asked: Event = field(default_factory=Event)
    reason: RunFailed = field(default_factory=lambda: RunFailed("cancelled_by", "the job was cancelled"))
    grace_s: float = _CANCEL_GRACE_S

    def ask(self, reason: RunFailed, *, grace_s: float = _CANCEL_GRACE_S) -> None:
        """From any thread; the gear has so long to end by itself."""
        self.reason, self.grace_s = reason, grace_s
        self.asked.set()


def run(runtime: Runtime, plan: Plan, log: Log, stop: Stop) -> Ended:
    """Start the gear and stay with it until none of its processes is left."""
    started = time.monotonic()
    running = runtime.start(plan)
    try:
        watcher = _Watcher(running, plan, stop, started)
        _follow(running, log, watcher)
        code = running.process.wait()
        running.kill()
        failure = watcher.failure or _failure(code, running, plan)
        return Ended(code, time.monotonic() - started, failure, watcher.peak)
    finally:
        running.close()
        for stream in (running.process.stdout, running.process.stderr):
            if stream:
                stream.close()


def _follow(running: Running, log: Log, watcher: _Watcher) -> None:
    """Read both streams until they end, or the gear has ended and nothing more comes."""
    with selectors.DefaultSelector() as selector:
        for stream, fd in ((running.process.stdout, OUT), (running.process.stderr, ERR)):
            if stream:
                selector.register(stream, selectors.EVENT_READ, fd)
        ended = os.pidfd_open(running.process.pid)
        selector.register(ended, selectors.EVENT_READ, None)
        try:
            while selector.get_map():
                ready = selector.select(_LOOK_EVERY_S)
                for key, _ in ready:
                    if key.data is None:
                        selector.unregister(ended)
                        running.kill()  # what it left behind would keep its output open
                        continue
                    if data := os.read(key.fd, 65536):
                        log.feed(key.data, data)
                    else:
                        log.feed(key.data, b"", final=True)
                        selector.unregister(key.fileobj)
                watcher.look()
        finally:
            os.close(ended)


class _Watcher:
    """Keeps the limits: asks to end, later ends."""

    def __init__(self, running: Running, plan: Plan, stop: Stop, started: float) -> None:
        self._running = running
        self._plan = plan
        self._stop = stop
        self._started = started
        self._next = self._next_disk = started + _LOOK_EVERY_S
        self._kill_at: float | None = None
        self.failure: RunFailed | None = None
        self.peak = 0

    def look(self) -> None:
        """Called often; measures now and then."""
        now = time.monotonic()
        if self._kill_at is not None and now >= self._kill_at:
            self._running.kill()
        if self.failure is None and self._stop.asked.is_set():
            self._end(self._stop.reason, grace_s=self._stop.grace_s)
        if now < self._next or self.failure:
            return
        self._next = now + _LOOK_EVERY_S
        limits = self._plan.resources
        if now - self._started > limits.time:
            self._end(RunFailed("timeout", f"ran longer than {limits.time} s"), grace_s=_TIMEOUT_GRACE_S)
        self._look_at_memory(limits.memory)
        if now >= self._next_disk:
            self._look_at_disk(limits.disk)
            self._next_disk = now + max(_LOOK_EVERY_S, (time.monotonic() - now) * _DISK_PART)

    def _look_at_memory(self, limit: int) -> None:
        used = watch.memory(self._running.pids(), limit=limit)
        self.peak = max(self.peak, used)
        if used > limit:
            self._end(RunFailed("out_of_memory", f"used more than {limit >> 20} MiB of memory"))

    def _look_at_disk(self, limit: int) -> None:
        folders = list(self._running.folders())
        if watch.disk(folders) > limit:
            self._end(RunFailed("disk_full", f"wrote more than {limit >> 20} MiB"))
            return
        with suppress(OSError):
            about = os.statvfs(folders[0])
            if about.f_bavail * about.f_frsize < _LEFT_FREE:
                self._end(RunFailed("disk_full", "the engine's volume is full"))

    def _end(self, why: RunFailed, *, grace_s: float = 0.0) -> None:
        self.failure = self.failure or why
        self._kill_at = time.monotonic() + grace_s
        if grace_s:
            self._running.terminate()
        else:
            self._running.kill()


def _failure(code: int, running: Running, plan: Plan) -> RunFailed | None:
    if code == 0:
        return None
    if running.out_of_memory():
        return RunFailed("out_of_memory", f"used more than {plan.resources.memory >> 20} MiB of memory")
    number = -code if code < 0 else code - 128
    with suppress(ValueError):
        name = signal.Signals(number).name
        if name == "SIGXFSZ":
            return RunFailed("disk_full", f"wrote a file of more than {plan.resources.disk >> 20} MiB")
        return RunFailed(f"signal {name}", f"killed by {name}")
    return RunFailed(f"exit {code}", f"the gear ended with exit code {code}")
