"""A `treadle up` that a test starts, reads and kills."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

START_S = 120.0
# For another Python than ours.
PACKAGES = ":".join(path for path in sys.path if path.endswith(("/site-packages", "/src")))


class UpProcess:
    """One run on a home; its lines as they come."""

    def __init__(
        self,
        home: Path,
        *options: str,
        http: int,
        dicom: int,
        host: str = "127.0.0.1",
        user: int | None = None,
        python: str = sys.executable,
    ) -> None:
        self.home, self.http, self.dicom = home, http, dicom
        self.began = time.monotonic()
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [
                *(python, "-P", "-m", "treadle", "up", "--home", str(home)),
                *("--http", f"{host}:{http}", "--dicom", f"127.0.0.1:{dicom}", *options),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **os.environ,
                "TREADLE_CONNECTOR__SERIES_QUIET": "1",
                **({} if python == sys.executable else {"PYTHONPATH": PACKAGES}),
            },
            user=user,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, pattern: str, seconds: float = START_S) -> re.Match[str]:
        """The first line, said already or still to come, that holds the pattern."""
        end = time.monotonic() + seconds
        position = 0
        while True:
            for line in self.lines[position:]:
                if found := re.search(pattern, line):
                    return found
            position = len(self.lines)
            line = self._queue.get(timeout=max(0.01, end - time.monotonic()))
            assert line is not None, f"ended without {pattern!r}: {self.lines}"
            self.lines.append(line)

    def ready(self) -> float:
        """Wait until it says how to log in; seconds since the start."""
        self.wait_for(r"^log in ")
        return time.monotonic() - self.began

    @property
    def admin(self) -> dict[str, Any]:
        """The content of admin.json."""
        content: dict[str, Any] = json.loads((self.home / "admin.json").read_text())
        return content

    def get(self, path: str) -> httpx.Response:
        """The API's answer to the administrator."""
        key = self.admin["api_key"].rpartition(":")[2]
        return httpx.get(
            f"http://127.0.0.1:{self.http}/api{path}", headers={"Authorization": f"scitran-user {key}"}
        )

    def descendants(self) -> list[psutil.Process]:
        """All processes below it, the database's included."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> float:
        """SIGTERM; seconds until it has ended."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        return time.monotonic() - began

    def finish(self, seconds: float = START_S) -> tuple[int, list[str]]:
        """Exit status and all lines of a run that ends by itself."""
        status = self.process.wait(seconds)
        while (line := self._queue.get(timeout=5)) is not None:
            self.lines.append(line)
        return status, self.lines

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie does not."""
    found = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found
