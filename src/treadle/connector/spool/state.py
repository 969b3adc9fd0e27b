"""What the connector knows of the files in its spool: series, instances, uploaded buckets (SQLite, WAL)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from time import time
from typing import Any

from treadle.connector.spool.schema import prepare

log = logging.getLogger("treadle.connector")


@dataclass(frozen=True)
class Series:
    """One series of one device."""

    id: int
    device: str
    study: str
    series: str
    generation: int
    settled: int
    state: str
    reason: str | None
    split: str | None
    settled_at: float | None
    files_gone: bool


@dataclass(frozen=True)
class Instance:
    """One instance of a series, as indexed; `sha256` of its data set is empty until it has been packed."""

    sop: str
    sha256: str
    size: int
    mtime_ns: int
    facts: str


class State:
    """The state file; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        try:
            self._db = _open(path)
        except sqlite3.OperationalError:  # a full disk, most likely: says nothing about the state file
            raise
        except sqlite3.DatabaseError:
            log.exception("state file unusable, building a new one from the spool")
            _set_aside(path)
            self._db = _open(path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside become visible together; other threads wait."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite itself rolls back after some errors
                    self._db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    # series

    def series(self, series_id: int) -> Series | None:
        """One series."""
        return next(iter(self._series("WHERE id = ?", series_id)), None)

    def find_series(self, *, device: str, study: str, series: str) -> Series | None:
        """The series with these UIDs."""
        return next(
            iter(self._series("WHERE device = ? AND study = ? AND series = ?", device, study, series)), None
        )

    def all_series(self) -> list[Series]:
        """Every series, oldest first."""
        return self._series("ORDER BY id")

    def unsettled_series(self) -> list[Series]:
        """Series with instances not yet uploaded, skipped or held."""
        return self._series("WHERE generation > settled ORDER BY id")

    def settled_series(self, *, state: str, before: float) -> list[Series]:
        """Series in `state` since before that time whose files are still there."""
        return self._series(
            "WHERE state = ? AND settled_at < ? AND generation = settled AND NOT files_gone", state, before
        )

    def held_series(self, *, limit: int) -> list[Series]:
        """Series held back, the latest first."""
        return self._series("WHERE state = 'held' ORDER BY settled_at DESC, id DESC LIMIT ?", limit)

    def add_series(self, *, device: str, study: str, series: str) -> int:
        """The id of the series, made if it is new."""
        row = self.execute(
            "INSERT INTO series (device, study, series) VALUES (?, ?, ?)"
            " ON CONFLICT (device, study, series) DO UPDATE SET device = excluded.device RETURNING id",
            device,
            study,
            series,
        )
        return int(row[0][0])

    def touch_series(self, series_id: int) -> None:
        """Note that the series has new or changed instances; its files are there again, or will be."""
        self.execute(
            "UPDATE series SET generation = generation + 1, state = 'receiving', reason = NULL, files_gone = 0"
            " WHERE id = ?",
            series_id,
        )

    def settle_series(
        self, series_id: int, *, generation: int, state: str, reason: str | None = None
    ) -> None:
        """Note what became of that generation of the series; a newer one stays to be done."""
        self.execute(
            "UPDATE series SET settled = max(settled, ?), settled_at = ?,"
            " state = CASE WHEN generation = ? THEN ? ELSE state END, reason = ? WHERE id = ?",
            generation,
            time(),
            generation,
            state,
            reason,
            series_id,
        )

    def ask_again(self, series: str) -> int:
        """Have series with this UID tried again that wait or are held; their number."""
        rows = self.execute(
            "UPDATE series SET state = 'retry', reason = NULL, settled = min(settled, generation - 1)"
            " WHERE series = ? AND state <> 'skipped' AND (generation > settled OR state = 'held') RETURNING id",
            series,
        )
        return len(rows)

    def take_retries(self) -> list[int]:
        """Series that somebody wants to be tried again; handed out once."""
        rows = self.execute("UPDATE series SET state = 'receiving' WHERE state = 'retry' RETURNING id")
        return [row[0] for row in rows]

    def changes_outside(self) -> int:
        """A number that changes when another process changes the state file."""
        return int(self.execute("PRAGMA data_version")[0][0])

    def mark_waiting(self, series_id: int, *, reason: str) -> None:
        """Note why the series has to wait; it stays to be done."""
        self.execute("UPDATE series SET state = 'held', reason = ? WHERE id = ?", reason, series_id)

    def keep_split(self, series_id: int, split: str) -> None:
        """Remember the choice about acquisition numbers."""
        self.execute("UPDATE series SET split = ? WHERE id = ? AND split IS NULL", split, series_id)

    def set_files_gone(self, series_id: int, *, gone: bool) -> None:
        """Note that the spool files of the series are deleted, or are there again."""
        self.execute("UPDATE series SET files_gone = ? WHERE id = ?", int(gone), series_id)

    def forget_series(self, series_id: int) -> None:
        """Remove the series and all about it."""
        self.execute("DELETE FROM series WHERE id = ?", series_id)

    # instances

    def instance(self, series_id: int, sop: str) -> Instance | None:
        """One instance."""
        return next(iter(self._instances("WHERE series_id = ? AND sop = ?", series_id, sop)), None)

    def instances(self, series_id: int) -> list[Instance]:
        """The instances of a series by UID."""
        return self._instances("WHERE series_id = ? ORDER BY sop", series_id)

    def instance_count(self, series_id: int) -> int:
        """Number of instances of a series."""
        return int(self.execute("SELECT count(*) FROM instance WHERE series_id = ?", series_id)[0][0])

    def put_instance(self, series_id: int, instance: Instance) -> None:
        """Add or replace one instance."""
        self.execute(
            "INSERT OR REPLACE INTO instance (series_id, sop, sha256, size, mtime_ns, facts)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            series_id,
            instance.sop,
            instance.sha256,
            instance.size,
            instance.mtime_ns,
            instance.facts,
        )

    def put_digests(self, series_id: int, digests: Iterable[tuple[Instance, str]]) -> None:
        """Note the digests of these instances, unless they were replaced meanwhile."""
        rows = [(digest, series_id, row.sop, row.size, row.mtime_ns) for row, digest in digests]
        with self.transaction():
            self._db.executemany(
                "UPDATE instance SET sha256 = ? WHERE series_id = ? AND sop = ? AND size = ? AND mtime_ns = ?",
                rows,
            )

    def drop_instance(self, series_id: int, sop: str) -> None:
        """Remove one instance."""
        self.execute("DELETE FROM instance WHERE series_id = ? AND sop = ?", series_id, sop)

    # buckets

    def bucket_digest(self, series_id: int, bucket: str) -> str | None:
        """Content digest the server has confirmed for the bucket."""
        rows = self.execute("SELECT digest FROM bucket WHERE series_id = ? AND bucket = ?", series_id, bucket)
        return rows[0][0] if rows else None

    def bucket_files(self, series_id: int) -> list[tuple[str, int]]:
        """File id and version of each uploaded bucket."""
        return [
            (file_id, version)
            for file_id, version in self.execute(
                "SELECT file_id, version FROM bucket WHERE series_id = ? ORDER BY bucket", series_id
            )
        ]

    def put_bucket(self, series_id: int, bucket: str, *, digest: str, file_id: str, version: int) -> None:
        """Note what the server has confirmed."""
        self.execute(
            "INSERT OR REPLACE INTO bucket (series_id, bucket, digest, file_id, version)"
            " VALUES (?, ?, ?, ?, ?)",
            series_id,
            bucket,
            digest,
            file_id,
            version,
        )

    # figures

    def count_by_state(self) -> dict[str, int]:
        """Number of series in each state."""
        return dict(self.execute("SELECT state, count(*) FROM series GROUP BY state"))

    def spooled_bytes(self) -> int:
        """Bytes of all instances whose files are still there."""
        rows = self.execute(
            "SELECT coalesce(sum(size), 0) FROM instance JOIN series ON id = series_id WHERE NOT files_gone"
        )
        return int(rows[0][0])

    def _series(self, where: str, *values: object) -> list[Series]:
        rows = self.execute(
            "SELECT id, device, study, series, generation, settled, state, reason, split, settled_at,"
            f" files_gone FROM series {where}",
            *values,
        )
        return [replace(Series(*row), files_gone=bool(row[-1])) for row in rows]

    def _instances(self, where: str, *values: object) -> list[Instance]:
        rows = self.execute(f"SELECT sop, sha256, size, mtime_ns, facts FROM instance {where}", *values)
        return [Instance(*row) for row in rows]

    def execute(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    # The files are the truth: a few lost rows are found again at the next start.
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    try:
        prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _set_aside(path: Path) -> None:
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if name.exists():
            name.replace(name.with_name(name.name + ".unusable"))
