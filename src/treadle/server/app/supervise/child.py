"""One supervised process: started early, released with its orders, started again with back-off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from treadle.server.app.supervise.logs import LogPump
from treadle.server.kit.processes import die_with_parent

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
# A process that ran this long had started well; its next death starts with the short pause again.
HEALTHY_S = 60.0


class Child:
    """A command as a child in its own process group; it is given `--control-fd N` (see `control`)."""

    def __init__(self, role: str, command: Sequence[str], *, logs: Path) -> None:
        self.role = role
        self.log = LogPump(logs / f"{role}.log")
        self._command = list(command)
        self._orders: Mapping[str, Any] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: int | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE_S
        self._again_at: float | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_status(self) -> int | None:
        """How the process ended, None while it runs."""
        return self._process.poll() if self._process is not None else None

    def spawn(self) -> None:
        """Start the process; it loads and waits for `release`."""
        reading, self._control = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [*self._command, "--control-fd", str(reading)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(reading,),
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one prctl
            )
        finally:
            os.close(reading)
        self._started = time.monotonic()
        assert self._process.stdout is not None  # noqa: S101
        self.log.follow(self._process.stdout)
        if self._orders is not None:
            self.release(self._orders)

    def release(self, orders: Mapping[str, Any]) -> None:
        """Let the process begin."""
        self._orders = orders
        assert self._control is not None  # noqa: S101
        with suppress(BrokenPipeError):  # it died meanwhile; `tend` sees that
            os.write(self._control, json.dumps(orders).encode() + b"\n")

    def tend(self) -> str | None:
        """Start the process again when it is time; a sentence when it has just died."""
        if self._again_at is not None:
            if time.monotonic() >= self._again_at:
                self._again_at = None
                self.spawn()
            return None
        status = self.exit_status
        if status is None:
            return None
        self._bury()
        if time.monotonic() - self._started > HEALTHY_S:
            self._pause = FIRST_PAUSE_S
        self._again_at = time.monotonic() + self._pause
        told = f"{self.role} {_ended(status)}; starting it again in {self._pause:g} s ({self.log.path})"
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S)
        return told

    def ask_to_stop(self) -> None:
        """SIGTERM; the process finishes what it does."""
        self._again_at = None
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def make_stop(self, deadline: float) -> None:
        """Wait until the deadline (monotonic), then kill the whole group."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, deadline - time.monotonic()))
            self._bury()

    def _bury(self) -> None:
        """Nothing of the process stays: its group is killed, its pipe closed."""
        assert self._process is not None  # noqa: S101
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._control is not None:
            os.close(self._control)
            self._control = None


def _ended(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
