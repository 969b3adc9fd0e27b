"""A power switch for the tests: folders on disks that forget, at the cut, whatever was not synced."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from treadle.testing.waiting import wait_until

DISK = Path(__file__).parents[1] / "peers" / "volatile_disk.py"


@dataclass
class VolatileDisk:
    """A folder `path` that can be cut off and mounted again with what survived."""

    path: Path
    state: Path
    seed: int = 0
    process: subprocess.Popen[bytes] | None = None

    def mount(self) -> None:
        """Power on."""
        self.path.mkdir(exist_ok=True)
        self.seed += 1
        words = [sys.executable, str(DISK), str(self.path), str(self.state), str(self.seed)]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
        wait_until(lambda: os.path.ismount(self.path), what="the disk is mounted")

    def cut(self) -> None:
        """The power fails: from this moment on nothing reaches the disk, and nobody can use it."""
        with contextlib.suppress(OSError):
            (self.path / ".power-cut").mkdir()
        assert self.process is not None
        self.process.wait(60)

    def unmount(self) -> None:
        """Take the dead or living disk away."""
        subprocess.run(["fusermount3", "-u", "-z", "-q", str(self.path)], check=False)
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)

    @contextlib.contextmanager
    def powered(self) -> Iterator[VolatileDisk]:
        """Mounted, and taken away in the end."""
        self.mount()
        try:
            yield self
        finally:
            self.unmount()


def kill_tree(process: subprocess.Popen[bytes] | None) -> None:
    """A machine without power runs nothing: the process and all its descendants are gone."""
    if process is None or process.poll() is not None:
        return
    for victim in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.kill()
    process.kill()
    process.wait()
