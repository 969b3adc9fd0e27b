"""What decides about the pixels of a file, read from its own elements before they are changed."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.datadict import tag_for_keyword

from treadle.deid.dicom.elements import PIXELS, Element, Items, entry
from treadle.deid.dicom.part10 import DicomFile
from treadle.deid.dicom.text import CharacterSet, character_set, ended


@dataclass(slots=True)
class Facts:
    """Top-level elements by tag, values as text on demand."""

    elements: dict[int, Element]
    big: bool
    charset: CharacterSet

    @classmethod
    def of(cls, file: DicomFile) -> Facts:
        """Facts of one file."""
        found = {element.tag: element for element in file.elements}
        named = found.get(0x00080005)
        value = named.value if named and isinstance(named.value, bytes) else b""
        return cls(found, file.big, character_set(value))

    def raw(self, tag: int) -> bytes:
        """Value as bytes up to its end, empty when there is none."""
        found = self.elements.get(tag)
        return ended(found.value).strip(b"\0 ") if found and isinstance(found.value, bytes) else b""

    def text(self, tag: int) -> str:
        """Value as text."""
        return self.charset.decode(self.raw(tag))

    def number(self, tag: int, default: int = 0) -> int:
        """First value of an element as an integer, in whichever way it is written."""
        found = self.elements.get(tag)
        if not found or not isinstance(found.value, bytes) or not found.value:
            return default
        known = entry(tag)
        if known and known.vr in {"US", "UL", "SS", "SL"}:
            size = 2 if known.vr in {"US", "SS"} else 4
            return int.from_bytes(
                found.value[:size], "big" if self.big else "little", signed=known.vr in {"SS", "SL"}
            )
        try:
            return int(float(found.value.strip(b"\0 ").split(b"\\")[0]))
        except (ValueError, OverflowError):
            return default

    def items(self, tag: int) -> Items:
        """Items of a sequence."""
        found = self.elements.get(tag)
        return found.value if found and isinstance(found.value, list) else []

    def field(self, keyword: str) -> str | None:
        """Value of a field named in a rule; `None` when the file does not have it."""
        tag = tag_for_keyword(keyword)
        found = self.elements.get(tag) if tag is not None else None
        if found is None:
            return None
        known = entry(found.tag)
        if known and known.vr in {"US", "UL", "SS", "SL"}:
            return str(self.number(found.tag))
        return self.text(found.tag)

    @property
    def pixels(self) -> Element | None:
        """The pixel data."""
        return next(
            (self.elements[tag] for tag in sorted(PIXELS, reverse=True) if tag in self.elements), None
        )

    def expected_bytes(self) -> int:
        """Bytes of native pixel data by the file's own description; 0 when it has none."""
        rows, columns = self.number(0x00280010), self.number(0x00280011)
        frames, samples = max(1, self.number(0x00280008, 1)), max(1, self.number(0x00280002, 1))
        bits = self.number(0x00280100) * rows * columns * samples * frames
        if self.raw(0x00280004) == b"YBR_FULL_422":
            bits = bits * 2 // 3
        return (bits + 7) // 8
