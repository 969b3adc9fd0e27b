"""Brings back deleted spool files from the server when their series grows: a version holds all members."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from treadle.connector.api import Api
from treadle.connector.health import log_event
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.sent_as import Sent, SentAs
from treadle.connector.spool.state import Instance, Series, State
from treadle.dicom.digest import data_set_sha256


class Restorer:
    """Fetches instances of a series from the server's archive into the spool."""

    def __init__(self, layout: Layout, state: State) -> None:
        self._layout = layout
        self._state = state
        self._sent_as = SentAs(state)

    def complete_files(self, api: Api, series: Series) -> tuple[list[Instance], dict[str, Sent]]:
        """The instances of the series, and of those without file what was sent in place of it.

        What was sent as it is comes back as a file; what nobody has any more is forgotten and logged.
        """
        folder = self._layout.series(device=series.device, study=series.study, series=series.series)
        sent = self._sent_as.of(series.id)
        found, away = [], {}
        for instance in self._state.instances(series.id):
            if (folder / f"{instance.sop}.dcm").exists():
                found.append(instance)
            elif instance.sop in sent:
                found.append(instance)
                away[instance.sop] = sent[instance.sop]
            elif self._fetch(api, series, instance, folder):
                found.append(instance)
        return found, away

    def _fetch(self, api: Api, series: Series, instance: Instance, folder: Path) -> bool:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{instance.sop}.dcm"
        files = self._state.bucket_files(series.id)
        if fetch_file(api, files, instance.sop, instance.sha256, path, mtime_ns=instance.mtime_ns):
            return True
        self._state.drop_instance(series.id, instance.sop)
        log_event("instance lost", level=logging.ERROR, series=series.series, instance=instance.sop)
        return False


def fetch_file(
    api: Api,
    files: Iterable[tuple[str, int]],
    sop: str,
    sha256: str,
    path: Path,
    *,
    mtime_ns: int | None = None,
) -> bool:
    """Whether one of these files of the archive held the instance with this data set; it is at `path` then."""
    for file_id, version in files:
        data = api.instance(file_id=file_id, version=version, sop=sop)
        if data is None:
            continue
        part = path.with_suffix(".part")
        part.write_bytes(data)
        try:
            if data_set_sha256(part) == sha256:
                if mtime_ns is not None:
                    os.utime(part, ns=(mtime_ns, mtime_ns))
                part.rename(path)
                return True
        finally:
            part.unlink(missing_ok=True)
    return False
