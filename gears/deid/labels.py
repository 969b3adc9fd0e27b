"""Where a file goes in another project: by the labels asked for, else by what it says of itself when de-identified."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError

KEYWORDS = {"subject": "PatientID", "session": "StudyInstanceUID", "acquisition": "SeriesInstanceUID"}


def labels_of(data: bytes, config: dict[str, Any]) -> dict[str, str]:
    """Labels of the levels; those the original stood under may name the patient, and are not asked."""
    labels = {level: config.get(f"{level}-label", "") for level in KEYWORDS}
    if not all(labels.values()):
        said = _dataset(data)
        labels = {level: label or str(said.get(KEYWORDS[level], "")) for level, label in labels.items()}
    for level, label in labels.items():
        if not label:
            raise ValueError(f"the result does not say which {level} it belongs to; set '{level}-label'")
    return labels


def _dataset(data: bytes) -> Dataset:
    """The header of the file, or of the first DICOM file of an archive; empty when there is none."""
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            files = (archive.read(entry) for entry in archive.infolist() if not entry.is_dir())
            return next((said for said in map(_dataset, files) if said), Dataset())
    try:
        return dcmread(BytesIO(data), stop_before_pixels=True)
    except InvalidDicomError:
        return Dataset()
