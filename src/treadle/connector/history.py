"""Counts by the hour for the last week, kept over restarts in a file of their own (`figures.db` in the spool)."""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from time import time

log = logging.getLogger("treadle.connector")

HOUR_S = 3600
WEEK_HOURS = 7 * 24

Counts = dict[str, Counter[str]]  # by device, by name

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS count (hour INTEGER, device TEXT, name TEXT, n REAL NOT NULL,"
    " PRIMARY KEY (hour, device, name)) WITHOUT ROWID"
)
_ADD = (
    "INSERT INTO count (hour, device, name, n) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (hour, device, name) DO UPDATE SET n = n + excluded.n"
)


class History:
    """Figures to look at, nothing to rely on: a file that cannot be read is begun anew."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        try:
            self._db = _open(str(path))
        except sqlite3.OperationalError:  # a full disk, most likely: says nothing about the file
            log.warning("figures cannot be kept, counting in memory until the next start")
            self._db = _open(":memory:")
        except sqlite3.DatabaseError:
            log.warning("figures unusable, beginning anew")
            path.unlink()
            self._db = _open(str(path))

    def add(self, counts: Mapping[str, Mapping[str, float]], *, at: float | None = None) -> None:
        """Count these for the hour of `at` (default: now); what is older than a week goes."""
        hour = hour_of(time() if at is None else at)
        rows = [(hour, device, name, n) for device, names in counts.items() for name, n in names.items()]
        if not rows:
            return
        with self._lock, self._db:
            self._db.executemany(_ADD, rows)
            self._db.execute("DELETE FROM count WHERE hour < ?", (hour - WEEK_HOURS,))

    def since(self, hours: int, *, at: float | None = None) -> Counts:
        """Sums of the last so many hours, the present one included."""
        first = hour_of(time() if at is None else at) - hours + 1
        found: Counts = {}
        for device, name, n in self._read(
            "SELECT device, name, sum(n) FROM count WHERE hour >= ? GROUP BY device, name", first
        ):
            found.setdefault(device, Counter())[name] += n
        return found

    def hourly(
        self, names: tuple[str, ...], hours: int, *, at: float | None = None
    ) -> dict[str, dict[str, list[float]]]:
        """By device and name one number for each of the last hours, oldest first."""
        first = hour_of(time() if at is None else at) - hours + 1
        found: dict[str, dict[str, list[float]]] = {}
        for hour, device, name, n in self._read(
            "SELECT hour, device, name, n FROM count WHERE hour >= ?", first
        ):
            if name in names and hour - first < hours:
                lines = found.setdefault(device, {each: [0] * hours for each in names})
                lines[name][hour - first] += n
        return found

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _read(self, sql: str, first: int) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._db.execute(sql, (first,)).fetchall()


def hour_of(at: float) -> int:
    """Number of the hour since 1970."""
    return int(at // HOUR_S)


def _open(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(_SCHEMA)
    return db
