"""Counters and current troubles of the connector, for logs, `status.json`, the heartbeat and `/metrics`.

Names of counters, by device: associations, rejected, broken, refused, instances, bytes, quarantined, files,
bytes_sent, polls, polls_failed; deidentified and deid_rejected (instances); series_seen, series_retrieved,
series_complete, series_skipped, series_uploaded, series_first_try (of those uploaded), series_failed (attempts),
series_held, series_abandoned; misrouted_<reason> (files); visible_s and visible_le_<s> (seconds from the last image
to visible, summed, and cumulative by limit).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any

log = logging.getLogger("treadle.connector")

VISIBLE_LIMITS_S = (15, 30, 60, 90, 120, 300, 900, 3600, 21600)


class Health:
    """What happened since the start; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counters: dict[str, Counter[str]] = {}
        self._unsaved: dict[str, Counter[str]] = {}
        self._troubles: dict[str, str] = {}
        self._failed: set[int] = set()

    def count(self, device: str, what: str, by: float = 1) -> None:
        """Add to a counter of a device."""
        with self._lock:
            self._add(device, what, by)

    def failed(self, device: str, series_id: int) -> None:
        """An attempt to deliver the series came to nothing."""
        with self._lock:
            self._add(device, "series_failed", 1)
            self._failed.add(series_id)

    def uploaded(self, device: str, series_id: int, *, waited_s: float) -> None:
        """The series is visible, so many seconds after its last image came."""
        with self._lock:
            self._add(device, "series_uploaded", 1)
            if series_id not in self._failed:
                self._add(device, "series_first_try", 1)
            self._failed.discard(series_id)
            self._add(device, "visible_s", max(0.0, waited_s))
            for limit in VISIBLE_LIMITS_S:
                if waited_s <= limit:
                    self._add(device, f"visible_le_{limit}", 1)

    def trouble(self, key: str, message: str | None) -> None:
        """Note a trouble that people should see; None when it is over."""
        with self._lock:
            if message is None:
                self._troubles.pop(key, None)
            else:
                self._troubles[key] = message

    def counters(self) -> dict[str, dict[str, float]]:
        """All counters by device."""
        with self._lock:
            return {device: dict(counter) for device, counter in self._counters.items()}

    def is_troubled(self, key: str) -> bool:
        """Whether that trouble is there at the moment."""
        with self._lock:
            return key in self._troubles

    def take_unsaved(self) -> dict[str, Counter[str]]:
        """What was counted since the last call."""
        with self._lock:
            taken, self._unsaved = self._unsaved, {}
            return taken

    def give_back(self, counts: Mapping[str, Counter[str]]) -> None:
        """Counts that could not be saved: they will be taken again."""
        with self._lock:
            for device, counter in counts.items():
                self._unsaved.setdefault(device, Counter()).update(counter)

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

    def _add(self, device: str, what: str, by: float) -> None:
        for counters in (self._counters, self._unsaved):
            counters.setdefault(device, Counter())[what] += by  # type: ignore[assignment]


def log_event(event: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """One line of the log: a name and fields, never patient data."""
    log.log(level, event, extra={"fields": fields})
