"""One resource for all processes of a test run (pytest-xdist): the first starts it, the last one stops it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def shared_between_workers(
    folder: Path, name: str, *, start: Callable[[], dict[str, Any]], stop: Callable[[dict[str, Any]], None]
) -> Iterator[dict[str, Any]]:
    """What `start` answered to whoever came first; it must be JSON."""
    state = folder / f"{name}.json"
    with _locked(folder / f"{name}.lock"):
        held: dict[str, Any] = {"users": 0}
        held.update(json.loads(state.read_text()) if state.exists() else {"known": start()})
        held["users"] += 1
        state.write_text(json.dumps(held))
    try:
        yield held["known"]
    finally:
        with _locked(folder / f"{name}.lock"):
            held = json.loads(state.read_text())
            held["users"] -= 1
            state.write_text(json.dumps(held))
            if held["users"] == 0:
                state.unlink()
                stop(held["known"])


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
