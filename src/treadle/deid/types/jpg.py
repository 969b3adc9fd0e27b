"""JPEG: EXIF tags by name. Compressed data are copied; comments, XMP, thumbnails and maker segments are dropped."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.model import Section
from treadle.deid.run import Run
from treadle.deid.types import ifd
from treadle.deid.types.finish import changed, named
from treadle.deid.types.tags import Tags

SOI, EOI, SOS, APP0, APP15, COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xEF, 0xFE
_EXIF = b"Exif\0\0"
_JFIF_BYTES = 14  # of a JFIF segment without its thumbnail
_KEPT = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_ALL = ("image", "exif", "gps", "interop")
_MAKER_NOTE = 37500


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One picture in, one out."""
    segments = list(_segments(data))
    raw = next(
        (part[len(_EXIF) :] for mark, part, _ in segments if mark == 0xE1 and part.startswith(_EXIF)), None
    )
    block = None if raw is None or section.own["remove-exif"] else ifd.read(raw)
    record = Tags(block, _ALL)
    if section.own["remove-gps"]:
        record.remove(("image", ifd.GPS, 0))
    if block and (inner := block.directory("exif")) and _MAKER_NOTE in inner.entries:
        run.report.warn("MAKER_NOTE")
    scope = changed(record, record.read, data[:4096], section, run)
    return [(named(name, section, record.read, scope), _written(segments, block))]


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, contents, compressed data that follow) up to the end of the picture."""
    if data[:2] != b"\xff\xd8":
        raise Rejected(Code.TRUNCATED)
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if data[at : at + 1] != b"\xff" or at + 2 > len(data):
            raise Rejected(Code.TRUNCATED)
        mark = data[at + 1]
        if mark == EOI:
            return
        size = int.from_bytes(data[at + 2 : at + 4])
        contents = data[at + 4 : at + 2 + size]
        if size < 2 or len(contents) != size - 2:
            raise Rejected(Code.TRUNCATED)
        at += 2 + size
        start = at
        if mark == SOS:
            at = _end_of_scan(data, at)
        yield mark, contents, data[start:at]


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker is that is neither a stuffed byte nor a restart."""
    while (at := data.find(b"\xff", at)) >= 0:
        following = data[at + 1 : at + 2]
        if following and following[0] != 0 and not 0xD0 <= following[0] <= 0xD7 and following[0] != 0xFF:
            return at
        at += 1 if following == b"\xff" else 2
    raise Rejected(Code.TRUNCATED)


def _written(segments: list[tuple[int, bytes, bytes]], block: ifd.Block | None) -> bytes:
    parts = [b"\xff\xd8"]
    jfif = [contents for mark, contents, _ in segments if mark == APP0 and contents.startswith(b"JFIF\0")]
    for contents in jfif[:1]:
        parts.append(_segment(APP0, contents[: _JFIF_BYTES - 2] + b"\0\0"))
    if block is not None:
        parts.append(_segment(0xE1, _EXIF + ifd.write(block)))
    for mark, contents, compressed in segments:
        maker = APP0 <= mark <= APP15 and not (mark in _KEPT and contents.startswith(_KEPT[mark]))
        if not maker and mark != COM:
            parts += [_segment(mark, contents), compressed]
    return b"".join([*parts, b"\xff\xd9"])


def _segment(mark: int, contents: bytes) -> bytes:
    if len(contents) > 0xFFFD:
        raise Rejected(Code.LIMIT)
    return struct.pack(">BBH", 0xFF, mark, len(contents) + 2) + contents
