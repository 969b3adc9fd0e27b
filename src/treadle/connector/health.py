"""Counters and current troubles of the connector, for logs, `status.json` and the heartbeat."""

from __future__ import annotations

import logging
from collections import Counter
from threading import Lock
from typing import Any

log = logging.getLogger("treadle.connector")


class Health:
    """What happened since the start; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counters: dict[str, Counter[str]] = {}
        self._troubles: dict[str, str] = {}

    def count(self, device: str, what: str, by: int = 1) -> None:
        """Add to a counter of a device."""
        with self._lock:
            self._counters.setdefault(device, Counter())[what] += by

    def trouble(self, key: str, message: str | None) -> None:
        """Note a trouble that people should see; None when it is over."""
        with self._lock:
            if message is None:
                self._troubles.pop(key, None)
            else:
                self._troubles[key] = message

    def counters(self) -> dict[str, dict[str, int]]:
        """All counters by device."""
        with self._lock:
            return {device: dict(counter) for device, counter in self._counters.items()}

    def is_troubled(self, key: str) -> bool:
        """Whether that trouble is there at the moment."""
        with self._lock:
            return key in self._troubles

    def troubles(self) -> list[str]:
        """Everything that is wrong at the moment."""
        with self._lock:
            return sorted(self._troubles.values())

    def take_report(self, report: dict[str, Any]) -> None:
        """Count and log what a receiver process reports."""
        if report.get("event") != "association":
            log.debug("receiver", extra={"fields": report})
            return
        device = str(report["device"] or "unknown")
        end = str(report["end"])
        self.count(device, "associations")
        self.count(device, "instances", int(report["instances"]))
        self.count(device, "bytes", int(report["bytes"]))
        self.count(device, "refused", int(report["refused"]))
        if end.startswith("rejected"):
            self.count(device, "rejected")
        elif end != "released":
            self.count(device, "broken")
        level = logging.INFO if end == "released" else logging.WARNING
        log.log(level, "association", extra={"fields": report})


def log_event(event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """One line of the log: a name and fields, never patient data."""
    log.log(level, event, extra={"fields": fields})
