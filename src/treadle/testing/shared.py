"""One resource for all processes of a test run (pytest-xdist): the first that wants it starts it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Known = dict[str, Any]


def started_once(folder: Path, name: str, start: Callable[[], Known]) -> Known:
    """What `start` answered to whoever came first; it must be JSON."""
    state = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not state.exists():
            state.write_text(json.dumps(start()))
        return dict(json.loads(state.read_text()))


def stop_if_started(folder: Path, name: str, stop: Callable[[Known], None]) -> None:
    """For the process that outlives all others: it alone knows that nobody wants the resource any more."""
    state = folder / f"{name}.json"
    if state.exists():
        known = json.loads(state.read_text())
        state.unlink()
        stop(known)
