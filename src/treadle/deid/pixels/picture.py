"""A picture as rows of bytes, whatever it was compressed with (deid.md, section 6.2)."""

from __future__ import annotations

import sys
from io import BytesIO
from struct import pack
from typing import Literal

from treadle.deid.codes import Code, Rejected
from treadle.deid.dicom.elements import Element, Span
from treadle.deid.dicom.part10 import EXPLICIT, DicomFile, assemble, joined
from treadle.deid.pixels.facts import Facts
from treadle.deid.pixels.rules import Rectangle

PIXEL_DATA = 0x7FE00010
_NEGATIVE = bytes(range(255, -1, -1))
_OFFSET_TABLES = frozenset((0x7FE00001, 0x7FE00002))


def picture_of(file: DicomFile) -> Picture:
    """The picture of a file, which is native from here on; Rejected(DEID_PIXELS) when it cannot be read."""
    facts = Facts.of(file)
    element = facts.pixels
    if element is None or element.tag != PIXEL_DATA:
        raise Rejected(Code.PIXELS, "7FE00010")
    if file.encapsulated:
        _decompress(file)
        facts = Facts.of(file)
        element = facts.elements[PIXEL_DATA]
    value = element.value
    data = bytearray(file.data[value.start : value.stop] if isinstance(value, Span) else value)  # type: ignore[arg-type]
    return Picture(facts, data, big=file.big)


class Picture:
    """Frames of native pixels as rows of bytes."""

    def __init__(self, facts: Facts, data: bytearray, *, big: bool) -> None:
        self.data = data
        self.rows, self.columns = facts.number(0x00280010), facts.number(0x00280011)
        self.frames = max(1, facts.number(0x00280008, 1))
        samples, bits = max(1, facts.number(0x00280002, 1)), facts.number(0x00280100)
        colours = facts.raw(0x00280004).decode("latin-1")
        if bits not in {8, 16, 32} or (big and bits == 8) or facts.expected_bytes() > len(data):
            raise Rejected(Code.PIXELS, "7FE00010")
        size = bits // 8
        self.samples, self.size, self.colours, self.big = samples, size, colours, big
        self._frame_bytes = facts.expected_bytes() // self.frames
        black = self._black(colours, facts.number(0x00280101, bits), size, big=big)
        self.pairs = colours == "YBR_FULL_422" and samples == 3
        if self.pairs:  # two pixels share their colour: Y Y Cb Cr
            self.planes, self.step, self.pixels = 1, 2, [b"\0\0\x80\x80"]
        elif samples > 1 and facts.number(0x00280006) == 1:
            self.planes, self.step, self.pixels = samples, size, black[:samples]
        else:
            self.planes, self.step, self.pixels = 1, samples * size, [b"".join(black[:samples])]

    @staticmethod
    def _black(colours: str, stored: int, size: int, *, big: bool) -> list[bytes]:
        if colours == "MONOCHROME1":
            return [((1 << stored) - 1).to_bytes(size, "big" if big else "little")]
        if colours.startswith("YBR"):
            half = (128).to_bytes(size, "big" if big else "little")
            return [bytes(size), half, half]
        return [bytes(size)] * 4

    def grey(self, frame: int) -> bytes:
        """A frame as one byte for each pixel, from black to white: what a program that reads text wants to see."""
        size, start = self.rows * self.columns, frame * self._frame_bytes
        if self.pairs:
            return bytes(self.data[start : start + 2 * size : 2])
        if (
            self.samples > 1
        ):  # of colours the second: green, which is nearest to what is seen; of YBR the first
            first = 0 if self.colours.startswith("YBR") else 1
            at = start + (first * size * self.size if self.planes > 1 else first * self.size)
            step = self.size if self.planes > 1 else self.step
            return self._bytes(range(at, at + size * step, step))
        return self._bytes(range(start, start + size * self.size, self.size))

    def _bytes(self, places: range) -> bytes:
        if self.size == 1:
            found = bytes(self.data[places.start : places.stop : places.step])
        else:
            order: Literal["big", "little"] = "big" if self.big else "little"
            width = self.size
            values = [int.from_bytes(self.data[at : at + width], order) for at in places]
            low, high = min(values), max(values)
            found = bytes((value - low) * 255 // max(1, high - low) for value in values)
        return found.translate(_NEGATIVE) if self.colours == "MONOCHROME1" else found

    def fill(self, box: Rectangle) -> None:
        for start, stop, fill in self._rows(box):
            self.data[start:stop] = fill

    def is_blank(self, box: Rectangle) -> bool:
        return all(self.data[start:stop] == fill for start, stop, fill in self._rows(box))

    def _rows(self, box: Rectangle) -> list[tuple[int, int, bytes]]:
        x0, y0, x1, y1 = box
        if self.pairs:
            x0, x1 = x0 & ~1, min(self.columns, (x1 + 1) & ~1)
        width = self.columns * self.step
        found = []
        for frame in range(self.frames):
            for plane in range(self.planes):
                at = (frame * self.planes + plane) * self.rows * width
                count = (x1 - x0) // 2 if self.pairs else x1 - x0
                fill = self.pixels[plane] * count
                for y in range(y0, y1):
                    start = at + y * width + x0 * self.step
                    found.append((start, start + len(fill), fill))
        return found


def _decompress(file: DicomFile) -> None:
    """Make the file native: what it was before is gone, that it was lossy stays written in it."""
    try:
        from pydicom import dcmread  # noqa: PLC0415
        from pydicom.pixels.decoders.base import get_decoder  # noqa: PLC0415

        dataset = dcmread(BytesIO(joined(assemble(file, file.elements), file.data)), force=True)
        buffer, described = get_decoder(dataset.file_meta.TransferSyntaxUID).as_buffer(dataset)
    except Exception as error:
        browser = sys.platform == "emscripten"
        raise Rejected(Code.NEEDS_DESKTOP if browser else Code.PIXELS, "7FE00010") from error
    colours = str(described["photometric_interpretation"])
    planar = int(described.get("planar_configuration", 0) or 0)
    native = bytes(buffer)
    facts = Facts.of(file)
    whole = facts.number(0x00280010) * facts.number(0x00280011) * max(1, facts.number(0x00280008, 1)) * 3
    if colours == "YBR_FULL_422" and len(native) >= whole:  # decoders give every pixel its colour again
        colours = "YBR_FULL"
    changed = {
        0x00280004: ("CS", colours.encode()),
        PIXEL_DATA: (
            "OW" if int(described["bits_allocated"]) > 8 else "OB",
            native + b"\0" * (len(native) % 2),
        ),
    }
    if int(described["samples_per_pixel"]) > 1:
        changed[0x00280006] = ("US", pack("<H", planar))
    kept = [e for e in file.elements if e.tag not in changed and e.tag not in _OFFSET_TABLES]
    kept += [Element(tag, vr, value) for tag, (vr, value) in changed.items()]
    file.elements = sorted(kept, key=lambda element: element.tag)
    file.syntax = EXPLICIT
