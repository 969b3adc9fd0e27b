"""Reading DICOM files: the few facts the connector needs of each instance, and whole headers."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag, Tag

from treadle.dicom.digest import data_set_offset
from treadle.dicom.header_json import header_json
from treadle.dicom.identity import InstanceFacts
from treadle.dicom.labels import join_values
from treadle.dicom.scan import scan
from treadle.dicom.tags import BROKEN_VALUE, read_values

__all__ = ["NotDicomError", "facts_of", "header_json", "read_facts", "read_header"]

_KEYWORDS = (
    "SpecificCharacterSet",
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "Modality",
    "Manufacturer",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "AcquisitionNumber",
    "InstanceNumber",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "NumberOfFrames",
    "Rows",
    "Columns",
)
_IDENTIFYING = ("SOPInstanceUID", "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID")
_TAGS: list[BaseTag | int] = [Tag(keyword) for keyword in _KEYWORDS]
_LAST_TAG = Tag("Columns")
_NAMES = {int(Tag(keyword)): keyword for keyword in (*_KEYWORDS, "TransferSyntaxUID")}
_WANTED = frozenset(_NAMES)
_BINARY = frozenset((int(Tag("Rows")), int(Tag("Columns"))))
_CHARACTER_SET, _NOBODYS, _NOBODYS_TAG = b"\x08\x00\x05\x00", b"\x08\x00\x04\x00", 0x00080004
_MENDABLE = 64 * 1024 * 1024  # bytes that hold the header of a file with a broken character set
_BEGINNINGS = (8 * 1024, 64 * 1024)  # bytes that hold the facts of most, and of all but exotic files
_PIXELS = frozenset(Tag(name) for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"))


class NotDicomError(ValueError):
    """The file holds no DICOM data set."""


def read_header(path: str | os.PathLike[str]) -> Dataset:
    """Data set of a file without its pixel data; NotDicomError when it cannot be one."""
    try:
        ds: Dataset = dcmread(path, stop_before_pixels=True, force=True)
    except (InvalidDicomError, *BROKEN_VALUE) as error:
        ds = _read_mended(Path(path), error)
    if not any(keyword in ds for keyword in _IDENTIFYING):
        raise NotDicomError(f"{Path(path).name}: no DICOM data set in it")
    return ds


def _read_mended(path: Path, error: Exception) -> Dataset:
    """Second try after a broken character set: its element is given a tag that nobody reads."""
    if isinstance(error, OSError) and error.errno is not None:  # the disk, not the data
        raise error
    with path.open("rb") as file:
        start = data_set_offset(file)
        file.seek(0)
        data = file.read(_MENDABLE)
    at = data.find(_CHARACTER_SET, start, start + 256)
    try:
        if at < 0:
            raise error
        mended = data[:at] + _NOBODYS + data[at + len(_NOBODYS) :]
        ds = dcmread(io.BytesIO(mended), stop_before_pixels=True, force=True)
    except (InvalidDicomError, *BROKEN_VALUE):
        raise NotDicomError(f"{path.name}: not a readable DICOM file") from error
    ds.pop(Tag(_NOBODYS_TAG), None)
    return ds


def read_facts(path: str | os.PathLike[str]) -> InstanceFacts:
    """Facts of one file, reading no further than its image size; NotDicomError when it is no DICOM file."""
    facts = _quick_facts(Path(path)) or _slow_facts(Path(path))
    if not (facts.sop_uid or facts.series_uid or facts.study_uid or facts.sop_class_uid):
        raise NotDicomError(f"{Path(path).name}: no DICOM data set in it")
    return facts


def _slow_facts(path: Path) -> InstanceFacts:
    try:
        with path.open("rb") as file:
            ds: Dataset = read_partial(file, _is_behind_facts, force=True, specific_tags=_TAGS)
    except (InvalidDicomError, *BROKEN_VALUE) as error:
        ds = _read_mended(path, error)
    return facts_of(ds, path=path)


def _quick_facts(path: Path) -> InstanceFacts | None:
    with path.open("rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):  # the pixels behind are not wanted
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)
        raw = None
        for size in _BEGINNINGS:
            if raw is None:
                file.seek(0)
                raw = scan(file.read(size), _WANTED, int(_LAST_TAG))
    if raw is None or not all(_is_plain(value) for tag, value in raw.items() if tag not in _BINARY):
        return None
    if any(len(raw[tag]) != 2 for tag in _BINARY & raw.keys()):
        return None
    ds = {_NAMES[tag]: _wire_texts(tag, value) for tag, value in raw.items()}
    return _facts(lambda keyword: ds.get(keyword, []), path)


def _is_plain(value: bytes) -> bool:
    """Whether the bytes are the text in every character set: no other letters, no switch to others."""
    return value.isascii() and b"\x1b" not in value


def _wire_texts(tag: int, value: bytes) -> list[str]:
    if tag in _BINARY:
        return [str(int.from_bytes(value, "little"))]
    text = value.decode("ascii").replace("\0", "").rstrip()
    return text.split("\\") if text else []


def facts_of(ds: Dataset, *, path: Path | None = None) -> InstanceFacts:
    """Facts of a data set that is already read; what is missing or broken stays empty.

    >>> ds = Dataset()
    >>> ds.SOPInstanceUID, ds.InstanceNumber = "1.2", "7"
    >>> facts_of(ds).number, facts_of(ds).position
    (7, None)
    """
    meta = getattr(ds, "file_meta", None)

    def values(keyword: str) -> list[str]:
        holder = meta if keyword == "TransferSyntaxUID" else ds
        return read_values(holder, keyword) if holder is not None else []

    return _facts(values, path)


def _facts(values: Callable[[str], list[str]], path: Path | None) -> InstanceFacts:
    position = _floats(values("ImagePositionPatient"), 3)
    orientation = _floats(values("ImageOrientationPatient"), 6)
    return InstanceFacts(
        sop_uid=join_values(values("SOPInstanceUID")),
        sop_class_uid=join_values(values("SOPClassUID")),
        transfer_syntax=join_values(values("TransferSyntaxUID")),
        series_uid=join_values(values("SeriesInstanceUID")),
        study_uid=join_values(values("StudyInstanceUID")),
        number=_integer(values("InstanceNumber")),
        acquisition_number=_integer(values("AcquisitionNumber")),
        image_type=tuple(value.strip() for value in values("ImageType")),
        manufacturer=join_values(values("Manufacturer")),
        position=(position[0], position[1], position[2]) if position else None,
        orientation=(*orientation[:5], orientation[5]) if orientation else None,  # type: ignore[arg-type]
        frames=max(_integer(values("NumberOfFrames")) or 1, 1),
        rows=_integer(values("Rows")),
        columns=_integer(values("Columns")),
        modality=join_values(values("Modality")),
        path=path,
    )


def _is_behind_facts(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag > _LAST_TAG or tag in _PIXELS


def _integer(texts: Sequence[str]) -> int | None:
    try:
        number = float(texts[0]) if texts else math.nan
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**31 else None


def _floats(texts: Sequence[str], count: int) -> Sequence[float] | None:
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        return None
    is_usable = len(numbers) == count and all(abs(number) < 1e12 for number in numbers)
    return numbers if is_usable else None
