"""Looks again at skipped and parked series whose source does not return what decides (section 2.8)."""

from __future__ import annotations

from math import ceil

from treadle.connector.pull.desk import Desk
from treadle.connector.pull.errors import PullError
from treadle.connector.pull.query import open_query
from treadle.connector.pull.retrieve import Wanted
from treadle.connector.pull.state import Row
from treadle.connector.pull.take import header_fingerprint
from treadle.dicom.tags import read_text


class Rechecker:
    """Retrieves one instance of such series now and then: an operator may have corrected the registration."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._due_at: dict[int, float] = {}

    def due(self) -> list[Row]:
        """Rows whose header is to be looked at now."""
        pull = self._desk.device.pull
        if not pull.recheck:
            return []
        now = self._desk.clock.monotonic()
        most = ceil(pull.recheck_for_s / pull.recheck_interval_s)
        rows = [
            row
            for row in self._desk.pulled.blind(self._desk.device.id, rechecks_below=most)
            if _is_parked(self._desk, row)
        ]
        self._due_at = {row.id: self._due_at.get(row.id, now + pull.recheck_interval_s) for row in rows}
        return [row for row in rows if self._due_at[row.id] <= now]

    def recheck(self, row: Row) -> None:
        """Look at one instance; the series is due again when its values have changed."""
        desk = self._desk
        self._due_at[row.id] = desk.clock.monotonic() + desk.device.pull.recheck_interval_s
        desk.pulled.set_phase(row, "rechecking")
        desk.pulled.count_recheck(row)
        instance = ""
        try:
            instance = self._an_instance(row)
            if instance:
                desk.retriever.retrieve(Wanted(row.study, row.series, 1, instance=instance))
        except PullError as error:
            desk.note("rechecked", row, reason=str(error))
        if not desk.stop.is_set():
            self._conclude(row, instance)

    def _an_instance(self, row: Row) -> str:
        with open_query(self._desk.scu, self._desk.device) as query:
            found = query.instances(study=row.study, series=row.series)
            return min((read_text(instance, "SOPInstanceUID") for instance in found), default="")

    def _conclude(self, row: Row, instance: str) -> None:
        desk = self._desk
        spool = desk.pulled.spool
        series = desk.spooled(row)
        is_new = series is not None and series.generation > series.settled
        header = header_fingerprint(desk, desk.files(row) / f"{instance}.dcm") if is_new else None
        was_delivered = series is not None and series.settled > 0
        if is_new and (was_delivered or header != row.header):
            desk.note("changed", row, reason="header")
            desk.pulled.set_phase(row, "due")
            return
        if is_new and series is not None:  # one instance of a series that was skipped and deleted
            spool.settle_series(series.id, generation=series.generation, state="skipped")
        desk.pulled.set_phase(row, "retrieved")


def _is_parked(desk: Desk, row: Row) -> bool:
    """Whether the series was skipped (and then deleted), or uploaded to a parking place."""
    series = desk.spooled(row)
    if series is None or series.state == "skipped":
        return True
    return series.state == "uploaded" and series.reason is not None
