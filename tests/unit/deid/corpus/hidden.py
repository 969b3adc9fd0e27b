"""Places where nobody looks: wrong types, hidden sequences, padding, group lengths, drawings, icons, signatures."""

from __future__ import annotations

import struct

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from .encode import BIG, IMPLICIT, element, items
from .ledger import Ledger

Raw = dict[int, bytes]


def wrong_types(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """A value of one kind under the tag of another."""
    ledger.place = "wrong VR"
    for tag, vr, text in (
        (0x00101060, "UN", ledger.name()),
        (0x00102180, "UT", ledger.note_text()),
        (0x00081070, "OB", ledger.name()),
        (0x00081048, "LO", ledger.name()),
        (0x00101001, "SH", ledger.word()),
        (0x00080020, "LO", ledger.written_date()),
        (0x00080022, "DA", f"{ledger.first:%Y}.{ledger.first:%m}.{ledger.first:%d}"),
        (0x00080012, "DA", f"{ledger.date()}-{ledger.date()}"),
        (0x00080023, "DT", ledger.date_time()),
        (0x00181030, "UN", f"HEAD {ledger.word()}"),
        (0x00200012, "IS", ledger.word()),
        (0x00280120, "LO", ledger.word()),
        (0x00189004, "UN", f"PRODUCT {dataset.PatientID}"),
        (0x00180050, "LO", f"2.5 {ledger.word()}"),
        (0x00280106, "UI", ledger.uid()),
        (0x00189999, "UN", ledger.word()),
        (0x00080099, "LO", ledger.word()),
        (0x00101010, "LO", ledger.word()),
        (0x00100040, "LO", ledger.word()),
        (0x00081032, "LO", ledger.word()),
        (0x0020000E, "LO", dataset.SeriesInstanceUID),
        (0x00200242, "UI", f"{ledger.uid()}\\{ledger.uid()}"),
    ):
        raw[tag] = element(tag, vr, text.encode(), syntax)
    ledger.note("date", ledger.first.isoformat())


def unknown_sequences(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """Sequences whose type is given as UN: of known and unknown length, in each other, public and private."""
    ledger.place = "sequence as UN"

    def person() -> bytes:
        # UN holds implicit little endian, whatever the file is in
        return b"".join(
            element(tag, "", value.encode(), IMPLICIT)
            for tag, value in (
                (0x00080080, ledger.word()),
                (0x00080090, ledger.name()),
                (0x00081155, ledger.uid()),
                (0x00100010, ledger.name()),
                (0x00100020, ledger.code()),
                (0x00100030, ledger.date()),
                (0x00104000, ledger.note_text()),
            )
        )

    if syntax == BIG:
        return
    inner = element(0x00081199, "", items(person(), undefined=True), IMPLICIT, undefined=True)
    for tag, undefined in ((0x00081110, False), (0x00081115, True), (0x00081140, False), (0x00400275, True)):
        body = items(person() if tag & 0x40 else inner, undefined=undefined)
        raw[tag] = element(tag, "UN", body, syntax, undefined=undefined)
    raw[0x00310010] = element(0x00310010, "LO", b"ACME HIDDEN", syntax)
    raw[0x00311001] = element(0x00311001, "UN", items(person()), syntax)
    raw[0x00311002] = element(0x00311002, "UN", items(inner, undefined=True), syntax, undefined=True)


def padding(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """Behind the end of a value: texts, UIDs, codes, dates, numbers with something after a NUL."""
    ledger.place = "behind a NUL"
    for tag, vr, text in (
        (0x00080060, "CS", dataset.Modality),
        (0x00080070, "LO", "ACME"),
        (0x00180015, "CS", "HEAD"),
        (0x00080016, "UI", dataset.SOPClassUID),
        (0x00200011, "IS", "3"),
        (0x00180050, "DS", "2.5"),
        (0x00080030, "TM", "101112"),
        (0x00080020, "DA", ledger.date()),
        (0x00100040, "CS", "F"),
        (0x00081030, "LO", "BRAIN"),
        (0x00280004, "CS", dataset.get("PhotometricInterpretation", "MONOCHROME2")),
    ):
        raw[tag] = element(tag, vr, text.encode() + b"\0" + ledger.word().encode(), syntax)


def group_lengths(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """Group lengths that are none."""
    ledger.place = "group length"
    for tag in (0x00080000, 0x00100000, 0x00200000, 0x00280000):
        raw[tag] = element(tag, "LO", ledger.word().encode(), syntax)


def drawings(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """Overlays, curves, an icon, and what may follow the data set."""
    ledger.place = "overlay, curve, icon"
    for group in (0x60000000, 0x60020000, 0x601E0000):
        for number, vr, data in (
            (0x0010, "US", struct.pack(">H" if syntax == BIG else "<H", 16)),
            (0x0011, "US", struct.pack(">H" if syntax == BIG else "<H", 16)),
            (0x0022, "LO", ledger.word().encode()),
            (0x0040, "CS", b"G"),
            (0x1500, "LO", ledger.name().encode()),
            (0x3000, "OW", f"{ledger.word()} {ledger.code()} ".encode().ljust(32)),
            (0x4000, "LT", ledger.note_text().encode()),
        ):
            raw[group | number] = element(group | number, vr, data, syntax)
    for number, vr in ((0x0022, "LO"), (0x0040, "SH"), (0x2600, "SH"), (0x3000, "OW")):
        raw[0x50000000 | number] = element(0x50000000 | number, vr, f"{ledger.word()} ".encode(), syntax)
    icon = Dataset()
    icon.Rows = icon.Columns = 4
    icon.SamplesPerPixel, icon.PhotometricInterpretation = 1, "MONOCHROME2"
    icon.BitsAllocated = icon.BitsStored = 8
    icon.HighBit, icon.PixelRepresentation = 7, 0
    icon.add_new(0x7FE00010, "OB", f"{ledger.word()} ".encode()[:16].ljust(16))
    dataset.IconImageSequence = Sequence([icon])
    raw[0xFFFCFFFC] = element(0xFFFCFFFC, "OB", f"{ledger.word()} {ledger.note_text()}".encode(), syntax)


def signatures(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """Signatures with certificates, former values, encrypted ones."""
    ledger.place = "signature, former values"
    signed = Dataset()
    signed.MACIDNumber, signed.DigitalSignatureUID = 1, ledger.uid()
    signed.DigitalSignatureDateTime, signed.CertificateType = ledger.date_time(), "X509_1993_SIG"
    signed.CertificateOfSigner, signed.Signature = (
        f"CN={ledger.word()} ".encode(),
        ledger.random.randbytes(16),
    )
    dataset.DigitalSignaturesSequence = Sequence([signed])
    mac = Dataset()
    mac.MACIDNumber, mac.MACCalculationTransferSyntaxUID, mac.MACAlgorithm = 1, "1.2.840.10008.1.2.1", "SHA1"
    mac.DataElementsSigned = [0x00100010]
    dataset.MACParametersSequence = Sequence([mac])
    former = Dataset()
    former.PatientName, former.PatientID, former.StudyDate = ledger.name(), ledger.digits(), ledger.date()
    original = Dataset()
    original.ModifiedAttributesSequence = Sequence([former])
    original.AttributeModificationDateTime, original.ModifyingSystem = ledger.date_time(), ledger.word()
    original.SourceOfPreviousValues, original.ReasonForTheAttributeModification = ledger.word(), "CORRECT"
    dataset.OriginalAttributesSequence = Sequence([original])
    hidden = Dataset()
    hidden.EncryptedContentTransferSyntaxUID = "1.2.840.10008.1.2.1"
    hidden.EncryptedContent = f"{ledger.word()} {ledger.code()} ".encode()
    dataset.EncryptedAttributesSequence = Sequence([hidden])


def numbers(ledger: Ledger, dataset: Dataset, raw: Raw, syntax: str) -> None:
    """The patient's number where numbers stand, and several values where one is expected."""
    ledger.place = "number"
    dataset.IssuerOfPatientID = ledger.word()
    for tag, vr, text in (
        (0x00200013, "IS", dataset.PatientID),
        (0x00181151, "IS", dataset.PatientID),
        (0x00180087, "DS", dataset.PatientID),
        (0x0020000D, "UI", dataset.StudyInstanceUID),
        (0x00102160, "SH", ledger.code()),
    ):
        raw[tag] = element(tag, vr, text.encode(), syntax)
    dataset.OperatorsName = [ledger.name(), f"{ledger.name()}={ledger.name()}"]


HIDDEN = (wrong_types, unknown_sequences, padding, group_lengths, drawings, signatures, numbers)
