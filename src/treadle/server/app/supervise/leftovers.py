"""Children of a killed `treadle up`: they end by themselves within seconds; a new start does not wait."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from treadle.server.kit.processes import is_alive, wait_until_gone

PATIENCE_S = 2.0


def remember(path: Path, pids: Iterable[int]) -> None:
    """Write down the children, with their start times so that reused numbers are not mistaken for them."""
    children = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            children.append({"pid": pid, "started": psutil.Process(pid).create_time()})
    part = path.with_suffix(".part")
    part.write_text(json.dumps(children), encoding="utf-8")
    part.replace(path)


def stop(path: Path) -> bool:
    """Stop those that still run; whether there were any."""
    found = alive = [process for process in _remembered(path) if is_alive(process)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)  # each child leads its own group
        alive = wait_until_gone(alive, PATIENCE_S)
    path.unlink(missing_ok=True)
    return bool(found)


def _remembered(path: Path) -> list[psutil.Process]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    found = []
    for entry in entries:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(entry["pid"]))
            if abs(process.create_time() - float(entry["started"])) < 1:
                found.append(process)
    return found
