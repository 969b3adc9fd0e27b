"""The file around the data set: preamble, file meta information, transfer syntax."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from struct import pack

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import VRS, Element, Span
from treadle.deid.dicom.reader import Buffer, Reader
from treadle.deid.dicom.writer import Piece, Writer

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, BIG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
DICOMDIR = "1.2.840.10008.1.3.10"
IMPLEMENTATION_UID = b"2.25.219164823670285914033724571183460951277"
IMPLEMENTATION_NAME = b"TREADLE"
_UID = re.compile(r"[0-9.]{5,64}")
MAX_META = 1 << 20
MAX_RATIO = 200  # of an inflated data set to its deflated size; more is a bomb
SMALL = 1 << 20  # what may always be inflated


@dataclass(slots=True)
class DicomFile:
    """A file taken apart. `data` is what spans refer to: the input, or the inflated data set."""

    data: Buffer
    syntax: str
    elements: list[Element]
    trailing: bool = False
    meta_class: bytes = b""
    meta_values: list[bytes] = field(default_factory=list)

    @property
    def implicit(self) -> bool:
        """Elements have no VR."""
        return self.syntax == IMPLICIT

    @property
    def big(self) -> bool:
        """Most significant byte first."""
        return self.syntax == BIG

    @property
    def encapsulated(self) -> bool:
        """Pixel data are compressed."""
        return self.syntax not in {IMPLICIT, EXPLICIT, DEFLATED, BIG}

    def writer(self) -> Writer:
        """Writes elements in the encoding of this file."""
        return Writer(self.data, implicit=self.implicit, big=self.big)


def read(data: Buffer) -> DicomFile:
    """Take a file apart; Rejected when it cannot be."""
    size = len(data)
    if data[128:132] == b"DICM":
        start = 132
    elif data[:4] == b"DICM":
        start = 4
    elif data[:2] == b"\x02\x00" and data[4:6] in VRS:
        start = 0
    else:
        return _bare(data)
    meta, start = _meta(data, start)
    values = {element.tag: _plain(element.value) for element in meta}
    declared = values.get(0x00020010, b"").rstrip(b"\0 ").decode("ascii", "replace")
    if values.get(0x00020002, b"").rstrip(b"\0 ") == DICOMDIR.encode():
        raise Rejected(Code.DICOMDIR)
    if start >= size:
        raise Rejected(Code.TRUNCATED)
    if declared == DEFLATED:
        data, start = _inflated(data[start:]), 0
    syntax = _actual(data, start, declared)
    reader = Reader(data, implicit=syntax == IMPLICIT, big=syntax == BIG)
    elements = reader.data_set(start)
    return DicomFile(
        data,
        syntax,
        elements,
        reader.trailing,
        values.get(0x00020002, b""),
        [v for v in values.values() if v],
    )


def _meta(data: Buffer, start: int) -> tuple[list[Element], int]:
    """Elements of group 0002, and where the data set starts. The group's length is not trusted."""
    head = data[start : start + MAX_META]
    reader, at, found = Reader(head, implicit=False), 0, []
    while at + 8 <= len(head) and head[at : at + 2] == b"\x02\x00":
        element, at = reader._element(at, len(head), 0, implicit=False)
        found.append(element)
    return found, start + at


def _plain(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _actual(data: Buffer, start: int, declared: str) -> str:
    """The transfer syntax, mended where the data set shows that the file meta information is wrong."""
    explicit = data[start + 4 : start + 6] in VRS
    if declared in {"", IMPLICIT, EXPLICIT}:
        return EXPLICIT if explicit else IMPLICIT
    if not explicit or not _UID.fullmatch(declared):
        raise Rejected(Code.NOT_DICOM)
    return declared


def _bare(data: Buffer) -> DicomFile:
    """A data set without a file around it, as old archives keep them."""
    group = data[:2]
    if group != b"\x08\x00" or len(data) < 16:
        raise Rejected(Code.NOT_DICOM)
    syntax = _actual(data, 0, "")
    try:
        reader = Reader(data, implicit=syntax == IMPLICIT)
        elements = reader.data_set(0)
    except Rejected as error:
        raise Rejected(Code.NOT_DICOM) from error
    if not any(element.tag in {0x00080016, 0x00080018} for element in elements):
        raise Rejected(Code.NOT_DICOM)
    return DicomFile(data, syntax, elements, reader.trailing)


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj(-15)
    try:
        found = inflater.decompress(data, max(SMALL, MAX_RATIO * len(data)))
    except zlib.error as error:
        raise Rejected(Code.TRUNCATED) from error
    if inflater.unconsumed_tail:
        raise Rejected(Code.LIMIT)
    if not inflater.eof:
        raise Rejected(Code.TRUNCATED)
    return found


def file_meta(syntax: str, sop_class: bytes, sop_instance: bytes | None) -> bytes:
    """Zeroed preamble and file meta information that says nothing about where the file was.

    `sop_instance` None: the data set has none, so nor have these.
    """
    writer = Writer(b"", implicit=False)
    body = writer.encoded(
        Element(0x00020000 | number, vr, value)
        for number, vr, value in (
            (0x0001, "OB", b"\0\1"),
            (0x0002, "UI", sop_class),
            *(() if sop_instance is None else ((0x0003, "UI", sop_instance),)),
            (0x0010, "UI", syntax.encode()),
            (0x0012, "UI", IMPLEMENTATION_UID),
            (0x0013, "SH", IMPLEMENTATION_NAME),
        )
    )
    return bytes(128) + b"DICM" + pack("<HH2sHI", 2, 0, b"UL", 4, len(body)) + body


def assemble(file: DicomFile, elements: list[Element]) -> list[Piece]:
    """The whole file: bytes, and spans of `file.data`."""
    values = {
        element.tag: _plain(element.value) for element in elements if element.tag in {0x00080016, 0x00080018}
    }
    sop_class = values.get(0x00080016, b"") or file.meta_class
    sop_instance = values.get(0x00080018)
    if sop_instance is not None:
        sop_instance = sop_instance.rstrip(b"\0 ")
    sop_class = sop_class.rstrip(b"\0 ")
    head = file_meta(
        file.syntax, sop_class if _UID.fullmatch(sop_class.decode("latin-1")) else b"", sop_instance
    )
    if file.syntax == DEFLATED:
        deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = deflater.compress(file.writer().encoded(elements)) + deflater.flush()
        return [head + body + b"\0" * (len(body) % 2)]
    first, *rest = file.writer().pieces(elements)
    assert isinstance(first, bytes)  # noqa: S101 - pieces start with a header
    return [head + first, *rest]


def joined(pieces: list[Piece], data: Buffer) -> bytes:
    """All pieces in memory."""
    view = memoryview(data)
    try:
        return b"".join(view[p.start : p.stop] if isinstance(p, Span) else p for p in pieces)
    finally:
        view.release()
