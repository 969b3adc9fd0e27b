"""Sorts arrived files into their series and keeps the state in step with the files (flow step 2)."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from treadle.connector.receive.mark import recover
from treadle.connector.spool.facts import facts_to_text
from treadle.connector.spool.layout import Layout, is_safe_uid
from treadle.connector.spool.state import Instance, State
from treadle.dicom.digest import data_set_sha256
from treadle.dicom.header import NotDicomError, read_facts
from treadle.dicom.identity import InstanceFacts

log = logging.getLogger("treadle.connector")

_BATCH = 100


@dataclass(frozen=True)
class _Arrival:
    device: str
    path: Path
    facts: InstanceFacts


class Indexer:
    """Moves files from `arriving/` to `incoming/`.

    `on_change` hears of series that got something new, `on_arrival` of every instance, also of one that is known.
    """

    def __init__(
        self,
        layout: Layout,
        state: State,
        *,
        on_change: Callable[[int], None],
        on_arrival: Callable[[str, InstanceFacts], None],
        on_quarantine: Callable[[str], None],
    ) -> None:
        self._layout = layout
        self._state = state
        self._on_change = on_change
        self._on_arrival = on_arrival
        self._on_quarantine = on_quarantine
        self._folders: dict[tuple[str, str, str], tuple[int, Path]] = {}

    def index_arrived(self) -> int:
        """Sort every file that has arrived by now, oldest first; their number."""
        found = [
            (device.name, path)
            for device in _folders(self._layout.arriving)
            for path in sorted(Path(device).glob("*.dcm"))
        ]
        self._index(iter(found))
        return len(found)

    def recover_parts(self) -> None:
        """Hand on what ended receivers left; while any receiver lives, its part files are not left-overs."""
        for device in _folders(self._layout.arriving):
            recover(Path(device), pattern="*.part")

    def rebuild(self) -> None:
        """Bring the state in step with the files, whatever happened before."""
        known = {
            (series.device, series.study, series.series): series.id for series in self._state.all_series()
        }
        self._index(self._unknown_files(known))
        for series in self._state.unsettled_series():
            self._on_change(series.id)

    def _unknown_files(self, known: dict[tuple[str, str, str], int]) -> Iterator[tuple[str, Path]]:
        for device in _folders(self._layout.incoming):
            for study in _folders(Path(device)):
                for series in _folders(Path(study)):
                    series_id = known.get((device.name, study.name, series.name), 0)
                    rows = {row.sop: (row.size, row.mtime_ns) for row in self._state.instances(series_id)}
                    for path in sorted(Path(series).glob("*.dcm")):
                        stat = path.stat()
                        if rows.get(path.stem) != (stat.st_size, stat.st_mtime_ns):
                            yield device.name, path

    def _index(self, files: Iterator[tuple[str, Path]]) -> None:
        while batch := list(islice(files, _BATCH)):
            self._folders.clear()
            arrivals = [self._examine(device, path) for device, path in batch]
            with self._state.transaction():
                sorted_into = [self._sort(arrival) for arrival in arrivals if arrival is not None]
                changed = {series_id for series_id in sorted_into if series_id is not None}
                for series_id in changed:
                    self._state.touch_series(series_id)
            for series_id in changed:
                self._on_change(series_id)
            for arrival in arrivals:
                if arrival is not None:
                    self._on_arrival(arrival.device, arrival.facts)

    def _examine(self, device: str, path: Path) -> _Arrival | None:
        """What the file is; None when it went to quarantine."""
        try:
            facts = read_facts(path)
        except NotDicomError:
            self._quarantine(device, path)
            return None
        if not all(is_safe_uid(uid) for uid in (facts.study_uid, facts.series_uid, facts.sop_uid)):
            self._quarantine(device, path)
            return None
        return _Arrival(device, path, facts)

    def _sort(self, arrival: _Arrival) -> int | None:
        """Put the file into its series; the series if that changed it."""
        facts = arrival.facts
        series_id, folder = self._series(arrival.device, facts)
        path = folder / f"{facts.sop_uid}.dcm"
        if path != arrival.path:
            if self._is_known(series_id, arrival, path):
                arrival.path.unlink()
                return None
            arrival.path.replace(path)
        stat = path.stat()
        self._state.put_instance(
            series_id,
            Instance(facts.sop_uid, "", stat.st_size, stat.st_mtime_ns, facts_to_text(facts)),
        )
        return series_id

    def _series(self, device: str, facts: InstanceFacts) -> tuple[int, Path]:
        """Id and folder of the series, made if it is new; looked up once in a batch."""
        key = (device, facts.study_uid, facts.series_uid)
        if key not in self._folders:
            series_id = self._state.add_series(device=device, study=key[1], series=key[2])
            folder = self._layout.series(device=device, study=key[1], series=key[2])
            folder.mkdir(parents=True, exist_ok=True)
            self._folders[key] = (series_id, folder)
        return self._folders[key]

    def _is_known(self, series_id: int, arrival: _Arrival, path: Path) -> bool:
        known = self._state.instance(series_id, arrival.facts.sop_uid)
        if known is None:
            return False
        series = self._state.series(series_id)
        if path.exists():
            digest = known.sha256 or data_set_sha256(path)
        elif series is not None and series.files_gone:
            digest = known.sha256
        else:
            return False
        return digest == data_set_sha256(arrival.path)

    def _quarantine(self, device: str, path: Path) -> None:
        folder = self._layout.quarantine / device
        folder.mkdir(parents=True, exist_ok=True)
        path.replace(folder / path.name)
        log.warning("quarantined", extra={"fields": {"device": device, "file": path.name}})
        self._on_quarantine(device)


def _folders(path: Path) -> list[os.DirEntry[str]]:
    if not path.is_dir():
        return []
    with os.scandir(path) as entries:
        return sorted((entry for entry in entries if entry.is_dir()), key=lambda entry: entry.name)
