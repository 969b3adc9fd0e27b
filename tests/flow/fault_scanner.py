"""Scanners for the fault tests: generated slices, and exactly what the receiver acknowledged of them."""

from __future__ import annotations

import hashlib
import logging
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage
from pynetdicom import AE
from pynetdicom.dsutils import encode

from treadle.connector.answers import keep_answers

ROOT = "1.2.826.0.1.3680043.10.98"
SUCCESS = 0x0000
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Slice:
    """One generated instance."""

    study: str
    series: str
    number: int
    routing: str
    pixels: int = 16

    @property
    def sop(self) -> str:
        """SOP Instance UID."""
        return f"{self.series}.{self.number}"

    @cached_property
    def data_set(self) -> Dataset:
        """What is sent."""
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID, ds.SOPInstanceUID = MRImageStorage, self.sop
        ds.StudyDate, ds.StudyTime, ds.Modality = "20260102", "101112", "MR"
        ds.SeriesDescription = f"series {self.series.rpartition('.')[2]}"
        ds.PatientName, ds.PatientID = "Fault^Test", self.routing
        ds.StudyInstanceUID, ds.SeriesInstanceUID = self.study, self.series
        ds.SeriesNumber, ds.InstanceNumber = self.series.rpartition(".")[2], self.number
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows = ds.Columns = self.pixels
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.PixelData = struct.pack("<H", self.number % 4096) * self.pixels**2
        return ds

    @property
    def digest(self) -> str:
        """SHA-256 of the data set as it is sent."""
        encoded = encode(self.data_set, is_implicit_vr=False, is_little_endian=True)
        assert encoded is not None
        return hashlib.sha256(encoded).hexdigest()


def study_uid(number: int) -> str:
    """The UID of a study of these tests."""
    return f"{ROOT}.{number}"


def slices(
    study: int, series: int, numbers: Iterable[int], *, project: str = "faults/scans", pixels: int = 16
) -> list[Slice]:
    """Slices of one series; all series of a study name the same subject."""
    uid = study_uid(study)
    routing = f"fw://{project}/subject{study}"
    return [Slice(uid, f"{uid}.{series}", number, routing, pixels) for number in numbers]


def data_set_digest(part10: bytes) -> str:
    """SHA-256 of what follows preamble and file meta information (PS3.10 section 7.1)."""
    assert part10[128:132] == b"DICM"
    (meta,) = struct.unpack_from("<I", part10, 140)
    return hashlib.sha256(part10[144 + meta :]).hexdigest()


def send(
    images: Sequence[Slice],
    port: int,
    *,
    pause_s: float = 0.0,
    on_status: Callable[[Slice, int], None] | None = None,
) -> dict[str, int]:
    """One association: the status of each answered instance, by SOP Instance UID; ends at the first silence."""
    ae = AE(ae_title="SCANNER")
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 15
    ae.connection_timeout = 5
    ae.add_requested_context(MRImageStorage, ExplicitVRLittleEndian)
    association = ae.associate("127.0.0.1", port, ae_title="TREADLE")
    answered: dict[str, int] = {}
    if not association.is_established:
        return answered
    keep_answers(association)
    try:
        for image in images:
            status = association.send_c_store(image.data_set)
            if "Status" not in status:
                break
            answered[image.sop] = int(status.Status)
            if on_status:
                on_status(image, int(status.Status))
            time.sleep(pause_s)
    except (RuntimeError, OSError, ValueError):  # the peer went away between two messages
        pass
    finally:
        if association.is_established:
            association.release()
    return answered


@dataclass
class Scanner:
    """Sends a list of instances, at most `allowed` of them so far, each until it is acknowledged."""

    images: Sequence[Slice]
    port: int
    batch: int = 12
    pause_s: float = 0.02
    acknowledged: dict[str, float] = field(default_factory=dict)
    associations: int = 0
    refused: int = 0
    allowed: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether everything is acknowledged."""
        return len(self.acknowledged) == len(self.images)

    def stop(self) -> None:
        """End after the message under way."""
        self._stop.set()
        self._thread.join(120)

    def _run(self) -> None:
        while not self._stop.is_set() and not self.is_done:
            waiting = [image for image in self.images[: self.allowed] if image.sop not in self.acknowledged]
            if not waiting:
                self._stop.wait(0.05)
                continue
            self.associations += 1
            send(waiting[: self.batch], self.port, pause_s=self.pause_s, on_status=self._note)
            self._stop.wait(0.1)

    def _note(self, image: Slice, status: int) -> None:
        if status == SUCCESS:
            self.acknowledged[image.sop] = time.monotonic()
        else:
            self.refused += 1


def growing(study: int, *, series: int, size: int) -> Iterator[Slice]:
    """A study whose series come one after the other, and then all grow once more."""
    half = size // 2
    for numbers in (range(1, half + 1), range(half + 1, size + 1)):
        for one in range(1, series + 1):
            yield from slices(study, one, numbers)
