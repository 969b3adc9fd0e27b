"""The sample study: a generated head, MR (localizer, T1, resting BOLD) and CT, with routing string.

Everything is computed from constants: the same files every time, so sending them twice changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, CTImageStorage, ExplicitVRLittleEndian, MRImageStorage

from treadle.cli.sample_phantom import Painter, Plane

GROUP = "demo"
PROJECT = "Sample"
SUBJECT = "phantom-01"

_NAMES = uuid.UUID("7c9d9f1e-52b4-4c57-9a53-6f1f5b0c2ad1")
_AXIS_NAMES = {(0, 1): (1, 0, 0), (1, 1): (0, 1, 0), (2, -1): (0, 0, -1)}

_TISSUES = ("air", "scalp", "bone", "fluid", "grey", "white", "lesion")


def _contrast(*values: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """Mean and noise of each tissue, in the order of `_TISSUES`."""
    return dict(zip(_TISSUES, values, strict=True))


T1 = _contrast((6, 4), (820, 50), (90, 20), (150, 18), (430, 26), (640, 26), (300, 30))
T2 = _contrast((8, 5), (500, 60), (80, 20), (980, 40), (620, 35), (470, 30), (860, 40))
# Hounsfield units + 1024, as stored.
CT = _contrast((24, 8), (1064, 12), (1974, 60), (1032, 6), (1061, 6), (1052, 6), (1086, 7))


@dataclass(frozen=True)
class Series:
    """One series of the study; `planes` are the slices of one volume."""

    number: int
    description: str
    modality: str
    session: str
    contrast: Mapping[str, tuple[int, int]]
    planes: Sequence[Plane]
    thickness: float
    window: tuple[int, int]
    time: str
    volumes: int = 1
    extra: Mapping[str, object] = field(default_factory=dict)


def axial(count: int, *, size: int, fov: float, gap: float) -> tuple[Plane, ...]:
    """Slices from the bottom to the top of the head."""
    spacing = fov / size
    first = -(count - 1) / 2 * gap
    edge = -(size - 1) / 2 * spacing
    return tuple(Plane((edge, edge, first + n * gap), (0, 1), (1, 1), size, spacing) for n in range(count))


def localizer(*, size: int, fov: float) -> tuple[Plane, ...]:
    """Three slices in each of the three directions."""
    spacing = fov / size
    edge = (size - 1) / 2 * spacing
    steps = (-20.0, 0.0, 20.0)
    return (
        *(Plane((-edge, -edge, step), (0, 1), (1, 1), size, spacing) for step in steps),
        *(Plane((step, -edge, edge), (1, 1), (2, -1), size, spacing) for step in steps),
        *(Plane((-edge, step, edge), (0, 1), (2, -1), size, spacing) for step in steps),
    )


_GRADIENT_ECHO = {"ScanningSequence": "GR", "FlipAngle": 9}

STUDY = (
    Series(
        number=1,
        description="Localizer 3-plane",
        modality="MR",
        session="MR baseline",
        contrast=T1,
        planes=localizer(size=128, fov=256),
        thickness=8,
        window=(400, 900),
        time="090104",
        extra={**_GRADIENT_ECHO, "RepetitionTime": 8.6, "EchoTime": 4.0},
    ),
    Series(
        number=2,
        description="T1w axial",
        modality="MR",
        session="MR baseline",
        contrast=T1,
        planes=axial(24, size=192, fov=240, gap=6.5),
        thickness=5,
        window=(400, 850),
        time="090312",
        extra={**_GRADIENT_ECHO, "RepetitionTime": 2300, "EchoTime": 2.98, "InversionTime": 900},
    ),
    Series(
        number=3,
        description="BOLD resting state",
        modality="MR",
        session="MR baseline",
        contrast=T2,
        planes=axial(16, size=64, fov=224, gap=9),
        thickness=8,
        window=(520, 1100),
        time="091530",
        volumes=4,
        extra={"ScanningSequence": "EP", "RepetitionTime": 2000, "EchoTime": 30, "FlipAngle": 77},
    ),
    Series(
        number=2,
        description="Head 5.0 H31s",
        modality="CT",
        session="CT",
        contrast=CT,
        planes=axial(20, size=256, fov=230, gap=8),
        thickness=5,
        window=(40, 80),
        time="140210",
        extra={"KVP": 120, "ConvolutionKernel": "H31s", "Exposure": 240},
    ),
)


def instances() -> Iterator[Dataset]:
    """Every instance of the study, ready to be sent or written."""
    for series in STUDY:
        yield from _instances(series)


def write(folder: Path) -> int:
    """Write one file per instance; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for dataset in instances():
        dataset.save_as(folder / f"{dataset.SOPInstanceUID}.dcm", enforce_file_format=True)
        count += 1
    return count


def uid(*parts: object) -> str:
    """The same identifier for the same parts, everywhere."""
    # PS3.5 B.2: a UUID as a decimal number under 2.25
    return f"2.25.{uuid.uuid5(_NAMES, '/'.join(map(str, parts))).int}"


def _instances(series: Series) -> Iterator[Dataset]:
    number = 0
    for volume in range(series.volumes):
        painter = Painter(series.contrast, seed=series.number * 1000 + volume)
        for plane in series.planes:
            number += 1
            dataset = _header(series, number)
            _geometry(dataset, series, plane)
            if series.volumes > 1:
                dataset.TemporalPositionIdentifier = volume + 1
                dataset.NumberOfTemporalPositions = series.volumes
            dataset.AcquisitionNumber = 1
            dataset.PixelData = painter.paint(plane)
            dataset["PixelData"].VR = "OW"
            yield dataset


def _header(series: Series, number: int) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = MRImageStorage if series.modality == "MR" else CTImageStorage
    dataset.SOPInstanceUID = uid(series.session, series.number, number)
    dataset.StudyInstanceUID = uid(series.session)
    dataset.SeriesInstanceUID = uid(series.session, series.number)
    dataset.FrameOfReferenceUID = uid(series.session, "frame")
    dataset.StudyID = "1"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = "20260115"
    dataset.StudyTime = "090000" if series.modality == "MR" else "140000"
    dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = series.time
    dataset.AccessionNumber = ""
    dataset.Modality = series.modality
    dataset.Manufacturer = "Treadle"
    dataset.ManufacturerModelName = "Phantom generator"
    dataset.StudyDescription = f"Head {series.modality}"
    dataset.SeriesDescription = dataset.ProtocolName = series.description
    dataset.PatientID = f"fw://{GROUP}/{PROJECT}/{SUBJECT}/{series.session}"
    dataset.PatientName = "Phantom^Ada"
    dataset.PatientBirthDate = "19800229"
    dataset.PatientSex = "F"
    dataset.PatientAge = "045Y"
    dataset.PatientWeight = 64
    dataset.PatientPosition = "HFS"
    dataset.BodyPartExamined = "HEAD"
    dataset.SeriesNumber = series.number
    dataset.InstanceNumber = number
    for keyword, value in series.extra.items():
        setattr(dataset, keyword, value)
    if series.modality == "MR":
        dataset.MagneticFieldStrength = 3
        dataset.SequenceVariant = "SK"
        dataset.ScanOptions = ""
        dataset.MRAcquisitionType = "2D"
        dataset.EchoTrainLength = 1
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    return dataset


def _geometry(dataset: Dataset, series: Series, plane: Plane) -> None:
    dataset.ImageType = (
        ["ORIGINAL", "PRIMARY", "M", "NONE"] if series.modality == "MR" else ["ORIGINAL", "PRIMARY", "AXIAL"]
    )
    dataset.Rows = dataset.Columns = plane.size
    dataset.PixelSpacing = [plane.spacing, plane.spacing]
    dataset.ImagePositionPatient = list(plane.origin)
    dataset.ImageOrientationPatient = [*_AXIS_NAMES[plane.along], *_AXIS_NAMES[plane.down]]
    dataset.SliceThickness = series.thickness
    normal = 3 - plane.along[0] - plane.down[0]
    dataset.SliceLocation = plane.origin[normal]
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = 16
    dataset.BitsStored = 12
    dataset.HighBit = 11
    dataset.PixelRepresentation = 0
    dataset.WindowCenter, dataset.WindowWidth = series.window
    if series.modality == "CT":
        dataset.RescaleIntercept = -1024
        dataset.RescaleSlope = 1
        dataset.RescaleType = "HU"
