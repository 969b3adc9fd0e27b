"""What the checks need of every image of a series: of each file, or of each frame of a multi-frame one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from treadle.dicom.classify import classify
from treadle.dicom.header import NotDicomError, read_header
from treadle.dicom.header_json import header_json
from treadle.dicom.tags import BROKEN_VALUE

IDENTITY = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Modality")
CONSTANT = (
    "Rows",
    "Columns",
    "PixelSpacing",
    "SliceThickness",
    "SpacingBetweenSlices",
    "BitsAllocated",
    "PixelRepresentation",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "SeriesDescription",
    "ProtocolName",
    "SequenceName",
    "ScanningSequence",
    "RepetitionTime",
    "FlipAngle",
    "InversionTime",
    "MagneticFieldStrength",
    "PixelBandwidth",
    "ReceiveCoilName",
    "MRAcquisitionType",
    "KVP",
    "ConvolutionKernel",
    "Manufacturer",
    "ManufacturerModelName",
    "SoftwareVersions",
    "DeviceSerialNumber",
)
PIXELS = frozenset(Tag(name) for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"))
UNDEFINED = 0xFFFF_FFFF


@dataclass(frozen=True)
class Slice:
    """One image."""

    name: str
    uid: str
    number: int | None
    position: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    values: Mapping[str, Any]

    @property
    def normal(self) -> np.ndarray | None:
        """The direction the slices are stacked in."""
        if self.orientation is None:
            return None
        return np.cross(self.orientation[:3], self.orientation[3:])


@dataclass
class Series:
    """The images, the files that could not be read and why, and the header of the first."""

    slices: list[Slice] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    files: int = 0
    first: Dataset = field(default_factory=Dataset)
    classification: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def is_localizer(self) -> bool:
        """Whether it is meant to look in several directions."""
        return "Localizer" in [
            *self.classification.get("Intent", ()),
            *self.classification.get("Scan Type", ()),
        ]

    def summary(self) -> dict[str, Any]:
        """What kind of series it is."""
        said = {
            name: _plain(self.first.get(name)) for name in ("Modality", "Manufacturer", "SeriesDescription")
        }
        return said | {"files": self.files, "images": len(self.slices)}


def read_series(files: Mapping[str, Path], classification: Mapping[str, list[str]] | None) -> Series:
    """The series of these files; pixel data are measured, never read."""
    series = Series(files=len(files))
    for name, path in files.items():
        try:
            header, why = _read(path)
        except (NotDicomError, *BROKEN_VALUE) as error:
            header, why = None, str(error)
        if why:
            series.broken[name] = why
        if header is None:
            continue
        if not series.first:
            series.first = header
        series.slices += _slices(name, header)
    series.classification = classification or classify(header_json(series.first)).classification
    return series


def _read(path: Path) -> tuple[Dataset, str | None]:
    """The header, and why the pixel data behind it cannot be whole."""
    found: list[tuple[int, int]] = []
    with path.open("rb") as file:

        def at_pixels(tag: BaseTag, _vr: str | None, length: int) -> bool:
            if tag in PIXELS:
                found.append((file.tell(), length))
            return tag in PIXELS

        try:
            read_partial(file, at_pixels, force=True)
        except (InvalidDicomError, *BROKEN_VALUE):
            found.clear()  # an odd header; what can be mended is
    header = read_header(path)
    if not found or found[0][1] == UNDEFINED or _syntax(header) == DeflatedExplicitVRLittleEndian:
        return header, None
    start, length = found[0]
    if start + length > path.stat().st_size:
        return header, f"cut off: {start + length - path.stat().st_size} bytes are missing"
    least = 0 if "422" in str(header.get("PhotometricInterpretation", "")) else _least(header)
    return header, f"{length} bytes of pixel data instead of {least}" if length < least else None


def _syntax(header: Dataset) -> str:
    return str(header.file_meta.get("TransferSyntaxUID", "")) if hasattr(header, "file_meta") else ""


def _least(header: Dataset) -> int:
    """Bytes of plain pixel data; 0 when the header does not say."""
    try:
        samples = int(header.get("SamplesPerPixel", 1)) * int(header.get("NumberOfFrames") or 1)
        return int(header.Rows) * int(header.Columns) * samples * int(header.BitsAllocated) // 8
    except (AttributeError, *BROKEN_VALUE):
        return 0


def _slices(name: str, header: Dataset) -> Iterator[Slice]:
    values = {key: _plain(header.get(key)) for key in (*IDENTITY, *CONSTANT, "EchoTime", "InstanceNumber")}
    uid, number = str(header.get("SOPInstanceUID", "")), values["InstanceNumber"]
    shared = (header.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    frames = header.get("PerFrameFunctionalGroupsSequence") or [header]
    for place, frame in enumerate(frames):
        inner = frame is not header
        yield Slice(
            f"{name}, frame {place + 1}" if inner else name,
            f"{uid}#{place}" if inner else uid,
            place + 1 if inner else (number if isinstance(number, int) else None),
            _numbers(_grouped("PlanePositionSequence", frame, shared), "ImagePositionPatient", 3),
            _numbers(_grouped("PlaneOrientationSequence", frame, shared), "ImageOrientationPatient", 6),
            values,
        )


def _grouped(group: str, frame: Dataset, shared: Dataset) -> Dataset:
    """The functional group of a frame, its own or the shared one; a plain header is its own."""
    return next((found[0] for place in (frame, shared) if (found := place.get(group))), frame)


def _numbers(place: Dataset, keyword: str, count: int) -> tuple[float, ...] | None:
    try:
        found = tuple(float(value) for value in place.get(keyword) or ())
    except BROKEN_VALUE:
        return None
    return found if len(found) == count and np.isfinite(found).all() else None


def _plain(value: Any) -> Any:
    if isinstance(value, MultiValue):
        return tuple(_plain(inner) for inner in value)
    if value is None or isinstance(value, int):
        return value
    return float(value) if isinstance(value, float) else str(value)
