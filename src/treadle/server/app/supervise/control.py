"""The child's end of the pipe a supervisor holds: first its orders, then, at the end of the pipe, its end.

A child imports everything it needs, then waits for the orders, so that all children load while the database
starts. The pipe closes when the supervisor ends, however it ends.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import Any

# Longer than a graceful stop takes; after that the process is stuck.
HARD_END_S = 9.0


class Control:
    """The reading end; `descriptor` comes from the command line of the child."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "rb")

    def orders(self) -> dict[str, Any]:
        """What the supervisor wants us to know (addresses, secrets); ends the process if it is gone."""
        line = self._file.readline()
        if not line:
            raise SystemExit(0)
        orders: dict[str, Any] = json.loads(line)
        threading.Thread(target=self._end_with_supervisor, name="supervisor", daemon=True).start()
        return orders

    def _end_with_supervisor(self) -> None:
        while self._file.read(1):
            continue
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(HARD_END_S)
        os._exit(1)
