"""Deletes spool files the server has confirmed, after their time or earlier when the disk fills up."""

import shutil
from pathlib import Path
from time import time

from treadle.connector.config import ConnectorConfig
from treadle.connector.health import log_event
from treadle.connector.privacy.report import Reports
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Series, State

# Below this multiple of the free space that must remain, confirmed files go early.
_EARLY = 1.25


class Retention:
    """Keeps the spool from growing for ever."""

    def __init__(self, layout: Layout, state: State, config: ConnectorConfig) -> None:
        self._layout = layout
        self._state = state
        self._config = config
        self._reports = Reports(layout.reports)

    def is_short(self) -> bool:
        """Whether the disk is so full that confirmed files go early."""
        return shutil.disk_usage(self._layout.root).free < self._config.limits.min_free * _EARLY

    def sweep(self) -> int:
        """Delete what may go; the number of series deleted."""
        now = time()
        self._reports.sweep(self._config.keep_reports_s)
        keep = 0.0 if self.is_short() else self._config.keep_uploaded_s
        gone = [
            delete_files(self._layout, self._state, series, forget=False)
            for series in self._state.settled_series(state="uploaded", before=now - keep)
        ]
        gone += [
            delete_files(self._layout, self._state, series, forget=True)
            for series in self._state.settled_series(
                state="skipped", before=now - self._config.keep_skipped_s
            )
        ]
        return sum(gone)


def delete_files(layout: Layout, state: State, series: Series, *, forget: bool) -> bool:
    """Delete the series' spool files, and (`forget`) all that is known of it; False if it has just grown."""
    folder = layout.series(device=series.device, study=series.study, series=series.series)
    with state.transaction():
        # Nothing can be sorted into the series meanwhile: that needs a transaction too.
        now = state.series(series.id)
        if now is None or now.generation != series.generation:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        _remove_if_empty(folder.parent)
        if forget:
            state.forget_series(series.id)
        else:
            state.set_files_gone(series.id, gone=True)
    log_event("spool deleted", device=series.device, series=series.series)
    return True


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
