"""Where instances of a C-GET touch down: the way of the receivers, durable before the answer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from errno import EDQUOT, ENOSPC
from pathlib import Path
from threading import Lock
from typing import cast

from pynetdicom import _config, evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE

from treadle.connector.receive.command import OUT_OF_RESOURCES, PROCESSING_FAILURE, SUCCESS
from treadle.connector.receive.folder import Folder
from treadle.connector.receive.landing import InstanceTooLargeError, Landing, OutOfSpaceError, file_meta
from treadle.connector.receive.limits import Limits
from treadle.connector.receive.stage import Stage
from treadle.dicom.digest import data_set_offset

_PIECE = 1 << 20


def keep_off_memory(folder: Path) -> None:
    """Have the library put arriving data sets into files of that folder; for the whole process."""
    _config.STORE_RECV_CHUNKED_DATASET = True
    tempfile.tempdir = str(folder)


class GetLanding:
    """The landing of one device; `store` answers its C-STORE requests."""

    def __init__(
        self, folder: Path, *, source: str, limits: Limits, on_instance: Callable[[int], None]
    ) -> None:
        """`on_instance` hears the size of every instance that has landed."""
        self._path = folder
        self._on_instance = on_instance
        self._source = source
        self._limits = limits
        self._stage = Stage()
        self._lock = Lock()
        self._folder: Folder | None = None

    def store(self, event: evt.Event) -> int:
        """The status to answer: success once the instance is durable."""
        path = event.dataset_path
        try:
            self._land(event, path)
        except (OutOfSpaceError, InstanceTooLargeError):
            return OUT_OF_RESOURCES
        except OSError as error:
            return OUT_OF_RESOURCES if error.errno in (ENOSPC, EDQUOT) else PROCESSING_FAILURE
        finally:
            path.unlink(missing_ok=True)
        return SUCCESS

    def drop_unfinished(self, association: Association) -> None:
        """Remove the file of an instance that did not come to its end."""
        path = getattr(association.dimse.message, "_data_set_path", None)
        if path is not None:
            Path(path).unlink(missing_ok=True)

    def close(self) -> None:
        """Leave no empty part files behind."""
        with self._lock:
            if self._folder is not None:
                self._folder.close()

    def _land(self, event: evt.Event, path: Path) -> None:
        request = cast(C_STORE, event.request)
        meta = file_meta(
            sop_class=str(request.AffectedSOPClassUID).encode("ascii", "replace"),
            sop_instance=str(request.AffectedSOPInstanceUID).encode("ascii", "replace"),
            transfer_syntax=str(event.context.transfer_syntax).encode("ascii"),
            source=self._source,
        )
        landing = Landing(self._opened(), self._stage, meta, limits=self._limits)
        try:
            with path.open("rb") as file:
                file.seek(data_set_offset(file))
                while piece := file.read(_PIECE):
                    landing.write(memoryview(piece))
            landing.commit()
            landing.publish()
            self._on_instance(landing.size)
        finally:
            landing.close()

    def _opened(self) -> Folder:
        with self._lock:
            if self._folder is None:
                self._folder = Folder(self._path)
            return self._folder
