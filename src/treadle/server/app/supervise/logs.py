"""What children print goes to rotated files under `<home>/logs`."""

from __future__ import annotations

import json
import threading
from collections import deque
from pathlib import Path
from typing import IO

LARGE_BYTES = 20 * 2**20
KEPT = 3


class LogPump:
    """Copies a child's output to a file, one thread per child; remembers the last lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last: deque[str] = deque(maxlen=40)
        self._thread: threading.Thread | None = None

    def follow(self, output: IO[bytes]) -> None:
        """Copy until the child closes its output."""
        file = self.path.open("ab", buffering=0)
        self._thread = threading.Thread(
            target=self._copy, args=(output, file), name=self.path.name, daemon=True
        )
        self._thread.start()

    def last_words(self) -> str:
        """The most telling of the last lines, for a message to a person."""
        if self._thread is not None:
            self._thread.join(1.0)  # the end of the output may still be on its way
        lines = [line for line in self._last if line.strip()]
        return _told(lines[-1]) if lines else f"see {self.path}"

    def _copy(self, output: IO[bytes], file: IO[bytes]) -> None:
        with output:
            for line in output:
                if file.tell() > LARGE_BYTES:
                    file.close()
                    self._rotate()
                    file = self.path.open("ab", buffering=0)
                try:
                    file.write(line)
                except OSError:  # a full disk must not block the child that reports it
                    continue
                finally:
                    self._last.append(line.decode("utf-8", "replace").rstrip())
            file.close()

    def _rotate(self) -> None:
        for number in range(KEPT - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)


def _told(line: str) -> str:
    try:
        event = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(event, dict):
        return line.strip()
    cause = str(event.get("exception", "")).strip().splitlines()
    return ": ".join(part for part in (str(event.get("event", "")), *cause[-1:]) if part)
