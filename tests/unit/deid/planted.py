"""Makes DICOM files full of identifiers, and knows every one of them.

Each identifier is unique and is put where real files hold them: every attribute of the confidentiality table, nested,
private, with the wrong VR, in the file meta information, the preamble, after the data set, in overlays and curves.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from treadle.deid.dicom.elements import entry
from treadle.deid.presets.table import table

# Character set term, Python codec, family and given name.
SCRIPTS = (
    ("", "ascii", "Quexbury", "Thomasin"),
    ("ISO_IR 100", "latin-1", "Müßnerström", "Zoë"),
    ("ISO_IR 101", "iso8859_2", "Wąłęsowicz", "Żdzisław"),
    ("ISO_IR 144", "iso8859_5", "Люксембургов", "Ярополк"),
    ("ISO_IR 126", "iso8859_7", "Διονυσίου", "Ξενοφών"),
    ("ISO_IR 192", "utf8", "Нгуен陳大文", "Søren"),
    ("GB18030", "gb18030", "欧阳诸葛", "小东明"),
    ("\\ISO 2022 IR 87", "iso2022_jp", "山田太", "太郎丸"),
    ("ISO_IR 138", "iso8859_8", "שרוןוביץ", "דבורהלה"),
)
SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    JPEGBaseline8Bit,
)
CT, MR, PR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.11.1"
ROOT = "1.2.826.0.1.3680043.8.4711."
TEXTS = frozenset(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "CS", "UR"))


@dataclass
class Planted:
    """One file and what was put into it. `kept` must not change; `dates` are originals of one subject."""

    data: bytes
    codec: str
    words: list[str] = field(default_factory=list)
    uids: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    kept: dict[str, object] = field(default_factory=dict)
    sop: str = ""


class Planter:
    """Plants into one file; all of it follows from the seed."""

    def __init__(self, number: int, script: tuple[str, str, str, str], syntax: str) -> None:
        self.random = random.Random(number)
        self.number = number
        self.script = script
        self.syntax = syntax
        self.found = Planted(b"", script[1])

    def word(self) -> str:
        """A word nobody else has."""
        letters = "".join(
            self.random.choice("bcdfghjklmnpqrstvwxz") + self.random.choice("aeiou") for _ in range(4)
        )
        word = f"{letters}q".capitalize()
        self.found.words.append(word)
        return word

    def code(self) -> str:
        word = f"{self.random.choice('KXZQ')}{self.random.randrange(10**7, 10**8)}"
        self.found.words.append(word)
        return word

    def uid(self) -> str:
        uid = f"{ROOT}{self.random.randrange(10**12)}"
        self.found.uids.append(uid)
        return uid

    def date(self) -> str:
        date = f"{self.random.randrange(1985, 2019)}{self.random.randrange(1, 13):02}{self.random.randrange(1, 29):02}"
        self.found.dates.append(date)
        return date

    def value(self, vr: str) -> object:
        """Something that identifies, of a type."""
        made = {
            "PN": lambda: f"{self.word()}^{self.word()}",
            "DA": self.date,
            "DT": lambda: self.date() + "101112.123456",
            "TM": lambda: "101112.5",
            "UI": self.uid,
            "AS": lambda: "045Y",
            "UR": lambda: f"http://{self.word().lower()}.example/{self.code()}",
            "AE": lambda: self.word().upper()[:16],
            "CS": lambda: self.word().upper(),
            "SH": self.code,
            "ST": lambda: (
                f"MRI of the brain for {self.word()} on 12.03.2021, call +49 171 1{self.code()[1:]}"
            ),
            "LT": lambda: f"seen by Dr. {self.word()}, {self.word()}@example.org",
            "UT": lambda: f"T2 AX {self.word()} {self.code()}",
        }
        return made.get(vr, lambda: f"HEAD {self.word()}")()

    def table_attributes(self, dataset: Dataset) -> None:
        """Every attribute of the table that can hold text, dates or UIDs."""
        for tag in sorted(table().rows):
            known = entry(tag)
            if known is None or tag < 0x00080000 or tag in dataset or tag >= 0x50000000:
                continue
            if known.vr in TEXTS | {"DA", "DT", "UI"}:
                dataset.add_new(tag, known.vr, self.value(known.vr))

    def image(self, sop_class: str = CT) -> Dataset:
        """A conformant picture with an honest patient module."""
        term, _, family, given = self.script
        made = Dataset()
        if term:
            made.SpecificCharacterSet = term.split("\\") if "\\" in term else term
        made.SOPClassUID, made.SOPInstanceUID = sop_class, self.uid()
        self.found.sop = made.SOPInstanceUID
        made.StudyInstanceUID, made.SeriesInstanceUID = self.uid(), self.uid()
        made.FrameOfReferenceUID = self.uid()
        self.found.words += [family, given]
        made.PatientName = (
            f"{family}^{given}" if term != "\\ISO 2022 IR 87" else f"Yamadaq^Tarouq={family}^{given}"
        )
        if term == "\\ISO 2022 IR 87":
            self.found.words += ["Yamadaq", "Tarouq"]
        made.PatientID = self.code()
        made.PatientBirthDate = self.date()
        made.PatientSex, made.PatientAge, made.PatientWeight = "F", "045Y", "71.5"
        made.StudyDate, made.SeriesDate, made.ContentDate = self.date(), self.date(), self.date()
        made.StudyTime = made.ContentTime = "101112"
        made.AccessionNumber, made.StudyID = self.code(), self.code()
        made.ReferringPhysicianName = f"{self.word()}^{self.word()}"
        made.Modality = "CT" if sop_class == CT else "MR"
        made.Manufacturer = "SIEMENS"
        made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        made.SeriesDescription = f"AX T2 FLAIR {family} {self.code()}"
        made.ProtocolName = f"HEAD ROUTINE {self.word()}"
        made.InstanceNumber, made.SeriesNumber = 7, 3
        made.SliceThickness, made.PixelSpacing = "2.5", ["0.5", "0.5"]
        made.ImagePositionPatient = ["-10.5", "20.25", "1234.5"]
        made.Rows = made.Columns = 16
        made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
        made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
        made.PixelData = self.random.randbytes(512)
        return made

    def nested(self, dataset: Dataset) -> None:
        """People and texts in sequences inside and outside the table, three deep."""
        name = f"{self.script[2]}^{self.script[3]}"
        inner = Dataset()
        inner.PatientName = name
        inner.ReferencedSOPInstanceUID, inner.ReferencedSOPClassUID = self.uid(), CT
        inner.SeriesDescription = f"{self.word()} {self.code()}"
        inner.OperatorsName = [f"{self.word()}^A", f"{self.word()}^B"]
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-A0100", "SRT", "Brain"
        inner.PurposeOfReferenceCodeSequence = Sequence([code])
        middle = Dataset()
        middle.ReferencedImageSequence = Sequence([inner])
        middle.InstitutionName = self.word()
        middle.ImageComments = self.word()
        dataset.ReferencedSeriesSequence = Sequence([middle])
        dataset.SharedFunctionalGroupsSequence = Sequence([middle])
        other = Dataset()
        other.PatientID, other.IssuerOfPatientID = self.code(), self.word()
        dataset.OtherPatientIDsSequence = Sequence([other])
        institution = Dataset()
        institution.CodeValue, institution.CodeMeaning = self.code(), self.word()
        institution.CodingSchemeDesignator = "99LOCAL"
        dataset.InstitutionCodeSequence = Sequence([institution])
        person = Dataset()
        person.PersonIdentificationCodeSequence = Sequence([institution])
        person.InstitutionName = self.word()
        dataset.OperatorIdentificationSequence = Sequence([person])

    def private(self, dataset: Dataset) -> None:
        """Private groups: text, sequences, bytes, and a creator that is itself a name."""
        block = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
        block.add_new(0x10, "OB", f"CSA {self.word()} \0".encode())
        block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
        block.add_new(0x0C, "IS", "1000")
        block.add_new(0x0F, "LO", self.word())
        block.add_new(0x0D, "CS", self.word().upper())
        block = dataset.private_block(0x0011, self.word(), create=True)
        item = Dataset()
        item.PatientName = f"{self.word()}^{self.word()}"
        block.add_new(0x01, "SQ", Sequence([item]))
        block.add_new(0x02, "UN", self.code().encode())

    def odd_places(self, dataset: Dataset) -> None:
        """Wrong types, unknown tags, overlays, curves, several values."""
        dataset.add_new(0x00101060, "UN", f"{self.word()}^{self.word()}".encode())
        dataset.add_new(0x00102180, "UT", self.word())
        dataset.add_new(0x00081070, "OB", f"{self.word()}^{self.word()} ".encode())
        dataset.add_new(0x00101001, "PN", [f"{self.word()}^A", f"{self.word()}^B"])
        dataset.add_new(0x00080099, "LO", self.word())
        dataset.add_new(0x00189999, "UN", self.word().encode())
        dataset.add_new(0x00181030, "UN", f"PROTOCOL {self.word()} ".encode())
        dataset.add_new(0x00280120, "LO", self.word())  # a number's tag
        dataset.add_new(0x60003000, "OW", self.random.randbytes(32))
        dataset.add_new(0x60000022, "LO", self.word())
        dataset.add_new(0x60001500, "LO", self.word())
        dataset.add_new(0x60004000, "LT", self.word())
        dataset.add_new(0x50003000, "OW", f"{self.word()} ".encode())
        dataset.add_new(0x50000022, "LO", self.word())
        dataset.add_new(0xFFFCFFFC, "OB", f"{self.word()} ".encode())

    def known_elsewhere(self, dataset: Dataset) -> None:
        """The patient's own name in texts no table knows."""
        family = self.script[2]
        dataset.ManufacturerModelName = f"Model {dataset.PatientID}"
        dataset.ScanOptions = f"X_{dataset.PatientID}"
        dataset.add_new(0x00400310, "ST", f"{family} moved")  # comments on radiation dose
        dataset.add_new(0x00189004, "CS", "PRODUCT")
        dataset.add_new(0x00281055, "LO", f"WIN {family}")  # window explanation

    def finish(self, dataset: Dataset, *, tail: bool = True) -> Planted:
        """The bytes of the file, with a speaking preamble and something after its end."""
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = (
            dataset.SOPClassUID,
            dataset.SOPInstanceUID,
        )
        meta.TransferSyntaxUID = self.syntax
        meta.ImplementationVersionName = self.word().upper()
        meta.SourceApplicationEntityTitle = self.word().upper()
        meta.PrivateInformationCreatorUID = self.uid()
        meta.PrivateInformation = f"{self.word()} ".encode()
        if self.syntax == JPEGBaseline8Bit:
            comment = f"taken of {self.word()}".encode()
            segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
            frame = b"\xff\xd8" + segment + b"\xff\xda\x00\x02" + self.random.randbytes(64) + b"\xff\xd9"
            dataset.PixelData = encapsulate([frame])
            dataset["PixelData"].VR = "OB"
        preamble = self.word().encode().ljust(128, b"\0")
        made = FileDataset("", dataset, preamble=preamble, file_meta=meta)
        written = BytesIO()
        pydicom.dcmwrite(written, made, enforce_file_format=True)
        padding = (
            f"{self.word()} {self.code()}".encode()
            if tail and self.syntax != DeflatedExplicitVRLittleEndian
            else b""
        )
        self.found.data = written.getvalue() + padding
        return self.found


def planted(number: int) -> Planted:
    """File number n; scripts, syntaxes and places take turns."""
    script = SCRIPTS[number % len(SCRIPTS)]
    syntax = SYNTAXES[number // len(SCRIPTS) % len(SYNTAXES)]
    planter = Planter(number, script, syntax)
    dataset = planter.image((CT, MR)[number % 2])
    kinds = number // 3 % 4
    planter.known_elsewhere(dataset)
    if kinds in {0, 3}:
        planter.table_attributes(dataset)
    if kinds in {1, 3}:
        planter.nested(dataset)
        planter.private(dataset)
    if kinds in {2, 3}:
        planter.odd_places(dataset)
    for keyword in (
        "Rows",
        "SliceThickness",
        "ImagePositionPatient",
        "Modality",
        "ImageType",
        "InstanceNumber",
    ):
        planter.found.kept[keyword] = dataset.get(keyword)
    for tag in (0x00181012, 0x00181016, 0x00181018, 0x00181019, 0x00420011, 0x0040A730):
        if tag in dataset:
            del dataset[tag]
    return planter.finish(dataset)


def fill(folder: Path, count: int) -> list[Planted]:
    """Write files under folders and names that identify."""
    made = []
    for number in range(count):
        found = planted(number)
        where = folder / f"{found.words[0]}_{number}" / found.words[1]
        where.mkdir(parents=True, exist_ok=True)
        (where / f"{found.words[0]}{number}.dcm").write_bytes(found.data)
        made.append(found)
    return made


def searchable(data: bytes) -> bytes:
    """A file with a deflated data set as one that can be searched."""
    if b"1.2.840.10008.1.2.1.99" not in data[:512]:
        return data
    length = struct.unpack("<I", data[140:144])[0]
    return data[: 144 + length] + zlib.decompressobj(-15).decompress(data[144 + length :])
