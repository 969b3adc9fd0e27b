"""The name of a bucket after de-identification: acquisitions that belonged together still do."""

from __future__ import annotations

import io

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from treadle.connector.privacy.recipe import Recipe
from treadle.connector.privacy.work import engine_of

_MR = "1.2.840.10008.5.1.4.1.1.4"


def bucket_name(bucket: str, *, series: str, new_series: str, recipe: Recipe) -> str:
    """The new name of a bucket of that series, which is called `new_series` now.

    A bucket is named after its series, or after the one that its screen saves were made from, with or without the
    number of an acquisition.
    """
    base, mark, number = bucket.partition("_")
    new_base = new_series if base == series else _new_uid(base, recipe) or new_series
    return f"{new_base}{mark}{number}"


def _new_uid(series: str, recipe: Recipe) -> str | None:
    """What the recipe makes of the UID of a series that is not at hand."""
    result = engine_of(recipe).process("probe.dcm", _probe(series))
    if result.status != "ok":
        return None
    made = dcmread(io.BytesIO(result.outputs[0][1]))
    return str(made.get("SeriesInstanceUID") or "") or None


def _probe(series: str) -> bytes:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = UID(_MR)
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(f"{series}.1")
    ds.StudyInstanceUID = ds.SeriesInstanceUID = series
    ds.PatientID = "probe"
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
