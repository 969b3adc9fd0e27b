"""Brings back deleted spool files from the server when their series grows: a version holds all members."""

import hashlib
import logging
import os
from pathlib import Path

from treadle.connector.api import Api
from treadle.connector.health import log_event
from treadle.connector.spool.layout import Layout
from treadle.connector.spool.state import Instance, Series, State
from treadle.dicom.digest import data_set_sha256


class Restorer:
    """Fetches instances of a series from the server's archive into the spool."""

    def __init__(self, layout: Layout, state: State) -> None:
        self._layout = layout
        self._state = state

    def complete_files(self, api: Api, series: Series) -> list[Instance]:
        """The instances of the series, all with files; what nobody has any more is forgotten and logged."""
        folder = self._layout.series(device=series.device, study=series.study, series=series.series)
        return [
            instance
            for instance in self._state.instances(series.id)
            if (folder / f"{instance.sop}.dcm").exists() or self._fetch(api, series, instance, folder)
        ]

    def _fetch(self, api: Api, series: Series, instance: Instance, folder: Path) -> bool:
        for file_id, version in self._state.bucket_files(series.id):
            data = api.instance(file_id=file_id, version=version, sop=instance.sop)
            if data is not None and self._keep(data, instance, folder):
                return True
        self._state.drop_instance(series.id, instance.sop)
        log_event("instance lost", level=logging.ERROR, series=series.series, instance=instance.sop)
        return False

    def _keep(self, data: bytes, instance: Instance, folder: Path) -> bool:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{instance.sop}.{hashlib.sha256(data).hexdigest()[:8]}.part"
        part.write_bytes(data)
        try:
            if data_set_sha256(part) != instance.sha256:
                return False
            os.utime(part, ns=(instance.mtime_ns, instance.mtime_ns))
            part.rename(folder / f"{instance.sop}.dcm")
        finally:
            part.unlink(missing_ok=True)
        return True
