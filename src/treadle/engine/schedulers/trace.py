"""What a job of the cluster leaves in the folder that its nodes share with the engine."""

from __future__ import annotations

import time
from pathlib import Path

from treadle.engine.schedulers.contract import from_shell

LOG_TAIL = 8192
ABSENCE_S = 60
"""So long accounting and network file systems may take to show what ended."""


class Traces:
    """One folder of traces; the files of a job begin with its id."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._absent: dict[str, float] = {}

    def exit_code(self, job: str) -> int | None:
        """What the job's script wrote at its end; below zero: its command was ended by that signal."""
        try:
            code = int((self.folder / f"{job}.exit").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return from_shell(code)

    def mark_cancelled(self, job: str) -> None:
        """Grid Engine keeps no record of who ended a job, or of one that never ran."""
        (self.folder / f"{job}.cancelled").touch()

    def is_cancelled(self, job: str) -> bool:
        return (self.folder / f"{job}.cancelled").exists()

    def long_absent(self, job: str) -> bool:
        """Whether nobody has known the job for longer than records may take to appear."""
        return time.monotonic() - self._absent.setdefault(job, time.monotonic()) > ABSENCE_S

    def log(self, job: str) -> str:
        """The last lines that the job printed."""
        try:
            with (self.folder / f"{job}.log").open("rb") as log:
                log.seek(0, 2)
                log.seek(max(0, log.tell() - LOG_TAIL))
                return log.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def forget(self, job: str) -> None:
        self._absent.pop(job, None)
        for kind in ("exit", "log", "cancelled"):
            (self.folder / f"{job}.{kind}").unlink(missing_ok=True)
