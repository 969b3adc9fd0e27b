"""DICOM files byte by byte: headers as they come from scanners, however wrong they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from struct import pack
from typing import Any

from pydicom.datadict import dictionary_VR, tag_for_keyword

LONG = ("OB", "OW", "SQ", "UN", "UT", "UC", "UR", "OD", "OF", "OL", "OV", "SV", "UV")
MR = "1.2.840.10008.5.1.4.1.1.4"
EXPLICIT = b"1.2.840.10008.1.2.1"


def element(tag: int, vr: str, value: bytes) -> bytes:
    """One element in explicit little endian."""
    value += (b"\0" if vr in ("UI", "OB", "UN") else b" ") * (len(value) % 2)
    head = pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in LONG:
        return head + pack("<HI", 0, len(value)) + value
    return head + pack("<H", len(value)) + value


def data_set(values: Mapping[str, Any], *, charset: str | None = "ISO_IR 192") -> bytes:
    """The keywords' values as they stand on the wire."""
    elements = [] if charset is None else [(0x00080005, "CS", charset.encode())]
    for keyword, value in values.items():
        tag = tag_for_keyword(keyword)
        vr = dictionary_VR(tag).split(" or ")[0]
        text = "\\".join(map(str, value)) if isinstance(value, list) else str(value)
        elements.append((tag, vr, pack("<H", int(value)) if vr == "US" else text.encode()))
    return b"".join(element(*one) for one in sorted(elements))


def write(path: Path, body: bytes, *, preamble: bool = True, sop_class: bytes = MR.encode()) -> Path:
    """A file with this data set."""
    meta = element(0x00020002, "UI", sop_class) + element(0x00020010, "UI", EXPLICIT)
    start = bytes(128) + b"DICM" + element(0x00020000, "UL", pack("<I", len(meta))) + meta
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((start if preamble else b"") + body)
    return path


def instance(path: Path, values: Mapping[str, Any], **options: Any) -> Path:
    """One MR image whose header has these values; None leaves an element out."""
    whole = {
        "SOPClassUID": MR,
        "SOPInstanceUID": "1.2.3.4",
        "StudyInstanceUID": "1.2.3",
        "SeriesInstanceUID": "4.5.6",
        **values,
    }
    return write(path, data_set({key: value for key, value in whole.items() if value is not None}), **options)
