"""Bytes of files: transfer syntaxes, what lies around the data set, and what no library would write."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID

from .ledger import Ledger

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
JPEG, JPEG_LOSSLESS, JPEG_LS = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"
JPEG_2000, RLE = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"
NATIVE = (EXPLICIT, IMPLICIT, BIG, DEFLATED)
COMPRESSED = (JPEG, JPEG_LOSSLESS, JPEG_LS, JPEG_2000, RLE)
SYNTAXES = (*NATIVE, EXPLICIT, IMPLICIT, *COMPRESSED)


def compressed(ledger: Ledger, syntax: str) -> bytes:
    """A frame with identifiers where codecs allow text; its entropy-coded part is noise."""
    noise = ledger.random.randbytes(60).replace(b"\xff", b"\0")
    said = f"taken of {ledger.word()} {ledger.code()} ".encode()
    if syntax == RLE:
        return struct.pack("<16I", 1, 64, *[0] * 14) + noise
    segment = struct.pack(">H", len(said) + 2) + said
    if syntax == JPEG_2000:
        size = b"\xff\x51" + struct.pack(">H", 41) + bytes(39)
        comment = b"\xff\x64" + struct.pack(">HH", len(said) + 4, 1) + said
        return (
            b"\xff\x4f"
            + size
            + comment
            + b"\xff\x90"
            + struct.pack(">H", 10)
            + bytes(8)
            + noise
            + b"\xff\xd9"
        )
    exif = b"\xff\xe1" + struct.pack(">H", len(said) + 8) + b"Exif\0\0" + said
    photoshop = b"\xff\xed" + segment
    start = b"\xff\xf7" if syntax == JPEG_LS else b"\xff\xc0"
    frame = start + struct.pack(">HBHHBBBB", 11, 8, 16, 16, 1, 1, 0x11, 0)
    scan = b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0)
    tail = f"{ledger.word()} ".encode()
    return b"\xff\xd8\xff\xfe" + segment + exif + photoshop + frame + scan + noise + b"\xff\xd9" + tail


def written(ledger: Ledger, dataset: Dataset, syntax: str, *, raw: dict[int, bytes] | None = None) -> bytes:
    """The file, its preamble, meta information and tail full of identifiers. `raw`: encoded elements, by tag."""
    ledger.place = "around the data set"
    if syntax in COMPRESSED and "PixelData" in dataset:
        frames = int(dataset.get("NumberOfFrames") or 1)
        dataset.PixelData = encapsulate([compressed(ledger, syntax) for _ in range(frames)])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = (
        dataset.SOPClassUID,
        dataset.SOPInstanceUID,
    )
    meta.TransferSyntaxUID, meta.ImplementationClassUID = UID(syntax), "1.2.3.4"
    meta.ImplementationVersionName = ledger.word().upper()
    for keyword in (
        "SourceApplicationEntityTitle",
        "SendingApplicationEntityTitle",
        "ReceivingApplicationEntityTitle",
    ):
        setattr(meta, keyword, ledger.word().upper())
    meta.PrivateInformationCreatorUID = ledger.uid()
    meta.PrivateInformation = f"{ledger.word()} ".encode()
    head = BytesIO()
    write_file_meta_info(head, meta, enforce_standard=True)
    body = body_of(dataset, syntax, raw or {})
    if "PixelData" in dataset and syntax != IMPLICIT:
        body += f"{ledger.word()} {ledger.code()}".encode()
    if syntax == DEFLATED:
        deflater = zlib.compressobj(wbits=-15)
        body = deflater.compress(body) + deflater.flush()
    return f"{ledger.word()} {ledger.code()}".encode().ljust(128, b"\0") + b"DICM" + head.getvalue() + body


def body_of(dataset: Dataset, syntax: str, raw: dict[int, bytes]) -> bytes:
    """The data set, with whole elements of `raw` at their places."""
    implicit, little = syntax == IMPLICIT, syntax != BIG
    written = BytesIO()
    tags = sorted({*dataset.keys(), *raw})
    for tag in tags:
        if tag in raw:
            written.write(raw[tag])
        else:
            one = Dataset()
            one.add(dataset[tag])
            part = DicomBytesIO()
            part.is_implicit_VR, part.is_little_endian = implicit, little
            write_dataset(part, one, dataset.get("SpecificCharacterSet", "ISO_IR 6"))
            written.write(part.getvalue())
    return written.getvalue()


def element(tag: int, vr: str, value: bytes, syntax: str, *, undefined: bool = False) -> bytes:
    """One element exactly as given: any tag with any VR, odd length padded with a space."""
    order = ">" if syntax == BIG else "<"
    value += b" " * (len(value) % 2)
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
    length = 0xFFFFFFFF if undefined else len(value)
    if syntax == IMPLICIT:
        return head + struct.pack(order + "I", length) + value
    if vr in {"OB", "OD", "OF", "OL", "OW", "SQ", "UC", "UN", "UR", "UT"}:
        return head + vr.encode() + b"\0\0" + struct.pack(order + "I", length) + value
    return head + vr.encode() + struct.pack(order + "H", len(value)) + value


def items(*bodies: bytes, undefined: bool = False) -> bytes:
    """Sequence items of bodies that are encoded already, in little endian."""
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    if undefined:
        close = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
        made = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + body + close for body in bodies)
        return made + end
    return b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body for body in bodies)
