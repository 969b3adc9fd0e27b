"""What is known of the series at their sources: rows in the state file of the spool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from treadle.connector.pull.rule import Known, Phase
from treadle.connector.spool.state import State

_COLUMNS = "id, device, study, series, count, keys, stable, phase, failures, blind, taken, header, rechecks, absent_s"


@dataclass(frozen=True)
class Row:
    """One series at its source."""

    id: int
    device: str
    study: str
    series: str
    known: Known
    is_blind: bool
    taken: str | None
    header: str | None
    rechecks: int
    absent_s: float


class PullState:
    """The rows of all devices; safe to use from several threads, and beside another process."""

    def __init__(self, state: State) -> None:
        self.spool = state

    def find(self, *, device: str, study: str, series: str) -> Row | None:
        """The row of one series."""
        return next(iter(self._rows("device = ? AND study = ? AND series = ?", device, study, series)), None)

    def all(self, device: str) -> list[Row]:
        """Every row of a device."""
        return self._rows("device = ? ORDER BY id", device)

    def in_phase(self, device: str, *phases: Phase) -> list[Row]:
        """Rows in one of the phases, oldest first."""
        marks = ", ".join("?" * len(phases))
        return self._rows(f"device = ? AND phase IN ({marks}) ORDER BY id", device, *phases)

    def first_due(self, device: str) -> Row | None:
        """The oldest row that is due."""
        return next(iter(self._rows("device = ? AND phase = 'due' ORDER BY id LIMIT 1", device)), None)

    def blind(self, device: str, *, rechecks_below: int) -> list[Row]:
        """Retrieved series that only their header tells about, not yet looked at so often."""
        return self._rows(
            "device = ? AND phase = 'retrieved' AND blind AND absent_s = 0 AND rechecks < ? ORDER BY id",
            device,
            rechecks_below,
        )

    def put(self, *, device: str, study: str, series: str, known: Known, is_blind: bool) -> None:
        """Note what is known of a series that the source has just answered with."""
        self.spool.execute(
            "INSERT INTO pulled (device, study, series, count, keys, stable, phase, failures, blind)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, study, series) DO UPDATE SET"
            " count = excluded.count, keys = excluded.keys, stable = excluded.stable, phase = excluded.phase,"
            " failures = excluded.failures, blind = excluded.blind, absent_s = 0",
            device,
            study,
            series,
            known.count,
            known.keys,
            known.stable,
            known.phase,
            known.failures,
            int(is_blind),
        )

    def set_phase(self, row: Row, phase: Phase, *, failures: int | None = None) -> None:
        """Note how far the retrieval of a series is."""
        self.spool.execute(
            "UPDATE pulled SET phase = ?, failures = coalesce(?, failures) WHERE id = ?",
            phase,
            failures,
            row.id,
        )

    def set_retrieved(self, row: Row, *, header: str | None) -> None:
        """Note that all instances of the series are in the spool."""
        self.spool.execute(
            "UPDATE pulled SET phase = 'retrieved', failures = 0, taken = keys,"
            " header = coalesce(?, header), rechecks = 0 WHERE id = ?",
            header,
            row.id,
        )

    def count_recheck(self, row: Row) -> None:
        """Note that the header of the series was looked at again."""
        self.spool.execute("UPDATE pulled SET rechecks = rechecks + 1 WHERE id = ?", row.id)

    def add_absence(self, row: Row, seconds: float) -> None:
        """Note that a poll did not show the series."""
        self.spool.execute("UPDATE pulled SET absent_s = absent_s + ? WHERE id = ?", seconds, row.id)

    def forget(self, row: Row) -> None:
        """Forget the series: if its source shows it again, it is new."""
        self.spool.execute("DELETE FROM pulled WHERE id = ?", row.id)

    def resume(self, device: str) -> None:
        """What a killed process was retrieving is due again."""
        self.spool.execute(
            "UPDATE pulled SET phase = 'due' WHERE device = ? AND phase IN ('retrieving', 'rechecking')",
            device,
        )

    def retry(self, series: str) -> int:
        """Failed, abandoned and skipped retrievals of the series are due at once; their number."""
        return self._changed(
            "UPDATE pulled SET phase = 'due', failures = 0 WHERE series = ?"
            " AND phase IN ('failed', 'abandoned', 'skipped', 'ignored') RETURNING id",
            series,
        )

    def forget_series(self, series: str) -> int:
        """Forget the series at all sources; the number of rows."""
        return self._changed("DELETE FROM pulled WHERE series = ? RETURNING id", series)

    def is_first_poll(self, device: str) -> bool:
        """Whether no poll of the device has ever succeeded."""
        return not self.spool.execute("SELECT 1 FROM polled WHERE device = ?", device)

    def set_polled(self, device: str) -> None:
        """Note that a poll of the device has succeeded."""
        self.spool.execute("INSERT OR IGNORE INTO polled (device) VALUES (?)", device)

    def count_by_phase(self, device: str) -> dict[str, int]:
        """Number of series in each phase."""
        return dict(
            self.spool.execute("SELECT phase, count(*) FROM pulled WHERE device = ? GROUP BY phase", device)
        )

    def _changed(self, sql: str, *values: object) -> int:
        return len(self.spool.execute(sql, *values))

    def _rows(self, where: str, *values: object) -> list[Row]:
        return [
            _row(values)
            for values in self.spool.execute(f"SELECT {_COLUMNS} FROM pulled WHERE {where}", *values)
        ]


def _row(values: tuple[Any, ...]) -> Row:
    number, device, study, series, count, keys, stable, phase, failures, blind, *rest = values
    known = Known(count, keys, stable, phase, failures)
    return Row(number, device, study, series, known, bool(blind), *rest)
