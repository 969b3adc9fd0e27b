"""Fields of the first members of an archive, after they were de-identified, for the archive's own name."""

from __future__ import annotations

import io
import json
from typing import Any

import pydicom

from treadle.deid.fields.dicom_view import View
from treadle.deid.fields.json_record import JsonRecord
from treadle.deid.result import Result

_KINDS = ("dicom", "json")


class MemberFields:
    """The first DICOM and the first JSON member; `order` is that of the sections in the profile."""

    def __init__(self, order: tuple[str, ...]) -> None:
        self.order = order
        self.outputs: dict[str, bytes] = {}

    def see(self, result: Result) -> None:
        """Remember the first output of a kind."""
        kind = result.report.kind
        if kind in _KINDS and result.outputs:
            self.outputs.setdefault(kind, result.outputs[0][1])

    def read(self, name: str) -> Any:
        """The first value of a field."""
        for kind in sorted(
            self.outputs, key=lambda kind: self.order.index(kind) if kind in self.order else 99
        ):
            data = self.outputs[kind]
            value = _dicom(data, name) if kind == "dicom" else JsonRecord(json.loads(data)).get(name)
            if value is not None:
                return value
        return None


def _dicom(data: bytes, name: str) -> str | None:
    dataset = pydicom.dcmread(io.BytesIO(data), force=True, stop_before_pixels=True)
    return View(dataset, recurse=False).read(name)
