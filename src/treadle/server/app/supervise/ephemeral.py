"""`treadle up --ephemeral`: a home that lives as long as the process, on ports nobody uses."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from treadle.server.app.supervise import leftovers
from treadle.server.kit.processes import LockFile, LockHeldError
from treadle.server.store import embedded_leftovers

PREFIX = "treadle-ephemeral-"


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A new home; it is gone afterwards, and so are those of killed processes before us."""
    _sweep()
    made = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}"))
    made.chmod(0o711 if os.geteuid() == 0 else 0o700)  # root's database runs as another account
    lock = LockFile(made / "alive")
    lock.acquire(f"pid {os.getpid()}")
    folder = made.rename(made.with_name(made.name.removeprefix("new-")))  # locked when others first see it
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def free_ports(count: int) -> list[int]:
    """Different TCP ports of this machine that nobody listens on."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _sweep() -> None:
    """Remove what killed processes left; a living one holds its lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
                continue
            lock = LockFile(folder / "alive")
            lock.acquire(f"pid {os.getpid()} removes this")
        except (OSError, LockHeldError):
            continue
        home = folder / "home"
        leftovers.stop(home / "run" / "children.json")
        if (home / "postgres").is_dir():
            embedded_leftovers.clear(home / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
