"""PNG: chunks are kept or removed; what is kept is copied as it is."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.model import Rule, Section
from treadle.deid.run import Run
from treadle.deid.types.finish import changed, named, nothing

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PUBLIC = frozenset(
    [
        "IHDR",
        "PLTE",
        "IDAT",
        "IEND",
        "bKGD",
        "cHRM",
        "dSIG",
        "eXIf",
        "gAMA",
        "hIST",
        "iCCP",
        "iTXt",
        "pHYs",
        "sBIT",
        "sPLT",
        "sRGB",
        "sTER",
        "tEXt",
        "tIME",
        "tRNS",
        "zTXt",
    ]
)
_WRITTEN = {word.lower(): word for word in PUBLIC}


def process(name: str, data: bytes, section: Section, run: Run) -> list[tuple[str, bytes]]:
    """One picture in, one out."""
    record = Chunks(data)
    if section.own["remove-private-chunks"]:
        for kind in {kind for kind, _ in record.chunks} - PUBLIC:
            record.remove(kind)
            run.report.did(kind, "P-")
    scope = changed(record, nothing, data[:4096], section, run)
    return [(named(name, section, nothing, scope), record.data())]


class Chunks:
    """(type, contents) up to IEND; what follows it is dropped."""

    def __init__(self, data: bytes) -> None:
        self.chunks: list[tuple[str, bytes]] = []
        position = len(SIGNATURE)
        while not self.chunks or self.chunks[-1][0] != "IEND":
            head = data[position : position + 8]
            length = int.from_bytes(head[:4])
            contents = data[position + 8 : position + 8 + length]
            if (
                len(head) < 8
                or len(contents) < length
                or not head[4:].isalpha()
                or not data.startswith(SIGNATURE)
            ):
                raise Rejected(Code.TRUNCATED)
            self.chunks.append((head[4:].decode("ascii"), contents))
            position += length + 12

    def places(self, rule: Rule) -> Iterator[str]:
        """The type, when there are such chunks; public types in any case."""
        wanted = _WRITTEN.get(rule.name.lower(), rule.name)
        if any(kind == wanted for kind, _ in self.chunks):
            yield wanted

    def get(self, place: str) -> str:
        """Chunks are there or not; their contents are no values."""
        return place

    def put(self, _place: str, _value: Any) -> None:
        """Profiles are refused that would change one."""
        raise ValueError("chunks cannot be changed")

    def remove(self, place: str) -> None:
        """Drop all chunks of a type."""
        self.chunks = [chunk for chunk in self.chunks if chunk[0] != place]

    def data(self) -> bytes:
        """The file."""
        return SIGNATURE + b"".join(_written(kind.encode(), contents) for kind, contents in self.chunks)


def _written(kind: bytes, contents: bytes) -> bytes:
    check = zlib.crc32(kind + contents)
    return struct.pack(">I", len(contents)) + kind + contents + struct.pack(">I", check)
