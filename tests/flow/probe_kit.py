"""Free ports, and waiting for what another process does."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_true: Callable[[], object], *, for_s: float = 30.0, what: str = "") -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + for_s
    while not is_true():
        assert time.monotonic() < deadline, f"waited {for_s} s in vain: {what}"
        time.sleep(0.05)
