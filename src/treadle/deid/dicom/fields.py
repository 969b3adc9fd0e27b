"""A profile's own rules work on pydicom data sets: there and back, with large values left where they are."""

from __future__ import annotations

import io
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import Element, Fragments, Span
from treadle.deid.dicom.part10 import DEFLATED, EXPLICIT, DicomFile, file_meta
from treadle.deid.dicom.reader import Reader
from treadle.deid.fields import originals


def as_dataset(file: DicomFile, elements: list[Element]) -> Dataset:
    """The elements as pydicom sees them; large values are there, but empty."""
    light = [Element(e.tag, e.vr, b"") if isinstance(e.value, Span | Fragments) else e for e in elements]
    syntax = EXPLICIT if file.syntax == DEFLATED else file.syntax
    data = file_meta(syntax, b"", b"") + file.writer().encoded(light)
    try:
        return dcmread(io.BytesIO(data), force=True)
    except (ValueError, LookupError) as error:  # a character set that is no name at all
        raise Rejected(Code.BAD_VALUE, "00080005") from error


def changed(file: DicomFile, before: Dataset) -> Dataset:
    """Elements that were there before and are not now, or are otherwise. Pictures are not among them."""
    return originals.changed(before, as_dataset(file, file.elements))


def from_dataset(
    file: DicomFile, dataset: Any, before: list[Element], written_paths: set[tuple[int, ...]]
) -> list[Element]:
    """The elements of a changed data set; large values that no rule wrote are as they were."""
    written = DicomBytesIO()
    written.is_little_endian = not file.big
    written.is_implicit_VR = file.implicit
    write_dataset(written, dataset)
    after = Reader(written.getvalue(), implicit=file.implicit, big=file.big).data_set(0)
    large = {e.tag: e for e in before if isinstance(e.value, Span | Fragments)}
    kept = []
    for element in after:
        value = element.value
        if isinstance(value, Span):
            element.value = written.getvalue()[value.start : value.stop]
        elif not value and element.tag in large and (element.tag,) not in written_paths:
            element = large[element.tag]  # noqa: PLW2901 - as it was
        kept.append(element)
    return kept
