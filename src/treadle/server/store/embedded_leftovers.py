"""What a killed PostgreSQL leaves: processes, a pid file, a socket.

PostgreSQL's own test of `postmaster.pid` asks whether the process exists; a zombie nobody reaps, or a
stranger with a reused number, then blocks the start for ever. Each server therefore carries a tag of its data
folder in its command line (children too: `cluster_name` is part of their title), so that ours are told from
all others. The second interlock, the shared memory segment keyed by the data folder, stays PostgreSQL's.
"""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil

from treadle.server.kit.processes import wait_until_gone

SOCKET = ".s.PGSQL.5432"

# Wait for a server that goes down by itself or writes its last checkpoint.
ORPHAN_PATIENCE_S = 2.0
STOP_PATIENCE_S = 20.0


def tag(data: Path) -> str:
    """The name of this cluster: the same as long as the data folder is."""
    info = data.stat()
    return f"treadle-{info.st_dev:x}-{info.st_ino:x}"


def clear(data: Path) -> None:
    """Stop what still runs on the data folder and remove stale locks. The caller holds the start lock."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        _stop(running(data), postmaster=_first_line(pid_file))
    for name in ("postmaster.pid", SOCKET, f"{SOCKET}.lock"):
        (data / name).unlink(missing_ok=True)


def running(data: Path) -> list[psutil.Process]:
    """Live PostgreSQL processes of this data folder."""
    name = tag(data)
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and _is_tagged(process.cmdline(), name):
                found.append(process)
        except psutil.Error:  # gone, or somebody else's that we may not look at
            continue
    return found


def _is_tagged(command: list[str], name: str) -> bool:
    if not command:
        return False
    title = command[0]  # children rewrite it: "postgres: treadle-1-2: checkpointer"
    return f": {name}: " in f"{title} " or f"cluster_name={name}" in command


def _stop(processes: list[psutil.Process], *, postmaster: str) -> None:
    main = [process for process in processes if str(process.pid) == postmaster]
    for process in main:
        _send(process, signal.SIGINT)  # fast shutdown
    left = wait_until_gone(processes, STOP_PATIENCE_S if main else ORPHAN_PATIENCE_S)
    for process in left:
        _send(process, signal.SIGKILL)
    wait_until_gone(left, STOP_PATIENCE_S)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except FileNotFoundError:  # a server that was going down has just ended
        return ""
